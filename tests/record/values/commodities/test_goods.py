"""Names and bar codes of goods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.commodities import goods


def test_width_case_and_punctuation_do_not_make_other_goods() -> None:
    assert goods.normal("婴儿配方奶粉 ９００Ｇ") == goods.normal("婴儿配方奶粉，900g") == "婴儿配方奶粉 900g"


def test_what_tells_goods_apart_stays() -> None:
    assert goods.normal("Cream 0.5%") != goods.normal("Cream 05")


@given(st.text("abAB01９Ｇ奶粉 ,.%-/　（）", max_size=20))
def test_normal_name_and_bar_code_are_normal_forms(written: str) -> None:
    name, code = goods.normal(written), goods.barcode(written)
    assert name is None or goods.normal(name) == name
    assert code is None or goods.barcode(code) == code


@pytest.mark.parametrize("written", [None, "", " ", "无", "None", "NO", "0", "/", "－", "null"])
def test_ways_to_say_that_there_is_no_bar_code_are_none(written: str | None) -> None:
    assert goods.barcode(written) is None


def test_a_bar_code_loses_spaces_and_width_and_keeps_leading_noughts() -> None:
    assert goods.barcode(" ００12 3456 ") == "00123456"
