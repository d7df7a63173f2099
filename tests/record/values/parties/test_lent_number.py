"""Lent telephone numbers in all their writings: who stands behind the number is never lost, and what is hidden is nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.parties import lent_number, telephone

MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
OWN = st.from_regex(r"[0-9]{3,5}", fullmatch=True)
COUNTRY = ["", "+86", "86", "0086", "(+86)", "（86）", "[+86]", "+86 ", "86-", "86_", "+86:", "+0086 ", "00 86 ", "86 86 ", "+86-(0)", "0"]  # fmt: skip
FORMS = ["{}{}{}", "{}-{}-{}", "{} {} {}", "{}.{}.{}", "{}·{}·{}", "{}/{}/{}", "({}){}{}", "({}) {}-{}"]
BEFORE = ["", "电话:", "请拨打", "tel:", "王小明", "收件人手机："]
JOINTS = ["-", "转", "轉", ",", "，,", "#", "*", " 转 ", "分机号：", "内线", "內線 ", "ext.", " ext: ", "→", "&", "提取码", "(", "【转", "<", "〔"]  # fmt: skip
BEHIND = ["", " ", "号", "（虚拟号）", ",13900139000", "/0571-88886666", "有效期至2026-10-01", "】有效期至2026-10-01 12:00", " (10月1日前有效)", "（备用13900139000）"]  # fmt: skip


@given(
    MOBILE, OWN, st.sampled_from(BEFORE), st.sampled_from(COUNTRY), st.sampled_from(FORMS), st.sampled_from(JOINTS), st.sampled_from(BEHIND)
)
def test_digits_behind_a_number_are_a_part_of_it(
    number: str, own: str, before: str, country: str, form: str, joint: str, behind: str
) -> None:
    written = f"{before}{country}{form.format(number[:3], number[3:7], number[7:])}{joint}{own}{behind}"
    assert telephone.normal(written) == f"{number}{lent_number.SIGN}{own}"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("13000000000提取码000,13900139000", "13000000000#000"),
        ("13800138000提取码1234 (10月1日前有效)", "13800138000#1234"),
        ("13812345678转七八零四", "13812345678#7804"),
        ("138123456787804", "13812345678#7804"),
        ("7804-13812345678", "13812345678#7804"),
        ("[0512](+86)13812345678", "13812345678#0512"),
        ("１３８１２３４５６７８－７８０４", "13812345678#7804"),
        ("١٣٨١٢٣٤٥٦٧٨", "13812345678"),
        ("13812345678/0571-88886666", "13812345678"),
        ("13812345678 13912345678", "13812345678"),
        ("0571-88886666-8001", "057188886666"),
    ],
)
def test_other_writings(written: str, normal: str) -> None:
    assert telephone.normal(written) == normal


@given(MOBILE, st.sampled_from(["-", "转", "(", " ", ",", "分机"]), st.sampled_from(["****", "78**", "**04", "xxxx", "●●●●", "___"]))
def test_hidden_digits_behind_a_number_make_it_nobodys(number: str, joint: str, hidden: str) -> None:
    assert telephone.normal(f"{number}{joint}{hidden}") is None


@given(MOBILE, st.text("-—~=.。·△♦◎▒¤※★☐ \u25cf\u2588", min_size=1, max_size=6), st.sampled_from(["", "+86 ", "86-"]))
def test_whatever_sign_hides_the_middle_of_a_number_it_is_nobodys(number: str, sign: str, country: str) -> None:
    assert telephone.normal(f"{country}{number[:3]}{sign}{number[7:]}") is None


@given(st.text("0123456789+-()[]转按分机号86 ,.*x#/", max_size=60))
def test_the_normal_form_is_one(written: str) -> None:
    once = telephone.normal(written)
    assert once is None or telephone.normal(once) == once
