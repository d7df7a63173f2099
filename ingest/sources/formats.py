"""What a file is that is neither a message nor a table of the reference, by its first bytes, so that its sender learns what to send."""

import codecs
import re
from collections.abc import Collection, Sequence

from sandan.ingest.reject import BadFile

_TABLE, _OTHER = "other_format", "unknown_format"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes -> code and what it is.
_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", _OTHER, "a PDF document"),
    (b"{\\rtf", _OTHER, "a text document (RTF)"),
    (b"\x89PNG", _OTHER, "an image (PNG)"),
    (b"\xff\xd8\xff", _OTHER, "an image (JPEG)"),
    (b"GIF8", _OTHER, "an image (GIF)"),
    (b"II*\x00", _OTHER, "an image (TIFF)"),
    (b"MM\x00*", _OTHER, "an image (TIFF)"),
    (b"SQLite format 3\x00", _TABLE, "an SQLite database"),
    (b"ARROW1", _TABLE, "an Arrow (Feather) file"),
    (b"ORC", _TABLE, "an ORC file"),
    (b"Obj\x01", _TABLE, "an Avro file"),
    (b"ID;P", _TABLE, "a spreadsheet in SYLK"),
    (b"\x09\x08\x10\x00", _TABLE, "an old Excel workbook (xls)"),
    (b"\x09\x08\x08\x00", _TABLE, "an old Excel workbook (xls)"),
    (b"\x09\x04\x06\x00", _TABLE, "an old Excel workbook (xls)"),
    (b"\x09\x02\x06\x00", _TABLE, "an old Excel workbook (xls)"),
    (b"\x09\x00\x04\x00", _TABLE, "an old Excel workbook (xls)"),
    (b"7z\xbc\xaf\x27\x1c", "other_archive", "a 7z archive"),
    (b"Rar!\x1a\x07", "other_archive", "a RAR archive"),
    (b"\xfd7zXZ\x00", "other_archive", "an xz archive"),
    (b"BZh", "other_archive", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "other_archive", "a zstd archive"),
    (b"PK\x05\x06", "empty_file", "an archive with nothing in it"),
)
# Streams of a compound file by their names in UTF-16, and what they make it.
_STREAMS = (
    ("EncryptedPackage", "an Excel workbook or other Office document with a password"),
    ("WordDocument", "an old Word document (doc)"),
    ("Workbook", "an old Excel workbook (xls)"),
    ("Book", "an old Excel workbook (xls)"),
)
_MARKS = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_PROLOG = r"(?:\s|<\?[^>]*\?>|<!--.*?-->)*"
_ROOT = re.compile(rf"\ufeff?{_PROLOG}<(?:(!doctype)\s+)?(?:[\w.-]+:)?([a-z][\w.-]*)", re.IGNORECASE | re.DOTALL)
_HTML = frozenset("html head body table meta style div p br font span script title thead tbody tr td center a link".split())
_LOOKED_AT = 65_536
# Two bytes of one character of GB18030.
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
# First bytes of the frequent characters of Big5, with its signs, and of GB2312.
_IN_BIG5 = (0xA1, 0xC6)
_IN_GB2312 = (0xB0, 0xD7)
_LEAST_BIG5, _MOST_LIKELY, _LEAST_COMMON = 6, 0.95, 0.75
# Characters of private use, where other encodings' bytes fall; of GB18030's own only some rare ones in names do.
_FREE, _MOST_FREE = ("\ue000", "\uf8ff"), 0.1
# Korean syllables stand where GB2312 has the first half of its frequent characters, of which no Chinese text is made alone.
_IN_KOREAN, _LEAST_KOREAN = (0xB0, 0xC8), 12
_HANGUL, _KANA = ("가", "힣"), ("ぁ", "ヿ")
_LEAST_KANA = 0.25


def other_format(start: bytes) -> BadFile | None:
    """What a file is that cannot be read; None if nothing speaks against its being a message or a table.

    Args:
        start: Its first bytes, some thousands.
    """
    for sign, code, what in _SIGNS:
        if start.startswith(sign):
            return BadFile(code, what)
    if start.startswith(_OLE):
        named = (what for name, what in _STREAMS if name.encode("utf-16-le") in start)
        return BadFile(_TABLE, next(named, "an old Excel workbook (xls) or another Office document"))
    encoding, text = _text(start)
    if (bad := _marked_up(text)) is not None:
        return bad
    if encoding.startswith("utf-") and not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return BadFile(_TABLE, f"a table or text in {encoding.upper()[:6]}")
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        return BadFile(_TABLE, "a JSON array; JSON Lines has one object a line") if re.match(r"\ufeff?\s*\[\s*[{\[]", text) else None
    if re.match(r"(?:[\w-]+:[^\n]*\n){0,20}?MIME-Version:", text, re.IGNORECASE):
        return BadFile(_TABLE, "a web archive (MHTML)")
    return None if text.lstrip("\ufeff \t\r\n").startswith("<") else _other_encoding(start[:_LOOKED_AT])


def _other_encoding(head: bytes) -> BadFile | None:
    """What a text is that would read as GB18030 and say something else: GB18030 has a character for nearly all bytes."""
    if head.isascii() or b"\0" in head or _is_read(head, "utf-8") or not _is_read(head, "gb18030"):
        return None
    pairs = _PAIR.findall(head)
    if pairs and all(pair[1:].isalpha() for pair in pairs):
        return BadFile(_TABLE, "a text in a Western encoding (Windows-1252, ISO 8859-1 or alike)")
    chinese = [c for c in _decoded(head, "gb18030") if not c.isascii()]
    if chinese and _share(chinese, *_FREE) > _MOST_FREE:
        return BadFile(_TABLE, "a text in another encoding than UTF-8 and GB18030, likely Big5")
    if (bad := _korean_or_japanese(head, chinese)) is not None:
        return bad
    others = [c.encode("big5") for c in _decoded(head, "big5") if not c.isascii()] if _is_read(head, "big5") else []
    is_big5 = len(others) >= _LEAST_BIG5 and sum(_IN_BIG5[0] <= c[0] <= _IN_BIG5[1] for c in others) > _MOST_LIKELY * len(others)
    if is_big5 and sum(map(_is_common, chinese)) < _LEAST_COMMON * len(chinese):
        return BadFile(_TABLE, "a text in Big5")
    return None


def _korean_or_japanese(head: bytes, chinese: Sequence[str]) -> BadFile | None:
    if _is_read(head, "cp949"):
        korean = [c for c in _decoded(head, "cp949") if not c.isascii()]
        firsts = [c.encode("gb18030")[0] for c in chinese]
        is_half = all(_IN_KOREAN[0] <= first <= _IN_KOREAN[1] for first in firsts)
        if is_half and len(korean) >= _LEAST_KOREAN and _share(korean, *_HANGUL) > _MOST_LIKELY:
            return BadFile(_TABLE, "a text in a Korean encoding (EUC-KR, code page 949)")
    if _is_read(head, "cp932"):
        japanese = [c for c in _decoded(head, "cp932") if not c.isascii()]
        if japanese and _share(japanese, *_KANA) >= _LEAST_KANA and sum(map(_is_common, chinese)) < _LEAST_COMMON * len(chinese):
            return BadFile(_TABLE, "a text in Shift JIS")
    return None


def _share(characters: Sequence[str], first: str, last: str) -> float:
    return sum(first <= c <= last for c in characters) / len(characters)


def _decoded(head: bytes, encoding: str) -> str:
    """The text; the last bytes may be half a character."""
    return codecs.getincrementaldecoder(encoding)().decode(head)


def _is_read(head: bytes, encoding: str) -> bool:
    try:
        _decoded(head, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_common(character: str) -> bool:
    """Whether a character is a sign or one of the 3,755 that GB2312 takes for the most frequent."""
    try:
        first = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return first < _IN_GB2312[0] or _IN_GB2312[0] <= first <= _IN_GB2312[1]


def office_document(members: Collection[str]) -> BadFile | None:
    """What kind of document an archive is, by the names of its members; None for a plain archive."""
    names = set(members)
    if "[Content_Types].xml" in names:
        for folder, code, what in (
            ("xl/", _TABLE, "an Excel workbook (xlsx)"),
            ("word/", _OTHER, "a Word document (docx)"),
            ("ppt/", _OTHER, "a presentation (pptx)"),
        ):
            if any(name.startswith(folder) for name in names):
                return BadFile(code, what)
        return BadFile(_TABLE, "an Office document")
    if "content.xml" in names and ("mimetype" in names or "META-INF/manifest.xml" in names):
        return BadFile(_TABLE, "an OpenDocument spreadsheet (ods) or another OpenDocument file")
    if any(name.endswith(".iwa") for name in names):
        return BadFile(_TABLE, "an Apple Numbers document")
    return None


def _text(start: bytes) -> tuple[str, str]:
    """Encoding by the mark or by noughts between letters, and what the bytes say in it."""
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding, start[: _LOOKED_AT * 2].decode(encoding, "ignore")
    head = start[:_LOOKED_AT]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(head) >= 4 and head[first::2].count(0) > 0.4 * len(head[first::2]) and not head[1 - first :: 2].count(0):
            return encoding, head.decode(encoding, "ignore")
    return "", head.decode("utf-8", "replace")


def _marked_up(text: str) -> BadFile | None:
    root = _ROOT.match(text)
    if root is None:
        return None
    name = root[2].lower()
    # A document type may have any name; only that of a page is one.
    if name == "html" or (not root[1] and name in _HTML):
        if re.search(r"<t[rd]\b", text, re.IGNORECASE):
            return BadFile(_TABLE, "an HTML page with a table, which some programs call an Excel file (xls)")
        return BadFile(_OTHER, "an HTML page")
    if name == "workbook":
        return BadFile(_TABLE, "an Excel workbook in XML (SpreadsheetML)")
    if name in ("document", "document-content") and "opendocument" in text:
        return BadFile(_TABLE, "an OpenDocument file in XML")
    return None
