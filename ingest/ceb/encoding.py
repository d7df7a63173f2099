"""Which encoding a message is read in: one rule for everybody who parses it, so that what was checked is what is read."""

import re

_DECLARED = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9_.-]+)["']""")
_LOOKED_AT = 200


# A mark at the start says in which encoding the bytes are, whatever a line that was copied along declares.
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def override(message: bytes) -> str | None:
    """What a byte order mark says; else GB18030 for its old names, which it contains. None: as XML says.

    Senders declare the old name and use the new characters.
    """
    for mark, encoding in _MARKS:
        if message.startswith(mark):
            return encoding
    match = _DECLARED.search(message[:_LOOKED_AT])
    return "gb18030" if match and match[1].lower() in (b"gb2312", b"gbk", b"gb18030", b"cp936") else None
