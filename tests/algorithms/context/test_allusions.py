"""Texts that point at a brand which the declaration leaves out."""

import pandas as pd
import pytest

from sandan.algorithms.context import context_rows
from sandan.algorithms.context.allusions import COPY_WORD, DISGUISED, NAMED, NONE, alluded_brand, allusion, brand_names, names_brand

BRANDS = brand_names([{"brand": "Velour", "aliases": "维罗|VLR"}, {"brand": "Q", "aliases": None}])


@pytest.mark.parametrize(
    ("text", "declared", "strength"),
    [
        ("女士手提包", "", NONE),
        ("Velour 女士手提包", "", NAMED),
        ("维罗手提包", "", NAMED),
        ("v e l o u r 手提包", "", NAMED),
        ("V3L0UR 手提包", "", DISGUISED),
        ("手提包 同款", "", COPY_WORD),
        ("手提包 高仿 vel0ur", "", DISGUISED),
        ("Velour 女士手提包", "品牌:VELOUR", NONE),
        ("Velour 手提包 高仿", "Velour 手提包 高仿", COPY_WORD),
    ],
)
def test_the_strength_of_an_allusion(text: str, declared: str, strength: int) -> None:
    assert allusion(text, declared, BRANDS) == strength


@pytest.mark.parametrize(
    ("text", "brand"),
    [("维罗手提包", "Velour"), ("V3L0UR 手提包", "Velour"), ("泡泡玛特 公仔", "POP MART"), ("手提包 同款", None), ("", None)],
)
def test_the_brand_that_a_text_alludes_to_is_named_as_it_is_recorded(text: str, brand: str | None) -> None:
    recorded = [{"brand": "Velour", "aliases": "维罗|VLR"}, {"brand": "Q", "aliases": None}, {"brand": "POP MART", "aliases": "泡泡玛特"}]
    assert alluded_brand(text, [(str(row["brand"]), brand_names([row])) for row in recorded]) == brand


def test_one_letter_is_no_name_and_nothing_alludes_to_nothing() -> None:
    assert not names_brand("q", BRANDS)
    assert allusion("velour", "", []) == NONE
    assert brand_names([]) == []


def test_a_parcel_without_a_field_for_the_brand_leaves_out_none_that_its_description_names() -> None:
    rows = pd.DataFrame({"description": ["velour bag", "vel0ur bag", "velour bag", "bag"], "gmodel": [None, None, "无品牌", None]})
    rows = rows.assign(goods_name=rows.description, declared_name=None, imp=0, brand_goods=1, hs=[None, None, "420221", None])
    context_rows._allusions(rows, [{"brand": "Velour", "aliases": None}])
    assert rows.allude.tolist() == [NONE, DISGUISED, NAMED, NONE]
    assert rows.alluded_brand.tolist() == [None, "Velour", "Velour", None]
    assert rows.unbranded.tolist() == [1, 1, 1, 1]


def test_of_two_brands_in_one_text_the_same_is_named_in_whatever_order_they_come() -> None:
    recorded: list[dict[str, str | None]] = [{"brand": "Velour", "aliases": None}, {"brand": "Aurel", "aliases": None}]
    for brands in (recorded, recorded[::-1]):
        rows = pd.DataFrame({"description": ["velour aurel bag"], "gmodel": ["无品牌"], "hs": ["420221"], "imp": [0], "brand_goods": [1]})
        rows = rows.assign(goods_name=rows.description, declared_name=None)
        context_rows._allusions(rows, brands)
        assert rows.alluded_brand.tolist() == ["Aurel"]
