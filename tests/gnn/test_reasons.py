"""The model's reasons in words."""

import re
from typing import Any

import numpy as np

from sandan.algorithms.features import NAMES
from sandan.gnn.reasons import NO_WORDS, in_words, reasons

CHINESE = re.compile(r"[\u3400-\u9fff]")
# What needs no words: findings tell themselves, and flags of the kind of row are no reason.
SILENT = ("finding_", "rules", "export", "parcel", "order_only", "alike")


def test_every_feature_has_words_in_both_languages(little: Any) -> None:
    for name in NAMES:
        words = in_words(name, 1.0, 0.5)
        if name.startswith(SILENT):
            assert words is None, name
        else:
            assert words is not None, name
            assert not CHINESE.search(words[0]) and CHINESE.search(words[1])


def test_the_strongest_come_first_and_only_what_speaks_for_a_breach() -> None:
    names = ("phone_parties", "log_value", "seller_items", "rules")
    en, zh = reasons(names, np.log1p(np.array([30.0, 500, 9, 1])), np.array([2.0, -1.0, 0.5, 9.0]), np.log1p([1.0, 300, 5, 0]))
    assert en == "30 different people with its telephone (usual 1); 9 consignments with its seller (usual 5)"
    assert zh.startswith("同一电话涉及 30 个不同身份")


def test_unknown_values_are_no_reason() -> None:
    assert reasons(("log_value",), np.array([np.nan]), np.array([1.0]), (0.0,)) == NO_WORDS
