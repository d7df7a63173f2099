"""One place, one person and one telephone have one normal form in every writing that people use for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values import text
from sandan.record.values.addresses import address, division_table
from sandan.record.values.addresses.corps import number
from sandan.record.values.parties import name, telephone

PLACES = [
    ["新疆生产建设兵团第三师四十五团2连9号", "新疆图木舒克市第三师45团2连9号", "新疆图木舒克45团2连9号", "兵团农三师45团2连9号", "新疆维吾尔自治区图木舒克市四十五团二连9号",
     "新疆 生产建设兵团 第3师 图木舒克市 45团 2连9号", "新疆兵团三师四五团2连9号"],
    ["新疆生产建设兵团第一师阿拉尔市十团3连", "新疆阿拉尔市10团3连", "新疆兵团农一师十团三连"],
    ["新疆第十师北屯市183团", "新疆北屯市一八三团", "新疆阿勒泰地区北屯市183团"],
    ["新疆塔城地区乌苏市文化路1号", "新疆乌苏市文化路1号", "新疆伊犁哈萨克自治州塔城地区乌苏市文化路1号", "新疆伊犁州乌苏市文化路1号"],
    ["新疆塔城地区塔城市文化路1号", "新疆塔城市文化路1号", "塔城市文化路1号", "新疆伊犁哈萨克自治州塔城地区塔城市文化路1号"],
    ["新疆伊犁哈萨克自治州富蕴县1号", "新疆阿勒泰地区富蕴县1号", "新疆富蕴县1号", "富蕴县1号"],
    ["湖北利川市1号", "湖北省恩施土家族苗族自治州利川市1号", "利川市1号", "恩施州利川市1号"],
    ["云南大理市下关1号", "云南省大理白族自治州大理市下关1号", "大理市下关1号"],
    ["湖北潜江市1号", "湖北省潜江市1号", "潜江市1号", "湖北省直辖县级行政区划潜江市1号", "湖北省潜江市潜江市1号"],
    ["北京市宣武区1号", "北京市西城区1号", "北京宣武区1号"],
    ["上海市卢湾区1号", "上海市黄浦区1号"],
    ["苏州市金阊区1号", "江苏省苏州市姑苏区1号", "苏州沧浪区1号"],
    ["南京市下关区1号", "南京市鼓楼区1号"],
    ["天津市汉沽区1号", "天津市滨海新区1号"],
    ["江苏省南京市鼓楼区江苏省南京市鼓楼区中山北路2号", "江苏省南京市鼓楼区南京市鼓楼区中山北路2号", "江苏省江苏省南京市鼓楼区中山北路2号",
     "江苏 南京 鼓楼区 江苏省 南京市 鼓楼区 中山北路2号", "江苏省南京市鼓楼区中山北路2号"],
    ["天津市天津市和平区天津市和平区南京路1号", "天津市和平区南京路1号", "天津和平区天津市南京路1号"],
    ["江蘇省蘇州市吳中區寶帶東路1號", "江苏省苏州市吴中区宝带东路1号"],
    ["臺灣省臺北市大安區1號", "台湾省台北市大安区1号"],
    ["香港新界葵涌興芳路223號", "香港新界葵涌兴芳路223号"],
]  # fmt: skip


@pytest.mark.parametrize("writings", PLACES, ids=[place[0] for place in PLACES])
def test_writings_of_a_place_are_one_address(writings: list[str]) -> None:
    assert len({address.normal(written) for written in writings}) == 1
    form = address.normal(writings[0])
    assert form
    assert address.normal(form) == form


def test_what_is_said_twice_and_means_something_else_stays() -> None:
    assert address.normal("江苏省南京市鼓楼区北京西路1号") != address.normal("江苏省南京市鼓楼区西路1号")
    assert address.normal("浙江省杭州市余杭区江苏省南京市鼓楼区1号") == "浙江杭州余杭江苏南京鼓楼1"
    assert address.normal("新疆石河子市147团5连") != address.normal("新疆石河子市148团5连")


def test_county_level_cities_need_no_prefecture() -> None:
    table = division_table.divisions()
    seen = 0
    for code, (province, city, district) in table.codes.items():
        if code.endswith("00") or not ((district or "").endswith("市") or district is None):
            continue
        region, place = table.provinces[province[:2]].name, district or city
        above = city if district else ""
        assert (
            len(
                {
                    address.normal(f"{front}文一路1号")
                    for front in (f"{region}{above}{place}", f"{region}{place}", f"{province}{place}", place)
                }
            )
            == 1
        )
        seen += 1
    assert seen > 380


@given(st.integers(1, 399))
def test_numbers_of_regiments_are_read_in_words_and_digits(n: int) -> None:
    digits = "〇一二三四五六七八九"
    assert number(str(n)) == number("".join(digits[int(d)] for d in str(n))) == n if n > 10 or n < 10 else True
    tens = ("" if 10 <= n < 20 else digits[n % 100 // 10]) + "十" if n % 100 >= 10 else ""
    words = (
        (digits[n // 100] + "百" if n >= 100 else "")
        + ("零" if n > 100 and 0 < n % 100 < 10 else "")
        + tens
        + (digits[n % 10] if n % 10 else "")
    )
    assert number(words) == n


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("張國榮", "张国荣"),
        ("陳慧嫻", "陈慧娴"),
        ("劉德華", "刘德华"),
        ("葉問", "叶问"),
        ("鄧麗君", "邓丽君"),
        ("蕭敬騰", "萧敬腾"),
        ("黃曉明", "黄晓明"),
    ],
)
def test_traditional_and_simplified_names_are_one(traditional: str, simplified: str) -> None:
    assert name.normal(traditional) == name.normal(simplified) == simplified


@pytest.mark.parametrize("character", ["\u3400", "\u9fff", "\U0002a6df", "\U0002b00e", "\U0002ebf0", "\U00031350", "\U000323b0", "\ue865"])
def test_rare_characters_stay_in_names(character: str) -> None:
    written = text.clean(f" 王{character} ")
    assert written == f"王{character}"
    assert name.normal(written) == f"王{character}"
    assert name.normal(written) != name.normal("王")
    assert character in (address.normal(f"浙江省杭州市余杭区{character}村1号") or "")


NUMBERS = {
    "852": st.from_regex(r"[2-9][0-9]{7}", fullmatch=True),
    "853": st.from_regex(r"(6[0-9]|28)[0-9]{6}", fullmatch=True),
    "886": st.from_regex(r"9[0-9]{8}", fullmatch=True),
}


@given(st.sampled_from(sorted(NUMBERS)).flatmap(lambda code: st.tuples(st.just(code), NUMBERS[code])))
def test_neighbours_numbers_are_one_in_every_writing(made: tuple[str, str]) -> None:
    code, local = made
    parted = f"{local[:4]} {local[4:]}"
    writings = [f"+{code} {parted}", f"00{code}{local}", f"00{code}-{local}", f"{code}{local}", f"{code}-{local}", f"({code}){local}", f"(+{code}) {parted}",
                f"{code} {parted}", f"+{code}-{parted.replace(' ', '-')}", f"电话:+{code} {local}"]  # fmt: skip
    forms = {telephone.normal(written) for written in writings}
    assert forms == {f"+{code}{local}"}


@pytest.mark.parametrize(
    "written", ["+886 (0)912 345 678", "886-0912-345-678", "00886912345678", "+8860912345678", "８８６９１２３４５６７８"]
)
def test_the_trunk_nought_of_taiwan_is_no_part_of_a_number(written: str) -> None:
    assert telephone.normal(written) == "+886912345678"


@pytest.mark.parametrize(
    ("written", "normal"), [("85223456", "85223456"), ("0852-1234567", "08521234567"), ("8613800138000", "13800138000")]
)
def test_numbers_that_only_begin_like_a_neighbours_stay(written: str, normal: str) -> None:
    assert telephone.normal(written) == normal
