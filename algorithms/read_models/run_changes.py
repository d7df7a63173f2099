"""What a run grades otherwise than the run before it."""

from dataclasses import dataclass

from sandan.algorithms.results.queries import query
from sandan.algorithms.results.results import Results
from sandan.record.catalog.keys import CONSIGNMENT_KEY_SQL

_MOST = 50


@dataclass(frozen=True, slots=True)
class Raised:
    """A consignment that is graded higher than before.

    Attributes:
        key: Its key.
        number: Its order or waybill number.
        grade: Its grade.
        before: Its grade in the run before; empty text where it was not in it.
        score: Its score.
    """

    key: str
    number: str
    grade: str
    before: str
    score: float


@dataclass(frozen=True, slots=True)
class RunChanges:
    """The difference of two runs.

    Attributes:
        n_new: Consignments that the run before did not have.
        n_gone: Those that only it had.
        n_raised: Known ones that are graded higher.
        n_lowered: Known ones that are graded lower.
        raised: Known ones that are graded higher, and new ones at medium or high: the first of them, the highest score first.
    """

    n_new: int
    n_gone: int
    n_raised: int
    n_lowered: int
    raised: tuple[Raised, ...]


def changes_since(results: Results, before: Results) -> RunChanges:
    """Compare a run with an earlier one, consignment by consignment.

    Args:
        results: The run.
        before: The earlier one.
    """
    both = {"alerts": results.source("alerts"), "earlier": before.source("alerts")}
    joined = "SELECT a.*, e.grade AS former FROM alerts a {} JOIN earlier e USING (consignment_id)"
    known = "former IS NOT NULL AND grade IS NOT NULL"
    [row] = query(
        both,
        "SELECT count(*) FILTER (former IS NULL) AS n_new, count(*) FILTER (grade IS NULL) AS n_gone, "
        f"count(*) FILTER ({known} AND {_rank('grade')} > {_rank('former')}) AS n_raised, "
        f"count(*) FILTER ({known} AND {_rank('grade')} < {_rank('former')}) AS n_lowered FROM ({joined.format('FULL')})",
        {},
    )
    rows = query(
        both,
        f"SELECT {CONSIGNMENT_KEY_SQL} AS key, coalesce(nullif(order_no, ''), logistics_no, '') AS number, grade, "
        f"coalesce(former, '') AS before, score FROM ({joined.format('LEFT')}) "
        f"WHERE {_rank('grade')} > {_rank('former')} ORDER BY score DESC, consignment_id LIMIT {_MOST}",
        {},
    )
    return RunChanges(**{name: int(n) for name, n in row.items()}, raised=tuple(Raised(**one) for one in rows))


def _rank(column: str) -> str:
    """Of a grade; 0 where there is none."""
    return f"CASE {column} WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END"
