"""Addresses taken apart: what is said is found, what is left out is filled in only where one thing can be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.addresses import address, division, division_table

CODES = sorted(
    code for code in ("330110", "110105", "310115", "419001", "500233", "150105", "222401", "430121", "370103", "540102", "653201")
)
PIECES = st.sampled_from(
    [*"省市区县旗州盟-#号栋幢室楼路街道一3590aZ ，、", "浙江", "杭州", "余杭", "长沙", "市中区", "梅县区", "吉林", "北京", "中国", "香港", "310000", "邮编", "单元", "号楼", "自治区",
     "市辖区", "新区", "丰巢", "\x00", "　", "东京", "st", "usa"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "province", "city", "district", "detail"),
    [
        ("浙江省杭州市余杭区文一西路969号3幢501室", "浙江", "杭州市", "余杭区", "文一西路969-3-501"),
        ("中国浙江杭州余杭文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        ("杭州市余杭区文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        ("杭州余杭区文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        ("余杭区文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        ("浙江省余杭区文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        ("浙江省 / 杭州市 / 余杭区 / 文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        ("浙江省-杭州市-余杭区-文一西路", "浙江", "杭州市", "余杭区", "文一西路"),
        # A name that many districts have tells no city.
        ("鼓楼区中山路1号", None, None, None, "鼓楼中山路1"),
        ("朝阳区望京街1号", None, None, None, "朝阳望京街1"),
        ("朝阳市新华路1号", "辽宁", "朝阳市", None, "新华路1"),
        # Roads that are named after cities.
        ("南京东路1号", None, None, None, "南京东路1"),
        ("上海市南京东路1号", "上海", "上海市", None, "南京东路1"),
        ("浙江省杭州市西湖大道1号", "浙江", "杭州市", None, "西湖大道1"),
        # Municipalities.
        ("上海市上海市浦东新区世纪大道1号", "上海", "上海市", "浦东新区", "世纪大道1"),
        ("北京北京市市辖区东城区1号", "北京", "北京市", "东城区", "1"),
        ("重庆忠县1号", "重庆", "重庆市", "忠县", "1"),
        # Autonomous regions and prefectures.
        ("内蒙古自治区呼和浩特市赛罕区1号", "内蒙古", "呼和浩特市", "赛罕区", "1"),
        ("广西南宁青秀区1号", "广西", "南宁市", "青秀区", "1"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市1号", "新疆", "伊犁哈萨克自治州", "伊宁市", "1"),
        ("延边州延吉市1号", "吉林", "延边朝鲜族自治州", "延吉市", "1"),
        ("青海省海南州共和县1号", "青海", "海南藏族自治州", "共和县", "1"),
        ("吉林市昌邑区1号", "吉林", "吉林市", "昌邑区", "1"),
        # Counties directly under a province, cities without districts.
        ("河南省济源市1号", "河南", "济源市", None, "1"),
        ("海南省省直辖县文昌市1号", "海南", "文昌市", None, "1"),
        ("河南省省直辖县级行政区划济源市1号", "河南", "济源市", None, "1"),
        ("广东省东莞市虎门镇1号", "广东", "东莞市", None, "虎门镇1"),
        # Names that overlap.
        ("长沙市长沙县1号", "湖南", "长沙市", "长沙县", "1"),
        ("湖南省长沙县1号", "湖南", "长沙市", "长沙县", "1"),
        ("济南市市中区泉城路", "山东", "济南市", "市中区", "泉城路"),
        ("济南市中区泉城路", "山东", "济南市", "市中区", "泉城路"),
        ("济南市中山路1号", "山东", "济南市", None, "中山路1"),
        ("河北唐山路南区1号", "河北", "唐山市", "路南区", "1"),
        # Former names and kinds.
        ("西安市户县1号", "陕西", "西安市", "鄠邑区", "1"),
        ("浙江省余杭市1号", "浙江", "杭州市", "余杭区", "1"),
        ("杭州市下城区1号", "浙江", "杭州市", "拱墅区", "1"),
        # Contradictions stay as they are said.
        ("浙江省南京市鼓楼区1号", "浙江", None, None, "南京鼓楼1"),
        ("杭州市浦东新区1号", "浙江", "杭州市", None, "浦东新1"),
        ("某某路1号", None, None, None, "某某路1"),
    ],
)  # fmt: skip
def test_divisions_are_found(written: str, province: str | None, city: str | None, district: str | None, detail: str) -> None:
    told = address.parts(written)
    assert (told.province, told.city, told.district, told.detail) == (province, city, district, detail)
    assert told.country == ("CN" if province else None)


@pytest.mark.parametrize("code", CODES)
def test_a_code_names_what_is_found_in_an_address(code: str) -> None:
    named = division.named(code)
    assert named is not None
    province, city, district = named
    told = address.parts(f"{province}{'' if city and province in city else city or ''}{district or ''}1号")
    assert (told.province, told.city, told.district) == (province, city, district)


def test_every_division_is_found_by_its_names_and_in_its_own_short_writing() -> None:
    table = division_table.divisions()
    assert len(table.codes) > 3200
    for province, city, district in set(table.codes.values()):
        if district is not None:
            whole = f"{table.provinces[province[:2]].name}{city}{district}"
            found = division.find(f"{whole}文一西路")
            assert found[:3] == (province, city, district)
            assert division.find(f"{found.short}文一西路")[:4] == found[:4]


def test_codes_given_up_name_what_took_their_place_and_unknown_ones_nothing() -> None:
    assert division.named("330103") == ("浙江", "杭州市", "拱墅区")
    assert division.named("419001") == ("河南", "济源市", None)
    assert division.named("999999") is None


@pytest.mark.parametrize(
    "written",
    ["浙江省杭州市余杭区文一西路969号 310000", "310000 浙江省杭州市余杭区文一西路969号", "310000浙江杭州余杭区文一西路969号", "浙江省杭州市余杭区文一西路969号(邮编:310000)",
     "浙江省杭州市余杭区文一西路９６９号，３１００００", "浙江省杭州市余杭区文一西路969号310000"],
)  # fmt: skip
def test_a_postcode_is_found_before_and_behind(written: str) -> None:
    told = address.parts(written)
    assert (told.postcode, told.norm) == ("310000", "浙江杭州余杭文一西路969")


@pytest.mark.parametrize(
    ("written", "said", "country", "region", "city", "postcode"),
    [
        ("1600 Amphitheatre Parkway, Mountain View, CA 94043, USA", None, "US", "CA", "Mountain View", "94043"),
        ("1600 Amphitheatre Parkway, Mountain View, CA 94043-1351", None, "US", "CA", "Mountain View", "94043-1351"),
        ("Müllerstraße 12, 13353 Berlin, Deutschland", None, "DE", None, "Berlin", "13353"),
        ("Müllerstraße 12, 13353 Berlin", "304", "DE", None, "Berlin", "13353"),
        ("12 Rue de l'Église, 75001 Paris, France", None, "FR", None, "Paris", "75001"),
        ("10 Downing Street, London SW1A 2AA, UK", None, "GB", None, "London", "SW1A 2AA"),
        ("10 Downing Street, London, SW1A 2AA", None, "GB", None, "London", "SW1A 2AA"),
        ("Keizersgracht 1, 1015 CC Amsterdam, NL", None, "NL", None, "Amsterdam", "1015 CC"),
        ("1-2-3 Shibuya, Shibuya-ku, Tokyo 150-0002, Japan", None, "JP", None, "Tokyo", "150-0002"),
        ("100 Queen St W, Toronto, ON M5H 2N2, Canada", None, "CA", "ON", "Toronto", "M5H 2N2"),
        ("1 George St, Sydney NSW 2000, Australia", None, "AU", "NSW", "Sydney", "2000"),
        ("12 Main St, Springfield", None, None, None, None, None),
        ("12 Main St, Los Angeles, CA", None, None, None, None, None),
        ("香港九龙弥敦道1号", None, "HK", "香港", None, None),
        ("香港九龙弥敦道1号", "CN", "CN", "香港", None, None),
        ("美国加州旧金山", None, "US", None, None, None),
        # The list says another country than the text.
        ("浙江省杭州市余杭区文一西路969号 310000", "US", "US", None, None, None),
    ],
)
def test_countries_and_their_parts(
    written: str, said: str | None, country: str | None, region: str | None, city: str | None, postcode: str | None
) -> None:
    told = address.parts(written, said)
    assert (told.country, told.province, told.city, told.postcode) == (country, region, city, postcode)
    assert told.norm == address.normal(written)


def test_writings_of_a_country_and_of_accents_make_no_other_place() -> None:
    writings = [
        "12 Rue de l'Église, 75001 Paris, France",
        "12 rue de l'Eglise 75001 PARIS (France)",
        "12, rue de l’église; 75001 Paris, FRANCE",
    ]
    assert len({address.normal(written) for written in writings}) == 1


@given(st.lists(PIECES, max_size=14).map("".join))
def test_the_normal_form_of_any_pieces_is_one(written: str) -> None:
    once = address.normal(written)
    assert once is None or address.normal(once) == once


@given(st.text(max_size=60), st.none() | st.sampled_from(["CN", "US", "304", "ZZ", ""]))
def test_any_text_is_borne_and_the_country_said_does_not_change_the_form(written: str, said: str | None) -> None:
    told = address.parts(written, said)
    assert told.norm == address.normal(written)
    assert told.kind in {"home", "locker", "forwarder", "dormitory", "unknown"}
    assert len(told.stored) == 7


@pytest.mark.parametrize("piece", ["310000 ", "中国", "上海市", "省市", "1", "，", "邮编", "\x00", "浙江省", "ab, ", "1号"])
def test_long_hostile_text_is_read_once(piece: str) -> None:
    # A reading in square time would take hours here and run into the time limit of a test.
    assert address.parts(piece * (1_000_000 // len(piece))).kind == "unknown"
