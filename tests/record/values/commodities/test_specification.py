"""What texts about goods state: contents, packs, stages, models."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandan.record.values.commodities.content import content, totals
from sandan.record.values.commodities.specification import specification
from sandan.record.values.text import folded, simplified


def _total(text: str) -> dict[str, float]:
    return {dimension: round(amount, 6) for dimension, amount in totals(content(simplified(folded(text)))).items()}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("婴儿配方奶粉 400g", {"g": 400}),
        ("０．４ＫＧ", {"g": 400}),
        ("400克罐裝", {"g": 400}),
        ("0,4 kg", {"g": 400}),
        ("净含量：400 克", {"g": 400}),
        ("毛重1.2kg 净重900g", {"g": 900}),
        ("1,000ml", {"ml": 1000}),
        ("1升", {"ml": 1000}),
        ("750ml*6", {"ml": 4500}),
        ("750ML×6瓶/箱", {"ml": 4500}),
        ("750ml x 6", {"ml": 4500}),
        ("750mlx6", {"ml": 4500}),
        ("6x750ml", {"ml": 4500}),
        ("6瓶×750毫升", {"ml": 4500}),
        ("750毫升 六瓶装", {"ml": 4500}),
        ("750ml, pack of 6", {"ml": 4500}),
        ("750ml 6-pack", {"ml": 4500}),
        ("750 ml (6 bottles)", {"ml": 4500}),
        ("15gx10袋x2盒", {"g": 300}),
        ("500g(250g*2)", {"g": 500}),
        ("250g*2(500g)", {"g": 500}),
        ("30片*2盒", {"n": 60}),
        ("60 capsules twin pack", {"n": 120}),
        ("鱼油 1000mg 180粒", {"n": 180}),
        ("2盒装", {"pack": 2}),
        ("两盒装", {"pack": 2}),
        ("双支装", {"pack": 2}),
        ("十二瓶装", {"pack": 12}),
        ("3-pack", {"pack": 3}),
        ("三只松鼠坚果", {"pack": 1}),
        ("三星手机", {"pack": 1}),
        ("0-6个月 婴儿帽", {"pack": 1}),
    ],
)
def test_net_content_and_pack_are_read_in_any_writing(text: str, whole: dict[str, float]) -> None:
    assert _total(text) == whole


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        *((text, "stage", {"1"}) for text in ("奶粉1段", "奶粉 一段", "奶粉Ⅰ段", "第1阶段奶粉", "milk stage 1", "奶粉 段数:1", "奶粉i段")),
        *((text, "stage", {"pre"}) for text in ("奶粉Pre段", "Formula PRE", "奶粉 pre 800g")),
        *((text, "model", {"iphone12"}) for text in ("iPhone 12", "IPHONE12", "Apple iPhone-12 手机")),
        *((text, "gb", {"256"}) for text in ("iPhone 12 256GB", "iPhone 12 256G", "手机 256 gb")),
        *((text, "size", {"42"}) for text in ("凉鞋 EU 42", "凉鞋42码", "跑步鞋男42", "shoes EUR42")),
        *((text, "model", {"spf50"}) for text in ("防晒霜 SPF50", "防晒霜spf 50+")),
        *((text, "size", {"xl"}) for text in ("纸尿裤XL44片", "纸尿裤 XL 44 片", "纸尿裤 XL44")),
        ("吹风机旗舰款", "edition", {"旗舰"}),
        ("手袋大号", "size", {"大"}),
        ("玩偶45cm", "cm", {"45"}),
        ("WH-1000XM5 耳机", "model", {"wh1000xm5"}),
    ],
)
def test_what_tells_articles_of_one_name_apart_is_read(text: str, key: str, values: set[str]) -> None:
    assert dict(specification([text]).stated)[key] == values


@pytest.mark.parametrize(
    "text",
    ["婴儿配方奶粉3段 900g", "婴儿配方奶粉 三段 0.9kg 罐裝", "进口 婴儿配方奶粉 Ⅲ段 900克/罐", "嬰兒配方奶粉 900g*6罐 1段"],
)
def test_the_name_is_left_without_them(text: str) -> None:
    assert specification([text]).core == "婴儿配方奶粉"


@pytest.mark.parametrize(
    ("model", "brand"), [("0|0|食用|Aptamil牌|900g/罐", "aptamil"), ("品牌:Aptamil;规格:900g", "aptamil"), ("无品牌|拖鞋", "-")]
)
def test_the_declared_model_says_brand_and_content(model: str, brand: str) -> None:
    assert dict(specification(["奶粉"], model).stated)["brand"] == {brand}


_GRAMS = st.integers(1, 5000)


@settings(deadline=None)
@given(grams=_GRAMS, pack=st.integers(1, 48), form=st.integers(0, 5))
def test_a_weight_is_the_same_in_every_unit_and_place(grams: int, pack: int, form: int) -> None:
    one = [f"{grams}g", f"{grams} 克", f"{grams / 1000:g}kg", f"{grams / 1000:g} 千克", f"{grams}G", f"{grams / 1000:g}公斤"][form]
    assume(float(f"{grams / 1000:g}") == grams / 1000)
    for text in (f"奶粉{one}*{pack}罐", f"奶粉 {pack}x{one}", f"奶粉 {one} {pack}罐装", f"奶粉 {one}×{pack}"):
        assert _total(text) == {"g": pytest.approx(grams * pack)}, text


def test_long_numbers_and_long_texts_cost_no_time_and_no_error() -> None:
    for text in ("9" * 500 + "g", "6x" * 5000, "6瓶x" * 3000 + "750ml", "1," * 4000, "a1-" * 4000, "买" * 3000):
        assert specification([text], text).content.pack >= 1


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    one = specification([text], text)
    assert one.content.pack >= 1
    assert all(amount >= 0 for _, amount in one.content.piece)
    assert one == specification([text], text)
