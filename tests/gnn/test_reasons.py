"""The model's reasons in words."""

import re

import numpy as np

from sandan.algorithms.context.windows import WINDOWS
from sandan.algorithms.typologies.gnn import FOUND
from sandan.algorithms.wording.columns import in_words
from sandan.gnn.reasons import reasons

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
    columns = reasons(names, values, np.array([2.0, -1.0, 0.5, 9.0]), usual)
    assert columns == [("tel_d_buyer", 30.0, 1.0), ("seller_goods_n", 9.0, 5.0)]
    en, zh = (FOUND.render(language, {"p": 0.61, "columns": columns}) for language in ("en", "zh"))
    assert en == (
        "The model finds it likely to be a breach (61%): 30 different values of buyer with the same telephone within 12 days (usual 1); "
        "9 consignments with the same seller and goods within 12 days (usual 5)"
    )
    assert zh.startswith("模型判断其违规可能性为 61%：12 天内同一收件电话涉及 30 个不同订购人（通常 1 个）；12 天内")


def test_what_is_as_usual_or_unknown_is_no_reason() -> None:
    assert reasons(("log_value",), np.array([np.nan]), np.array([1.0]), (0.0,)) == []
    assert reasons(("tel_n",), np.array([1.0]), np.array([1.0]), (1.0,)) == []


def test_without_columns_it_is_a_combination_of_weak_signs() -> None:
    assert FOUND.render("en", {"p": 0.5, "columns": []}).endswith("(50%): a combination of many weak signs")
    assert FOUND.render("zh", {"p": 0.5, "columns": []}).endswith("50%：多项弱信号的组合")
