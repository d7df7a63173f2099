"""What Neo4j would do inside of one row, past every timeout, is refused before it is sent; what is harmless passes."""

import pytest

from sandan.graph.cypher.guard import neo4j_query
from sandan.record.errors import BadQuery

LONG = (
    "RETURN reduce(s = 0, x IN range(1, 3000000000) | s + x)",
    "UNWIND range(1, 100000001) AS x RETURN count(x)",
    "RETURN size(range(-100000001, 0))",
    "RETURN size(`range`(1, 100000001))",
    "RETURN size(RANGE /* x */ (1, 100000001))",
    "RETURN range(1, 2 * 500000000)",
    "RETURN range(0, toInteger('900000000'))",
    "RETURN range(0, 1e9)",
    "RETURN range(0, 0x7fffffff)",
    "RETURN range($low, $high)",
    "RETURN range(0, 100, $step)",
    "WITH 900000000 AS n RETURN range(1, n)",
    "RETURN range(1)",
    "WITH range(1, 1000) AS l RETURN [x IN l | [y IN l | x + y]]",
    "WITH range(1, 1000) AS l RETURN any(x IN l WHERE any(y IN l WHERE x + y < 0))",
    "WITH range(1, 1000) AS l RETURN reduce(s = 0, x IN l | s + reduce(t = 0, y IN l | t + y))",
    "WITH range(1, 1000) AS l RETURN none(x IN l WHERE size([y IN l WHERE y < x]) = -1)",
    "WITH range(1, 1000) AS l RETURN single(x IN l WHERE (x > 0 AND all(y IN l WHERE y > x)))",
    "RETURN 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!' =~ '(a+)+b'",
    "RETURN 'a' =~ '(a|aa)*b'",
    "RETURN 'a' =~ '(a|aa){40}b'",
    "RETURN 'a' =~ '(a{1,100}){1,100}'",
    "RETURN 'a' =~ '.*.*.*.*b'",
    "RETURN 'a' =~ 'a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaa'",
    "RETURN 'a' =~ '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b'",
    "RETURN 'a' =~ $pattern",
    "RETURN 'a' =~ ('(a+)' + '+b')",
    "RETURN 'a' =~ '(a+)' + '+b'",
    "RETURN 'a' =~ '(a+)' || '+b'",
    "WITH '(a+)+b' AS p RETURN 'a' =~ p",
    "RETURN 'a' =~ $map.pattern",
    "RETURN 'a' =~ $map",
    "RETURN 'a' =~ 'a" + "a" * 300 + "'",
    "RETURN 'a' =~",
)
PARAMETERS: dict[str, object] = {
    "low": 1,
    "high": 900_000_000,
    "step": 1.5,
    "pattern": "(a+)+b",
    "map": {"pattern": "(a+)+b"},
    "n": 9,
    "good": ".*a",
}

SHORT = (
    "UNWIND range(0, 99) AS x RETURN x",
    "UNWIND range(-5, $n, 2) AS x RETURN x",
    "RETURN [x IN [1, 2] WHERE x > 1 | x]",
    "MATCH (o:Order) WHERE any(x IN ['a', 'b'] WHERE o.id STARTS WITH x) RETURN o.id",
    "MATCH (o:Order) WHERE (o.flow IN ['import'] AND o.grade IN ['high']) RETURN o.id",
    "MATCH (o:Order) WHERE o.order_no =~ 'E[0-9]+' RETURN o.id",
    "MATCH (o:Order) WHERE o.order_no =~ '(?i).*ab.*' AND o.flow = 'import' RETURN o.id",
    "MATCH (o:Order) WHERE o.order_no =~ $good RETURN o.id",
    "RETURN [x IN ['a'] WHERE x =~ 'a' | x]",
    "RETURN reduce(s = 0, x IN [1, 2] | s + x), reduce(s = 0, x IN [1, 2] | s + x)",
    "RETURN 'range(1, 900000000) =~ (a+)+b'",
    "MATCH (o:Order) WHERE o.range > 900000000 RETURN o.id",
)


@pytest.mark.parametrize("text", LONG)
def test_what_can_run_past_the_timeout_is_refused(text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        neo4j_query(text, PARAMETERS)
    assert len(str(caught.value).split()) > 5


@pytest.mark.parametrize("text", SHORT)
def test_what_is_bounded_passes(text: str) -> None:
    neo4j_query(text, PARAMETERS)
