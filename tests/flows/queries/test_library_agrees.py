"""Every query of the library answers on a generated world with fraud, and gives the same rows on both stores."""

from typing import Any

import pytest

from sandan.graph.library.running import run_statement
from sandan.graph.library.statements import library
from sandan.graph.store.base import Store

Stores = tuple[Store, Store]

# Why a query has no rows on this world.
EMPTY = {
    "parcels-of-several-orders": "the generator puts every order into a parcel of its own",
}


def close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(close, one, other))
    return bool(one == other) and type(one) is type(other)


def arguments(store: Store, name: str) -> dict[str, object]:
    """What must be given: two orders that went to one address."""
    if name != "paths-between":
        return {}
    text = "MATCH (a:Order)-[:SHIPPED_TO]->(x:Address)<-[:SHIPPED_TO]-(b:Order) WHERE a.id < b.id RETURN a.id AS start, b.id AS goal ORDER BY start, goal LIMIT 1"
    ((start, goal),) = store.query(text, {}, max_rows=1, timeout_s=60).rows
    return {"start": start, "goal": goal}


@pytest.mark.parametrize("name", library())
def test_a_named_query_gives_the_same_rows_in_both_stores(stores: Stores, name: str) -> None:
    one = library()[name]
    given = arguments(stores[0], name)
    embedded, remote = (run_statement(store, one, given, max_rows=5000, timeout_s=60) for store in stores)
    assert embedded.columns == remote.columns == one.columns
    # Parts of a UNION come in either order.
    rows = [sorted(result.rows, key=repr) if "UNION" in one.text else result.rows for result in (embedded, remote)]
    assert close(rows[0], rows[1])
    assert bool(rows[0]) != (name in EMPTY)


def test_a_declared_line_keeps_its_price_and_its_commodity_code(stores: Stores) -> None:
    text = "MATCH (o:Order)-[c:CONTAINS]->(g:Goods) WHERE o.declared_cny > 0.0 RETURN count(c) AS n, count(c.declared_price_cny) AS priced, count(g.hs_code) AS coded"
    ((n, priced, coded),) = stores[0].query(text, {}, max_rows=1, timeout_s=60).rows  # type: ignore[misc]
    assert n > 0
    assert min(priced, coded) > 0.95 * n


def test_a_limit_before_a_match_holds(stores: Stores) -> None:
    """Ladybug used to take the first parcels that have a sender, not the senders of the first parcels."""
    text = "MATCH (w:Parcel) WITH w ORDER BY w.id LIMIT 33 MATCH (w)-[:SENT_BY]->(s:Sender) RETURN w.id AS parcel, s.id AS sender ORDER BY parcel, sender"
    embedded, remote = (store.query(text, {}, max_rows=100, timeout_s=60) for store in stores)
    first = stores[0].query("MATCH (w:Parcel) RETURN w.id AS id ORDER BY id LIMIT 33", {}, max_rows=33, timeout_s=60)
    assert embedded.rows == remote.rows
    assert {row[0] for row in embedded.rows} <= {row[0] for row in first.rows}
