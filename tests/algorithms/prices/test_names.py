"""Names of goods that mean the same thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.prices.names import nearest_names

CATALOGUE = ["婴儿配方奶粉 900g", "婴儿配方奶粉 400g 两罐装礼盒", "moisturising face cream 50ml", "ab"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("婴儿配方奶粉 900g", ["婴儿配方奶粉 900g"]),
        ("婴儿配方奶粉", ["婴儿配方奶粉 900g", "婴儿配方奶粉 400g 两罐装礼盒"]),
        ("进口 婴儿配方奶粉 900g 罐装", ["婴儿配方奶粉 900g"]),
        ("moisturizing face cream 50 ml", ["moisturising face cream 50ml"]),
        ("运动鞋 42 码", []),
        ("abc", []),
        ("", []),
    ],
)
def test_a_name_is_found_where_one_contains_the_other_or_few_letters_differ(name: str, found: list[str]) -> None:
    assert nearest_names(name, CATALOGUE) == found


@given(st.lists(st.text("奶粉罐装ab 90", max_size=8), max_size=6), st.text("奶粉罐装ab 90", max_size=8))
def test_only_choices_are_found_and_a_long_enough_choice_finds_itself(choices: list[str], name: str) -> None:
    assert set(nearest_names(name, choices)) <= set(choices)
    if len(name) >= 4:
        assert name in nearest_names(name, [*choices, name])


def test_nothing_is_found_in_nothing() -> None:
    assert nearest_names("婴儿配方奶粉", []) == []
