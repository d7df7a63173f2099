"""What is wrong with a message that cannot be read, in words that say nothing of its content."""

import re

from lxml import etree

from sandan.ingest.ceb.messages import Message, local_name

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_SAID_CHARACTER = re.compile(r"char(?: 0x([0-9a-f]+) out of allowed| value (\d+))")
# Names of elements that may be told; they say nothing of persons.
SAID_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}", re.ASCII)


def without_record(root: etree._Element | None, message: Message) -> str:
    """Why a message gave no record: where its records stand, or how they are written."""
    text = f"no {message.record} right below its root"
    for element in () if root is None else root.iter():
        name = local_name(element.tag)
        if name.lower() != message.record.lower():
            continue
        above = element.getparent()
        if name != message.record:
            return f"{text}: it is written {name}"
        if above is not None and SAID_NAME.fullmatch(within := local_name(above.tag)):
            return f"{text}: it stands in {within}"
        break
    return text


def forbidden(data: bytes) -> tuple[str, str] | None:
    """Reject code and text if a message that cannot be parsed holds a character that XML forbids, as such or by its number.

    Multi-byte encodings of text that hold such bytes inside of characters are not among those that messages come in, but for UTF-16.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        return None
    for match in _FORBIDDEN.finditer(data):
        number = int(match[1], 16) if match[1] else int(match[2]) if match[2] else data[match.start()]
        if number not in (9, 10, 13) and (number < 32 or 0xD800 <= number < 0xE000 or number in (0xFFFE, 0xFFFF) or number > 0x10FFFF):
            return _named_character(number, data.count(b"\n", 0, match.start()) + 1)
    return None


def _named_character(number: int, line: int) -> tuple[str, str]:
    kind = "control character" if number < 32 else "character"
    return "forbidden_character", f"a {kind} (U+{number:04X}) at line {line}, which XML forbids"


def fault(exc: etree.XMLSyntaxError) -> tuple[str, str]:
    """Reject code and a text without any content of the file."""
    said = str(exc).lower()
    where = f"line {exc.lineno}" if exc.lineno else "its start"
    if (match := _SAID_CHARACTER.search(said)) is not None:
        return _named_character(int(match[1], 16) if match[1] else int(match[2]), exc.lineno or 1)
    if "encod" in said or "utf-8" in said or "invalid char" in said or "input conversion" in said:
        return "bad_encoding", f"the bytes at {where} do not fit the declared encoding"
    return "broken_xml", f"not well-formed at {where}, or the file breaks off there"
