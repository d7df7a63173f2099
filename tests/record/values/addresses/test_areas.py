"""Areas that are no divisions: an address that names one is that which names the district alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.addresses import address, areas, division_table

STREETS = st.sampled_from(["新港路100号", "惠南镇人民路1号", "世纪大道9号3幢501室", "华苑小区2-301", "第三大街1号", "1号"])


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("天津市滨海新区塘沽新港路1号", "天津市塘沽区新港路1号"),
        ("天津市滨海新区塘沽新港路1号", "天津市滨海新区新港路1号"),
        ("天津市塘沽新港路1号", "天津市滨海新区新港路1号"),
        ("天津滨海新区汉沽新开路1号", "天津市汉沽区新开路1号"),
        ("天津市滨海新区大港世纪大道1号", "天津市大港区世纪大道1号"),
        ("天津开发区第三大街1号", "天津市滨海新区第三大街1号"),
        ("天津市滨海新区经济技术开发区第三大街1号", "天津经济技术开发区第三大街1号"),
        ("上海市浦东新区南汇惠南镇人民路1号", "上海市南汇区惠南镇人民路1号"),
        ("上海市南汇县惠南镇人民路1号", "上海市浦东新区惠南镇人民路1号"),
        ("上海市川沙县川沙路1号", "上海市浦东新区川沙路1号"),
        ("中国(上海)自由贸易试验区加太路1号", "上海市浦东新区加太路1号"),
        ("重庆市两江新区金渝大道1号", "重庆市金渝大道1号"),
        ("两江新区渝北区金渝大道1号", "重庆市渝北区金渝大道1号"),
        ("重庆市渝北区两江新区金渝大道1号", "重庆市渝北区金渝大道1号"),
        ("河北雄安新区容城县奥威路1号", "河北省保定市容城县奥威路1号"),
        ("河北省保定市雄安新区雄县1号", "雄安新区雄县1号"),
        ("河北省雄安新区安新1号", "河北省保定市安新县1号"),
        ("青岛市西海岸新区长江路1号", "青岛市黄岛区长江路1号"),
        ("青岛市黄岛区西海岸新区胶南人民路1号", "山东省青岛市胶南市人民路1号"),
        ("青岛经济技术开发区长江路1号", "青岛市黄岛区长江路1号"),
        ("大连金普新区金州区光明街道1号", "大连市金州区光明街道1号"),
        ("大连开发区金马路1号", "大连市金州区金马路1号"),
        ("广州南沙新区进港大道1号", "广东省广州市南沙区进港大道1号"),
        ("浙江舟山群岛新区定海区1号", "浙江省舟山市定海区1号"),
        ("四川天府新区双流区华阳街道1号", "四川省成都市双流区华阳街道1号"),
        ("四川省成都市天府新区双流区华阳街道1号", "四川省成都市双流区华阳街道1号"),
        ("云南滇中新区嵩明县1号", "云南省昆明市嵩明县1号"),
        ("湖南湘江新区岳麓区1号", "湖南省长沙市岳麓区1号"),
        ("南京江北新区浦口区1号", "江苏省南京市浦口区1号"),
        ("兰州新区永登县中川镇1号", "甘肃省兰州市永登县中川镇1号"),
        ("哈尔滨新区松北区1号", "黑龙江省哈尔滨市松北区1号"),
        ("福建省福州市福州新区长乐区1号", "福建省福州市长乐区1号"),
        ("珠海横琴新区环岛东路1号", "广东省珠海市香洲区环岛东路1号"),
        ("深圳市大鹏新区葵涌街道1号", "广东省深圳市龙岗区葵涌街道1号"),
        ("北京经济技术开发区荣华路1号", "北京市大兴区亦庄荣华路1号"),
        ("郑州市郑东新区商务外环路1号", "河南省郑州市商务外环路1号"),
    ],
)
def test_an_area_adds_nothing_to_its_district(written: str, plain: str) -> None:
    assert address.normal(written) == address.normal(plain)


@pytest.mark.parametrize(
    ("written", "norm"),
    [
        ("天津市滨海新区塘沽街道新港路1号", "天津滨海塘沽街道新港路1"),
        ("天津市滨海新区大港街1号", "天津滨海大港街1"),
        ("上海市浦东新区川沙新镇川沙路1号", "上海浦东川沙新镇川沙路1"),
        ("上海市浦东新区川沙路1号", "上海浦东川沙路1"),
        ("上海市浦东新区南汇新城镇环湖西路1号", "上海浦东南汇新城镇环湖西路1"),
        ("北京市东城区崇文门外大街1号", "北京东城崇文门外大街1"),
        ("北京市大兴区亦庄镇1号", "北京大兴亦庄镇1"),
        ("大连市金州区金州街道1号", "辽宁大连金州金州街道1"),
        ("成都市高新区天府大道1号", "四川成都高新天府大道1"),
        ("河北省衡水市开发区1号", "河北衡水开发1"),
    ],
)
def test_a_town_or_a_road_of_its_name_stays(written: str, norm: str) -> None:
    assert address.normal(written) == norm


ALL = sorted({(code, name) for table in (areas._ALONE, areas._IN_CITY) for code, names in table.items() for name in names})


@given(st.sampled_from(ALL), STREETS)
def test_every_area_is_read_and_its_normal_form_is_its_own(area: tuple[str, str], street: str) -> None:
    code, name = area
    province, city, district = division_table.divisions().codes[code]
    before = f"{province}{'' if city is None or city.startswith(province) else city}"
    norm = address.normal(f"{before}{name}{street}")
    assert norm is not None
    assert address.normal(norm) == norm
    assert name not in norm
    told = address.parts(f"{before}{name}{street}")
    assert (told.province, told.city if city else None, told.district if district else None) == (province, city, district)
