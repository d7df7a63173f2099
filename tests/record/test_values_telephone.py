"""Telephone numbers: one number however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values import telephone

MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WIDE = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


@given(MOBILE, st.sampled_from(["", "+86 ", "0086", "86", "(+86)", "0086-"]), st.booleans())
def test_prefixes_dashes_and_full_width_do_not_make_another_number(number: str, prefix: str, wide: bool) -> None:
    written = f" {prefix}{number[:3]}-{number[3:7]} {number[7:]} "
    assert telephone.normal(written.translate(WIDE) if wide else written) == number


@given(st.text("0123456789+-() 086１８　ext.", max_size=24))
def test_the_normal_form_is_one_and_has_digits_only(written: str) -> None:
    once = telephone.normal(written)
    if once is not None:
        assert once.isascii()
        assert once.isdigit()
        assert telephone.normal(once) == once


@pytest.mark.parametrize("written", ["", " ", "无", "0", "000 0000", "None", "N/A", "null", "－", "暂无电话"])
def test_ways_to_say_that_there_is_none_are_none(written: str) -> None:
    assert telephone.normal(written) is None


@pytest.mark.parametrize(
    ("written", "number"), [("0571-88888888", "057188888888"), ("+81 3-1234-5678", "81312345678"), ("0044 20 7946 0000", "442079460000")]
)
def test_area_codes_and_foreign_numbers_keep_what_tells_them_apart(written: str, number: str) -> None:
    assert telephone.normal(written) == number
