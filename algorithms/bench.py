"""Intermediate tables of one run, written once and read by every later step."""

from collections.abc import Mapping
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq

from sandan.record.files.parquet import n_rows, pattern_of
from sandan.record.lake.frames import Frames, first_of_each
from sandan.record.lake.tables import SCHEMAS


class Bench:
    """Keeps tables of one run as Parquet in a folder that goes away with it.

    Attributes:
        frames: The lake as of the run's date.
    """

    def __init__(self, frames: Frames, folder: Path) -> None:
        self.frames = frames
        self.folder = folder
        self._kept: dict[str, ir.Table] = {}

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Write a table and return it as it can be read again."""
        path = self.path(name)
        self.frames.con.to_parquet(table, path)
        self._kept[name] = self.frames.con.read_parquet(path)
        return self._kept[name]

    def path(self, name: str) -> Path:
        """File of a table that is kept; a folder of files where several machines wrote it."""
        return self.folder / f"{name}.parquet"

    def files(self, name: str) -> str:
        """A list in force on the run's date, or a table that is kept, as DuckDB reads it: for what no other engine can compute."""
        self.current(name)
        return pattern_of(self.path(name))

    def count(self, name: str) -> int:
        """Rows of a list in force on the run's date, or of a table that is kept."""
        self.current(name)
        return n_rows(self.path(name))

    def current(self, name: str) -> ir.Table:
        """A list in force on the run's date, written on first use."""
        if name not in self._kept:
            if self.frames.has(name):
                return self.keep(name, self.frames.current(name))
            # A list that never came needs no statement.
            pq.write_table(SCHEMAS[name].empty_table(), self.path(name))
            self._kept[name] = self.frames.con.read_parquet(self.path(name))
        return self._kept[name]


def prefixed(table: ir.Table, prefix: str, columns: Mapping[str, str] | tuple[str, ...]) -> ir.Table:
    """Columns of a table under names that no other list has: `prefix + column`, or `prefix + new name` of a mapping."""
    pairs = columns.items() if isinstance(columns, Mapping) else [(column, column) for column in columns]
    return table.select(**{prefix + new: table[old] for new, old in pairs})


def first_by(table: ir.Table, group: str, *order: ir.Value) -> ir.Table:
    """One row of each group: the first in the order given."""
    return first_of_each(table, [table[group]], order)
