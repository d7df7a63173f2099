"""Telephone numbers: one number however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.parties import telephone

MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WIDE = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


@given(MOBILE, st.sampled_from(["", "+86 ", "0086", "86", "(+86)", "0086-"]), st.booleans())
def test_prefixes_dashes_and_full_width_do_not_make_another_number(number: str, prefix: str, wide: bool) -> None:
    written = f" {prefix}{number[:3]}-{number[3:7]} {number[7:]} "
    assert telephone.normal(written.translate(WIDE) if wide else written) == number


@given(st.text("0123456789+-() 086１８　ext.", max_size=24))
def test_the_normal_form_is_one_and_has_digits_only_but_for_the_plus_of_a_foreign_one(written: str) -> None:
    once = telephone.normal(written)
    if once is not None:
        assert once.isascii()
        assert once.removeprefix("+").isdigit()
        assert telephone.normal(once) == once


@pytest.mark.parametrize("written", ["", " ", "无", "0", "000 0000", "None", "N/A", "null", "－", "暂无电话"])
def test_ways_to_say_that_there_is_none_are_none(written: str) -> None:
    assert telephone.normal(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0571-88888888", "057188888888"),
        ("+81 3-1234-5678", "+81312345678"),
        ("0044 20 7946 0000", "+442079460000"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+852 2345 6789", "+85223456789"),
        ("88886666", "88886666"),
        ("400-800-1234", "4008001234"),
        ("95588", "95588"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_area_codes_and_foreign_numbers_keep_what_tells_them_apart(written: str, number: str) -> None:
    assert telephone.normal(written) == number


@pytest.mark.parametrize(
    "written",
    ["0571-88886666", "(0571) 88886666", "０５７１－８８８８６６６６", "+86 571 88886666", "+86-0571-88886666", "86-571-88886666", "8657188886666", "0086 571 8888 6666",
     "0571-88886666转801", "0571-88886666-801", "+86 571 88886666 ext. 801", "0571-88886666 分机 801", "电话: 0571-88886666"],
)  # fmt: skip
def test_writings_of_a_landline_are_one_number(written: str) -> None:
    assert telephone.normal(written) == "057188886666"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000/0571-88886666", "13800138000"),
        ("0571-88886666;13800138000", "057188886666"),
        ("无、13800138000", "13800138000"),
        ("13800138000,13900139000", "13800138000"),
        ("1;2;3;4;5", "12345"),
        ("1;2;3", None),
    ],
)
def test_of_several_numbers_the_first_counts(written: str, number: str | None) -> None:
    assert telephone.normal(written) == number


def test_a_number_without_prefix_is_one_of_the_region() -> None:
    assert telephone.normal("020 7946 0000", "GB") == "+442079460000"
    assert telephone.normal("(650) 253-0000", "US") == telephone.normal("+1 650 253 0000") != "16502530000"


@given(st.text(max_size=40))
def test_any_text_is_borne(written: str) -> None:
    once = telephone.normal(written)
    assert once is None or (once.isdigit() and telephone.normal(once) == once)


@pytest.mark.parametrize("piece", ["1", "12345;", "00", "-1", "转801"])
def test_long_hostile_text_is_read_once(piece: str) -> None:
    # A reading in square time would take hours here and run into the time limit of a test.
    assert (telephone.normal(piece * (1_000_000 // len(piece))) or "0").isdigit()


EXTENSIONS = (
    "{n}扩展{e} {n}验证码{e} {n}虚拟号{e} {n}隐私号{e} {n}+{e} {n}呼{e} {n}分{e} {n}内线{e} {n}小号{e} {n}直拨{e} {n}短号{e} {n}No.{e} [{e}]{n} ({e}){n} 【{e}】{n} "
    "{e}#{n} {n}-{e} {n}转{e} {n},{e} {n}，{e} {n}#{e} {n}*{e} {n}*{e}# {n}p{e} {n};{e} {n}:{e} {n}/{e} {n}_{e} {n}~{e} {n}—{e} {n}.{e} {n}、{e} {n}({e}) {n}[{e}] "
    "{n}分机号：{e} {n}ext.{e} {n}x{e} {n}接{e} 请拨打{n}，接通后输入{e} 电话{n}接通后请按{e}号键 tel:{n};ext={e} +86{n}-{e} 0086{n}转{e}"
).split()


@pytest.mark.parametrize("form", EXTENSIONS)
@given(MOBILE, st.integers(1000, 9999))
def test_digits_behind_a_lent_number_are_a_part_of_it_in_every_writing(form: str, number: str, extension: int) -> None:
    assert telephone.normal(form.format(n=number, e=extension)) == f"{number}#{extension}"


@given(MOBILE, st.sampled_from(["{n}(妈妈)", "{n} 张三", "电话{n}手机", "{n}转", "{n}-", "{n}或0571-88886666", "{n},13900139000"]))
def test_words_and_other_numbers_behind_a_number_are_no_part_of_it(number: str, form: str) -> None:
    assert telephone.normal(form.format(n=number)) == number
