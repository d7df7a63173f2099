"""Joins and choices of rows in one step, against plain Python."""

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.lake.frames import beside, beside_each, connect, first_of_each

CON = connect(threads=1)
KEYS = st.lists(st.integers(0, 6), unique=True, max_size=5)
GROUPS = st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9)), max_size=12)


def _table(rows: list[dict[str, Any]], **types: str) -> ir.Table:
    return ibis.memtable({name: [row[name] for row in rows] for name in types}, schema=ibis.schema(types))


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    found: pa.Table = CON.to_pyarrow(table)
    return sorted(found.to_pylist(), key=repr)


@given(KEYS, KEYS, KEYS)
def test_every_row_stays_with_what_others_say_of_it(own: list[int], first: list[int], second: list[int]) -> None:
    table = _table([{"k": k, "a": k * 10} for k in own], k="int64", a="int64")
    left = _table([{"k": k, "b": f"b{k}", "spare": 0} for k in first], k="int64", b="string", spare="int64")
    right = _table([{"k": k, "c": f"c{k}"} for k in second], k="int64", c="string")
    wanted = [{"k": k, "a": k * 10, "b": f"b{k}" if k in first else None} for k in own]
    assert _rows(beside(table, left, "k", leave=("spare",))) == sorted(wanted, key=repr)
    by_other_name = left.rename(other="k")
    assert _rows(beside(table, by_other_name, table.k == by_other_name.other, leave=("other", "spare"))) == sorted(wanted, key=repr)
    both = [row | {"c": f"c{row['k']}" if row["k"] in second else None} for row in wanted]
    assert _rows(beside_each(table, [left.drop("spare"), right], "k")) == sorted(both, key=repr)


def test_beside_nothing_a_table_is_itself() -> None:
    table = _table([{"k": 1}], k="int64")
    assert _rows(beside_each(table, [], "k")) == [{"k": 1}]


@given(GROUPS)
def test_the_first_of_each_group_is_chosen(rows: list[tuple[int, int | None]]) -> None:
    table = _table([{"g": g, "v": v, "no": no} for no, (g, v) in enumerate(rows)], g="int64", v="int64", no="int64")
    found = _rows(first_of_each(table, [table.g], [table.v.desc(nulls_first=False), table.no]))
    ordered = sorted(range(len(rows)), key=lambda no: (rows[no][1] is None, -(rows[no][1] or 0), no))
    firsts = {rows[no][0]: no for no in reversed(ordered)}
    assert sorted(row["no"] for row in found) == sorted(firsts.values())
    assert all(list(row) == ["g", "v", "no"] for row in found)
