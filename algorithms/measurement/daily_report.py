"""The newest daily report of the statistic indexes, as it was kept."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandan.record.errors import UnknownId
from sandan.record.files.checksums import read_sealed, seal
from sandan.record.files.durable import write_durably
from sandan.record.home import HomePaths, make_private

_REMEDY = "make a new one with `sandan measure --keep`"
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Measures:
    """A daily report.

    Attributes:
        made_at: When its figures were made.
        rows: Rows of `sandan measure` by language.
    """

    made_at: dt.datetime
    rows: Mapping[str, Rows]


def keep_measures(paths: HomePaths, rows: Mapping[str, Rows], now: dt.datetime) -> None:
    """Keep a report in place of the one before.

    Raises:
        OutputError: It cannot be written.
    """
    make_private(paths.root)
    said = {"made_at": now.isoformat(), "rows": {language: [dict(row) for row in of] for language, of in rows.items()}, "files": {}}
    write_durably(paths.measures, json.dumps(seal(said), ensure_ascii=False))


def open_measures(paths: HomePaths) -> Measures:
    """The newest report.

    Raises:
        UnknownId: None was made yet.
        DamagedFile: It is not what was written.
    """
    if not paths.measures.exists():
        raise UnknownId(f"{paths.measures}: there is no report yet; `sandan run` or `sandan measure --keep` makes one")
    kept = read_sealed(paths.measures, _REMEDY)
    return Measures(dt.datetime.fromisoformat(kept["made_at"]), kept["rows"])
