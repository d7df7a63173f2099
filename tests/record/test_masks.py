"""Masks: those of columns and of SQL are those of the texts."""

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.masks import MASK_MACROS, mask_address, mask_name, mask_names, mask_telephone

NAMES = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["王", "王小明", "欧阳震华之", "J. Smith", "𠮷野", "é", "张**"]))


@given(st.lists(NAMES, min_size=1, max_size=12))
def test_a_column_is_masked_as_its_texts(names: list[str | None]) -> None:
    table = ibis.memtable(pa.table({"n": range(len(names)), "name": pa.array(names, pa.string())}))
    shown = ibis.duckdb.connect().to_pyarrow(table.select("n", masked=mask_names(table.name)).order_by("n"))["masked"].to_pylist()
    assert shown == [mask_name(name) for name in names]


TEXTS = st.one_of(
    st.none(), st.text(max_size=12), st.from_regex(r"\A[0-9*]{0,13}(#[0-9]{0,4}){0,2}\Z"), st.sampled_from(["上海市浦东新区", "𠮷野家"])
)


@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_the_macros_mask_as_the_functions(texts: list[str | None]) -> None:
    with duckdb.connect() as con:
        con.execute(MASK_MACROS)
        con.register("texts", pa.table({"n": range(len(texts)), "t": pa.array(texts, pa.string())}))
        shown = con.execute(
            "select masked_name(t), masked_telephone(t), masked_address(t, 'x'), masked_address('', t) from texts order by n"
        )
        rows = shown.fetchall()
    assert rows == [(mask_name(t), mask_telephone(t), mask_address(t or "x"), mask_address(t)) for t in texts]


@pytest.mark.parametrize(
    ("name", "masked"), [("王", "*"), ("王明", "王*"), ("王小明", "王**"), ("Jonathan", "J****"), ("", ""), (None, "")]
)
def test_a_single_character_is_hidden_whole(name: str | None, masked: str) -> None:
    assert mask_name(name) == masked
