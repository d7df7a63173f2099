import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from sandan.algorithms.read_models.run_changes import Raised, changes_since
from sandan.algorithms.read_models.timeline import weekly
from sandan.algorithms.results.results import Results
from sandan.algorithms.scoring.grading import ALERTS

MONDAY = dt.date(2025, 3, 3)


def run(rows: Sequence[dict[str, Any]], members: Sequence[str] = ()) -> Results:
    default: dict[str, Any] = {
        **dict.fromkeys(ALERTS.names),
        "typologies": [],
        "flow": "import",
        "ebp_code": "P",
        "score": 0.1,
        "grade": "low",
    }
    made = [
        {**default, "consignment_id": f"c{row['no']}", "order_no": row["no"], **{k: v for k, v in row.items() if k != "no"}} for row in rows
    ]
    tables = {
        "alerts": pa.Table.from_pylist(made, schema=ALERTS),
        "members": pa.table({"cluster_id": ["c-1"] * len(members), "consignment_id": pa.array(list(members), pa.string())}),
    }
    return Results("run", Path("nowhere"), tables, {"run_id": "run"})


def test_a_week_begins_on_monday_in_beijing() -> None:
    found = run(
        [
            {"no": "1", "grade": "high", "typologies": ["quota", "split_lot"], "known_at": dt.datetime(2025, 3, 2, 15, 59, tzinfo=dt.UTC)},
            {"no": "2", "grade": "medium", "typologies": ["quota"], "known_at": dt.datetime(2025, 3, 2, 16, 0, tzinfo=dt.UTC)},
            {"no": "3", "grade": "low", "typologies": ["quota"], "known_at": dt.datetime(2025, 3, 4, tzinfo=dt.UTC)},
            {"no": "4", "grade": "high", "typologies": [], "known_at": None},
        ],
        ["c3"],
    )
    before = MONDAY - dt.timedelta(days=7)
    assert weekly(found, "grade") == [(before, "high", 1), (MONDAY, "medium", 1)]
    assert weekly(found, "typology") == [(before, "quota", 1), (before, "split_lot", 1), (MONDAY, "quota", 1)]
    assert weekly(found, "grade", "c-1") == [(MONDAY, "low", 1)]
    assert weekly(found, "grade", "c-2") == []


def test_a_run_is_held_against_the_one_before() -> None:
    before = run(
        [{"no": "1", "grade": "low"}, {"no": "2", "grade": "high"}, {"no": "3", "grade": "medium"}, {"no": "gone", "grade": "high"}]
    )
    after = run(
        [
            {"no": "1", "grade": "high", "score": 0.8},
            {"no": "2", "grade": "medium", "score": 0.4},
            {"no": "3", "grade": "medium", "score": 0.5},
            {"no": "new", "grade": "medium", "score": 0.6},
            {"no": "quiet", "grade": "low"},
        ]
    )
    changed = changes_since(after, before)
    assert (changed.n_new, changed.n_gone, changed.n_raised, changed.n_lowered) == (2, 1, 1, 1)
    assert changed.raised == (Raised("import:P:1", "1", "high", "low", 0.8), Raised("import:P:new", "new", "medium", "", 0.6))
    same = changes_since(before, before)
    assert (same.n_new, same.n_gone, same.n_raised, same.n_lowered, same.raised) == (0, 0, 0, 0, ())
