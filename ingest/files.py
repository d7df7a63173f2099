"""Which files there are, and what each one is by its content."""

import gzip
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from sandan.ingest.ceb.messages import MESSAGES
from sandan.ingest.ceb.read import PEEK_BYTES, read_message, root_name
from sandan.ingest.reject import BadFile
from sandan.ingest.stage import FileSink
from sandan.ingest.tables import read_table
from sandan.record.catalog import CATALOG
from sandan.record.errors import InputError

# What a stream says that breaks off or whose bytes are damaged, plain or packed.
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


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
            raise InputError(f"{', '.join(closed)}: no permission to look into it; mend its permissions")
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


def opened(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Name and bytes of each file that a path holds: itself, what a `.gz` holds, every member of a `.zip`.

    Raises:
        BadFile: It cannot be opened, or the archive is broken.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if start[:2] == b"\x1f\x8b":
                with gzip.open(file) as plain:
                    yield path.name, cast(BinaryIO, plain)
            elif start == b"PK\x03\x04":
                with zipfile.ZipFile(file) as archive:
                    for member in sorted(archive.namelist()):
                        if not member.endswith("/") and not Path(member).name.startswith("."):
                            with archive.open(member) as plain:
                                yield f"{path.name}!{member}", cast(BinaryIO, plain)
            else:
                yield path.name, file
    except (*_BROKEN, RuntimeError) as exc:
        if isinstance(exc, OSError) and exc.errno == 28:  # a full disk is ours to report, not the file's fault
            raise
        raise BadFile("unreadable", "the file cannot be opened or its archive is broken") from exc


def read_file(stream: BinaryIO, sink: FileSink) -> list[str]:
    """Recognise one file by its content and give its records to the sink; return columns of a table that nobody knows.

    Raises:
        BadFile: It is broken, hostile, or neither a message nor a table.
    """
    try:
        return _read_by_content(stream, sink)
    except _BROKEN as exc:
        # Nothing is written here, so whatever the system or an unpacker says is about this file.
        message = MESSAGES.get(sink.facts.kind)
        list_name = message.list_name if message else sink.facts.kind if sink.facts.kind in CATALOG else "unknown"
        raise BadFile("unreadable", "the file breaks off or its bytes are damaged", list_name) from exc


def _read_by_content(stream: BinaryIO, sink: FileSink) -> list[str]:
    start = stream.read(PEEK_BYTES)
    if not start.strip():
        raise BadFile("empty_file", "the file holds nothing")
    stream.seek(0)
    root = root_name(start)
    if root is not None:
        read_message(stream, start, root, sink)
        return []
    if start.startswith(b"PAR1"):
        return read_table(stream, "parquet", sink)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return read_table(stream, "jsonl", sink)
    if b"\x00" in start:
        raise BadFile("unknown_format", "neither XML nor a table")
    return read_table(stream, "csv", sink)
