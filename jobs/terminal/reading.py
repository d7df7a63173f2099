"""What the reading commands print: rows of the newest run, of the lake, of the graph."""

import csv
import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import typer

from sandan.algorithms.evaluation.evaluation import as_rows, evaluate
from sandan.algorithms.evaluation.measures import measures
from sandan.algorithms.evaluation.resolution import concluded_persons
from sandan.algorithms.results.results import Results, open_results
from sandan.algorithms.scoring.planning import COLUMNS as PLAN_COLUMNS
from sandan.algorithms.scoring.planning import RELEASED_COLUMNS
from sandan.algorithms.vocabulary.registry import use
from sandan.algorithms.wording.render import barred, because, operator_reasons, strongest_first, summary
from sandan.graph.library.running import run_statement
from sandan.graph.library.statements import library, statement
from sandan.graph.store.access import graph_layout, open_store
from sandan.graph.store.analyst import open_for_analyst
from sandan.graph.store.base import QueryResult
from sandan.ingest.reject import REMEDIES
from sandan.jobs.terminal.progress import say
from sandan.jobs.terminal.tables import Format, show
from sandan.record.app.database import moment
from sandan.record.app.services import decided, has_app_database, open_services
from sandan.record.app.timetable import ScheduledJob
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import InputError
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.runs import COLUMNS as RUN_COLUMNS
from sandan.record.runs import RunLedger
from sandan.record.settings import Settings
from sandan.record.values.moment import BEIJING

# The contract's columns, in their order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "alerts": ("flow", "ebp_code", "order_no", "invt_no", "logistics_no", "score", "grade", "typologies", "cluster_id", "reasons", "run_id",
               "logistics_code", "status", "decision"),
    "operators": ("role", "code", "name", "n_orders", "n_high", "score", "grade", "typologies", "reasons", "run_id",
                  "revenue_at_stake"),
    "clusters": ("cluster_id", "kind", "score", "p_value", "n_orders", "n_payers", "n_consignees", "n_addresses", "top_destinations",
                 "first_seen", "last_seen", "summary"),
    "members": ("cluster_id", "flow", "ebp_code", "order_no", "logistics_no", "logistics_code", "strength"),
    "findings": ("run_id", "subject_type", "subject_id", "typology", "score", "because", "evidence", "cypher"),
    "plan": PLAN_COLUMNS,
    "released": RELEASED_COLUMNS,
    "rejects": ("batch_id", "file", "position", "list", "reason_code", "reason"),
    "runs": RUN_COLUMNS,
    "warnings": ("warning_id", "issued_at", "audience", "level", "subject", "text", "run_id", "state", "typologies", "made_at", "state_at",
                 "state_by", "why"),
    "schedule": ("job", "command", "cron", "next_at", "started_at", "ended_at", "ended", "succeeded_at", "detail"),
    "evaluate": ("part", "name", "n", "missing", "low", "medium", "high", "named"),
    "measures": ("measure", "of", "at", "value", "low", "high", "n", "definition"),
}  # fmt: skip
# Columns that a printed table leaves out, to fit; every file has them.
_NARROW = {
    "alerts": {"run_id", "cluster_id", "invt_no", "flow", "logistics_code"},
    "operators": {"run_id"},
    "findings": {"run_id", "cypher"},
    "clusters": {"n_consignees", "first_seen"},
    "schedule": {"started_at", "succeeded_at"},
    "warnings": {"run_id", "typologies", "made_at", "state_at", "state_by", "why"},
    "plan": {"flow", "logistics_code", "consignment_id", "cluster_id", "reasons", "ebp_code", "revenue_at_stake"},
    "released": {"consignment_id"},
    "measures": {"definition"},
}
# Tables that are printed whole.
_WHOLE = {"evaluate", "measures"}
_PRINTED_ROWS = 30
_TIMES_OF_WARNINGS = {"issued_at": "issued_at", "made_at": "made_at", "state_at": "at"}


def warning_rows(settings: Settings, state: str | None) -> list[dict[str, Any]]:
    """Risk warnings with their text in the language of the settings, those of one state or all, the newest first; times in Beijing's."""
    kept = open_services(settings).warnings.rows() if has_app_database(settings) else []
    return [
        {
            **row,
            "text": row[f"text_{settings.language}"],
            "typologies": barred(row["typologies"]),
            **{name: moment(row[of]).astimezone(BEIJING) if row[of] else None for name, of in _TIMES_OF_WARNINGS.items()},
            "state_by": row["by"],
        }
        for row in kept
        if state in (None, row["state"])
    ]


def scheduled_rows(settings: Settings) -> list[dict[str, Any]]:
    """The timetable: jobs of the settings, and former ones, which have no time; times in Beijing's."""
    kept = open_services(settings).timetable.jobs() if has_app_database(settings) else {}
    for name, job in settings.schedule.jobs.items():
        kept.setdefault(name, ScheduledJob(name, job.command, job.cron))
    rows = [asdict(kept[name]) for name in sorted(kept)]
    return [
        {"job": row["name"], **{key: value.astimezone(BEIJING) if isinstance(value, dt.datetime) else value for key, value in row.items()}}
        for row in rows
    ]


def print_rows(name: str, rows: Sequence[Mapping[str, Any]], form: Format, out: Path | None) -> None:
    """Write one of the reference's tables; a printed one is shortened and says by how much."""
    columns = COLUMNS[name]
    if form is Format.TABLE and (out is None or str(out) == "-"):
        columns = tuple(column for column in columns if column not in _NARROW.get(name, ()))
        limit = len(rows) if name in _WHOLE else _PRINTED_ROWS
        show([_shortened(row) for row in rows[:limit]], columns, form, out, n_more=max(len(rows) - limit, 0))
    else:
        show(rows, columns, form, out)


def _shortened(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with only the first of its reasons, for a printed table; `sandan explain` shows them all."""
    first, *more = str(row.get("reasons") or "").split("|")
    return {**row, "reasons": f"{first} (+{len(more)})" if more else first} if "reasons" in row else dict(row)


def result_rows(settings: Settings, name: str, run_id: str | None) -> list[dict[str, Any]]:
    """Rows of one of a run's tables, with sentences in the language of the settings.

    Raises:
        NothingScored, UnknownId: As `open_results`.
    """
    use(settings)
    return _in_words(open_results(HomePaths(settings.home), run_id), name, settings)


def alert_rows(settings: Settings, *, every: bool, first: bool, run_id: str | None) -> list[dict[str, Any]]:
    """Alerts of a run, or over all kept runs each consignment's first grade after its declaration.

    Raises:
        NothingScored, UnknownId: As `open_results`.
    """
    use(settings)
    paths = HomePaths(settings.home)
    if not first:
        rows = result_rows(settings, "alerts", run_id)
    else:
        seen: dict[str, dict[str, Any]] = {}
        done = [row["run_id"] for row in RunLedger(paths).rows() if row["status"] == "done"]
        kept = sorted(
            (open_results(paths, name) for name in done if (paths.runs / name / "report.json").exists()), key=lambda r: (r.as_of, r.run_id)
        )
        if not kept:
            open_results(paths)
        for results in kept:
            for row in _in_words(results, "alerts", settings):
                if row["kind"] != "order":
                    seen.setdefault(row["consignment_id"], row)
        rows = sorted(seen.values(), key=lambda row: (-row["score"], row["flow"], row["ebp_code"], row["order_no"], row["logistics_no"]))
    # As of now, whatever the run: what officers decided in the app.
    now = decided(settings)
    for row in rows:
        row["decision"] = now.get(consignment_key(row), "")
    return rows if every else [row for row in rows if row["grade"] != "low"]


def _in_words(results: Results, name: str, settings: Settings) -> list[dict[str, Any]]:
    """A table of a run with the texts of its contract: sentences in the language of the settings, lists with bars between their parts."""
    rows: list[dict[str, Any]] = results.table(name).to_pylist()
    language = settings.language
    if name == "alerts":
        said: dict[str, list[str]] = defaultdict(list)
        for finding in strongest_first(results.table("findings").to_pylist()):
            said[finding["consignment_id"]].append(because(finding, language))
        for row in rows:
            row["reasons"] = barred(said.get(row["consignment_id"], ()))
    for row in rows:
        if name == "findings":
            row["because"] = because(row, language)
        elif name == "operators":
            row["reasons"] = barred(operator_reasons(row, language))
        elif name == "clusters":
            row["summary"] = summary(row, language)
        for column in ("typologies", "evidence", "top_destinations"):
            if column in row:
                row[column] = "|".join(row[column])
    return rows


def reject_rows(settings: Settings) -> list[dict[str, Any]]:
    """Rejected records and files of all batches, the newest batch first; the reason ends with what to do."""
    files = Lake(HomePaths(settings.home).lake).files("rejects")
    # One file after the other in this thread: Arrow's scan of several files leaves threads that may still run when the interpreter ends.
    rows: list[dict[str, Any]] = [
        row for file in files for row in pq.ParquetFile(file, pre_buffer=False).read(use_threads=False).to_pylist()
    ]
    for row in rows:
        row["reason"] = f"{row['reason']}; {REMEDIES.get(row['reason_code'], '')}".rstrip("; ")
    rows.sort(key=lambda row: (row["file"], row["list"], row["position"]))
    rows.sort(key=lambda row: row["batch_id"], reverse=True)
    return rows


def evaluation_rows(settings: Settings, key: Path, run_id: str | None) -> list[dict[str, Any]]:
    """Shares by grade for each part of an answer key.

    Raises:
        InputError: The key cannot be read or is none.
        NothingScored, UnknownId: As `open_results`.
    """
    return as_rows(evaluate(key_rows(key), open_results(HomePaths(settings.home), run_id).table("alerts")))


def measure_rows(settings: Settings, key: Path, run_id: str | None) -> list[dict[str, Any]]:
    """Figures of a run against an answer key, with their intervals.

    Raises:
        InputError: The key cannot be read or is none.
        NothingScored, UnknownId: As `open_results`.
    """
    rows = key_rows(key)
    results = open_results(HomePaths(settings.home), run_id)
    concluded = concluded_persons(graph_layout(settings).tables(results.run_id))
    if concluded is None:
        say(f"the graph of run {results.run_id} is not kept any more: no figures on persons")
    return [asdict(one) for one in measures(rows, results.table("alerts"), results.table("members"), concluded)]


def key_rows(key: Path) -> list[dict[str, str]]:
    """The rows of an answer key.

    Raises:
        InputError: It cannot be read or is none.
    """
    try:
        with key.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise InputError(f"{key}: not a readable answer key ({exc})") from exc
    needed = {"flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "truth", "typologies", "kind"}
    if not rows or not needed.issubset(rows[0]):
        raise InputError(f"{key}: not an answer key; it needs the columns {', '.join(sorted(needed))}")
    for row in rows:
        if not _is_amount(row.get("tax_at_stake") or "0"):
            raise InputError(f"{key}: not an answer key; tax_at_stake is an amount, not {row['tax_at_stake']!r}")
    return rows


def _is_amount(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and float(text) >= 0
    except ValueError:
        return False


def graph_rows(settings: Settings) -> list[dict[str, Any]]:
    """Version, nodes per label, relationships per type of the graph in use.

    Raises:
        StoreUnavailable: There is no graph yet, or its server cannot be reached.
    """
    with open_store(settings) as store:
        counts = store.counts()
    rows: list[dict[str, Any]] = [{"kind": "version", "name": graph_layout(settings).current(), "n": counts.n_nodes + counts.n_relations}]
    rows += [{"kind": "node", "name": name, "n": n} for name, n in counts.nodes.items()]
    return rows + [{"kind": "relation", "name": name, "n": n} for name, n in counts.relations.items()]


def library_rows(settings: Settings) -> list[dict[str, Any]]:
    """The named queries: name, what each shows, and its parameters with their defaults, in the language of the settings."""
    is_zh = settings.language == "zh"
    return [
        {
            "name": one.name,
            "title": one.title_zh if is_zh else one.title,
            "parameters": "|".join(f"{p.name}={p.kind if p.default is None else p.default}" for p in one.parameters),
            "answers": one.answers_zh if is_zh else one.answers,
            "columns": "|".join(one.columns),
        }
        for one in library().values()
    ]


def print_query(
    settings: Settings, query: str, params: Sequence[str], limit: int | None, timeout_s: float | None, form: Format, out: Path | None
) -> None:
    """Ask the graph and print what it answers.

    Raises:
        BadQuery, StoreUnavailable: As the store's `query`.
    """
    with open_for_analyst(settings) as store:
        result = store.query(query, dict(_parameter(text) for text in params), max_rows=_limit(settings, limit), timeout_s=timeout_s)
    _print_result(result, form, out)


def print_statement(
    settings: Settings, name: str, given: Sequence[str], limit: int | None, timeout_s: float | None, form: Format, out: Path | None
) -> None:
    """Ask one of the library's queries and print what it answers.

    Raises:
        BadQuery, StoreUnavailable: As `run_statement`.
    """
    one = statement(name)
    with open_for_analyst(settings) as store:
        result = run_statement(
            store,
            one,
            dict(_named(text) for text in given),
            max_rows=_limit(settings, limit),
            timeout_s=timeout_s or settings.cypher.timeout_s,
        )
    _print_result(result, form, out)


def _limit(settings: Settings, limit: int | None) -> int:
    return min(1000, settings.cypher.max_rows) if limit is None else limit


def _print_result(result: QueryResult, form: Format, out: Path | None) -> None:
    # Two columns of one name would be one key of a row.
    names = [name if result.columns.index(name) == i else f"{name}_{i}" for i, name in enumerate(result.columns)]
    show([dict(zip(names, row, strict=True)) for row in result.rows], names, form, out)
    if result.truncated:
        say(f"only the first {len(result.rows)} rows; --limit gives more")


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise typer.BadParameter(f"{text}: write name=value; `sandan cypher --list` shows the names")
    return name, value


def _parameter(text: str) -> tuple[str, object]:
    name, value = _named(text)
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return name, value[1:-1]  # a number that is meant as a text, such as that of an order
    for kind in (int, float):
        try:
            return name, kind(value)
        except ValueError:
            continue
    return name, value
