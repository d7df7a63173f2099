"""Same statement, same rows: what the embedded store reads otherwise than Neo4j is made equal, or refused with what to write instead."""

import datetime as dt
import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.graph.cypher.guard import ladybug_query
from sandan.graph.cypher.portable import check_comparisons
from sandan.graph.store.analyst import open_for_analyst
from sandan.graph.store.values import plain_parameters
from sandan.record.errors import BadQuery

SAME = (
    "MATCH (o:Order) WHERE o.id = 'none' RETURN sum(o.amount_cny) AS s, sum(o.amount_cny) + 1 AS t, count(*) AS n",
    "MATCH (o:Order) WHERE o.id = 'none' WITH sum(coalesce(o.amount_cny, 0.0)) AS s WHERE s < 1 RETURN s",
    "MATCH (p:Person) WHERE p.id = 'none' RETURN sum(p.n_mentions) AS s, sum(DISTINCT p.n_mentions) AS t",
    "UNWIND [null] AS x RETURN sum(x) AS s",
    "MATCH (o:Order)-[r:PAID_BY]->(p:Payer) WITH o, sum(r.amount_cny) AS paid RETURN o.id, paid ORDER BY paid DESC, o.id",
    "MATCH (o:Order)-[r:PAID_BY]->(p:Payer) RETURN o.flow AS f, sum(CASE WHEN r.amount_cny > 1 THEN 1 ELSE 0 END) AS n ORDER BY f",
    "MATCH (o:Order) RETURN labels(o) AS l, o.id AS id ORDER BY id",
    "MATCH (o:Order)-[:PAID_BY*1..2]-(n) RETURN n.id AS id, count(*) AS c ORDER BY id",
    "MATCH (o:Order {id: 'Order:1'})-[:PAID_BY|BOUGHT_BY*1..3]-(n) RETURN n.id AS id, count(*) AS c ORDER BY id",
    "MATCH (o:Order {id: 'Order:0'})-[:PAID_BY*2]-(n) RETURN n.id AS id, count(*) AS c ORDER BY id",
    "MATCH (o:Order {id: 'Order:0'})-[:PAID_BY*..2]-(n) RETURN n.id AS id, count(*) AS c ORDER BY id",
    "MATCH (o:Order {id: 'Order:0'})-[:PAID_BY*0..1]->(n) RETURN n.id AS id, count(*) AS c ORDER BY id",
    "MATCH (o:Order {id: 'Order:0'})-[* 1..2]->(n:Payer) RETURN n.id AS id, count(*) AS c ORDER BY id",
    "MATCH (p:Person) RETURN toString(p.n_mentions) AS t, p.id AS id ORDER BY id",
    "MATCH (p:Platform) RETURN toString(p.registered_on) AS t, p.id AS id ORDER BY id",
    "MATCH (o:Order) RETURN left(toString(o.ordered_at), 10) AS t, left(toString( o.ordered_at ) , 7) AS m, o.id AS id ORDER BY id",
    "MATCH (o:Order) RETURN toString(o.order_no) AS t, toString(count(*)) AS n ORDER BY t",
    "RETURN floor(2.675 * 100 + 0.5) / 100 AS x, floor(-2.5 + 0.5) AS y, floor(1.005 * 100 + 0.5) / 100 AS z",
    "RETURN left('北京市朝阳', 2) AS x, right('北京', 5) AS y, log10(1000) AS z",
    "RETURN 1 IN [1, 2] AS x, NOT 3 IN [1, 2] AS y, 'sum(1)' AS z",
    "UNWIND [1, 2] AS i RETURN 10 / nullif(i - 1, 0) AS x",
    "MATCH (o:Order) WHERE o.order_no IN ['1', '2'] OR o.amount_cny > 0 RETURN o.id AS id ORDER BY id",
    "WITH [3, 1, 2] AS l UNWIND l AS x RETURN x ORDER BY x",
)
REFUSED = {
    "RETURN substring('hello', 1, 2) AS x": "left",
    "RETURN substring ('hello', 1) AS x": "left",
    "RETURN `substring`('hello', 1, 1) AS x": "left",
    "RETURN substr('hello', 1, 2) AS x": "left",
    "RETURN [1, 2][0] AS x": "UNWIND",
    "WITH [1, 2] AS l RETURN l[1] AS x": "UNWIND",
    "WITH [1, 2] AS l RETURN l [1..2] AS x": "UNWIND",
    "WITH [1, 2] AS l RETURN l[..2] AS x": "UNWIND",
    "WITH [1, 2] AS `in` RETURN `in`[1] AS x": "UNWIND",
    "MATCH (o:Order) RETURN collect(o.id)[0] AS x": "UNWIND",
    "MATCH (o:Order) RETURN o['id'] AS x": "UNWIND",
    "RETURN $p[0] AS x": "UNWIND",
    "RETURN 'abc'[0] AS x": "left",
    "MATCH (o:Order) RETURN head(collect(o.id)) AS x": "min",
    "MATCH (o:Order) RETURN last(collect(o.id)) AS x": "min",
    "MATCH (o:Order) RETURN tail(collect(o.id)) AS x": "UNWIND",
    "RETURN reverse([1, 2]) AS x": "ORDER BY",
    "MATCH (a:Order)-[*]->(b) RETURN b.id": r"\*1\.\.3",
    "MATCH (a:Order)-[:PAID_BY*]-(b) RETURN b.id": r"\*1\.\.3",
    "MATCH (a:Order)-[r:PAID_BY * 2..]-(b) RETURN b.id": r"\*1\.\.3",
    "MATCH (a:Order)-[* {gnum: 1}]-(b) RETURN b.id": r"\*1\.\.3",
    "MATCH (a:Order)-[* SHORTEST]-(b) RETURN b.id": r"\*1\.\.3",
    "RETURN toInteger(2.7) AS x": "floor",
    "RETURN tointeger('12') AS x": "floor",
    "RETURN round(2.5) AS x": "floor",
    "RETURN {a: round(2.5, 1)} AS x": "floor",
    "UNWIND [1] AS i RETURN sum(round(i, 2)) AS x": "floor",
    "RETURN log(2) AS x": "log10",
    "RETURN string(1) AS x": "toString",
    "RETURN toString(1.5) AS x": "DOUBLE",
    "MATCH (o:Order) RETURN toString(o.amount_cny) AS x": "DOUBLE",
    "MATCH (o:Order) WITH o.amount_cny AS a RETURN left(toString(a), 4) AS x": "DOUBLE",
    "MATCH (o:Order) RETURN toString(sum(o.amount_cny)) AS x": "DOUBLE",
    "RETURN toString(1 = 1) AS x": "BOOL",
    "MATCH (o:Order) RETURN toString(o.ordered_at) AS x": "TIMESTAMP",
    "MATCH (o:Order) RETURN left(toString(o.ordered_at), 16) AS x": "TIMESTAMP",
    "RETURN NOT 1 IN [2, null] AS x": "IS NULL",
    "MATCH (o:Order) WHERE NOT o.id IN ['a', NULL] RETURN o.id": "IS NULL",
    "MATCH (o:Order) WHERE NOT o.id IN $nulls RETURN o.id": "IS NULL",
    "UNWIND [0, 1] AS i RETURN CASE WHEN i = 0 THEN 0 ELSE 10 / i END AS x": "every branch",
    "UNWIND [0, 1] AS i RETURN coalesce(1, 10 / i) AS x": "every branch",
    "MATCH (o:Order) WHERE o.order_no = 250331 RETURN o.id": "in quotes",
    "MATCH (o:Order) WHERE 250331 = o.order_no RETURN o.id": "in quotes",
    "MATCH (o:Order) WHERE o.order_no <> $p RETURN o.id": "in quotes",
    "MATCH (o:Order) WHERE o.order_no >= 5 RETURN o.id": "in quotes",
    "MATCH (o:Order) WHERE o.id IN [1, 2] RETURN o.id": "in quotes",
    "MATCH (o:Order {order_no: 5}) RETURN o.id": "in quotes",
    "MATCH (o:Order {flow: 'import', order_no: $p}) RETURN o.id": "in quotes",
    "MATCH (o:Order) WHERE o.amount_cny > '5' RETURN o.id": "a number",
    "MATCH (p:Person) WHERE p.n_mentions = '5' RETURN p.id": "a number",
}  # fmt: skip
PARAMETERS: dict[str, object] = {"p": 5, "nulls": ["a", None]}


@pytest.fixture(scope="module")
def both(published: Any, published_served: Any) -> Iterator[tuple[Any, Any]]:
    with open_for_analyst(published.settings) as embedded, open_for_analyst(published_served.settings) as served:
        yield embedded, served


def _rows(store: Any, text: str, parameters: dict[str, object] | None = None) -> list[tuple[object, ...]]:
    return list(store.query(text, parameters or {}, max_rows=1000, timeout_s=60).rows)


@pytest.mark.parametrize("text", SAME)
def test_both_stores_give_the_same_rows(both: tuple[Any, Any], text: str) -> None:
    embedded, served = (_rows(store, text) for store in both)
    assert embedded == served
    assert embedded


def _asked(text: str) -> dict[str, object]:
    return {name: value for name, value in PARAMETERS.items() if f"${name}" in text}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_made_equal_is_refused_with_the_portable_form(both: tuple[Any, Any], text: str) -> None:
    with pytest.raises(BadQuery, match=REFUSED[text]):
        _rows(both[0], text, _asked(text))


def test_a_plan_of_words_in_texts_and_names_is_left_alone() -> None:
    for text in (
        "RETURN 'round(1) [0]' AS x",
        "RETURN 1 AS `substring(1)`",
        "MATCH (o:Order) RETURN o.round AS x",
        "RETURN 1 /* head(x)[0] */ AS x",
    ):
        assert "coalesce" not in ladybug_query(text)
    assert ladybug_query("MATCH (a)-[:SHIPPED_TO* SHORTEST 1..3]-(b) RETURN a") == "MATCH (a)-[:SHIPPED_TO* SHORTEST 1..3]-(b) RETURN a"
    assert ladybug_query("RETURN 2 * 3 AS x") == "RETURN 2 * 3 AS x"
    check_comparisons("MATCH (o:Order) WHERE o.order_no = $p AND o.amount_cny > 1 RETURN o.id", {"p": "5"})
    check_comparisons("MATCH (o:Order) WHERE left(o.order_no, 2) = '25' AND o.amount_cny * 2 > 3 RETURN o.id", {})


class Flow(enum.StrEnum):
    IMPORT = "import"


AT = dt.datetime(2025, 4, 1, 10, tzinfo=dt.UTC)
PLAIN = [
    (np.int64(5), 5), (np.float32(0.5), 0.5), (np.bool_(True), True), (np.str_("x"), "x"), (np.datetime64("2025-04-01T10:00:00"), AT.replace(tzinfo=None)),
    (pd.Timestamp(AT), AT.replace(tzinfo=None)), (pd.NaT, None), (pd.NA, None), (np.array([1, 2]), [1, 2]), (pd.Series(["a", "b"]), ["a", "b"]),
    (pd.Index([1, 2]), [1, 2]), (pd.array([1, None], dtype="Int64"), [1, None]), (pd.Categorical(["a"]), ["a"]), ({"a": np.int8(1)}, {"a": 1}),
    ([np.int64(1), [np.float64(2.0)]], [1, [2.0]]), ((1, 2), [1, 2]), (frozenset({1}), [1]), (Decimal("1.5"), 1.5), (Flow.IMPORT, "import"),
    (np.datetime64("NaT"), None), (pd.Timestamp("2025-04-01T18:00:00+08:00"), AT.replace(tzinfo=None)), (True, True), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("given", "plain"), PLAIN, ids=[repr(given)[:40] for given, _ in PLAIN])
def test_values_of_numpy_and_pandas_become_plain(given: object, plain: object) -> None:
    found = plain_parameters({"v": given})["v"]
    assert found == plain
    assert type(found) is type(plain)


def test_both_stores_take_values_of_numpy_and_pandas(both: tuple[Any, Any]) -> None:
    orders = pd.DataFrame({"id": ["Order:1", "Order:2"], "n": [1, 2]})
    for ids in (orders["id"], orders["id"].to_numpy(), orders["id"].tolist(), orders["id"].astype("category")):
        for store in both:
            assert _rows(store, "MATCH (o:Order) WHERE o.id IN $ids RETURN o.id ORDER BY o.id", {"ids": ids}) == [
                ("Order:1",),
                ("Order:2",),
            ]
    for store in both:
        assert _rows(store, "MATCH (p:Person) WHERE p.n_mentions >= $n RETURN count(*) AS n", {"n": orders["n"].max()})[0][0]
        assert _rows(store, "MATCH (o:Order) WHERE o.ordered_at >= $t RETURN count(*) AS n", {"t": pd.Timestamp("2024-02-29T04:00:00Z")})[
            0
        ][0]


@given(st.text(alphabet="sumround()[]*.,'1$ -:labels{}", max_size=40))
def test_no_text_breaks_the_reading_of_a_statement(text: str) -> None:
    try:
        ladybug_query(f"RETURN {text}")
        check_comparisons(f"RETURN {text}", {"p": 1})
    except BadQuery as exc:
        assert str(exc)
