"""Hostile texts as values, names, labels and spliced into a statement, on both stores: they stay texts, and nothing changes."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandan.graph.library.running import run_statement
from sandan.graph.library.statements import statement
from sandan.record.errors import BadQuery

# fmt: off
HOSTILE = (
    "'", '"', "`", "``", "\\", "\\'", "\\\\'", "''", "'''", "\\\\", "`'\"", "'\"`\\", "//", "/*", "*/", "/* */", "--", "#", ";", ";;",
    "' OR 1=1 //", "' OR '1'='1", "\" OR \"1\"=\"1", "') RETURN 1 //", "'}) DETACH DELETE n //", "'; MATCH (n) DETACH DELETE n; //",
    "x' CREATE (:Order {id: 'made'}) //", "x` SET o.score = 1 //", "x`) DETACH DELETE (n:`y", "x'/*", "*/ DETACH DELETE n /*",
    "' UNION ALL MATCH (n) RETURN n.id AS id //", "\\u0027 DETACH DELETE n //", "\\u0027", "\\U00000027", "\\u0060", "\\x27",
    "\u2019", "\uff07", "\u02bc", "\u2028", "\u2029", "\u0085", "\u00a0", "\u200b", "\u202e txet", "\ufeff", "\u0000", "a\u0000b",
    "\r", "\n", "\r\nDETACH DELETE n", "\t", "$x", "$", "${x}", "{x}", "{{x}}", "%s", "%(x)s", "null", "NULL", "true", "1", "1.0", "1e999",
    "[]", "{}", "LOAD FROM '/etc/passwd' RETURN *", "LOAD CSV FROM 'file:///etc/passwd' AS r RETURN r", "CALL dbms.listConfig()",
    "CHECKPOINT", "Order) DETACH DELETE (n", "Order {id: 'x'}) SET n.score = 1 //", "Order|Parcel", ":Order", "Order`", "`Order`:`Parcel",
    "订单' 删除", "\U0001f4e6'", "e\u0301", "\u00e9", "İ", "ſET", "ＳＥＴ o.score = 1", "a" * 5000, "'" * 301, "(" * 200, "`" * 200,
    "$(touch made)", "`touch made`", "../../etc/passwd", "<script>alert(1)</script>", "=1+1", "\x1b[2J", "' AND sleep(9) //",
    "'+apoc.load.json('x')+'", "' + toString(1) + '", "\\", "x\\", "\\\n",
)
# fmt: on
COUNTS = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n.id) AS nodes, count(r) AS relations"


def content(asked: Any) -> Any:
    return asked.query(COUNTS, {}).rows


@pytest.fixture(scope="module")
def before(asked: Any) -> Any:
    return content(asked)


def tried(asked: Any, text: str, parameters: dict[str, object] | None = None) -> Any:
    """Rows, or None where the query was refused with a reason; nothing else may happen."""
    try:
        return asked.query(text, parameters or {}, max_rows=100, timeout_s=20).rows
    except BadQuery as exc:
        assert len(str(exc).split()) > 2
        return None


def _each() -> Iterator[Any]:
    """Every text for the embedded store; for Neo4j, which plans each statement anew, of three that lie side by side two are slow."""
    for store in ("ladybug", "neo4j"):
        for n, hostile in enumerate(HOSTILE):
            marks = (pytest.mark.slow,) if store == "neo4j" and n % 3 else ()
            yield pytest.param(store, hostile, id=f"{store}-{n}", marks=marks)


@pytest.mark.parametrize(("asked", "hostile"), _each(), indirect=["asked"], scope="module")
def test_a_hostile_text_stays_a_text(asked: Any, before: Any, hostile: str) -> None:
    # As the value of a parameter it comes back as it went in.
    assert tried(asked, "RETURN $x AS x", {"x": hostile}) == [(hostile,)]
    assert tried(asked, "UNWIND $rows AS row RETURN row.v AS v", {"rows": [{"v": hostile}, {"v": "x"}]}) == [(hostile,), ("x",)]
    assert tried(asked, "MATCH (o:Order) WHERE o.id = $x OR o.grade IN $xs RETURN o.id AS id", {"x": hostile, "xs": [hostile]}) == []
    assert run_statement(asked, statement("three-lists"), {"order_id": f"{hostile}."}, max_rows=9, timeout_s=20).rows == []
    # As a quoted name it is a name.
    named = tried(asked, f"RETURN 1 AS `{hostile.replace('`', '``')}`")
    assert named in (None, [(1,)])
    # Spliced by a careless caller it is refused, or finds what a reading query can find.
    for text in (
        f"MATCH (o:Order) WHERE o.id = '{hostile}' RETURN o.id AS id",
        f'MATCH (o:Order) WHERE o.id = "{hostile}" RETURN o.id AS id',
        f"MATCH (o:Order {{id: '{hostile}'}}) RETURN o.id AS id",
        f"MATCH (n:{hostile}) RETURN count(n) AS n",
        f"MATCH (n:`{hostile}`) RETURN count(n) AS n",
        f"MATCH (n:Order)-[:{hostile}]->(m) RETURN count(m) AS n",
        f"MATCH (o:Order) RETURN o.{hostile} AS v",
        f"MATCH (o:Order) RETURN o.id AS id ORDER BY id {hostile}",
        f"MATCH (o:Order) // {hostile}\nRETURN count(o) AS n",
        f"MATCH (o:Order) /* {hostile} */ RETURN count(o) AS n",
    ):
        tried(asked, text)
    assert content(asked) == before


@pytest.mark.parametrize("name", ["x y", "x`y", "1", "x; DETACH DELETE n", "", "$x", "x'", "订单", "x\u0000"])
def test_a_parameter_of_a_hostile_name_does_nothing(asked: Any, before: Any, name: str) -> None:
    assert tried(asked, "RETURN $x AS x", {"x": 1, name: 2}) in (None, [(1,)])
    assert content(asked) == before
