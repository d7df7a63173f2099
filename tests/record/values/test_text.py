"""Plain text: what every value goes through first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values import text

# What lists are written with: half and full width, Chinese, punctuation, spaces and control characters.
WRITTEN = st.text("abzAZ019 -._/#号ＡＺａ０９　，王李\t\n\x00\u200b（）", max_size=30)


@pytest.mark.parametrize(
    ("given", "kept"), [(None, None), ("", None), (" \t\n　", None), ("\x00", None), ("  a b ", "a b"), ("\x07a\x00b", "a b")]
)
def test_clean_takes_spaces_and_control_characters_away(given: str | None, kept: str | None) -> None:
    assert text.clean(given) == kept


@given(WRITTEN)
def test_what_is_clean_is_not_cleaned_again(written: str) -> None:
    once = text.clean(written)
    assert text.clean(once) == once
    assert once is None or (once == once.strip() and once.isprintable())


@given(WRITTEN)
def test_folded_and_bare_texts_are_normal_forms(written: str) -> None:
    assert text.folded(text.folded(written)) == text.folded(written)
    assert text.bare(text.bare(written)) == text.bare(written)


def test_full_width_and_capitals_fold_to_one_writing() -> None:
    assert text.folded("ＡＢｃ　１２３") == text.folded("abc 123") == "abc 123"


def test_bare_text_has_letters_and_digits_only() -> None:
    assert text.bare("Ａ-b_c. 1号") == "abc1号"
