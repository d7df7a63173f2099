"""A Neo4j is brought up to date by what changed; whatever happens in between, it ends as a fresh one would be."""

import random
from collections.abc import Callable, Collection
from typing import Any

import pytest
from neo4j import GraphDatabase
from neo4j import exceptions as faults

from sandan.graph.checksum import Checksum, batches_checksum, table_checksums
from sandan.graph.parts import Part, parts
from sandan.graph.schema import NODES, RELATIONS
from sandan.graph.store.access import graph_layout
from sandan.graph.store.neo4j import fill as neo4j_fill
from sandan.graph.store.neo4j import marker as neo4j_marker
from sandan.graph.store.neo4j.difference import difference
from sandan.record.errors import StoreError, StoreUnavailable

Row = dict[str, object]


def sums_of(store: Any) -> dict[Part, Checksum]:
    return {part: batches_checksum(part, store.read_part(part)) for part in parts()}


@pytest.fixture
def some(graph: Any, make_graph: Any) -> Any:
    """A part of the graph: each statement that the server has not seen takes it a while."""
    return within(graph, make_graph, ("Order", "Parcel", "Payer"))


def within(graph: Any, make_graph: Any, labels: Collection[str]) -> Any:
    nodes = {label: [dict(row) for row in graph.nodes[label]] for label in labels}
    return make_graph(nodes, {key: [dict(row) for row in rows] for key, rows in graph.relations.items() if {*key[1:]} <= {*labels}})


def marks(home: Any) -> list[str]:
    with GraphDatabase.driver(home.settings.graph) as driver:
        text = "SHOW INDEXES YIELD name WHERE name STARTS WITH 'sandan_graph' RETURN name"
        return [record["name"] for record in driver.execute_query(text, database_="neo4j").records]


@pytest.fixture
def only_changes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, filling from the ground up is an error."""

    def forbid() -> None:
        def anew(*_: object) -> None:
            raise AssertionError("filled anew")

        monkeypatch.setattr(neo4j_fill, "_fill_anew", anew)

    return forbid


def changed(nodes: dict[str, list[Row]], relations: dict[tuple[str, str, str], list[Row]], rng: random.Random, step: int) -> None:
    """Some nodes go with their relations, some come, some change; relations come, go, change, and come twice."""
    for label in rng.sample(sorted(nodes), 2):
        rows = nodes[label]
        gone = {str(row["id"]) for row in rng.sample(rows, min(len(rows), rng.randrange(3)))}
        nodes[label] = [row for row in rows if row["id"] not in gone]
        for (name, source, target), ends in relations.items():
            if label in {source, target}:
                lost = {"from": gone if label == source else set(), "to": gone if label == target else set()}
                relations[name, source, target] = [row for row in ends if row["from"] not in lost["from"] and row["to"] not in lost["to"]]
        nodes[label] += [{**rng.choice(rows), "id": f"{label}:{step}:{i}"} for i in range(rng.randrange(3)) if rows]
        for row in rng.sample(nodes[label], min(2, len(nodes[label]))):
            other = rng.choice(rows)
            row |= {name: value for name, value in other.items() if name != "id" and rng.random() < 0.5}
    for key in rng.sample(sorted(relations), min(3, len(relations))):
        name, source, target = key
        rows = relations[key]
        kept = [row for row in rows if rng.random() < 0.8]
        twice = [dict(row) for row in kept if rng.random() < 0.2]
        relations[key] = kept + twice
        if rows and nodes[source] and nodes[target]:
            ends = {"from": rng.choice(nodes[source])["id"], "to": rng.choice(nodes[target])["id"]}
            relations[key].append({**rng.choice(rows), **ends})


@pytest.mark.parametrize(
    ("labels", "n_batches"),
    [
        (("Order", "Payer", "Address"), 8),
        pytest.param(("Order", "Payer", "Address"), 20, marks=pytest.mark.slow),
        pytest.param(tuple(node.label for node in NODES), 20, marks=pytest.mark.slow),
    ],
)
def test_batches_of_changes_give_the_graph_of_a_fresh_build(
    served: Any,
    graph: Any,
    make_graph: Any,
    only_changes: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    labels: tuple[str, ...],
    n_batches: int,
) -> None:
    rng = random.Random(7)
    first = within(graph, make_graph, labels)
    nodes, relations = dict(first.nodes), dict(first.relations)
    served.publish(first, "v0")
    only_changes()
    n_rows = set()
    for step in range(1, n_batches + 1):
        changed(nodes, relations, rng, step)
        served.publish(make_graph(nodes, relations), f"v{step}")
        n_rows.add(sum(map(len, relations.values())))
    assert len(n_rows) > n_batches / 4  # the batches did change something
    with served.open() as store:
        kept = sums_of(store)
        monkeypatch.undo()
        (graph_layout(served.settings).version(f"v{n_batches}") / "SERVED").unlink()
        served.publish(make_graph(nodes, relations), "fresh")
        assert kept == sums_of(store) == table_checksums(graph_layout(served.settings).tables("fresh"))


def test_a_difference_counts_rows_that_differ_in_nothing(embedded: Any, make_graph: Any) -> None:
    orders = {"Order": [{"id": "o"}], "Payer": [{"id": "p"}]}
    payment = {"from": "o", "to": "p", "pay_transaction_id": None, "amount_cny": 1.5}
    key = ("PAID_BY", "Order", "Payer")
    versions = {n: embedded.write(make_graph(orders, {key: [dict(payment) for _ in range(n)]}), f"v{n}") for n in (0, 1, 3)}
    found = {}
    for old, new in ((3, 1), (1, 3), (0, 3), (3, 0), (3, 3)):
        with difference(versions[old], versions[new], list(parts())) as made:
            found[old, new] = [[row.get("surplus") for row in rows] for _, rows in made.batches()]
    assert found == {(3, 1): [[2]], (1, 3): [[None, None]], (0, 3): [[None] * 3], (3, 0): [[3]], (3, 3): []}


def test_relations_that_differ_in_nothing_are_removed_one_by_one(served: Any, make_graph: Any, only_changes: Callable[[], None]) -> None:
    nodes = {"Order": [{"id": "o"}], "Payer": [{"id": "p"}]}
    payment = {"from": "o", "to": "p", "pay_transaction_id": "t", "amount_cny": None}
    other = {**payment, "amount_cny": 0.1}
    key = ("PAID_BY", "Order", "Payer")
    served.publish(make_graph(nodes, {key: [payment, payment, payment, other]}), "v1")
    only_changes()
    served.publish(make_graph(nodes, {key: [payment, other, other]}), "v2")
    with served.open() as store:
        found = store.query("MATCH ()-[r:PAID_BY]->() RETURN r.amount_cny AS a ORDER BY a", {}, max_rows=9, timeout_s=30).rows
    assert found == [(0.1,), (0.1,), (None,)]


def test_the_same_tables_again_write_nothing(served: Any, some: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(some, "v1")
    monkeypatch.setattr(neo4j_fill, "_run", lambda *_: pytest.fail("a row was written"))
    served.publish(some, "v1")
    served.publish(some, "v2")
    assert [mark.endswith(":v2") for mark in marks(served)] == [True]


def test_a_server_that_somebody_else_has_changed_is_filled_anew(served: Any, some: Any) -> None:
    served.publish(some, "v1")
    with GraphDatabase.driver(served.settings.graph) as driver:
        driver.execute_query("MATCH (o:Order {id: 'Order:0'}) SET o.flow = 'forged'", database_="neo4j")
    served.publish(some, "v2")
    with served.open() as store:
        assert sums_of(store) == table_checksums(graph_layout(served.settings).tables("v2"))


def test_a_graph_of_an_older_schema_is_replaced_with_its_labels_and_constraints(
    served: Any, some: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_marker, "schema_digest", lambda: "older")
    monkeypatch.setattr(neo4j_fill, "schema_digest", lambda: "older")
    served.publish(some, "v1")
    monkeypatch.undo()
    with GraphDatabase.driver(served.settings.graph) as driver:
        driver.execute_query("CREATE CONSTRAINT sandan_wagon_id FOR (n:Wagon) REQUIRE n.id IS UNIQUE", database_="neo4j")
        driver.execute_query("CREATE (:Wagon {id: 'w'})", database_="neo4j")
        served.publish(some, "v2")
        assert driver.execute_query("MATCH (n:Wagon) RETURN count(n) AS n", database_="neo4j").records[0]["n"] == 0
        names = {record["name"] for record in driver.execute_query("SHOW CONSTRAINTS YIELD name", database_="neo4j").records}
    assert "sandan_wagon_id" not in names
    assert {f"sandan_{node.label.lower()}_id" for node in NODES} <= names
    with served.open() as store:
        assert sums_of(store) == table_checksums(graph_layout(served.settings).tables("v2"))


def test_readers_of_a_graph_that_is_being_filled_are_told_so(served: Any, some: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(some, "v1")
    seen: list[str] = []
    real = neo4j_fill._run
    with served.open() as reader:

        def run_and_read(*given: Any) -> None:
            real(*given)
            if not seen:
                with pytest.raises(StoreUnavailable, match="being loaded") as caught:
                    reader.query("MATCH (o:Order) RETURN o.id", {}, max_rows=9, timeout_s=30)
                seen.append(str(caught.value))
                with pytest.raises(StoreUnavailable, match="being loaded"):
                    served.open()

        monkeypatch.setattr(neo4j_fill, "_run", run_and_read)
        some.nodes["Order"][0]["flow"] = "export"
        served.publish(some, "v2")
        assert seen
        found = reader.query("MATCH (o:Order {id: 'Order:0'}) RETURN o.flow", {}, max_rows=9, timeout_s=30).rows
    assert found == [("export",)]


def test_an_answer_read_while_the_graph_changed_is_not_given(served: Any, some: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(some, "v1")
    with served.open() as reader:
        real = reader._check_plan
        some.nodes["Order"][0]["flow"] = "export"

        def check_and_publish(*given: Any) -> None:
            real(*given)
            served.publish(some, "v2")

        monkeypatch.setattr(reader, "_check_plan", check_and_publish)
        with pytest.raises(StoreUnavailable, match="ask again"):
            reader.query("MATCH (o:Order) RETURN o.id", {}, max_rows=9, timeout_s=30)


def test_what_passes_is_tried_again_and_the_graph_is_whole(served: Any, some: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real, failed = neo4j_fill._run, []

    def run(transaction: Any, statement: str, rows: list[Row]) -> None:
        real(transaction, statement, rows)
        if len(failed) < 3:
            failed.append(statement)
            # What the server says when two transactions wait for each other.
            raise faults.Neo4jError._hydrate_neo4j(code="Neo.TransientError.Transaction.DeadlockDetected", message="deadlock")

    monkeypatch.setattr(neo4j_fill, "_run", run)
    served.publish(some, "v1")
    assert len(failed) == 3
    with served.open() as store:
        assert sums_of(store) == table_checksums(graph_layout(served.settings).tables("v1"))


def test_a_full_disk_is_named_and_the_next_call_completes(served: Any, some: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served.publish(some, "v1")
    some.nodes["Order"][0]["flow"] = "export"
    some.nodes["Parcel"][0]["status"] = "held"
    real, n_written = neo4j_fill._run, []

    def run(transaction: Any, statement: str, rows: list[Row]) -> None:
        real(transaction, statement, rows)
        n_written.append(1)
        if len(n_written) == 2:
            message = "Could not apply the transaction: java.io.IOException: No space left on device"
            raise faults.Neo4jError._hydrate_neo4j(code="Neo.DatabaseError.Transaction.TransactionCommitFailed", message=message)

    monkeypatch.setattr(neo4j_fill, "_run", run)
    with pytest.raises(StoreError, match=r"cannot write any more .*free space on its disk") as caught:
        served.publish(some, "v2")
    assert caught.value.exit_code == 69
    assert [":loading:" in mark for mark in marks(served)] == [True]
    served.publish(some, "v2")
    with served.open() as store:
        assert sums_of(store) == table_checksums(graph_layout(served.settings).tables("v2"))


def test_a_relation_lies_in_every_pair_of_its_own(graph: Any) -> None:
    assert {(part.name, *part.ends) for part in parts() if part.ends} == {(r.name, *pair) for r in RELATIONS for pair in r.pairs}
