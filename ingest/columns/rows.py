"""Records as the texts that a source has, and as rows for the lake on their way to it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.record.catalog.columns import TIME, ListSpec

Texts = Mapping[str, pa.Array]
Numbers = npt.NDArray[np.int64]
# Columns of a staged row behind its list's own; the facts of its file are added when the file was read to its end.
STAGED = pa.schema(
    [
        ("record_id", pa.string()),
        ("key_id", pa.string()),
        ("known_at", TIME),
        ("defects", pa.string()),
        ("received_as", pa.string()),
        ("file_no", pa.int64()),
        ("position", pa.int64()),
        ("parent_id", pa.string()),
    ]
)
REFUSED = pa.schema(
    [("file_no", pa.int64()), ("position", pa.int64()), ("list", pa.string()), ("reason_code", pa.string()), ("reason", pa.string())]
)


@dataclass(frozen=True, slots=True)
class RawLines:
    """Lines of records as texts, in the order of their records and of their number.

    Attributes:
        columns: Text by column.
        owner: Row of each line's record.
        number: Number of each line in its record, from 1.
    """

    columns: Texts
    owner: Numbers
    number: Numbers


@dataclass(frozen=True, slots=True)
class RawRows:
    """Records of one list as texts.

    Attributes:
        columns: Text by column.
        file_no: File of each record.
        position: Its number among the records of its list in the file, from 1.
        lines: Their lines; None for a list without.
        faults: Code and text of what is wrong with the form of a record, by its row.
    """

    columns: Texts
    file_no: Numbers
    position: Numbers
    lines: RawLines | None = None
    faults: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Converted:
    """Rows for the lake by staged table (lines under `<list>.lines`), and what was refused."""

    tables: dict[str, pa.Table]
    refused: pa.Table


def digest(*parts: str) -> str:
    """Content hash of texts, 32 hexadecimal characters; not keyed, so only for texts that hold no personal data in clear form."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def digests(name: str, texts: pa.Array) -> pa.Array:
    """`digest(name, text)` of every text of a column."""
    start = hashlib.blake2b(f"{name}\x1f".encode(), digest_size=16)
    found = []
    for text in texts.to_pylist():
        one = start.copy()
        one.update(text.encode())
        found.append(one.digest())
    # All in one piece: a column of texts of one length needs no text of its own for each.
    whole = b"".join(found).hex().encode()
    offsets = np.arange(0, len(whole) + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(found), pa.py_buffer(offsets), pa.py_buffer(whole))


def staged_schema(spec: ListSpec) -> pa.Schema:
    """Arrow schema of a staged table of a list."""
    return pa.schema([*(pa.field(name, kind) for column in spec.columns for name, kind in column.stored), *STAGED])
