"""The library's files: headers that fit their statements, arguments that are checked before anything is asked."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandan.graph.cypher.guard import ladybug_query, neo4j_query
from sandan.graph.cypher.tokens import tokens
from sandan.graph.library.arguments import BeforeNewest, arguments
from sandan.graph.library.running import run_statement
from sandan.graph.library.statements import Statement, library, statement
from sandan.graph.store.base import QueryResult
from sandan.record.errors import BadQuery

NEWEST = datetime(2025, 4, 29, 12, tzinfo=UTC)


def test_there_are_enough_and_each_file_is_one_of_them() -> None:
    files = sorted(path.stem for path in (Path(__file__).parents[3] / "graph" / "library").glob("*.cypher"))
    assert list(library()) == files
    assert len(files) >= 28


@pytest.mark.parametrize("one", library().values(), ids=library().keys())
def test_a_header_fits_its_statement(one: Statement) -> None:
    used = {token.text[1:] for token in tokens(one.text) if token.kind == "parameter"}
    assert used == {parameter.name for parameter in one.parameters}
    assert len(set(one.columns)) == len(one.columns) > 0
    for english, chinese in (
        (one.title, one.title_zh),
        (one.answers, one.answers_zh),
        *((p.meaning, p.meaning_zh) for p in one.parameters),
    ):
        assert re.search("[a-z]", english)
        assert re.search("[一-鿿]", chinese)
    ladybug_query(one.text)
    neo4j_query(one.text)


@pytest.mark.parametrize("one", library().values(), ids=library().keys())
def test_defaults_are_of_their_types(one: Statement) -> None:
    needed = {p.name: "x" for p in one.parameters if p.default is None}
    assert set(arguments(one.name, one.parameters, needed)) == {p.name for p in one.parameters}


def test_words_become_values() -> None:
    one = statement("brand-destinations")
    made = arguments(one.name, one.parameters, {"since": "2025-04-01", "span": "24.5", "top": "7"})
    assert made == {"since": datetime(2025, 3, 31, 16, tzinfo=UTC), "span": timedelta(hours=24.5), "top": 7}
    assert arguments(one.name, one.parameters, {})["since"] == BeforeNewest(28)
    assert arguments("x", statement("three-lists").parameters, {"order_id": "12345"}) == {"order_id": "12345"}


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("hubs", {"leest": "3"}, "leest: no such parameter; it takes least, top"),
        ("findings-by-typology", {"a": "3"}, "it takes nothing"),
        ("hubs", {"least": "many"}, "'many' does not fit; give a whole number"),
        ("hubs", {"least": "-1"}, "whole number"),
        ("hubs", {"least": "1.5"}, "whole number"),
        ("hubs", {"least": "٣"}, "whole number"),
        ("hubs", {"least": True}, "whole number"),
        ("hubs", {"least": "99999999999999999999"}, "whole number"),
        ("near-the-limit", {"limit": "nan"}, "give a number"),
        ("near-the-limit", {"limit": "1e999"}, "give a number"),
        ("near-the-limit", {"limit": float("inf")}, "give a number"),
        ("near-the-limit", {"zone": "-1"}, "number of hours"),
        ("new-and-busy", {"since": "yesterday"}, "an ISO time"),
        ("new-and-busy", {"since": "newest-d"}, "an ISO time"),
        ("new-and-busy", {"since": 3}, "an ISO time"),
        ("three-lists", {"order_id": 5}, "give a text"),
        ("paths-between", {"start": "x"}, "goal: not given; write goal=…"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(name: str, given: dict[str, object], told: str) -> None:
    with pytest.raises(BadQuery, match=re.escape(told)):
        arguments(name, statement(name).parameters, given)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(BadQuery) as caught:
        arguments("paths-between", statement("paths-between").parameters, {"top": "x", "other": "1"})
    assert all(word in str(caught.value) for word in ("start", "goal", "top", "other"))


def test_an_unknown_name_is_told_where_all_names_are() -> None:
    with pytest.raises(BadQuery, match="sandan cypher --list"):
        statement("nothing")


def test_newest_is_what_the_graph_knows_last() -> None:
    asked: list[dict[str, Any]] = []

    class Fake:
        def query(self, text: str, parameters: Any, *, max_rows: int, timeout_s: float) -> QueryResult:
            asked.append(dict(parameters))
            return QueryResult(("newest",), [(None,), (NEWEST,)], truncated=False)

    run_statement(Fake(), statement("new-and-busy"), {}, max_rows=1, timeout_s=1)
    assert asked[1]["since"] == NEWEST - timedelta(days=30)


def test_every_query_runs_on_a_graph_of_nothing(embedded: Any, make_graph: Any) -> None:
    embedded.publish(make_graph(), "v1")
    with embedded.open() as store:
        for one in library().values():
            given = {p.name: "x" for p in one.parameters if p.default is None}
            assert run_statement(store, one, given, max_rows=10, timeout_s=30).rows == []
