"""The model's reasons in words."""

import re

import numpy as np

from sandan.algorithms.windows import WINDOWS
from sandan.gnn.reasons import NO_WORDS, in_words, reasons

CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_every_window_has_words_in_both_languages() -> None:
    for name, window in WINDOWS.items():
        kinds = ["n", "age", *(f"d_{c}" for c in window.different), *(f"m_{mark}" for mark in window.shares)]
        for kind in kinds:
            words = in_words(f"{name}_{kind}", 3.0, 1.0)
            assert words is not None, (name, kind)
            assert not CHINESE.search(words[0]) and CHINESE.search(words[1])


def test_the_strongest_come_first_and_only_what_speaks_for_a_breach() -> None:
    names = ("tel_d_buyer", "log_value", "seller_goods_n", "bits")
    values, usual = np.array([30.0, np.log1p(500.0), 9.0, 1.0]), [1.0, float(np.log1p(300.0)), 5.0, 0.0]
    en, zh = reasons(names, values, np.array([2.0, -1.0, 0.5, 9.0]), usual)
    assert en == (
        "30 different values of buyer with the same telephone within 12 days (usual 1); "
        "9 consignments with the same seller and goods within 12 days (usual 5)"
    )
    assert zh.startswith("12 天内同一收件电话涉及 30 个不同订购人")


def test_what_is_as_usual_or_unknown_is_no_reason() -> None:
    assert reasons(("log_value",), np.array([np.nan]), np.array([1.0]), (0.0,)) == NO_WORDS
    assert reasons(("tel_n",), np.array([1.0]), np.array([1.0]), (1.0,)) == NO_WORDS
