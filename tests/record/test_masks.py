"""Masks of names: the column's are those of the texts."""

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.masks import mask_name, mask_names

NAMES = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["王", "王小明", "欧阳震华之", "J. Smith", "𠮷野", "é", "张**"]))


@given(st.lists(NAMES, min_size=1, max_size=12))
def test_a_column_is_masked_as_its_texts(names: list[str | None]) -> None:
    table = ibis.memtable(pa.table({"n": range(len(names)), "name": pa.array(names, pa.string())}))
    shown = ibis.duckdb.connect().to_pyarrow(table.select("n", masked=mask_names(table.name)).order_by("n"))["masked"].to_pylist()
    assert shown == [mask_name(name) for name in names]


@pytest.mark.parametrize(
    ("name", "masked"), [("王", "*"), ("王明", "王*"), ("王小明", "王**"), ("Jonathan", "J****"), ("", ""), (None, "")]
)
def test_a_single_character_is_hidden_whole(name: str | None, masked: str) -> None:
    assert mask_name(name) == masked
