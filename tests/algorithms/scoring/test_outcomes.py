"""Which labels the table of outcomes gives."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa

from sandan.algorithms.scoring.outcomes import known_outcomes

ITEMS = {"import:P:N1": 0, "import:P:N2": 1, "import:P:N3": 2}


def day(number: int) -> dt.datetime:
    return dt.datetime(2025, 4, number, tzinfo=dt.UTC)


def outcome(order_no: str, what: str, inspected: int, known: int, probability: float | None = None) -> dict[str, Any]:
    return {
        "flow": "import", "ebp_code": "P", "order_no": order_no, "logistics_code": None, "logistics_no": None, "outcome": what,
        "inspected_at": day(inspected), "known_at": day(known), "probability": probability,
    }  # fmt: skip


def labels(*rows: dict[str, Any], since: dt.datetime | None = None) -> Any:
    text = [(name, pa.string()) for name in ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "outcome")]
    times = [(name, pa.timestamp("us", "UTC")) for name in ("inspected_at", "known_at")]
    table = ibis.memtable(pa.Table.from_pylist(list(rows), schema=pa.schema([*text, *times, ("probability", pa.float64())])))
    declared = ibis.memtable(pa.Table.from_pylist([], schema=pa.schema(text[:5])))
    bench = SimpleNamespace(current=lambda name: table if name == "outcomes" else declared)
    view = SimpleNamespace(places=lambda ids: pa.array([_item(text) for text in ids.to_pylist()], pa.int32()).to_numpy())
    return known_outcomes(bench, view, since)  # type: ignore[arg-type]


def _item(name: str) -> int:
    return next((item for key, item in ITEMS.items() if name and key.endswith(name.rpartition(":")[2])), -1)


def test_one_breach_among_several_outcomes_makes_a_breach_and_the_first_inspection_its_time() -> None:
    found = labels(
        outcome("N1", "compliant", 2, 2), outcome("N1", "forged", 5, 5, 0.25), outcome("N2", "compliant", 3, 3), outcome("NX", "ipr", 3, 3)
    )
    assert found.labels.items.tolist() == [0, 1] and found.labels.positive.tolist() == [True, False]
    assert found.labels.known_at[0] == round(day(2).timestamp() * 1e6) and found.labels.weight.tolist() == [4.0, 1.0]
    assert (found.n_rows, found.n_unknown) == (4, 1)


def test_only_what_became_known_since_a_date_counts_whenever_it_was_inspected() -> None:
    rows = (outcome("N1", "forged", 1, 2), outcome("N2", "forged", 1, 9), outcome("N3", "compliant", 8, 8))
    assert labels(*rows).labels.items.tolist() == [0, 1, 2]
    assert labels(*rows, since=day(2)).labels.items.tolist() == [1, 2]
