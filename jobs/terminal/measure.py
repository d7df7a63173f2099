"""What `sandan measure` reports: the statistic indexes of trade, and how good what was received is, over a period."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.algorithms.measurement.daily_report import keep_measures
from sandan.algorithms.measurement.figures import Figure, as_row, trade_figures
from sandan.algorithms.measurement.inspections import inspections, with_item
from sandan.algorithms.read_models.plans import kept_plans
from sandan.algorithms.results.results import Results, current_run, kept_runs, open_results
from sandan.algorithms.scoring.revenue import ADDED
from sandan.dashboard.i18n import Language
from sandan.dashboard.measures.html_report import html_report
from sandan.dashboard.measures.pdf_report import pdf_report
from sandan.ingest.quality import INDEXES, INDEXES_ZH, UNITS
from sandan.jobs.terminal.progress import say
from sandan.record.app.services import outcomes_decided
from sandan.record.catalog.keys import ORDER_KEY, PARCEL_KEY
from sandan.record.errors import InputError, NothingScored, OutputError, SandanError
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

# The contract's columns, then what distinguishes the rows of one index, the interval of 95 %, and what each figure rests on.
COLUMNS = (
    "index", "value", "unit", "from", "to", "n", "definition", "list", "source", "of", "low", "high", "origin", "method", "quality",
)  # fmt: skip
# Columns that a printed table leaves out, to fit.
WIDE = ("definition", "origin", "method", "quality")
_BATCHES = {
    "en": {"origin": "accounts of the batches", "method": "sum over all values, by their number", "quality": "counted, not estimated"},
    "zh": {"origin": "各批次的接收账目", "method": "全部数值之和除以个数", "quality": "全数计数，非推断"},
}
_KEYS = [*ORDER_KEY, *PARCEL_KEY]
_OF_ALERTS = [
    *_KEYS, "kind", "known_at", "grade", "typologies", "tax_due", "tax_full", "tax_charged", "revenue_at_stake",
    "ordered_at", "paid_at", "declared_at", "released_at",
]  # fmt: skip
_OF_PLANS = [*_KEYS, "grade", "why", "probability", "typologies"]


def measure_rows(
    settings: Settings, start: dt.datetime | None, end: dt.datetime | None, *, by_source: bool, language: str | None = None
) -> list[dict[str, Any]]:
    """Indexes of a period: of trade, by the newest run, outcomes and plans; of quality, by the batches committed in it.

    Args:
        settings: The home.
        start: Beginning of the period, included; None: of everything.
        end: Its end, included; None: now.
        by_source: Whether each sender (`cop_code` of the message, else `table` or `unknown`) has rows of his own.
        language: Of definitions and qualities, `en` or `zh`; None: that of the settings.

    Raises:
        NothingScored: Nothing lies in the period.
        DamagedFile: The newest run or a plan is not what was written.
    """
    rows = _in_languages(settings, start, end, [language or settings.language], by_source=by_source)[0]
    if not rows:
        raise NothingScored(f"{HomePaths(settings.home).lake}: no batch in that period, and no trade; `sandan ingest PATH` makes one")
    return rows


def keep_report(settings: Settings) -> None:
    """Keep the indexes of everything as the daily report, in both languages.

    Raises:
        NothingScored, DamagedFile: As `measure_rows`.
        OutputError: It cannot be written.
    """
    english, chinese = _in_languages(settings, None, None, ["en", "zh"], by_source=False)
    keep_measures(HomePaths(settings.home), {"en": english, "zh": chinese}, dt.datetime.now(dt.UTC))


def write_report(rows: Sequence[Mapping[str, Any]], out: Path, language: Language) -> None:
    """Write a report with plots; one that is there is replaced.

    Args:
        rows: Of `measure_rows`.
        out: A file that ends with `.html` or `.pdf`.
        language: Of its words.

    Raises:
        InputError: The file has another ending.
        OutputError: It cannot be written.
    """
    now = dt.datetime.now(dt.UTC)
    if out.suffix.lower() not in (".html", ".pdf"):
        raise InputError(f"{out}: a report is HTML or PDF; name a file that ends with .html or .pdf")
    made = pdf_report(rows, now, language) if out.suffix.lower() == ".pdf" else html_report(rows, now, language).encode()
    try:
        out.write_bytes(made)
    except OSError as exc:
        raise OutputError(f"{out}: cannot write ({exc.strerror or exc}); name another file") from exc


def _in_languages(
    settings: Settings, start: dt.datetime | None, end: dt.datetime | None, languages: Sequence[str], *, by_source: bool
) -> list[list[dict[str, Any]]]:
    """The same rows in several languages, computed once."""
    trade, quality = list(_trade(settings, start, end)), list(_quality(settings, start, end, by_source=by_source))
    return [
        [*({**as_row(figure, said), "list": "", "source": ""} for figure in trade), *(_row(*one, said) for one in quality)]
        for said in languages
    ]


def _trade(settings: Settings, start: dt.datetime | None, end: dt.datetime | None) -> Iterator[Figure]:
    if current_run(HomePaths(settings.home)) is None:
        return
    alerts, inspected = inspected_trade(settings)
    yield from trade_figures(alerts, inspected, start, end)


# Index, list and source; sum and number; first and last day.
_Sum = tuple[tuple[str, str, str], tuple[float, int], tuple[str, str]]


def inspected_trade(settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Consignments of the newest run, and all inspections of them, as `sandan.algorithms.measurement` has them.

    Raises:
        NothingScored: There is no run.
        DamagedFile: The newest run or a plan is not what was written.
    """
    paths = HomePaths(settings.home)
    newest = open_results(paths)
    alerts = with_item(_columns(newest, _OF_ALERTS))
    outcomes = _outcomes(settings, paths)
    return alerts, inspections(outcomes, alerts, _planned(paths), _graded(paths, newest, outcomes))


def _columns(results: Results, names: list[str]) -> pa.Table:
    """Columns of a run's alerts; those that its version did not know are null."""
    kept = pq.read_schema(results.path("alerts")).names
    table = results.table("alerts", [name for name in names if name in kept])
    for name in names:
        if name not in kept:
            table = table.append_column(name, pa.nulls(table.num_rows, ADDED.field(name).type))
    return table


def _outcomes(settings: Settings, paths: HomePaths) -> pa.Table:
    con = connect(threads=1)
    try:
        rows = Frames(Lake(paths.lake), con, None, outcomes_decided(settings)).current("outcomes")
        return rows.select(*_KEYS, "inspected_at", "method", "outcome", "probability").to_pyarrow()
    finally:
        con.disconnect()


def _planned(paths: HomePaths) -> pd.DataFrame:
    """Rows of all plans, with the date of the run that each was made from."""
    made = []
    for plan in kept_plans(paths):
        rows = plan.table("plan").select(_OF_PLANS)
        made.append(rows.append_column("at", _at(plan.report["as_of"], rows.num_rows)))
    return with_item(pa.concat_tables(made, promote_options="permissive")) if made else pd.DataFrame()


def _graded(paths: HomePaths, newest: Results, outcomes: pa.Table) -> pd.DataFrame:
    """Grades that runs before the newest gave what was inspected later; a run that cannot be read is left out, and said so."""
    orders, parcels = (pc.unique(outcomes[name].drop_null()) for name in ("order_no", "logistics_no"))
    wanted = pc.field("order_no").isin(orders) | pc.field("logistics_no").isin(parcels)
    found = []
    for name in kept_runs(paths) if outcomes.num_rows else ():
        if name == newest.run_id:
            continue
        try:
            results = open_results(paths, name)
            rows = _columns(results, [*_KEYS, "grade", "typologies"]).filter(wanted)
            found.append(rows.append_column("at", _at(results.report["as_of"], rows.num_rows)))
        except SandanError as exc:
            say(f"left out: {exc}")
    return with_item(pa.concat_tables(found, promote_options="permissive")) if found else pd.DataFrame()


def _at(as_of: str, n: int) -> pa.Array:
    return pa.array([dt.datetime.fromisoformat(as_of)] * n, pa.timestamp("us", tz="UTC"))


def _quality(settings: Settings, start: dt.datetime | None, end: dt.datetime | None, *, by_source: bool) -> Iterator[_Sum]:
    lake = Lake(HomePaths(settings.home).lake)
    batches = {
        entry.batch_id: entry.committed_at
        for entry in lake.entries
        if (start is None or entry.committed_at >= start) and (end is None or entry.committed_at <= end)
    }
    files = lake.files("quality")
    kept = pq.read_table(files).to_pylist() if files else []
    sums: dict[tuple[str, str, str], tuple[float, int]] = {}
    days = []
    for row in kept:
        if row["batch_id"] in batches:
            days.append(batches[row["batch_id"]].astimezone(BEIJING).date())
            key = row["index"], row["list"], row["source"] if by_source else ""
            total, n = sums.get(key, (0.0, 0))
            sums[key] = total + row["total"], n + row["n"]
    order = list(INDEXES)
    for key in sorted(sums, key=lambda k: (order.index(k[0]) if k[0] in order else len(order), *k)):
        yield key, sums[key], (min(days).isoformat(), max(days).isoformat())


def _row(key: tuple[str, str, str], figure: tuple[float, int], span: tuple[str, str], language: str) -> dict[str, Any]:
    index, list_name, source = key
    total, n = figure
    defined = INDEXES_ZH if language == "zh" else INDEXES
    said = _BATCHES["zh" if language == "zh" else "en"]
    return {
        "index": index, "value": round(total / n, 4), "unit": UNITS.get(index, ""), "from": span[0], "to": span[1], "n": n,
        "definition": defined.get(index, ""), "list": list_name, "source": source, "of": "", "low": None, "high": None,
        **said,
    }  # fmt: skip
