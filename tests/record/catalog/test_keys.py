"""Ids of orders and parcels: a row, a column and an expression give one text."""

from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.catalog.keys import ORDER_KEY, PARCEL_KEY, consignment_key, item_id, order_id, parcel_id, without_prefix

COLUMNS = (*ORDER_KEY, *PARCEL_KEY)
ROWS = st.lists(
    st.fixed_dictionaries({name: st.one_of(st.none(), st.sampled_from(["", "a", "B:1", "订单", "x y"])) for name in COLUMNS}),
    min_size=1,
    max_size=9,
)


@given(ROWS)
def test_rows_columns_and_expressions_agree(rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in COLUMNS]))
    for of in (order_id, parcel_id, item_id):
        expected = [of(row) for row in rows]
        assert of(table).to_pylist() == expected
        lists = ibis.memtable(table.append_column("n", pa.array(range(len(rows)))))
        made = lists.select("n", found=of(lists)).order_by("n")
        assert ibis.duckdb.connect().to_pyarrow(made)["found"].to_pylist() == expected


@pytest.mark.parametrize(
    ("row", "order", "parcel", "item", "key"),
    [
        (("import", "P", "1", "L", "9"), "import:P:1", "L:9", "import:P:1", "import:P:1"),
        (("export", None, None, "L", "9"), None, "L:9", "L:9", "parcel:L:9"),
        (("export", "", "", "L", "9"), None, "L:9", "L:9", "parcel:L:9"),
        (("import", None, "1", "L", "9"), None, "L:9", None, "import::1"),
        (("import", "P", "A:B", None, None), "import:P:A:B", None, "import:P:A:B", "import:P:A:B"),
    ],
)
def test_a_consignment_is_named_by_its_order_else_by_its_parcel(
    row: tuple[str | None, ...], order: str | None, parcel: str | None, item: str | None, key: str
) -> None:
    one = dict(zip(COLUMNS, row, strict=True))
    assert (order_id(one), parcel_id(one), item_id(one), consignment_key(one)) == (order, parcel, item, key)
    if item is not None:
        assert without_prefix(key) == item
