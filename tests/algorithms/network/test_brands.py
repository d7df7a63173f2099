"""Recorded brands in texts, also disguised; and which goods usually carry one."""

from collections.abc import Sequence

import numpy as np
import pytest

from sandan.algorithms.groups.brands import BrandTexts, read_brands

BRANDS = [
    {"brand": "Fernwick", "aliases": "FWK|芬威克", "hs_prefixes": "9503"},
    {"brand": "Gap", "aliases": None, "hs_prefixes": None},
    {"brand": "Olmo & Figli", "aliases": " ", "hs_prefixes": ""},
]


def read(declared: Sequence[str], sold: Sequence[str] = (), codes: Sequence[str] = (), group: Sequence[int] | None = None) -> BrandTexts:
    n = len(declared)
    number = np.arange(n) if group is None else np.array(group)
    return read_brands(declared, sold or [""] * n, codes or [""] * n, number, BRANDS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fernwick plush toy", True),
        ("FERNWICK", True),
        ("toy (fernwick)", True),
        ("toy,fwk,red", True),
        ("Olmo & Figli bag", True),
        ("毛绒玩具芬威克正品", True),
        ("芬威克", True),
        ("gap jeans", True),
        ("gapless joint, agap", False),
        ("fwk2 cable", False),
        ("fernwickian style", False),
        ("芬威", False),
        ("plush toy", False),
        ("", False),
    ],
)
def test_names_and_aliases_stand_alone_in_latin_and_anywhere_in_chinese(text: str, found: bool) -> None:
    texts = read([text])
    assert texts.declared.tolist() == [found]
    assert not texts.pointing[0] or not found


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Fer-nwick toy", True),
        ("fern wick toy", True),
        ("F e rnwick toy", True),
        ("Fernw1ck toy", True),
        ("Fernwik toy", True),
        ("Ferwnick toy", True),
        ("Olmofigli bag", True),
        ("Fermwik toy", False),
        ("fern and wicker basket", False),
        ("gop jeans", False),
        ("toy", False),
    ],
)
def test_a_brand_written_so_that_a_search_fails_points_at_it(text: str, hidden: bool) -> None:
    texts = read([text])
    assert (texts.declared.tolist(), texts.pointing.tolist()) == ([False], [hidden])
    assert (texts.brand[0] != "") is hidden
    assert texts.expected[0] == float(hidden)


def test_a_brand_in_the_shop_that_the_declaration_leaves_out_points() -> None:
    texts = read(["plush toy", "Fernwick plush toy", "plush toy", ""], ["Fernwick 毛绒", "Fernwick 毛绒", "毛绒", "芬威克"])
    assert texts.pointing.tolist() == [True, False, False, True]
    assert (texts.brand[0], texts.brand[3]) == ("Fernwick", "Fernwick")
    assert texts.expected[[0, 3]].tolist() == [1.0, 1.0]


def test_words_are_learned_from_others() -> None:
    # Others write "plush rabbit" with the brand nearly always, "phone case" never.
    declared = ["Fernwick plush rabbit"] * 30 + ["phone case"] * 30 + ["plush rabbit", "phone case", "garden hose"]
    texts = read(declared)
    rabbit, case, hose = texts.expected[-3:]
    assert rabbit > 0.7
    assert case == hose == 0.0
    assert texts.brand[-3:] == ["Fernwick", "", ""]


def test_chinese_words_are_learned_by_pairs_of_characters() -> None:
    texts = read(["芬威克 毛绒兔子"] * 30 + ["手机壳"] * 30 + ["毛绒兔子玩偶", "手机壳"])
    assert texts.expected[-2] > 0.7
    assert texts.expected[-1] == 0.0


def test_a_group_does_not_witness_for_itself() -> None:
    declared = ["Fernwick plush rabbit"] * 30 + ["plush rabbit"] * 2
    same = read(declared, group=[7] * 32)
    assert same.expected[-2:].tolist() == [0.0, 0.0]
    assert read(declared, group=[7] * 30 + [8, 9]).expected[-1] > 0.7


def test_a_word_that_few_use_says_little() -> None:
    few, many = read(["Fernwick kite"] * 2 + ["kite"]), read(["Fernwick kite"] * 40 + ["kite"])
    assert few.expected[-1] < 0.4 < 0.8 < many.expected[-1]


def test_goods_of_the_brands_chapter_are_learned_too() -> None:
    declared = [f"Fernwick a{i}aa" for i in range(30)] + ["zzz", "yyy"]
    codes = ["9503001000"] * 31 + ["4202220000"]
    texts = read(declared, codes=codes)
    assert texts.expected[-2] > texts.expected[-1] == 0.0
    assert texts.brand[-2] == "Fernwick"


def test_no_brands_recorded_nothing_found() -> None:
    texts = read_brands(["Fernwick toy"], ["Fernwick"], ["9503"], np.zeros(1, dtype=np.int64), [])
    assert not texts.declared.any()
    assert not texts.pointing.any()
    assert texts.expected.tolist() == [0.0]


def test_no_texts() -> None:
    texts = read([])
    assert (len(texts.declared), len(texts.expected), texts.brand) == (0, 0, [])
