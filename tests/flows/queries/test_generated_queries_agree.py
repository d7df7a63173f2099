"""Queries made at random within the portable subset give the same rows on the embedded store and on a real Neo4j.

Every query orders by all that it returns, so that also its SKIP and LIMIT are determined.
"""

import random
from typing import Any

import pytest

from sandan.graph.schema import NODES, RELATIONS, node_type
from sandan.graph.store.base import Store

Stores = tuple[Store, Store]
Query = tuple[str, dict[str, object]]

# Relations of this world that have rows, with the ends that they join.
PAIRS = [
    ("PLACED_ON", "Order", "Platform"), ("BOUGHT_BY", "Order", "Buyer"), ("PAID_BY", "Order", "Payer"), ("CONSIGNED_TO", "Order", "Consignee"),
    ("CONSIGNED_TO", "Parcel", "Consignee"), ("SOLD_BY", "Order", "Operator"), ("CHARGED_BY", "Order", "Operator"), ("CARRIED_BY", "Parcel", "Operator"),
    ("DECLARED_BY", "Order", "Operator"), ("SHIPPED_IN", "Order", "Parcel"), ("SENT_BY", "Parcel", "Sender"), ("SHIPPED_TO", "Order", "Address"),
    ("SHIPPED_TO", "Parcel", "Address"), ("REACHED_AT", "Buyer", "Phone"), ("REACHED_AT", "Payer", "Phone"), ("REACHED_AT", "Consignee", "Phone"),
    ("LOCATED_IN", "Address", "Destination"), ("IS", "Payer", "Person"), ("CONTAINS", "Order", "Goods"), ("CONTAINS", "Parcel", "Goods"),
    ("OF_BRAND", "Goods", "Brand"), ("SERVES", "Operator", "Platform"), ("IN_CLUSTER", "Order", "Cluster"), ("ABOUT", "Finding", "Order"),
]  # fmt: skip
RELATION_PROPERTIES = {relation.name: relation.properties for relation in RELATIONS}


class Maker:
    """Makes one query from a seed; `samples` are values that stand in the graph, by label and property."""

    def __init__(self, seed: int, samples: dict[tuple[str, str], list[object]]) -> None:
        self.random = random.Random(seed)
        self.samples = samples
        self.parameters: dict[str, object] = {}

    def query(self) -> Query:
        kinds = [
            self.scan,
            self.step,
            self.two_steps,
            self.grouped,
            self.optional,
            self.page_then_step,
            self.unwound,
            self.subquery,
            self.computed,
            self.union,
        ]
        return self.random.choice(kinds)(), self.parameters

    def parameter(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def typed(self, label: str) -> tuple[str, str]:
        return self.random.choice([("id", "STRING"), *((name, kind) for name, kind in node_type(label).properties)])

    def condition(self, variable: str, label: str) -> str:
        name, kind = self.typed(label)
        values = self.samples.get((label, name), [])
        place = f"{variable}.{name}"
        if not values or self.random.random() < 0.15:
            return f"{place} IS {self.random.choice(['', 'NOT '])}NULL"
        value = self.random.choice(values)
        if kind != "STRING":
            return f"{place} {self.random.choice(['<', '<=', '>', '>=', '=', '<>'])} {self.parameter(value)}"
        form = self.random.choice(["=", "<>", "IN", "STARTS", "CONTAINS", "<", "any"])
        if form == "IN":
            return f"{place} IN {self.parameter(list(self.random.sample(values, min(3, len(values)))))}"
        if form == "STARTS":
            return f"{place} STARTS WITH {self.parameter(str(value)[:2])}"
        if form == "CONTAINS":
            return f"{place} CONTAINS {self.parameter(str(value)[1:3])}"
        if form == "any":
            return f"any(word IN {self.parameter([str(v)[:1] for v in values])} WHERE coalesce({place}, '') STARTS WITH word)"
        return f"{place} {form} {self.parameter(value)}"

    def where(self, *ends: tuple[str, str]) -> str:
        parts = [self.condition(*self.random.choice(ends)) for _ in range(self.random.choice([0, 1, 1, 2]))]
        if not parts:
            return ""
        parts = [f"NOT ({part})" if self.random.random() < 0.2 else part for part in parts]
        return " WHERE " + self.random.choice([" AND ", " OR "]).join(parts)

    def returned(self, columns: list[str], *, has_sums: bool = False) -> str:
        named = [f"{column} AS c{i}" for i, column in enumerate(columns)]
        places = self.random.sample(range(len(columns)), len(columns))
        if has_sums:
            # A sum depends on the order of its terms in the last bit, so it must not decide the order of rows: the unique column does.
            places = sorted(places, key=bool)
        order = ", ".join(f"c{i}{self.random.choice(['', ' DESC'])}" for i in places)
        page = self.random.choice(["", f" SKIP {self.random.randint(0, 5)}"]) + f" LIMIT {self.random.randint(5, 60)}"
        return f" RETURN {self.random.choice(['', 'DISTINCT '])}{', '.join(named)} ORDER BY {order}{page}"

    def column(self, variable: str, label: str) -> str:
        return f"{variable}.{self.typed(label)[0]}"

    def scan(self) -> str:
        label = self.random.choice([node.label for node in NODES])
        return f"MATCH (a:{label}){self.where(('a', label))}{self.returned(['a.id', self.column('a', label)])}"

    def pair(self, *, hubs: bool = True) -> tuple[str, str, str]:
        return self.random.choice([pair for pair in PAIRS if hubs or pair[2] not in {"Operator", "Platform", "Destination"}])

    def step(self) -> str:
        name, source, target = self.pair()
        own = [f"r.{p}" for p, _ in RELATION_PROPERTIES[name]]
        pattern = self.random.choice(
            [f"(a:{source})-[r:{name}]->(b:{target})", f"(b:{target})<-[r:{name}]-(a:{source})", f"(a:{source})-[r:{name}]-(b:{target})"]
        )
        return f"MATCH {pattern}{self.where(('a', source), ('b', target))}{self.returned(['a.id', 'b.id', *own, self.column('b', target)])}"

    def two_steps(self) -> str:
        name, source, target = self.pair(hubs=False)
        where = self.where(("a", source), ("t", target), ("b", source)).removeprefix(" WHERE ")
        narrowed = f" AND ({where})" if where else ""
        return (
            f"MATCH (a:{source})-[:{name}]->(t:{target})<-[:{name}]-(b:{source}) WHERE a.id {self.random.choice(['<', '<>'])} b.id{narrowed}"
            f"{self.returned(['a.id', 't.id', 'b.id'])}"
        )

    def grouped(self) -> str:
        name, source, target = self.pair()
        numbers = [f"a.{p}" for p, kind in node_type(source).properties if kind in {"DOUBLE", "INT64"}] or ["1.5"]
        number = self.random.choice(numbers)
        aggregates = [
            "count(*)",
            "count(DISTINCT a)",
            f"min({number})",
            f"max({number})",
            f"sum(1.0 * coalesce({number}, 0.0))",
            f"avg(1.0 * {number})",
            f"size(collect(DISTINCT {self.column('a', source)}))",
            f"count({self.column('a', source)})",
        ]
        chosen = self.random.sample(aggregates, 3)
        least = f" WHERE n >= {self.random.randint(1, 4)}"
        return (
            f"MATCH (a:{source})-[:{name}]->(b:{target}){self.where(('a', source), ('b', target))} "
            f"WITH b, count(a) AS n, {', '.join(f'{text} AS v{i}' for i, text in enumerate(chosen))}{least}{self.returned(['b.id', 'n', 'v0', 'v1', 'v2'], has_sums=True)}"
        )

    def optional(self) -> str:
        name, source, target = self.pair()
        return (
            f"MATCH (a:{source}){self.where(('a', source))} OPTIONAL MATCH (a)-[:{name}]->(b:{target}){self.where(('b', target))} "
            f"WITH a, count(b) AS n, min(b.id) AS least{self.returned(['a.id', 'n', 'least'])}"
        )

    def page_then_step(self) -> str:
        name, source, target = self.pair()
        return (
            f"MATCH (a:{source}){self.where(('a', source))} WITH a ORDER BY a.id{self.random.choice(['', ' DESC'])} LIMIT {self.random.randint(1, 40)} "
            f"MATCH (a)-[:{name}]->(b:{target}){self.returned(['a.id', 'b.id', self.column('b', target)])}"
        )

    def unwound(self) -> str:
        name, source, target = self.pair()
        ids = self.samples[source, "id"]
        rows = [{"key": key, "n": i} for i, key in enumerate([*ids, "none of these"])]
        if self.random.random() < 0.5:
            return f"UNWIND {self.parameter(ids)} AS key MATCH (a:{source} {{id: key}})-[:{name}]->(b:{target}){self.returned(['key', 'b.id'])}"
        return f"UNWIND {self.parameter(rows)} AS row MATCH (a:{source} {{id: row.key}}) OPTIONAL MATCH (a)-[:{name}]->(b:{target}) WITH row.n AS n, a, count(b) AS m{self.returned(['n', 'a.id', 'm'])}"

    def subquery(self) -> str:
        name, source, target = self.pair()
        inside = f"MATCH (a)-[:{name}]->(b:{target}){self.where(('b', target))}"
        if self.random.random() < 0.5:
            return f"MATCH (a:{source}) WHERE {self.random.choice(['', 'NOT '])}EXISTS {{ {inside} }}{self.returned(['a.id', self.column('a', source)])}"
        return f"MATCH (a:{source}){self.where(('a', source))} WITH a, COUNT {{ {inside} }} AS n{self.returned(['n', 'a.id'])}"

    def computed(self) -> str:
        amount = self.random.choice(["o.amount_cny", "o.declared_cny", "o.score"])
        forms = [
            f"coalesce({amount}, -1.0)", f"{amount} * 1.5", f"abs({amount} - 100.0)", f"CASE WHEN {amount} > {self.parameter(0.5)} THEN 'much' WHEN {amount} IS NULL THEN 'none' ELSE 'little' END",
            "toUpper(o.flow)", "size(o.order_no)", "left(o.order_no, 3)", "trim('  ' + o.flow + ' ')", "size(['a', o.flow])", "o.flow = 'import' AND o.grade <> 'low'", "7 / 2", "7 % 4", "2.0 ^ 3.0",
            "o.grade IN ['high', 'medium']", "any(x IN ['im', 'ex'] WHERE coalesce(o.flow, '') STARTS WITH x)", "none(x IN [1, 2, 3] WHERE x > 3)", "toLower(o.currency)", "o.order_no =~ 'E.*'", "reverse(o.flow)", "all(x IN ['a'] WHERE o.flow CONTAINS x)",
        ]  # fmt: skip
        return f"MATCH (o:Order){self.where(('o', 'Order'))}{self.returned(['o.id', *self.random.sample(forms, 4)])}"

    def union(self) -> str:
        one, other = self.random.sample(["Buyer", "Payer", "Consignee", "Sender"], 2)
        parts = [
            f"MATCH (a:{label}){self.where(('a', label))} RETURN '{label}' AS label, a.id AS id, a.masked_name AS name ORDER BY id LIMIT 20"
            for label in (one, other)
        ]
        return " UNION ALL ".join(parts)


@pytest.fixture(scope="module")
def samples(stores: Stores) -> dict[tuple[str, str], list[object]]:
    found: dict[tuple[str, str], list[object]] = {}
    for node in NODES:
        for name in ("id", *(name for name, _ in node.properties)):
            text = f"MATCH (a:{node.label}) WHERE a.{name} IS NOT NULL RETURN DISTINCT a.{name} AS v ORDER BY v LIMIT 400"
            values = [row[0] for row in stores[0].query(text, {}, max_rows=400, timeout_s=60).rows]
            found[node.label, name] = random.Random(name).sample(values, min(5, len(values)))
    return found


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def check(stores: Stores, samples: dict[tuple[str, str], list[object]], seeds: range) -> None:
    n_answered = 0
    for seed in seeds:
        text, parameters = Maker(seed, samples).query()
        embedded, remote = (store.query(text, parameters, max_rows=1000, timeout_s=60) for store in stores)
        one, other = (sorted(r.rows, key=repr) if "UNION" in text else r.rows for r in (embedded, remote))
        assert embedded.columns == remote.columns, (seed, text)
        assert same(one, other), (seed, text, parameters, [pair for pair in zip(one, other, strict=False) if not same(*pair)][:2])
        n_answered += bool(one)
    assert n_answered > 0.6 * len(seeds)


def test_generated_queries_give_the_same_rows(stores: Stores, samples: Any) -> None:
    check(stores, samples, range(40))


@pytest.mark.slow
def test_more_generated_queries_give_the_same_rows(stores: Stores, samples: Any) -> None:
    check(stores, samples, range(40, 240))
