"""Reads one CEB message record by record, whatever its size, from bytes that nobody vouches for."""

import base64
import binascii
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from lxml import etree

from sandan.ingest.ceb.encoding import override
from sandan.ingest.ceb.faults import SAID_NAME, fault, forbidden, without_record
from sandan.ingest.ceb.gather import Gatherer, child_text
from sandan.ingest.ceb.keep import kept
from sandan.ingest.ceb.messages import MESSAGES, NOT_RECORDS, Message, local_name
from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.columns.privacy import without_numbers
from sandan.ingest.reject import BadFile
from sandan.ingest.staging.sink import FileSink

PEEK_BYTES = 65_536
# A message up to this size is parsed in one piece, which is twice as fast; a larger one record by record.
_WHOLE_BYTES = 4 * 2**20
_CHUNK_BYTES = 1 << 18
# So many bytes without the end of a record are no message: the standard's largest record, 99 lines of 5 KiB, fits seven times. Parsed,
# they may become fifty times as many.
_LONGEST_BYTES = 4 * 2**20
# A signature is checked on the whole message in memory: one with more elements than a true one of its length has is not.
_MOST_TAGS = 2_000_000
_LARGEST_ENVELOPE_BYTES = 64 * 2**20
_KIND = re.compile(r"(CEB\d{3})(Message)?")
# What lxml must never do with a stranger's file: load a DTD, expand entities, open the network, lift its size limits.
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
# Before the declaration, where some senders leave an empty line and XML allows none.
_BLANK = b" \t\r\n"
_ENVELOPES = frozenset({"DxpMsg", "DxpMsgSv"})


def looks_like_xml(start: bytes) -> bool:
    """Whether the first bytes of a file are those of XML in any encoding."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<", b"\xff\xfe", b"\xfe\xff"))


def read_message(stream: BinaryIO, start: bytes, sink: FileSink, checker: SignatureChecker) -> None:
    """Give every record of one message to the sink, and the facts of its transmission.

    Args:
        stream: The file from its first byte on.
        start: Its first bytes, for the declared encoding.
        sink: Takes the records.
        checker: Judges the signature.

    Raises:
        BadFile: The file is no CEB message, not well-formed, in another encoding than it says, or hostile; nothing of it may be used.
    """
    _read(stream, start, sink, checker, is_enveloped=False)


def _read(stream: BinaryIO, start: bytes, sink: FileSink, checker: SignatureChecker, *, is_enveloped: bool) -> None:
    # A signature is checked on the whole message; nobody to trust, nothing to hold it for.
    n_blank = len(start) - len(start := start.lstrip(_BLANK))
    stream.seek(n_blank)
    data = stream.read(max(_WHOLE_BYTES, checker.max_bytes if checker.anchors else 0) + 1)
    try:
        whole = _parsed(data, start) if len(data) <= _WHOLE_BYTES else None
    except BadFile as bad:
        raise BadFile(bad.code, bad.text, _list_of(start)) from bad
    name = local_name(whole.tag) if whole is not None else _root_name(start)
    if name in _ENVELOPES and not is_enveloped:
        stream.seek(n_blank)
        inner = _unwrapped(stream, start) if whole is None else _decoded(whole)
        start = inner[:PEEK_BYTES]
        if not looks_like_xml(start):
            raise BadFile("unknown_format", "the envelope holds no CEB message")
        return _read(io.BytesIO(inner), start, sink, checker, is_enveloped=True)
    match = _KIND.fullmatch(name or "")
    if match is None:
        said = f": its root is {name}" if name and SAID_NAME.fullmatch(name) else ""
        raise BadFile("unknown_format", "the envelope holds no CEB message" if is_enveloped else f"XML, but no CEB message{said}")
    sink.facts.kind = match[1]
    message = MESSAGES.get(match[1])
    try:
        if whole is not None:
            sink.weigh(len(data))
            sink.facts.message_guid = _plain(whole.get("guid"), sink)
            n_taken = _read_whole(whole, data, message, sink)
        else:
            stream.seek(n_blank)
            gather = Gatherer(message, sink, is_careful=True) if message else None
            for element in _children_of_large(stream, start, message, sink):
                _give(element, gather, sink)
            n_taken = gather.n_taken if gather else sink.facts.n_records
        if not n_taken:
            raise BadFile("no_record", without_record(whole, message) if message else "no record below its root")
    except etree.XMLSyntaxError as exc:
        raise BadFile(*fault(exc), message.list_name if message else "other") from exc
    except BadFile as bad:
        raise BadFile(bad.code, bad.text, message.list_name if message else "other") from bad
    if sink.facts.signature != "none":
        sink.facts.signature = checker.state(data) if len(data) <= checker.max_bytes and data.count(b"<") <= _MOST_TAGS else "unchecked"
    if checker.require and sink.facts.signature != "valid":
        sink.refuse_all("signature", f"signature: {sink.facts.signature}, and only valid ones are accepted")
    return None


def _list_of(start: bytes) -> str:
    """The list that a broken message was meant for, by what can be read of it."""
    try:
        match = _KIND.fullmatch(_root_name(start) or "")
    except BadFile:
        return "unknown"
    return "unknown" if match is None else MESSAGES[match[1]].list_name if match[1] in MESSAGES else "other"


def _parsed(data: bytes, start: bytes) -> etree._Element:
    """The root of a message that is parsed in one piece."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE, **_override(start)))
    except etree.XMLSyntaxError as exc:
        if b"<!DOCTYPE" in data:
            raise BadFile("forbidden_dtd", "the message declares a document type or entities") from exc
        raise BadFile(*(forbidden(data) or fault(exc))) from exc
    _refuse_dtd(root)
    return root


def _root_name(start: bytes) -> str | None:
    """Local name of the root element in the first bytes of a large file; None if it lies further on."""
    parser = etree.XMLPullParser(events=("start",), **_SAFE, **_override(start))
    broken: etree.XMLSyntaxError | None = None
    try:
        parser.feed(start)
    except etree.XMLSyntaxError as exc:
        broken = exc
    try:
        for _, element in parser.read_events():
            if isinstance(element, etree._Element):
                _refuse_dtd(element)
                return local_name(element.tag)
    except etree.XMLSyntaxError as exc:
        broken = broken or exc
    if b"<!DOCTYPE" in start:
        raise BadFile("forbidden_dtd", "the message declares a document type or entities")
    if broken is not None:
        raise BadFile(*fault(broken)) from broken
    return None


def _read_whole(root: etree._Element, data: bytes, message: Message | None, sink: FileSink) -> int:
    """Give the records of a parsed message to the sink; say how many there are.

    Nearly all messages hold nothing but elements in the order of the standard and are read quickly. That one is such a message is
    proved by counting: as many elements were seen as the file has ends of elements, and it has no comments or sections.
    """
    n_elements = _count_elements(data)
    for is_careful in (n_elements is None, True):
        gather = Gatherer(message, sink, is_careful=is_careful) if message else None
        n_seen = 1
        for element in root:
            if gather is not None and gather.is_record(element.tag):
                gather.take(element)
            elif _frame(element, sink):
                n_seen += sum(1 for _ in element.iter())
            else:
                n_seen += sum(1 for _ in element.iter())
                _give(element, gather, sink)
        if gather is None:
            return sink.facts.n_records
        if is_careful or n_seen + gather.n_seen == n_elements:
            return gather.n_taken
        sink.forget()
    return 0


def _count_elements(data: bytes) -> int | None:
    """How many elements a well-formed message has, by its bytes; None if it has comments, sections or instructions.

    Every `<` opens or ends an element then. UTF-16 and the like give a wrong number, which costs time and nothing else.
    """
    text = np.frombuffer(data, np.uint8)
    at = np.flatnonzero(text[:-1] == ord("<"))
    behind = text[at + 1]
    n_other = int(np.count_nonzero((behind == ord("!")) | (behind == ord("?"))))
    if n_other > data.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")):
        return None
    return len(at) - n_other - int(np.count_nonzero(behind == ord("/")))


def _give(element: etree._Element, gather: Gatherer | None, sink: FileSink) -> None:
    if gather is None:
        sink.keep_as_is(kept(element, sink.facts.kind, sink.intake.keyring), source=sink.facts.kind)
    elif gather.is_record(element.tag):
        gather.take(element)
    else:
        gather.refuse(element)


def _children_of_large(stream: BinaryIO, start: bytes, message: Message | None, sink: FileSink) -> Iterator[etree._Element]:
    """The same of a large message: records one at a time; what lies behind is freed.

    Raises:
        BadFile: A record has no end.
    """
    tags = None if message is None else [f"{{*}}{name}" for name in (message.record, "BaseTransfer", "Signature")]
    parser = etree.XMLPullParser(events=("end",), tag=tags, **_SAFE, **_override(start))
    since, first = 0, True
    done: etree._Element | None = None
    while chunk := stream.read(_CHUNK_BYTES):
        parser.feed(chunk)
        since += len(chunk)
        sink.weigh(len(chunk))
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            root = element.getparent()
            # An element of that name deeper down, say in an ExtendMessage, is no record.
            if root is None or root.getparent() is not None:
                continue
            if first:
                first = False
                _refuse_dtd(element)
                sink.facts.message_guid = _plain(root.get("guid"), sink)
            since = 0
            yield from _others(root, done, element, sink)
            if not _frame(element, sink):
                yield element
            element.clear()
            while element.getprevious() is not None:
                del root[0]
            done = element
        if since > _LONGEST_BYTES:
            raise BadFile("endless_record", f"{_LONGEST_BYTES >> 20} MiB without the end of a record")
    yield from _others(parser.close(), done, None, sink)


def _others(root: etree._Element, done: etree._Element | None, until: etree._Element | None, sink: FileSink) -> Iterator[etree._Element]:
    """Elements between two that the parser reported: none is a record by its name, but one may hold parts of it."""
    for element in root:
        if element is until:
            return
        if element is not done and not _frame(element, sink):
            yield element


def _frame(element: etree._Element, sink: FileSink) -> bool:
    """Whether an element below the root is no record; facts of the transmission go to the sink."""
    name = local_name(element.tag)
    if name == "BaseTransfer":
        sink.facts.cop_code = _plain(child_text(element, "copCode"), sink)
        sink.facts.dxp_id = _plain(child_text(element, "dxpId"), sink)
    elif name == "Signature":
        sink.facts.signature = "unchecked"
    return not name or name in NOT_RECORDS


def _plain(text: str | None, sink: FileSink) -> str | None:
    """A fact of the transmission as it may be kept."""
    return None if text is None else without_numbers(text, sink.intake.keyring)


def _refuse_dtd(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise BadFile("forbidden_dtd", "the message declares a document type or entities")


def _override(start: bytes) -> dict[str, Any]:
    encoding = override(start)
    return {"encoding": encoding} if encoding else {}


def _unwrapped(stream: BinaryIO, start: bytes) -> bytes:
    """The business message inside a large transport envelope.

    Raises:
        BadFile: The envelope is broken, too large to be held, or holds no message.
    """
    parser = etree.XMLPullParser(events=("end",), tag="{*}Data", **{**_SAFE, "huge_tree": True}, **_override(start))
    n_bytes = 0
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > _LARGEST_ENVELOPE_BYTES:
                raise BadFile("endless_record", f"the envelope holds more than {_LARGEST_ENVELOPE_BYTES >> 20} MiB")
            parser.feed(chunk)
            for _, element in parser.read_events():
                if isinstance(element, etree._Element):
                    _refuse_dtd(element)
                    return _from_base64(element.text)
        parser.close()
    except etree.XMLSyntaxError as exc:
        raise BadFile(*fault(exc)) from exc
    raise BadFile("unknown_format", "the envelope holds no CEB message")


def _decoded(envelope: etree._Element) -> bytes:
    """The business message inside an envelope that was parsed in one piece."""
    for element in envelope.iter("{*}Data"):
        return _from_base64(element.text)
    raise BadFile("unknown_format", "the envelope holds no CEB message")


def _from_base64(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadFile("broken_xml", "the envelope's Data is not base64") from exc
