"""Stand-ins for nothing: empty everywhere, and the same for one text as for whole columns."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.ingest.columns.kinds import without_stand_ins
from sandan.record.values.nothing import is_nothing

WORDS = ["null", "NULL", "None", "nan", "undefined", "无", "無", "空", "未知", "暂无", "沒有", "없음", "なし", "N/A", "DBNull"]
AROUND = [
    "{}",
    "({})",
    "（{}）",
    "[{}]",
    "【{}】",
    "<{}>",
    "{{{}}}",
    '"{}"',
    "“{}”",
    "「{}」",
    "{}.",
    "{}。",
    "{},",
    "{}；",
    " {} ",
    "-{}-",
    "--{}--",
    "——{}——",
]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", AROUND)
def test_words_for_nothing_in_every_wrapping(word: str, form: str) -> None:
    assert is_nothing(form.format(word)), form.format(word)


@given(st.text("-–—―－_/\\.·…~～,，。、!！?？#|+:;=", min_size=1, max_size=20))
def test_strokes_alone_are_nothing(text: str) -> None:
    assert is_nothing(text)
    assert without_stand_ins(pa.array([text]), is_zeroless=False).null_count == 1


@pytest.mark.parametrize("text", ["1900-01-01 00:00:00", "1970-01-01 08:00:00", "1899/12/30", "0000-00-00"])
def test_the_first_day_of_a_program_is_no_day(text: str) -> None:
    assert is_nothing(text, is_zeroless=True)


@pytest.mark.parametrize(
    "text",
    ["a-b", "王无", "无锡", "空调", "A", "张*", "-1", "1-", "Nancy", "Null Island", "无品牌", "#1001", "1900-01-02", "…1", "-A1-", "-张-"],
)
def test_what_says_something_stays(text: str) -> None:
    assert not is_nothing(text, is_zeroless=True)


@given(
    st.lists(st.one_of(st.sampled_from([*WORDS, "0", "0.00", "-", "王小明", "1900-01-01"]), st.text(max_size=12)), max_size=8),
    st.booleans(),
)
def test_columns_know_the_same_stand_ins(texts: list[str], is_zeroless: bool) -> None:
    kept = [text.strip() for text in texts if text.strip() and "\x00" not in text]
    found = without_stand_ins(pa.array(kept, pa.string()), is_zeroless=is_zeroless).to_pylist()
    assert [text is None for text in found] == [is_nothing(text, is_zeroless=is_zeroless) for text in kept]
