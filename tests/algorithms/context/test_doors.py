"""One door has one key, whatever the order of its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.context.doors import doors


@pytest.mark.parametrize(
    "ways",
    [
        ("浙江杭州西湖学府路109-丽景苑32-3-1903", "浙江杭州西湖丽景苑32-3-1903", "浙江杭州西湖丽景苑32-3-1903-学府路109"),
        ("北京朝阳长江路371-南苑小32-1-902", "北京朝阳南苑小32-1-902"),
    ],
)
def test_ways_to_one_door_have_one_key(ways: tuple[str, ...]) -> None:
    found = doors(ways)
    assert len({found[way] for way in ways}) == 1


def test_an_address_without_its_district_is_in_the_only_one_that_has_the_door() -> None:
    whole, short = "浙江杭州西湖学府路109-丽景苑32-3-1903", "丽景苑32-3-1903"
    assert doors([whole, short])[short] == doors([whole, short])[whole]
    elsewhere = "江苏南京鼓楼丽景苑32-3-1903"
    assert len({door.door for door in doors([whole, short, elsewhere]).values()}) == 3


@given(st.integers(1, 99), st.integers(1, 9), st.integers(101, 2905), st.integers(101, 2905))
def test_flats_of_one_house_share_the_building_alone(house: int, stair: int, one: int, other: int) -> None:
    a, b = (f"浙江杭州西湖丽景苑{house}-{stair}-{flat}" for flat in (one, other))
    found = doors([a, b])
    assert found[a].building == found[b].building is not None
    assert (found[a].door == found[b].door) == (one == other)


def test_an_address_abroad_is_its_own_door() -> None:
    text = "12 high street springfield"
    assert doors([text])[text].door is not None
    assert doors([text])[text].building is None


@pytest.mark.parametrize(
    "text", ["广东深圳", "广东深圳龙华", "山东菏泽曹县大集镇", "广东深圳龙华民治街道", "广东广州天河中山大道", "中山大道"]
)
def test_an_area_is_no_door(text: str) -> None:
    assert doors([text, "广东深圳龙华中山大道8"])[text] == (None, None)


@pytest.mark.parametrize(
    "text", ["湖北黄冈蕲春桐寨铺镇柳林村村口小卖部", "浙江金华义乌国际商贸城", "广东深圳龙华中山大道8", "丽景苑32-3-1903-和平路"]
)
def test_a_named_place_or_a_number_is_a_door(text: str) -> None:
    assert doors([text])[text].door is not None
