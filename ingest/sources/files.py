"""Which files there are, and what each one is by its content."""

import errno
import gzip
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from sandan.ingest.ceb.read import PEEK_BYTES, looks_like_xml, read_message
from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.columns.mapping import TableMapping
from sandan.ingest.reject import BadFile, ours_to_report
from sandan.ingest.sources.formats import office_document, other_format
from sandan.ingest.sources.tables import read_table
from sandan.ingest.staging.sink import FileSink, list_of
from sandan.record.errors import InputError

# What a stream says that breaks off or whose bytes are damaged, plain or packed.
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
# The same of an archive's tables: also encrypted, of another version, packed in a way that is not known here, names that are no text.
_NO_ARCHIVE = (*_BROKEN, RuntimeError, ValueError, OverflowError, struct.error)
# Archives in archives up to this depth; nobody who means well packs deeper.
_DEEPEST = 3
# Members of one archive that are read: file numbers leave room for so many.
MOST_MEMBERS = 1_000_000


def find_files(paths: Sequence[Path], home: Path) -> list[Path]:
    """The files to read, folders looked into recursively, each once, in the order of their names.

    Files whose name begins with a dot are somebody's housekeeping and are left alone.

    Raises:
        InputError: A path does not exist, there is no file at all, or a path lies in the home.
    """
    found: dict[Path, Path] = {}
    absent = [str(path) for path in paths if not path.exists()]
    if absent:
        raise InputError(f"no such file or folder: {', '.join(absent)}; check the spelling")
    for path in paths:
        below = sorted(path.rglob("*"))
        closed = [str(p) for p in (path, *below) if p.is_dir() and not os.access(p, os.R_OK | os.X_OK, effective_ids=True)]
        if closed:
            raise InputError(f"{', '.join(closed)}: no permission to look into it; correct its permissions")
        if path.resolve().is_relative_to(home.resolve()):
            raise InputError(f"{path}: lies in the home {home}; keep what is received outside of it")
        # A folder that contains the home, say the one in which sandan runs, is read without it.
        inside = [p for p in below if p.is_file() and not p.name.startswith(".")] if path.is_dir() else [path]
        for file in inside:
            if not (real := file.resolve()).is_relative_to(home.resolve()):
                found.setdefault(real, file)
    if not found:
        raise InputError(f"{', '.join(map(str, paths))}: no files in it; name a file or a folder with files")
    return list(found.values())


def opened(path: Path) -> Iterator[tuple[str, BinaryIO | BadFile]]:
    """Name and bytes of each file that a path holds: itself, what a `.gz` holds, every member of a `.zip`, also of one in another.

    What cannot be opened comes as the fault that says why; the others are read all the same.
    """
    try:
        with path.open("rb") as file:
            yield from _unpacked(path.name, file, _DEEPEST)
    except _BROKEN as exc:
        if isinstance(exc, OSError) and exc.errno == errno.ENOSPC:  # a full disk is ours to report, not the file's fault
            raise
        yield path.name, BadFile("unreadable", "the file cannot be opened or its archive is broken")


def _unpacked(name: str, stream: BinaryIO, depth: int) -> Iterator[tuple[str, BinaryIO | BadFile]]:
    """The file itself, or what it packs."""
    start = stream.read(4)
    stream.seek(0)
    packed = start[:2] == b"\x1f\x8b" or start == b"PK\x03\x04"
    if not packed:
        yield name, stream
    elif not depth:
        yield name, BadFile("unreadable", f"archives in archives, more than {_DEEPEST} deep")
    elif start[:2] == b"\x1f\x8b":
        with gzip.open(stream) as plain:
            yield from _guarded(name, cast(BinaryIO, plain), depth)
    else:
        try:
            archive = zipfile.ZipFile(stream)
        except _NO_ARCHIVE as exc:
            raise zipfile.BadZipFile from exc
        with archive:
            if (document := office_document(archive.namelist())) is not None:
                yield name, document
                return
            members = [m for m in archive.infolist() if not m.is_dir() and not Path(m.filename).name.startswith(".")]
            for member in sorted(members, key=lambda m: (m.filename, m.header_offset))[:MOST_MEMBERS]:
                inside = f"{name}!{member.filename}"
                try:
                    plain_member = archive.open(member)
                except _NO_ARCHIVE:
                    yield inside, BadFile("unreadable", "the member of the archive cannot be opened")
                    continue
                with plain_member:
                    yield from _guarded(inside, cast(BinaryIO, plain_member), depth)


def _guarded(name: str, stream: BinaryIO, depth: int) -> Iterator[tuple[str, BinaryIO | BadFile]]:
    try:
        yield from _unpacked(name, stream, depth - 1)
    except _BROKEN:
        yield name, BadFile("unreadable", "the archive is broken")


def read_file(stream: BinaryIO, sink: FileSink, checker: SignatureChecker, mapping: TableMapping | None = None) -> list[str]:
    """Recognise one file by its content and give its records to the sink; return columns of a table that nobody knows.

    Raises:
        BadFile: It is broken, hostile, or neither a message nor a table.
    """
    try:
        return _read_by_content(stream, sink, checker, mapping)
    except (*_BROKEN, MemoryError) as exc:
        # What is written here goes to the home: a full disk is not the file's fault.
        ours_to_report(exc)
        raise BadFile("unreadable", "the file breaks off or its bytes are damaged", list_of(sink.facts.kind)) from exc


def _read_by_content(stream: BinaryIO, sink: FileSink, checker: SignatureChecker, mapping: TableMapping | None) -> list[str]:
    start = stream.read(PEEK_BYTES)
    if not start.strip():
        raise BadFile("empty_file", "the file holds nothing")
    stream.seek(0)
    if (other := other_format(start)) is not None:
        raise other
    if looks_like_xml(start):
        read_message(stream, start, sink, checker)
        return []
    if start.startswith(b"PAR1"):
        return read_table(stream, "parquet", sink, mapping)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return read_table(stream, "jsonl", sink, mapping)
    if b"\x00" in start:
        raise BadFile("unknown_format", "neither XML nor a table")
    return read_table(stream, "csv", sink, mapping)
