"""Which goods are the same in whatever writing, and what the price of another pack says."""

import math
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandan.algorithms.prices.like_goods import completed, fit, written
from sandan.record.values.commodities.specification import Specification, specification

_STAGES = {
    1: ("1段", "一段", "Ⅰ段", "第1阶段", "stage 1"),
    2: ("2段", "二段", "Ⅱ段", "第2阶段", "stage 2"),
    3: ("3段", "三段", "Ⅲ段", "第3阶段", "stage 3"),
}


def _amount(grams: int, form: int) -> str:
    return (f"{grams}g", f"{grams}克", f"{grams / 1000:g}kg", f"{grams / 1000:g}千克", f"{grams} G")[form]


def _pack(text: str, pieces: int, form: int) -> str:
    if pieces == 1:
        return text
    return (f"{text}*{pieces}", f"{text}×{pieces}罐", f"{pieces}x{text}", f"{text} {pieces}罐装", f"{text} {pieces}-pack")[form]


def _tin(name: str, stage: int, grams: int, pieces: int, forms: tuple[int, int, int], order: bool) -> Specification:
    parts = [_STAGES[stage][forms[0]], _pack(_amount(grams, forms[1]), pieces, forms[2])]
    return specification([" ".join([name, *(parts if order else reversed(parts))])])


_FORMS = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
_ARTICLES = st.tuples(st.integers(1, 3), st.sampled_from([250, 400, 800, 900, 1200]), st.integers(1, 6))


@settings(deadline=None)
@given(article=_ARTICLES, one=_FORMS, other=_FORMS, orders=st.tuples(st.booleans(), st.booleans()))
def test_the_same_goods_fit_in_every_writing(
    article: tuple[int, int, int], one: tuple[int, int, int], other: tuple[int, int, int], orders: tuple[bool, bool]
) -> None:
    a, b = _tin("婴儿配方奶粉", *article, one, orders[0]), _tin("嬰兒配方奶粉", *article, other, orders[1])
    found = fit(a, b)
    assert found is not None and (found.factor, found.distance) == (1.0, 0.0)
    assert (a.core, written(a)) == (b.core, written(b))


@settings(deadline=None)
@given(one=_ARTICLES, other=_ARTICLES, forms=st.tuples(_FORMS, _FORMS))
def test_another_pack_is_a_bound_and_another_stage_no_reference(
    one: tuple[int, int, int], other: tuple[int, int, int], forms: tuple[tuple[int, int, int], tuple[int, int, int]]
) -> None:
    found = fit(_tin("奶粉", *one, forms[0], True), _tin("奶粉", *other, forms[1], True))
    if one[0] != other[0]:
        assert found is None
        return
    ratio = one[1] * one[2] / (other[1] * other[2])
    assert found is not None
    assert found.factor == pytest.approx(min(ratio, 1.0), rel=0.011)
    assert found.distance == pytest.approx(abs(math.log(ratio)), abs=0.011)


_MODELS = [
    f"iPhone {n}{suffix} {storage}" for n, suffix, storage in product((12, 13, 16), ("", " Pro", " Pro Max", " mini"), ("128GB", "256GB"))
]
_WRITINGS = (str, str.upper, str.lower, lambda t: t.replace(" ", "", 1), lambda t: "Apple " + t + " 手机", lambda t: t.replace("GB", "G"))


@settings(deadline=None)
@given(one=st.sampled_from(_MODELS), other=st.sampled_from(_MODELS), a=st.integers(0, 5), b=st.integers(0, 5))
def test_models_and_storage_must_agree(one: str, other: str, a: int, b: int) -> None:
    assert (fit(specification([_WRITINGS[a](one)]), specification([_WRITINGS[b](other)])) is not None) == (one == other)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("防晒霜 SPF30 50ml", "防晒霜 SPF50 50ml"),
        ("麦卢卡蜂蜜 UMF5+ 250g", "麦卢卡蜂蜜UMF15+ 250g"),
        ("鱼油 500mg 180粒", "鱼油 1000mg 180粒"),
        ("速溶咖啡 90g", "速溶咖啡90粒"),
        ("凉鞋 EU 38", "凉鞋 42码"),
        ("纸尿裤 NB54", "纸尿裤 XL54片"),
        ("香水小样 5ml", "香水 5ml"),
        ("二手真皮手袋", "真皮手袋"),
        ("面霜替换装 50ml", "面霜 50ml"),
        ("临期 饼干 200g", "饼干 200g"),
        ("吹风机标准版", "吹风机礼盒版"),
        ("手袋大号", "手袋小号"),
        ("洗发水 500ml 买一送一", "洗发水 500ml"),
        ("玩偶 30cm", "玩偶45cm"),
        ("数据线 1米", "数据线 2m"),
        ("奶粉800g罐装", "奶粉 800g 袋装"),
        ("水乳3件套", "水乳7件套"),
        ("手机壳 iPhone 12", "iPhone 12"),
        ("WH-1000XM4 耳机", "WH-1000XM5 耳机"),
        ("白葡萄酒 12度 750ml", "白葡萄酒 14度 750ml"),
    ],
)
def test_other_articles_of_one_name_are_no_reference_for_each_other(a: str, b: str) -> None:
    assert fit(specification([a]), specification([b])) is None
    assert fit(specification([b]), specification([a])) is None
    assert fit(specification([a]), specification([a])) is not None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("蛋白粉 5磅", "蛋白粉 2.27kg"),
        ("夏威夷果 16oz", "夏威夷果 454g"),
        ("奶粉", "奶粉 800g"),
        ("耳机 WH-1000XM5", "耳机"),
        ("防晒霜 SPF50+ PA+++", "防晒霜 SPF50"),
        ("面膜 10片 (25ml)", "面膜 10片"),
        ("红酒 750ml*2", "红酒 1.5L"),
    ],
)
def test_what_only_one_states_and_what_is_rounded_does_not_part_goods(a: str, b: str) -> None:
    found = fit(specification([a]), specification([b]))
    assert found is not None and found.factor == 1.0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Aptamil牌|奶粉", "a2牌|奶粉", False),
        ("Aptamil牌|奶粉", "无品牌|奶粉", False),
        ("Aptamil牌", "爱他美牌", True),
        ("La Mer牌", "lamer牌", True),
    ],
)
def test_brands_agree_where_both_are_stated(a: str, b: str, same: bool) -> None:
    assert (fit(specification(["奶粉"], a), specification(["奶粉"], b)) is not None) is same


def test_a_bar_code_says_what_a_line_leaves_open_but_not_what_it_states_otherwise() -> None:
    known = specification(["婴儿配方奶粉3段 900g"])
    assert written(completed(specification(["milk powder"]), known)) == written(known)
    other = completed(specification(["milk powder 400g"]), known)
    assert fit(other, known) is not None and fit(other, known).factor == pytest.approx(400 / 900)  # type: ignore[union-attr]


@settings(deadline=None)
@given(a=st.text(max_size=30), b=st.text(max_size=30))
def test_goods_fit_themselves_and_a_bound_never_exceeds_the_price(a: str, b: str) -> None:
    one, other = specification([a]), specification([b])
    assume(all(amount > 0 for part in (one, other) for _, amount in part.content.piece))
    own, found = fit(one, one), fit(one, other)
    assert own is not None and own.factor == 1.0 and own.distance == 0.0
    assert found is None or 0 < found.factor <= 1.0
    assert (found is None) == (fit(other, one) is None)
