"""Which encoding a message is read in: one rule for everybody who parses it, so that what was checked is what is read."""

import re

_DECLARED = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9_.-]+)["']""")
_LOOKED_AT = 200


def override(message: bytes) -> str | None:
    """GB18030 for its old names, which it contains: senders declare the old name and use the new characters. None: as XML says."""
    match = _DECLARED.search(message[:_LOOKED_AT])
    return "gb18030" if match and match[1].lower() in (b"gb2312", b"gbk", b"gb18030", b"cp936") else None
