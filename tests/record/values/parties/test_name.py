"""Names of persons: one name however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.parties import name


@pytest.mark.parametrize(
    "written", ["王小明", " 王 小明 ", "王小明先生", "王小明 女士", "王·小明", "王小明。", "王小明老师先生", "王小明同学", "王小明（经理）"]
)
def test_spaces_dots_and_titles_do_not_make_another_name(written: str) -> None:
    assert name.normal(written) == "王小明"


def test_latin_names_are_one_in_any_case_and_width() -> None:
    assert name.normal("ＬＩ　Xiaobao") == name.normal("li xiaobao") == name.normal("Li-Xiaobao") == "lixiaobao"


def test_a_name_that_is_a_title_stays() -> None:
    assert name.normal("先生") == "先生"


@pytest.mark.parametrize("written", ["", " ", "·", "--", "　"])
def test_nothing_is_no_name(written: str) -> None:
    assert name.normal(written) is None


@given(st.lists(st.sampled_from([*"王李小明ab ·.-ＡＢ", "先生", "女士", "小姐", "老师"]), max_size=8).map("".join))
def test_the_normal_form_is_one(written: str) -> None:
    once = name.normal(written)
    assert once is None or name.normal(once) == once


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", "∙", "⋅", ".", "．", "。", "ㆍ", " ", ""])
def test_the_middle_dot_of_a_name_has_many_writings(dot: str) -> None:
    assert name.normal(f"阿卜杜拉{dot}买买提") == "阿卜杜拉买买提"


@pytest.mark.parametrize(
    "written",
    ["Wei Zhang", "ZHANG, WEI", "Zhang，Wei", "Mr. Wei Zhang", "Dr Wei ZHANG", "Mrs Zhang, Wei", "Zhang, Mr. Wei", "Ｗｅｉ　Ｚｈａｎｇ"],
)
def test_titles_and_the_comma_form_make_no_other_name(written: str) -> None:
    assert name.normal(written) == "weizhang"


@pytest.mark.parametrize(
    ("written", "normal"),
    [("Dr", "dr"), ("Mr Mrs", "mrs"), ("Mrsmith", "mrsmith"), ("Smith, Jr", "smithjr"), ("Zhang, Mr", "zhang"), ("Zhang Wei", "zhangwei")],
)
def test_what_is_no_title_and_no_comma_form_stays(written: str, normal: str) -> None:
    assert name.normal(written) == normal


@given(st.text(max_size=30))
def test_any_text_is_borne(written: str) -> None:
    once = name.normal(written)
    assert once is None or name.normal(once) == once


@pytest.mark.parametrize(
    "written",
    [
        "王小明,7804",
        "王小明，7804",
        "王小明7804",
        "7804王小明",
        "[7804]王小明",
        "【7804】王小明",
        "王小明{7804}",
        "王小明/7804",
        "尊敬的王小明",
        "王小明（公司）",
    ],
)
def test_what_stands_beside_a_name_is_no_part_of_it(written: str) -> None:
    assert name.normal(written) == "王小明"


@given(st.sampled_from("张王李欧"), st.text("-—~·△◎¤▒☐* ", max_size=4))
def test_a_family_name_alone_fits_everybody_of_that_name(family: str, sign: str) -> None:
    assert name.normal(family + sign) is None
    assert not name.differ(family + sign, f"{family}小明")
    assert name.differ(family + sign, "赵小明")


@pytest.mark.parametrize(("private", "of_today"), [("\ue863", "䶮"), ("\ue81b", "㑇"), ("\ue854", "\u9fba"), ("\ue855", "\U000241fe")])
def test_a_private_code_of_gbk_is_the_character_that_it_was(private: str, of_today: str) -> None:
    assert name.normal(f"王{private}") == name.normal(f"王{of_today}")
    assert not name.differ(f"王{private}", f"王{of_today}")
    assert name.differ(f"王{private}", "王𠮷")
