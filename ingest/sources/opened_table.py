"""A table that was opened: names of its columns, and its rows as chunks of texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

# Column arrays by name, and the position of each row.
Chunk = tuple[dict[str, pa.Array], Sequence[int] | np.ndarray[Any, Any]]
# Rows and characters of one chunk.
CHUNK_ROWS = 10_000
CHUNK_CHARS = 16 << 20


@dataclass(slots=True)
class OpenedTable:
    """A table that was opened: its columns' names, and its rows as chunks of texts, each with the positions of its rows.

    Attributes:
        columns: Names as the header writes them.
        chunks: Column arrays by name, and the position of each row, from 1.
        faults: Rows that do not fit the header: position and what is wrong.
        late: Columns that come up after the header, as JSON Lines may bring them.
    """

    columns: list[str]
    chunks: Iterator[Chunk]
    faults: list[tuple[int, str]] = field(default_factory=list)
    late: set[str] = field(default_factory=set)
