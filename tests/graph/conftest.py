"""Small graphs as tables, and homes whose graph lies in either store."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from neo4j import GraphDatabase

from sandan.graph.schema import NODES, RELATIONS, PropertyType, RelationType, node_schema, relation_schema
from sandan.graph.store.access import graph_layout, open_store, publish
from sandan.graph.store.analyst import AnalystStore, open_for_analyst
from sandan.graph.store.base import Store
from sandan.graph.store.layout import node_file, relation_file
from sandan.record.lake.tables import SCHEMAS
from sandan.record.settings import Settings

Row = dict[str, object]


@dataclass(frozen=True)
class Graph:
    """Rows by label, and by relation and pair; what is not named is empty."""

    nodes: Mapping[str, list[Row]] = field(default_factory=dict)
    relations: Mapping[tuple[str, str, str], list[Row]] = field(default_factory=dict)

    def n_nodes(self) -> dict[str, int]:
        return {node.label: len(self.nodes.get(node.label, [])) for node in NODES}

    def n_relations(self) -> dict[str, int]:
        return {r.name: sum(len(self.relations.get((r.name, *pair), [])) for pair in r.pairs) for r in RELATIONS}

    def write(self, tables: Path) -> None:
        (tables / "nodes").mkdir(parents=True, exist_ok=True)
        (tables / "relations").mkdir(parents=True, exist_ok=True)
        for node in NODES:
            rows = self.nodes.get(node.label, [])
            pq.write_table(pa.Table.from_pylist(rows, node_schema(node.label)), node_file(tables, node.label))
        for relation in RELATIONS:
            for pair in relation.pairs:
                rows = self.relations.get((relation.name, *pair), [])
                table = pa.Table.from_pylist(rows, relation_schema(relation.name))
                pq.write_table(table, relation_file(tables, relation.name, *pair))


@dataclass(frozen=True)
class GraphHome:
    """A home and what is done with its graph."""

    settings: Settings

    def write(self, graph: Graph, version: str) -> Path:
        tables = graph_layout(self.settings).tables(version)
        graph.write(tables)
        return tables

    def publish(self, graph: Graph, version: str) -> None:
        self.write(graph, version)
        publish(self.settings, version)

    def open(self) -> Store:
        return open_store(self.settings)


def value(kind: PropertyType, number: int) -> object:
    """Some value of a type; every fifth is null."""
    if number % 5 == 4:
        return None
    values: dict[PropertyType, object] = {
        "STRING": f"值 '{number}\"\\ \n",
        "DOUBLE": number / 8,
        "INT64": number - 2,
        "TIMESTAMP": datetime(2024, 2, 28, 23, 59, 59, 999_999) + timedelta(hours=number),
        "DATE": date(2024, 2, 28) + timedelta(days=number),
        "BOOL": number % 2 == 0,
    }
    return values[kind]


def whole_graph(n_each: int = 7) -> Graph:
    """Every label and every pair: a hub, shared ends, nulls, and several relations of one pair where the schema tells them apart."""
    nodes: dict[str, list[Row]] = {}
    for node in NODES:
        rows = [
            {"id": f"{node.label}:{i}"} | {name: value(kind, i + j) for j, (name, kind) in enumerate(node.properties)}
            for i in range(n_each)
        ]
        nodes[node.label] = rows
    relations: dict[tuple[str, str, str], list[Row]] = {}
    for relation in RELATIONS:
        for source, target in relation.pairs:
            ends = [(i, 0) for i in range(n_each)] + [(0, 1), (1, 1), (2, 3)]
            rows = [_relation(relation, source, target, end, i) for i, end in enumerate(ends)]
            if relation.distinguishing:
                rows += [_relation(relation, source, target, (0, 0), i) for i in (20, 21)]
            relations[relation.name, source, target] = rows
    return Graph(nodes, relations)


def _relation(relation: RelationType, source: str, target: str, end: tuple[int, int], number: int) -> Row:
    row: Row = {"from": f"{source}:{end[0]}", "to": f"{target}:{end[1]}"}
    return row | {name: value(kind, number + j) for j, (name, kind) in enumerate(relation.properties)}


@pytest.fixture
def make_graph() -> type[Graph]:
    return Graph


@pytest.fixture
def graph() -> Graph:
    return whole_graph()


@pytest.fixture(scope="session")
def whole() -> Graph:
    """The graph of `published`."""
    return whole_graph()


@pytest.fixture
def make_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], GraphHome]:
    for name in ("SANDAN_HOME", "SANDAN_GRAPH", "SANDAN_GRAPH_PASSWORD", "SANDAN_GRAPH_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)

    def make(graph: str) -> GraphHome:
        # Quotes, blanks and what a shell would take for a pattern: people have such folders.
        return GraphHome(Settings(home=tmp_path / f"o'ne [1] *{'s' if graph else ''}", graph=graph))

    return make


@pytest.fixture
def embedded(make_home: Callable[[str], GraphHome]) -> GraphHome:
    return make_home("")


@pytest.fixture
def served(make_home: Callable[[str], GraphHome], neo4j_uri: str) -> Iterator[GraphHome]:
    yield make_home(neo4j_uri)
    with GraphDatabase.driver(neo4j_uri) as driver, driver.session(database="neo4j") as session:
        session.run("MATCH (n) DETACH DELETE n").consume()


@pytest.fixture(scope="session")
def published(whole: Graph, tmp_path_factory: pytest.TempPathFactory) -> GraphHome:
    """An embedded graph that tests only read."""
    made = GraphHome(Settings(home=tmp_path_factory.mktemp("published"), graph=""))
    made.publish(whole, "v1")
    return made


@pytest.fixture(scope="module")
def published_served(whole: Graph, tmp_path_factory: pytest.TempPathFactory, neo4j_uri: str) -> Iterator[GraphHome]:
    """The same in Neo4j."""
    made = GraphHome(Settings(home=tmp_path_factory.mktemp("published"), graph=neo4j_uri))
    made.publish(whole, "v1")
    yield made
    with GraphDatabase.driver(neo4j_uri) as driver, driver.session(database="neo4j") as session:
        session.run("MATCH (n) DETACH DELETE n").consume()


@pytest.fixture(scope="module", params=["ladybug", "neo4j"])
def asked(request: pytest.FixtureRequest) -> Iterator[AnalystStore]:
    """Either, as an analyst may ask it."""
    made: GraphHome = request.getfixturevalue("published" if request.param == "ladybug" else "published_served")
    with open_for_analyst(made.settings) as store:
        yield store


@pytest.fixture(params=["ladybug", "neo4j"])
def home(request: pytest.FixtureRequest) -> GraphHome:
    found: GraphHome = request.getfixturevalue("embedded" if request.param == "ladybug" else "served")
    return found


@pytest.fixture
def lists_of() -> Callable[..., Callable[[str], ibis.Table]]:
    """Lists in force from rows that only name what matters; each row is known at noon of 2025-04-01 unless it says otherwise."""

    def make(**rows: list[Row]) -> Callable[[str], ibis.Table]:
        def lists(name: str) -> ibis.Table:
            made = [
                {"flow": "import", "known_at": datetime(2025, 4, 1, 12, tzinfo=UTC), "record_id": f"{name}-{i}", **row}
                for i, row in enumerate(rows.get(name, []))
            ]
            return ibis.memtable(pa.Table.from_pylist(made, SCHEMAS[name]))

        return lists

    return make
