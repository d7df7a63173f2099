"""Reads a run's alerts a page at a time, filtered and sorted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Filters
from sandan.dashboard.theme import GRADES
from sandan.record.catalog.keys import CONSIGNMENT_KEY_SQL

LARGEST_PAGE = 200
# Runs of older versions know no revenue.
_STAKE = "revenue_at_stake"
# What the queue can be sorted by: column of the table on the page -> column of the alerts. Nothing else reaches the query's text.
_SORTS = {
    "score": "score", "grade": "score", "number": "order_no", "platform": "ebp_code", "value": "declared_cny", "customs": "customs_code",
    "status": "status", "known": "known_at", "stake": _STAKE,
}  # fmt: skip
_COLUMNS = (
    "flow, ebp_code, order_no, invt_no, logistics_no, logistics_code, score, grade, typologies, consignment_id, "
    "status, cluster_id, declared_cny, customs_code, epoch_us(known_at) AS known_us, file_row_number AS row_no"
)
# The rows that are shown of those that pass the filters, by whether those of one cluster stand in the row of the first of them.
_SHOWN = {
    False: "SELECT *, 1 AS n_folded FROM hits",
    True: "SELECT hits.*, coalesce(first.n, 1) AS n_folded FROM hits LEFT JOIN (SELECT min(file_row_number) AS place, count(*) AS n "
    "FROM hits WHERE cluster <> '' GROUP BY cluster) AS first ON first.place = hits.file_row_number "
    "WHERE hits.cluster = '' OR first.n IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Work:
    """How far the officers are, by key of the consignment.

    Attributes:
        decided: The decision in force.
        claimed: Who has claimed it.
        me: Whose view it is.
    """

    decided: Mapping[str, str] = field(default_factory=dict)
    claimed: Mapping[str, str] = field(default_factory=dict)
    me: str = ""


NOBODY = Work()


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Some rows of the queue, and how many there are in all.

    Attributes:
        rows: The alerts; `n_folded` is how many consignments a row stands for.
        total: Rows in all.
    """

    rows: tuple[Mapping[str, Any], ...]
    total: int


def read_alerts(
    results: Results, filters: Filters, *, start: int, stop: int, sort: Sequence[Mapping[str, str]] = (), work: Work = NOBODY
) -> AlertPage:
    """Rows `start` to `stop` of the alerts that pass the filters.

    A row's `is_unique` is False where another consignment has the same key, as two declarations of one order have.

    Args:
        results: The run.
        filters: Which alerts.
        start: First row, from 0.
        stop: Row after the last; no more than `LARGEST_PAGE` rows are given.
        sort: The table's sort model; the highest score first without one.
        work: How far the officers are.

    The consignments of one cluster stand in the row of the first of them, unless the filters say otherwise.
    """
    where, values = conditions(filters, work)
    columns = [column for column in _SORTS.values() if column != _STAKE or _has_stake(results)]
    # Which rows: over as few columns as may be, the filters once. What stands in them is read of these rows only.
    chosen = (
        f"WITH hits AS MATERIALIZED (SELECT file_row_number, coalesce(cluster_id, '') AS cluster, {', '.join(dict.fromkeys(columns))} "
        f"FROM alerts WHERE {where}), shown AS MATERIALIZED ({_SHOWN[filters.folds]})"
    )
    asked = [one for one in sort if _SORTS.get(one.get("colId") or "") in columns]
    page = {"skip": max(start, 0), "take": max(0, min(stop - start, LARGEST_PAGE))}
    found = results.query(
        f"{chosen} SELECT file_row_number, n_folded, (SELECT count(*) FROM shown) AS total FROM shown "
        f"ORDER BY {ordering(asked)} LIMIT $take OFFSET $skip",
        **values, **page,
    )  # fmt: skip
    if not found:
        [row] = results.query(f"{chosen} SELECT count(*) AS n FROM shown", **values)
        return AlertPage((), int(row["n"]))
    stake = f"{_STAKE} AS stake" if _has_stake(results) else "NULL::DOUBLE AS stake"
    places = [int(row["file_row_number"]) for row in found]
    rows = results.query(f"SELECT {_COLUMNS}, {stake} FROM alerts WHERE file_row_number IN ({', '.join(map(str, places))})")
    twins = results.query(
        "SELECT flow, ebp_code, order_no FROM alerts WHERE order_no IN (SELECT unnest($numbers)) GROUP BY ALL HAVING count(*) > 1",
        numbers=[row["order_no"] for row in rows if row["order_no"]] or [""],
    )
    several = {(row["flow"], row["ebp_code"], row["order_no"]) for row in twins if row["order_no"]}
    of_place = {row["row_no"]: row for row in rows}
    folded = {int(row["file_row_number"]): row["n_folded"] for row in found}
    made = []
    for place in places:
        row = of_place[place]
        is_unique = (row["flow"], row["ebp_code"], row["order_no"]) not in several
        made.append({**row, "n_folded": folded[place], "is_unique": is_unique})
    return AlertPage(tuple(made), int(found[0]["total"]))


def count_typologies(results: Results, filters: Filters, work: Work = NOBODY) -> list[tuple[str, str, int]]:
    """How many alerts show each typology, by grade: (typology, grade, n); every filter counts but the typology's own."""
    where, values = conditions(replace(filters, typology=""), work)
    rows = results.query(
        "SELECT typology, grade, count(*) AS n FROM (SELECT grade, unnest(typologies) AS typology "
        f"FROM alerts WHERE {where}) GROUP BY ALL ORDER BY typology, grade",
        **values,
    )
    return [(row["typology"], row["grade"], int(row["n"])) for row in rows]


def count_alerts(results: Results, filters: Filters, work: Work = NOBODY) -> int:
    """How many alerts pass the filters."""
    where, values = conditions(filters, work)
    return _count(results, where, values)


def next_open(results: Results, filters: Filters, after: str, work: Work) -> str | None:
    """Key of the next consignment in the queue that nobody has decided on and nobody else has claimed; None where there is none left.

    Args:
        results: The run.
        filters: Which alerts; whose work they are is left aside.
        after: Key of the consignment that was looked at; the first open one follows on the last.
        work: How far the officers are.
    """
    where, values = conditions(replace(filters, work="open"), work)
    rows = results.query(
        f"WITH here AS (SELECT min(file_row_number) AS n FROM alerts WHERE {CONSIGNMENT_KEY_SQL} = $after) "
        f"SELECT {CONSIGNMENT_KEY_SQL} AS key FROM alerts WHERE {where} AND {CONSIGNMENT_KEY_SQL} <> $after "
        "ORDER BY file_row_number <= coalesce((SELECT n FROM here), -1), file_row_number LIMIT 1",
        **values,
        after=after,
    )
    return rows[0]["key"] if rows else None


def conditions(filters: Filters, work: Work = NOBODY) -> tuple[str, dict[str, Any]]:
    """The filters as a condition with named parameters, and the parameters' values."""
    parts: list[str] = []
    values: dict[str, Any] = {}

    def add(part: str, name: str, value: object) -> None:
        parts.append(part)
        values[name] = value

    if set(filters.grades) != set(GRADES):
        add("list_contains($grades, grade)", "grades", list(filters.grades))
    if filters.typology:
        add("list_contains(typologies, $typology)", "typology", filters.typology)
    if filters.status:
        add("status = $status", "status", filters.status)
    if filters.flow:
        add("flow = $flow", "flow", filters.flow)
    if filters.cluster:
        add("cluster_id = $cluster", "cluster", filters.cluster)
    if filters.operator:
        add("$operator IN (ebc_code, ebp_code, logistics_code)", "operator", filters.operator)
    if filters.work == "open":
        # Where nobody has done anything yet all are open, and no row's key need be made.
        if others := _others(work):
            add(f"{CONSIGNMENT_KEY_SQL} NOT IN (SELECT unnest($done))", "done", others)
    elif filters.work == "mine":
        add(
            f"{CONSIGNMENT_KEY_SQL} IN (SELECT unnest($mine))",
            "mine",
            [key for key, name in work.claimed.items() if name == work.me] or [""],
        )
    elif filters.work == "decided":
        add(f"{CONSIGNMENT_KEY_SQL} IN (SELECT unnest($done))", "done", list(work.decided) or [""])
    if filters.q:
        number = "(contains(upper(order_no), $q) OR contains(upper(logistics_no), $q) OR contains(upper(invt_no), $q))"
        add(number, "q", filters.q.upper())
    return " AND ".join(parts) or "true", values


def _has_stake(results: Results) -> bool:
    return _STAKE in results.columns("alerts")


def _others(work: Work) -> list[str]:
    """What is not open to me: decided, or claimed by somebody else."""
    return [*work.decided, *(key for key, name in work.claimed.items() if name != work.me)]


def ordering(sort: Iterable[Mapping[str, str]]) -> str:
    """The sort model as an ORDER BY list; the file's own order, the highest score first, decides between equals."""
    terms: dict[str, str] = {}
    for column in sort:
        name = _SORTS.get(column.get("colId") or "")
        if name:
            # A column's first term decides; what says it again could not change the order.
            terms.setdefault(name, f"{name} {'ASC' if column.get('sort') == 'asc' else 'DESC'} NULLS LAST")
    return ", ".join([*terms.values(), "file_row_number"])


def _count(results: Results, where: str, values: Mapping[str, Any]) -> int:
    [row] = results.query(f"SELECT count(*) AS n FROM alerts WHERE {where}", **values)
    return int(row["n"])
