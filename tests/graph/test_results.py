"""A run's results in the graph's tables: on the right nodes, and nothing else touched."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.graph.results import add_results
from sandan.graph.schema import NODES, RELATIONS
from sandan.graph.store.layout import checked_counts, node_file, relation_file
from sandan.record.errors import OutputError

ALERTS = ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no", "status", "score", "grade")
FINDINGS = ("finding_id", "run_id", "subject_type", "subject_id", "typology", "score", "because", "evidence")
SEEN = dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC)
Tables = dict[str, pa.Table]
CLUSTER = {"cluster_id": "c-1", "kind": "forged", "score": 0.7, "p_value": 0.01, "n_orders": 3, "summary": "told",
           "first_seen": SEEN.astimezone(dt.timezone(dt.timedelta(hours=8))), "last_seen": SEEN + dt.timedelta(days=1)}  # fmt: skip
MEMBERS = [
    {"cluster_id": "c-1", "item": "import:P:1", "label": "Order", "strength": 1.0, "logistics_no": "W1"},
    {"cluster_id": "c-1", "item": "import:P:2", "label": "Order", "strength": 0.25, "logistics_no": ""},
    {"cluster_id": "c-1", "item": "L:9", "label": "Parcel", "strength": 0.5, "logistics_no": "9"},
]


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in columns})


def alert(order: str, score: float, *, status: str = "declared", parcel: str = "") -> dict[str, Any]:
    grade = "high" if score >= 0.7 else "medium" if score >= 0.4 else "low"
    return {"flow": "import" if order else "export", "ebp_code": "P" if order else "", "order_no": order, "logistics_code": "L" if parcel else "",
            "logistics_no": parcel, "status": status, "score": score, "grade": grade}  # fmt: skip


def finding(number: int, label: str, subject: str) -> dict[str, Any]:
    return {"finding_id": f"r:{number}", "run_id": "r", "subject_type": label, "subject_id": subject, "typology": "identity_ring", "score": 0.5, "because": "told", "evidence": "c-1"}  # fmt: skip


@pytest.fixture
def tables(tmp_path: Path, make_graph: Callable[..., Any]) -> Path:
    orders = [
        {"id": f"import:P:{n}", "flow": "import", "ebp_code": "P", "order_no": n, "amount_cny": 10.0 * int(n), "channel": None}
        for n in "132"
    ]
    parcels = [{"id": "L:9", "logistics_no": "9", "weight_kg": 1.5}, {"id": "L:8", "logistics_no": "8", "weight_kg": None}]
    operators = [{"id": "seller:S1", "role": "seller", "code": "S1", "name": "商店"}, {"id": "agent:A1", "role": "agent", "code": "A1"}]
    make_graph({"Order": orders, "Parcel": parcels, "Operator": operators}).write(tmp_path)
    return tmp_path


@pytest.fixture
def results() -> Tables:
    alerts = [
        alert("1", 0.2),
        alert("1", 0.8, status="pending"),
        alert("1", 0.5),
        alert("2", 0.0),
        alert("", 0.45, parcel="9"),
        alert("7", 0.9),
    ]
    findings = [
        finding(1, "Order", "import:P:1"),
        finding(2, "Parcel", "L:9"),
        finding(3, "Operator", "seller:S1"),
        finding(4, "Order", "import:P:2"),
    ]
    operators = [{"role": "seller", "code": "S1", "score": 0.3, "grade": "low"}]
    return {
        "alerts": table(alerts, ALERTS),
        "operators": table(operators, ("role", "code", "score", "grade")),
        "findings": table(findings, FINDINGS),
        "clusters": table([CLUSTER], tuple(CLUSTER)),
        "members": table(MEMBERS, tuple(MEMBERS[0])),
    }


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def test_of_several_consignments_of_a_node_the_riskiest_counts(tables: Path, results: Tables) -> None:
    add_results(tables, results.__getitem__)
    found = {row["id"]: (row["status"], row["score"], row["grade"]) for row in rows(node_file(tables, "Order"))}
    assert found == {"import:P:1": ("pending", 0.8, "high"), "import:P:2": ("declared", 0.0, "low"), "import:P:3": (None, None, None)}
    found = {row["id"]: (row["status"], row["score"], row["grade"]) for row in rows(node_file(tables, "Parcel"))}
    assert found == {"L:9": ("declared", 0.45, "medium"), "L:8": (None, None, None)}
    assert {row["id"]: row["grade"] for row in rows(node_file(tables, "Operator"))} == {"seller:S1": "low", "agent:A1": None}


def test_a_parcel_of_an_order_has_the_orders_result(tables: Path, results: Tables) -> None:
    with_parcel = table([alert("2", 0.5, parcel="8")], ALERTS)
    add_results(tables, {**results, "alerts": with_parcel}.__getitem__)
    assert {row["id"]: row["score"] for row in rows(node_file(tables, "Parcel"))} == {"L:9": None, "L:8": 0.5}


def test_nothing_else_changes(tables: Path, results: Tables) -> None:
    filled = {"status", "score", "grade"}
    before = {node.label: rows(node_file(tables, node.label)) for node in NODES}
    untouched = [node_file(tables, node.label) for node in NODES if node.label not in ("Order", "Parcel", "Operator", "Cluster", "Finding")]
    untouched += [relation_file(tables, r.name, *pair) for r in RELATIONS for pair in r.pairs if r.name not in ("IN_CLUSTER", "ABOUT")]
    content = {path: path.read_bytes() for path in untouched}
    add_results(tables, results.__getitem__)
    for label in ("Order", "Parcel", "Operator"):
        after = rows(node_file(tables, label))
        # Same order of the rows, too.
        assert [{k: v for k, v in row.items() if k not in filled} for row in after] == [
            {k: v for k, v in row.items() if k not in filled} for row in before[label]
        ]
    assert all(path.read_bytes() == content[path] for path in untouched)
    checked_counts(tables)


def test_a_finding_about_what_has_no_node_is_kept_without_a_relationship(tables: Path, results: Tables) -> None:
    # As of a declaration that names no platform and no seller.
    found = [finding(1, "Order", "import:P:1"), finding(2, "Order", "import::7"), finding(3, "Parcel", ":7")]
    add_results(tables, {**results, "findings": table(found, FINDINGS)}.__getitem__)
    counts = checked_counts(tables)
    assert (counts.nodes["Finding"], counts.relations["ABOUT"]) == (3, 1)


def test_clusters_members_and_findings_land(tables: Path, results: Tables) -> None:
    add_results(tables, results.__getitem__)
    counts = checked_counts(tables)
    assert (counts.nodes["Cluster"], counts.nodes["Finding"]) == (1, 4)
    assert (counts.relations["IN_CLUSTER"], counts.relations["ABOUT"]) == (3, 4)
    cluster = rows(node_file(tables, "Cluster"))[0]
    # Times are UTC without a zone, whatever zone they came in.
    assert (cluster["first_seen"], cluster["last_seen"]) == (SEEN.replace(tzinfo=None), SEEN.replace(tzinfo=None) + dt.timedelta(days=1))
    assert rows(relation_file(tables, "IN_CLUSTER", "Order", "Cluster")) == [
        {"from": "import:P:1", "to": "c-1", "strength": 1.0},
        {"from": "import:P:2", "to": "c-1", "strength": 0.25},
    ]
    assert rows(relation_file(tables, "IN_CLUSTER", "Parcel", "Cluster")) == [{"from": "L:9", "to": "c-1", "strength": 0.5}]
    about = {
        label: [(r["from"], r["to"]) for r in rows(relation_file(tables, "ABOUT", "Finding", label))]
        for label in ("Order", "Parcel", "Operator")
    }
    assert about == {
        "Order": [("r:1", "import:P:1"), ("r:4", "import:P:2")],
        "Parcel": [("r:2", "L:9")],
        "Operator": [("r:3", "seller:S1")],
    }


def test_two_consignments_of_one_order_are_one_member_of_the_graph(tables: Path, results: Tables) -> None:
    twice = table([*MEMBERS, {**MEMBERS[0], "logistics_no": "W2", "strength": 0.5}], tuple(MEMBERS[0]))
    add_results(tables, {**results, "members": twice}.__getitem__)
    assert rows(relation_file(tables, "IN_CLUSTER", "Order", "Cluster"))[0] == {"from": "import:P:1", "to": "c-1", "strength": 1.0}
    assert checked_counts(tables).relations["IN_CLUSTER"] == 3


def test_a_second_run_replaces_the_first(tables: Path, results: Tables) -> None:
    add_results(tables, results.__getitem__)
    less = table([alert("2", 0.1)], ALERTS)
    add_results(
        tables,
        {
            **{name: rows.slice(0, 0) for name, rows in results.items()},
            "alerts": less,
            "operators": results["operators"],
            "findings": results["findings"].slice(0, 1),
        }.__getitem__,
    )
    assert {row["id"]: row["score"] for row in rows(node_file(tables, "Order"))} == {
        "import:P:1": None,
        "import:P:2": 0.1,
        "import:P:3": None,
    }
    assert (checked_counts(tables).nodes["Cluster"], checked_counts(tables).relations["IN_CLUSTER"]) == (0, 0)


def test_a_run_without_anything_leaves_a_whole_graph(tables: Path, results: Tables) -> None:
    add_results(
        tables,
        {name: rows.slice(0, 0) for name, rows in results.items()}.__getitem__,
    )
    assert checked_counts(tables).nodes["Order"] == 3


def test_tables_that_are_not_there_are_an_output_error(tmp_path: Path, results: Tables) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        add_results(tmp_path / "absent", results.__getitem__)
