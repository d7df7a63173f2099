"""Units of quantity and weights."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.commodities import unit


@pytest.mark.parametrize(
    ("written", "code"),
    [("kg", "035"), ("KGM", "035"), ("千克", "035"), ("公斤", "035"), (" 035 ", "035"), ("35", "035"), ("7", "007"), ("ＰＣＳ", "007"), ("个", "007"), ("piece", "007"),
     ("pcs.", "007"), ("件", "011"), ("双", "025"), ("瓶", "142"), ("oz", "083"), ("光年", "光年"), ("999", "999"), ("Foo ", "Foo")],
)  # fmt: skip
def test_codes_names_and_words_of_a_unit_are_one(written: str, code: str) -> None:
    assert unit.normal(written) == code


@given(st.sampled_from(sorted(unit.NAMES)) | st.text(max_size=12))
def test_the_normal_form_is_one(written: str) -> None:
    assert unit.normal(unit.normal(written)) == unit.normal(written)


def test_a_word_means_one_unit_only() -> None:
    words = [word for words in unit._WORDS for word in words]
    assert len(words) == len(set(words))
    assert all(len(code) == 3 and code.isdigit() for code in unit.NAMES)


@pytest.mark.parametrize(
    ("value", "written", "weight"),
    [("2", "kg", "2"), ("500", "g", "0.5"), ("250", "mg", "0.00025"), ("1.5", "t", "1500"), ("1", "lb", "0.45359237"), ("16", "oz", "0.45359237"), ("3", "斤", "1.5"),
     ("1", "两", "0.05"), ("10", "070", "10000")],
)  # fmt: skip
def test_weights_are_exact(value: str, written: str, weight: str) -> None:
    assert unit.kilograms(Decimal(value), written) == Decimal(weight)


@pytest.mark.parametrize("written", ["个", "升", "", "stone"])
def test_what_is_no_weight_has_none(written: str) -> None:
    assert unit.kilograms(Decimal(1), written) is None
