"""Reads one CEB message record by record, whatever its size, from bytes that nobody vouches for."""

import base64
import binascii
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from sandan.ingest.ceb.keep import kept
from sandan.ingest.ceb.messages import MESSAGES, NOT_RECORDS, Message
from sandan.ingest.reject import BadFile
from sandan.ingest.stage import FileSink

PEEK_BYTES = 65_536
_KIND = re.compile(r"(CEB\d{3})(Message)?")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9_.-]+)["']""")
# What lxml must never do with a stranger's file: load a DTD, expand entities, open the network, lift its size limits.
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_ENVELOPES = frozenset({"DxpMsg", "DxpMsgSv"})
_LARGEST_ENVELOPE_BYTES = 64 * 2**20


def root_name(start: bytes) -> str | None:
    """Local name of the root element in the first bytes of a file; None if they are not XML or it lies further on.

    Raises:
        BadFile: The bytes are XML but broken, or the document declares a type, and with it possibly entities.
    """
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not plain.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return None
    parser = etree.XMLPullParser(events=("start",), **_SAFE, **_override(start))
    fault: etree.XMLSyntaxError | None = None
    try:
        parser.feed(start)
    except etree.XMLSyntaxError as exc:
        fault = exc
    try:
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            _refuse_dtd(element)
            return etree.QName(element).localname
    except etree.XMLSyntaxError as exc:
        fault = fault or exc
    if b"<!DOCTYPE" in start:
        raise BadFile("forbidden_dtd", "the message declares a document type or entities")
    if fault is not None:
        raise BadFile(*_fault(fault)) from fault
    return None


def read_message(stream: BinaryIO, start: bytes, root: str, sink: FileSink) -> None:
    """Give every record of one message to the sink, and the facts of its transmission.

    Args:
        stream: The file from its first byte on.
        start: Its first bytes, for the declared encoding.
        root: Local name of its root element.
        sink: Takes the records.

    Raises:
        BadFile: The file is not well-formed, in another encoding than it says, or hostile; nothing of it may be used.
    """
    if root in _ENVELOPES:
        inner = _unwrapped(stream, start)
        name = root_name(inner[:PEEK_BYTES])
        if name is None or name in _ENVELOPES:
            raise BadFile("unknown_format", "the envelope holds no CEB message")
        return read_message(io.BytesIO(inner), inner[:PEEK_BYTES], name, sink)
    match = _KIND.fullmatch(root)
    if match is None:
        raise BadFile("unknown_format", "XML, but no CEB message")
    sink.facts.kind = match[1]
    message = MESSAGES.get(match[1])
    try:
        for element in _children(stream, start, message, sink):
            if message is None:
                sink.keep_as_is(kept(element, sink.facts.kind, sink.intake.keyring), source=sink.facts.kind)
            else:
                sink.add(message.list_name, *_fields(element, message), source=message.kind)
    except etree.XMLSyntaxError as exc:
        raise BadFile(*_fault(exc), message.list_name if message else "other") from exc
    except BadFile as bad:
        raise BadFile(bad.code, bad.text, message.list_name if message else "other") from bad
    return None


def _children(stream: BinaryIO, start: bytes, message: Message | None, sink: FileSink) -> Iterator[etree._Element]:
    """Records below the root, one at a time; what lies behind is freed. Facts of the transmission go to the sink."""
    tags = None if message is None else [f"{{*}}{name}" for name in (message.record, "BaseTransfer", "Signature")]
    checked = False
    for _, element in etree.iterparse(stream, events=("end",), tag=tags, **_SAFE, **_override(start)):
        root = element.getparent()
        # An element of that name deeper down, say in an ExtendMessage, is no record.
        if root is None or root.getparent() is not None:
            continue
        if not checked:
            checked = True
            _refuse_dtd(element)
            sink.facts.message_guid = root.get("guid")
        local = _local(element)
        if local == "BaseTransfer":
            sink.facts.cop_code = _child_text(element, "copCode")
            sink.facts.dxp_id = _child_text(element, "dxpId")
        elif local == "Signature":
            sink.facts.signature = "unchecked"
        elif local not in NOT_RECORDS:
            yield element
        element.clear(keep_tail=False)
        while element.getprevious() is not None:
            del root[0]


def _fields(record: etree._Element, message: Message) -> tuple[dict[str, str | None], list[dict[str, str | None]]]:
    """Texts of a record's head and lines by column."""
    head: dict[str, str | None] = {}
    lines: list[dict[str, str | None]] = []
    if not message.head:
        _read_into(head, record, message)
    else:
        for part in record:
            local = _local(part)
            if local == message.head:
                _read_into(head, part, message)
            elif local == message.line:
                line: dict[str, str | None] = {}
                _read_into(line, part, message)
                lines.append(line)
    head["flow"] = message.flow
    return head, lines


def _read_into(fields: dict[str, str | None], part: etree._Element, message: Message) -> None:
    """Put the texts of an element's children into `fields`; the first of a repeated element counts."""
    for child in part:
        local = _local(child)
        if local:
            text = child.text if not len(child) else "".join(str(piece) for piece in child.itertext())
            fields.setdefault(message.column(local), text)


def _local(element: etree._Element) -> str:
    """Local name; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child_text(element: etree._Element, name: str) -> str | None:
    for child in element:
        if _local(child) == name and child.text:
            return child.text.strip() or None
    return None


def _refuse_dtd(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise BadFile("forbidden_dtd", "the message declares a document type or entities")


def _override(start: bytes) -> dict[str, Any]:
    """Read GB2312 and GBK as GB18030, which contains both: senders declare the old name and use the new characters."""
    match = _ENCODING.search(start[:200])
    return {"encoding": "gb18030"} if match and match[1].lower() in (b"gb2312", b"gbk", b"gb18030", b"cp936") else {}


def _fault(exc: etree.XMLSyntaxError) -> tuple[str, str]:
    """Reject code and a text without any content of the file."""
    said = str(exc).lower()
    place = f"line {exc.lineno}" if exc.lineno else "its start"
    if "encod" in said or "utf-8" in said or "invalid char" in said or "input conversion" in said:
        return "bad_encoding", f"the bytes at {place} do not fit the declared encoding"
    return "broken_xml", f"not well-formed at {place}, or the file breaks off there"


def _unwrapped(stream: BinaryIO, start: bytes) -> bytes:
    """The business message inside a transport envelope.

    Raises:
        BadFile: The envelope is broken, too large to be held, or holds no message.
    """
    try:
        for _, element in etree.iterparse(stream, events=("end",), tag="{*}Data", **_SAFE, **_override(start)):
            _refuse_dtd(element)
            text = element.text or ""
            if len(text) > _LARGEST_ENVELOPE_BYTES:
                raise BadFile("broken_xml", f"the envelope holds more than {_LARGEST_ENVELOPE_BYTES >> 20} MiB")
            return base64.b64decode("".join(text.split()), validate=True)
    except etree.XMLSyntaxError as exc:
        raise BadFile(*_fault(exc)) from exc
    except binascii.Error as exc:
        raise BadFile("broken_xml", "the envelope's Data is not base64") from exc
    raise BadFile("unknown_format", "the envelope holds no CEB message")
