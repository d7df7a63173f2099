"""Addresses: one normal form for different writings of a place, and a likeness that behaves like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.addresses import address

WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
PLACES = [("浙江", "杭州", "余杭"), ("广东", "深圳", "宝安"), ("江苏", "南京", "鼓楼"), ("四川", "成都", "武侯"), ("湖北", "武汉", "洪山")]
STREETS = ["文一西路", "福永街道仓储路", "中山北路", "天府大道", "珞喻路"]


@st.composite
def places(draw: st.DrawFn) -> tuple[str, ...]:
    """Province, city, district, street, house, building, flat."""
    numbers = [str(draw(st.integers(1, 9999))) for _ in range(3)]
    return (*draw(st.sampled_from(PLACES)), draw(st.sampled_from(STREETS)), *numbers)


def long_form(place: tuple[str, ...]) -> str:
    province, city, district, street, house, building, flat = place
    return f"{province}省{city}市{district}区{street}{house}号{building}幢{flat}室"


@given(places(), st.booleans())
def test_different_writings_of_one_place_have_one_form(place: tuple[str, ...], wide: bool) -> None:
    province, city, district, street, house, building, flat = place
    writings = [
        f"{province}{city}{district}区{street}{house}号{building}-{flat}",
        f"中国 {province}省 {city}市 {district}区 {street} {house}号 {building}号楼 {flat}室",
        f"{province}省{city}市{district}区，{street}{house}号{building}幢{flat}室 310000",
        f"{province}省{city}市{district}区{street}{house}#{building}栋{flat}",
    ]
    for written in writings:
        assert address.normal(written.translate(WIDE) if wide else written) == address.normal(long_form(place)), written


@given(places())
def test_the_normal_form_is_one_and_names_its_province(place: tuple[str, ...]) -> None:
    once = address.normal(long_form(place))
    assert once is not None
    assert address.normal(once) == once
    assert address.province(once) == place[0]


@given(places(), places())
def test_likeness_is_symmetric_and_between_nought_and_one(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    a, b = address.normal(long_form(first)) or "", address.normal(long_form(second)) or ""
    assert 0.0 <= address.likeness(a, b) <= 1.0
    assert address.likeness(a, b) == address.likeness(b, a)
    assert address.likeness(a, a) == 1.0


@given(st.text("省市路号0129-ab ", max_size=12), st.text("省市路号0129-ab ", max_size=12))
def test_likeness_bears_any_text(first: str, second: str) -> None:
    assert 0.0 <= address.likeness(first, second) == address.likeness(second, first) <= 1.0


@given(places())
def test_an_address_with_its_end_left_out_is_nearly_equal_but_a_number_cut_in_two_is_another_house(place: tuple[str, ...]) -> None:
    whole = address.normal(long_form(place)) or ""
    street = address.normal(f"{place[0]}省{place[1]}市{place[2]}区{place[3]}") or ""
    assert address.likeness(whole, street) == 0.95
    assert address.likeness(whole, address.normal(f"{place[0]}省{place[1]}市{place[2]}区{place[3]}{place[4]}号") or "") == 0.95
    longer = address.normal(f"{place[0]}省{place[1]}市{place[2]}区{place[3]}{place[4]}7号") or ""
    assert address.likeness(f"{street}{place[4]}", longer) < 0.75


def test_two_flats_of_one_house_are_alike_and_not_equal() -> None:
    first, second = (address.normal(f"浙江省杭州市余杭区文一西路969号3幢{flat}室") for flat in ("501", "502"))
    assert 0.75 < address.likeness(first or "", second or "") < 0.95


def test_the_same_numbers_in_another_order_are_another_place() -> None:
    first, second = (address.normal(f"浙江省杭州市余杭区文一西路{flat}") or "" for flat in ("3幢501室", "501幢3室"))
    assert 0.7 < address.likeness(first, second) < 0.95


@pytest.mark.parametrize(
    ("written", "province"),
    [("内蒙古自治区呼和浩特市赛罕区1号", "内蒙古"), ("广西壮族自治区南宁市1号", "广西"), ("上海市上海市浦东新区1号", "上海"),
     ("香港特别行政区中环1号", "香港"), ("1600 Amphitheatre Parkway", None), ("某某路1号", None), ("香港中路1号", None)],
)  # fmt: skip
def test_the_province_is_read_from_the_beginning(written: str, province: str | None) -> None:
    assert address.province(address.normal(written)) == province


def test_a_municipality_named_twice_is_one_place() -> None:
    assert address.normal("上海市上海市浦东新区世纪大道1号") == address.normal("上海市浦东新区世纪大道1号")


def test_latin_addresses_lose_punctuation_and_long_words() -> None:
    assert address.normal("12, Main Street, Apartment 4") == address.normal("12 main st apt 4") == "12 main st apt 4"


@pytest.mark.parametrize("written", ["", " ", "，。", "中国"])
def test_nothing_is_no_address(written: str) -> None:
    assert address.normal(written) is None


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("文一西路1号丰巢快递柜", "locker"),
        ("福永街道转运仓库8号", "forwarder"),
        ("北京大学学生宿舍5号楼", "dormitory"),
        ("DHL Packstation 12", "locker"),
        ("余杭区文一西路969号速递易", "locker"),
        ("阳光花园妈妈驿站", "locker"),
        ("P.O. Box 12, Wellington", "locker"),
        ("12 High St, InPost London", "locker"),
        ("福永街道保税仓3栋501室", "forwarder"),
        ("Suite AB12345, 100 Main St, Portland, OR 97201", "forwarder"),
        ("某某路8号国际货运代理有限公司", "forwarder"),
        ("员工宿舍3栋501室", "dormitory"),
        ("文一西路969号3幢501室", "home"),
        ("阳光小区", "home"),
        ("12 High Street, Apt 4", "home"),
        ("文一西路1号", "unknown"),
        ("会议室路1号", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kind_of_a_place_is_read_from_its_words(written: str | None, kind: str) -> None:
    assert address.place_kind(written) == kind


PLAIN = "浙江省杭州市余杭区文一西路969号3幢2单元501室"
PIECES = ["浙江省", "杭州市", "余杭区", "文一西路969号3幢2单元501室"]


@pytest.mark.parametrize("sign", [" ", "　", ",", "，", "|", "/", "_", "^", ";", "~", "#", "-", "->", "\n", "\t", ", ", " / "])
@pytest.mark.parametrize("filler", ["", "null", "undefined", "其它区", "其他"])
def test_separators_and_empty_fields_of_a_form_make_no_other_place(sign: str, filler: str) -> None:
    pieces = [*PIECES[:3], *([filler] if filler else []), PIECES[3]]
    assert address.normal(sign.join(pieces)) == address.normal(PLAIN)


@pytest.mark.parametrize("sign", [",", "，", ", ", " ", "|", ";"])
@pytest.mark.parametrize("country", ["", "中国", "CN"])
def test_an_address_whose_divisions_stand_behind_it_is_the_same_place(sign: str, country: str) -> None:
    written = sign.join([PIECES[3], "余杭区", "杭州市", "浙江省", *([country] if country else [])])
    assert address.normal(written) == address.normal(PLAIN)
    assert address.normal(sign.join(["501室", "文一西路969号3幢2单元", *PIECES[2::-1]])) == address.normal(PLAIN)


@pytest.mark.parametrize(
    "form",
    [
        "收货地址：{}", "详细地址:{}", "CN {}", "CHN{}", "PRC {}", "中国 {}", "{}（放门口）", "{}(请送货上门)", "{}-7804", "{}(7804)", "{}【转7804】", "{}[转7804]",
        "310000 {}", "{} 310000",
    ],
)  # fmt: skip
def test_what_forms_and_couriers_write_around_an_address_is_no_part_of_it(form: str) -> None:
    assert address.normal(form.format(PLAIN)) == address.normal(PLAIN)


def test_codes_of_the_divisions_before_their_names_are_no_part_of_an_address() -> None:
    assert address.normal("330000 浙江省 330100 杭州市 330110 余杭区 文一西路969号3幢2单元501室") == address.normal(PLAIN)


def test_a_street_that_is_named_like_a_filler_stays() -> None:
    assert address.normal("杭州市余杭区无名路3号") == "浙江杭州余杭无名路3"
    assert "其它村" in (address.normal("杭州市余杭区文一路其它村3号") or "")
