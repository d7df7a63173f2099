"""What a bundle carries: watchlists and risk profiles of the lake, typologies of the installation, counts of the newest run."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from sandan.algorithms.measurement.anonymous import STATISTICS, shared_statistics
from sandan.algorithms.results.results import current_run
from sandan.dashboard.api.forms import MOST_RECORDS, records_form
from sandan.jobs.terminal.measure import inspected_trade
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import ConfigError, InputError
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings

TABLES = ("watchlists", "risk_profiles")
PARTS = (*TABLES, "typologies", "statistics")
_HASH = re.compile(r"[0-9a-f]{32}")
_FILE = re.compile(r"[a-z][a-z0-9_]{0,60}\.py")
_LONGEST_FILE = 200_000
_MOST_STATISTICS = 10_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """Parts of a bundle, and what was left out of them in words."""

    parts: Mapping[str, list[dict[str, Any]]]
    left_out: tuple[str, ...]


def gather(settings: Settings, wanted: Collection[str]) -> Gathered:
    """The parts that a home can give.

    Args:
        settings: The home.
        wanted: Some of `PARTS`.

    Raises:
        ConfigError: The folder of the typologies cannot be read.
        DamagedFile: Lake or run are not what was written.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    said = []
    for name in TABLES:
        if name in wanted:
            rows = _rows(settings, name)
            own = [row for row in rows if not _came_from_others(row, settings)]
            parts[name] = [row for row in own if not _is_hashed(name, row)]
            if n := len(own) - len(parts[name]):
                said.append(f"{n} persons of {name} who are known by a number: its hash fits the key of this home only")
            if n := len(rows) - len(own):
                said.append(f"{n} rows of {name} that came from others: their office gives them out")
    if "typologies" in wanted:
        parts["typologies"] = list(_typologies(settings))
    if "statistics" in wanted:
        parts["statistics"] = _statistics(settings)
    return Gathered(parts, tuple(said))


def _rows(settings: Settings, name: str) -> list[dict[str, Any]]:
    con = connect(threads=1)
    try:
        found = Frames(Lake(HomePaths(settings.home).lake), con, None).current(name)
        columns = [column.name for column in CATALOG[name].columns]
        rows = found.select(*columns).order_by(columns).to_pyarrow().to_pylist()
    finally:
        con.disconnect()
    return [{key: _text(value) for key, value in row.items() if value is not None} for row in rows]


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _is_hashed(name: str, row: Mapping[str, Any]) -> bool:
    return name == "watchlists" and row["kind"].lower() == "person" and bool(_HASH.fullmatch(row["value"]))


def _came_from_others(row: Mapping[str, Any], settings: Settings) -> bool:
    return any(row["source"].startswith(sourced(name, "")) for name in settings.sharing.trusted)


def sourced(signer: str, source: str) -> str:
    """The source of a row that came in a bundle: who gave it, then what he said."""
    return f"{signer}: {source}"


def _typologies(settings: Settings) -> Iterator[dict[str, Any]]:
    if settings.typologies is None:
        return
    folder = settings.home / settings.typologies
    try:
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith("_"):
                yield {"file": path.name, "text": path.read_text(encoding="utf-8")}
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{folder}: the typologies cannot be read ({exc}); correct the setting `typologies`") from exc


def _statistics(settings: Settings) -> list[dict[str, Any]]:
    if current_run(HomePaths(settings.home)) is None:
        return []
    alerts, inspected = inspected_trade(settings)
    return list(shared_statistics(alerts, inspected, settings.sharing.least))


def checked(signer: str, contents: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The parts of a bundle, every one of them in the form that this version writes.

    Raises:
        InputError: One is not; nothing of the bundle may be taken then.
    """
    again = f"ask {signer} for a bundle of this version of sandan"
    if strange := sorted(set(contents) - set(PARTS)):
        raise InputError(f"it has parts that this sandan does not know ({', '.join(map(str, strange))[:80]}); update sandan, or {again}")
    made: dict[str, list[dict[str, Any]]] = {}
    for name, rows in contents.items():
        try:
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ValueError("no list of records")
            _CHECKS[name](name, rows)
        except (ValueError, TypeError, KeyError, ValidationError) as exc:
            raise InputError(f"its {name} are not in the form that this sandan reads; {again}") from exc
        made[name] = rows
    return made


def _check_table(name: str, rows: list[dict[str, Any]]) -> None:
    form = records_form(name)()
    for start in range(0, len(rows), MOST_RECORDS):
        form.load({"records": rows[start : start + MOST_RECORDS]})
    for row in rows:
        for day in ("valid_from", "valid_to"):
            if day in row:
                dt.date.fromisoformat(row[day])


def _check_typologies(_: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if set(row) != {"file", "text"} or not _FILE.fullmatch(row["file"]) or len(row["text"]) > _LONGEST_FILE:
            raise ValueError("no file of a typology")
    if len({row["file"] for row in rows}) != len(rows):
        raise ValueError("two files of one name")


def _check_statistics(_: str, rows: list[dict[str, Any]]) -> None:
    if len(rows) > _MOST_STATISTICS:
        raise ValueError("too many")
    for row in rows:
        n, breaches = row["n"], row["breaches"]
        if set(row) != {"statistic", "of", "n", "breaches"} or row["statistic"] not in STATISTICS or not row["of"].isprintable():
            raise ValueError("no statistic")
        if type(n) is not int or n < 0 or not (breaches is None or (type(breaches) is int and 0 <= breaches <= n)):
            raise ValueError("no count")


_CHECKS = {"watchlists": _check_table, "risk_profiles": _check_table, "typologies": _check_typologies, "statistics": _check_statistics}
