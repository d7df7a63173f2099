"""Masks make small steps quick and never change an answer."""

import random
import time
from typing import Any

import pytest

from sandan.graph.store.access import graph_layout
from sandan.graph.store.ladybug import store as module
from sandan.graph.store.ladybug.masks import cuts_before_match, masks_cross_a_cut

# Relations of a chain: what can follow what.
STEPS = [
    ("Order", "BOUGHT_BY", "Buyer"), ("Order", "PAID_BY", "Payer"), ("Order", "SHIPPED_TO", "Address"), ("Order", "CONTAINS", "Goods"),
    ("Buyer", "REACHED_AT", "Phone"), ("Payer", "REACHED_AT", "Phone"), ("Goods", "OF_BRAND", "Brand"), ("Address", "LOCATED_IN", "Destination"),
]  # fmt: skip


SIZES = {"Order": 1500, "Buyer": 400, "Payer": 400, "Address": 300, "Goods": 200, "Phone": 100, "Brand": 30, "Destination": 20}


def random_graph(make_graph: Any) -> Any:
    """Half of the relations are rare, half are not: the library makes masks only where it takes one side to be much smaller."""
    dice = random.Random(7)
    nodes = {label: [{"id": f"{label}:{i:04}"} for i in range(n)] for label, n in SIZES.items()}
    relations = {}
    for number, (source, name, target) in enumerate(STEPS):
        n = 2 * SIZES[source] if number % 2 else SIZES[source] // 10
        ends = [(dice.randrange(SIZES[source]), dice.randrange(SIZES[target])) for _ in range(n)]
        relations[name, source, target] = [{"from": f"{source}:{i:04}", "to": f"{target}:{j:04}"} for i, j in ends]
    return make_graph(nodes, relations)


def statement(seed: int) -> str:
    """Two or three MATCH clauses, with whatever may stand between two; ordered, so that every cut is determined."""
    dice = random.Random(seed)
    source, name, target = dice.choice(STEPS)
    text, label = f"MATCH (a:{source})-[:{name}]->(b:{target})", target
    at = "b"
    for number in range(dice.choice([1, 1, 2])):
        between = [f"WITH {at}", f"WITH DISTINCT {at}", f"WITH {at}, count(*) AS n{number}"]
        between += [f"WITH DISTINCT {at} ORDER BY {at}.id {'DESC ' * dice.randrange(2)}LIMIT {dice.choice([2, 5, 20])}"] * 4
        text += " " + dice.choice(between)
        source, name, target = dice.choice([step for step in STEPS if label in (step[0], step[2])])
        near, far = (source, target) if label == source else (target, source)
        arrow = f"-[:{name}]->" if near == source else f"<-[:{name}]-"
        text += f" {dice.choice(['', '', 'OPTIONAL '])}MATCH ({at}){arrow}(c{number}:{far})"
        at, label = f"c{number}", far
    return f"{text} RETURN {at}.id AS id, count(*) AS n"


@pytest.fixture
def drawn(embedded: Any, make_graph: Any) -> Any:
    embedded.publish(random_graph(make_graph), "v1")
    with embedded.open() as store:
        yield store


def answers(store: Any, texts: list[str]) -> list[list[str]]:
    return [sorted(map(repr, store.query(text, {}, max_rows=10_000, timeout_s=30).rows)) for text in texts]


def test_random_statements_answer_as_without_masks(drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [statement(seed) for seed in range(150)]
    plans: list[bool] = []

    def watched(plan: str) -> bool:
        plans.append(masks_cross_a_cut(plan))
        return plans[-1]

    monkeypatch.setattr(module, "masks_cross_a_cut", watched)
    found = answers(drawn, texts)
    monkeypatch.setattr(module, "cuts_before_match", lambda _: True)
    monkeypatch.setattr(module, "masks_cross_a_cut", lambda _: True)
    without = answers(drawn, texts)
    monkeypatch.setattr(module, "masks_cross_a_cut", lambda _: False)
    always = answers(drawn, texts)
    assert [text for text, mine, right in zip(texts, found, without, strict=True) if mine != right] == []
    # The statements are such that masks do harm, and do good, where they are not looked at.
    assert sum(mine != right for mine, right in zip(always, without, strict=True)) > 2
    assert sum(map(bool, without)) > 75
    assert plans.count(True) > 3
    assert plans.count(False) > 20


def test_a_step_from_a_few_nodes_does_not_read_the_whole_graph(embedded: Any, make_graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    n = 60_000
    orders, buyers = [{"id": f"o{i}"} for i in range(n)], [{"id": f"b{i}"} for i in range(n // 2)]
    bought = [{"from": f"o{i}", "to": f"b{i // 2}"} for i in range(n)]
    embedded.publish(make_graph({"Order": orders, "Buyer": buyers}, {("BOUGHT_BY", "Order", "Buyer"): bought}), "v1")
    text = "MATCH (o:Order {id: $id})-[:BOUGHT_BY]->(b:Buyer) WITH DISTINCT o, b LIMIT 100 MATCH (b)<-[:BOUGHT_BY]-(n:Order) RETURN n.id"

    def fastest(store: Any) -> float:
        walls = []
        for i in range(8):
            started = time.process_time()
            rows = store.query(text, {"id": f"o{2 * i}"}, max_rows=10, timeout_s=30).rows
            walls.append(time.process_time() - started)
            assert sorted(rows) == sorted([(f"o{2 * i}",), (f"o{2 * i + 1}",)])
        return min(walls)

    with embedded.open() as store:
        ours = fastest(store)
        monkeypatch.setattr(module, "masks_cross_a_cut", lambda _: True)
        assert ours < fastest(store) / 2


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        ("MATCH (a:Order) RETURN a.id LIMIT 3", False),
        ("MATCH (a:Order) WITH a ORDER BY a.id LIMIT 3 RETURN a.id", False),
        ("MATCH (a:Order) WITH a ORDER BY a.id LIMIT 3 MATCH (a)-[:BOUGHT_BY]->(b) RETURN a.id", True),
        ("MATCH (a:Order) WITH a ORDER BY a.id skip 3 optional match (a)-[:BOUGHT_BY]->(b) RETURN a.id", True),
        ("MATCH (a:Order) WITH a LIMIT 3 WHERE EXISTS { MATCH (a)-[:BOUGHT_BY]->(b) } RETURN a.id", True),
        ("MATCH (a:Order {id: 'LIMIT'}) /* LIMIT 3 */ MATCH (a)-[:BOUGHT_BY]->(b) RETURN a.`LIMIT`", False),
    ],
)
def test_a_cut_before_a_match_is_seen(text: str, is_cut: bool) -> None:
    assert cuts_before_match(text) is is_cut


@pytest.mark.parametrize("plan", ["", "no plan", "┌───┐\n│ A │\n└───┘\n"])
def test_a_plan_that_cannot_be_read_allows_no_masks(plan: str) -> None:
    assert masks_cross_a_cut(plan)


def test_names_and_texts_in_a_plan_do_not_hide_a_cut(drawn: Any, embedded: Any) -> None:
    plain = (
        "MATCH (a:`Order`) WHERE a.id <> 'x' WITH a ORDER BY a.id LIMIT 20 MATCH (a)-[:BOUGHT_BY]->(b:Buyer) RETURN a.id AS x, b.id AS y"
    )
    hostile = plain.replace("'x'", "'│ ┌─┐\n│ SEMI_MASKER[1] │ LIMIT[0] 门门门'").replace("AS x", "AS `门 ┌┐│\n│ LIMIT[2] │`")
    database = module.open_file(graph_layout(embedded.settings).database("v1"), 1)
    try:
        for text in (plain, hostile):
            with module.reading_connection(database, 1, 10) as connection:
                right = connection.execute(text).get_all()
                connection.execute("CALL enable_semi_mask=true").close()
                # What the plan must show: with masks the answer is another.
                assert len(right) < len(connection.execute(text).get_all())
                assert masks_cross_a_cut(connection.execute(f"EXPLAIN {text}").get_next()[0])
    finally:
        database.close()
