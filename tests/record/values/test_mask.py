"""Masked values and lent telephones: they have no normal form, or one of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.ingest.columns.kinds import Columns
from sandan.record.ids import KEY_BYTES, Keyring
from sandan.record.masks import mask_telephone
from sandan.record.values.addresses import address
from sandan.record.values.parties import identity, name, telephone

MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
JOINTS = ["-", " - ", "－", "—", "转", " 转 ", "轉", "转接", "转分机", "分机", " 分机号", "转接码", ",", "，", "、", ";", " ", "x", "X", " ext. ", " ext ", "ext.", "EXT:", "#", "/", "_", "*", "(", "（转接", "[", "按", " 后按 "]  # fmt: skip
BEFORE = ["", "拨打", "请拨打", "电话:", "Tel: ", "+86 ", "0086-", "86"]


@given(MOBILE, st.from_regex(r"[0-9]{3,4}", fullmatch=True), st.sampled_from(JOINTS), st.sampled_from(BEFORE), st.booleans())
def test_digits_behind_a_mobile_number_are_a_part_of_it(number: str, own: str, joint: str, before: str, wide: bool) -> None:
    closing = {"(": ")", "[": "]", "（转接": "）"}.get(joint, "")
    written = f"{before}{number}{joint}{own}{closing}"
    normal = telephone.normal(written.translate(WIDE) if wide else written)
    assert normal == f"{number}#{own}"
    assert telephone.normal(normal) == normal
    assert own not in mask_telephone(normal).partition("#")[2]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("虚拟号 13800138000 转 1234", "13800138000#1234"),
        ("张三 13800138000转1234", "13800138000#1234"),
        ("收件人手机18473461913-7804", "18473461913#7804"),
        ("18473461913 后四位7804", "18473461913#7804"),
        ("电话:+86 18473461913 尾号7804", "18473461913#7804"),
        ("尾号7804", None),
        ("手机尾号 7804", None),
        ("13800138000 13900139000", "13800138000"),
        ("086 13800138000", "13800138000"),
        ("+1 650 253 0000", "+16502530000"),
        ("95588", "95588"),
    ],
)
def test_words_around_a_number_change_nothing(written: str, normal: str | None) -> None:
    assert telephone.normal(written) == normal


@given(MOBILE, MOBILE, st.sampled_from(["/", ",", ";", "、", "或"]))
def test_two_mobile_numbers_are_none_that_is_lent(first: str, second: str, joint: str) -> None:
    assert telephone.normal(f"{first}{joint}{second}") == first


@given(MOBILE, st.integers(0, 9), st.integers(2, 8), st.sampled_from("*＊xX●•×"))
def test_a_masked_telephone_has_no_normal_form(number: str, start: int, n: int, sign: str) -> None:
    hidden = number[:start] + sign * min(n, 11 - start) + number[start + n :]
    if start <= 9 and min(n, 11 - start) >= 2:
        assert telephone.normal(hidden) is None


@pytest.mark.parametrize(
    "written",
    ["张*三", "张**", "*三", "张＊＊", "张某", "李某某", "张XX", "张x", "张先生", "王女士", "X先生", "Z*** W***", "欧阳**", "张○○"],
)
def test_a_masked_name_has_no_normal_form(written: str) -> None:
    assert name.normal(written) is None


@pytest.mark.parametrize("written", ["Max", "Felix Xu", "Xixi", "王小明", "阿凡提·买买提", "Alex Xx Li", "欧阳先生"])
def test_a_name_with_an_x_or_a_dot_is_not_masked(written: str) -> None:
    assert name.normal(written)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("王小明[7804]", "王小明"),
        ("王小明【7804】", "王小明"),
        ("王小明(0123)", "王小明"),
        ("王小明-7804", "王小明"),
        ("王小明 7804", "王小明"),
        ("王小明（收）", "王小明"),
        ("收件人：王小明", "王小明"),
        ("王小明 收[7804]", "王小明"),
        ("王小明(女士)", "王小明"),
        ("王收", "王收"),
        ("Wang 7804", "wang7804"),
        ("钱鍾书", "钱钟书"),
        ("钱锺书", "钱钟书"),
    ],
)
def test_the_digits_of_a_lent_number_are_no_part_of_a_name(written: str, normal: str) -> None:
    assert name.normal(written) == normal


@pytest.mark.parametrize("hidden", ["****", "文一西路***号", "文一西路*号*幢*室", "XX路XX号", "某某小区3幢", "文一西路●●号", "＊＊＊＊"])
def test_a_masked_address_says_where_it_lies_and_no_more(hidden: str) -> None:
    told = address.parts(f"浙江省杭州市余杭区{hidden}")
    assert (told.norm, told.province, told.city, told.district) == (None, "浙江", "杭州市", "余杭区")


@pytest.mark.parametrize("written", ["浙江省杭州市余杭区文一西路12号3*201", "Via XX Settembre 12, Roma", "Box 12, Exxon Street"])
def test_a_sign_between_numbers_and_a_roman_number_hide_nothing(written: str) -> None:
    assert address.normal(written)


def test_the_digits_of_a_lent_number_are_no_part_of_an_address() -> None:
    plain = "浙江省杭州市余杭区文一西路1号1幢101室"
    assert address.normal(f"{plain}[7804]") == address.normal(f"{plain} 转7804") == address.normal(plain)


@pytest.mark.parametrize(
    "written", ["110101********1234", "1101**************", "1***************7", "110101XXXXXXXX123X", "E1234****", "3301…7229"]
)
def test_a_masked_identity_number_is_nobodys(written: str) -> None:
    row = Columns(Keyring(bytes(KEY_BYTES)))._identity(written)
    assert row[0] is row[5] is None
    assert sum(c.isalnum() for c in row[1]) <= 4


@pytest.mark.parametrize(
    ("written", "masked", "region", "birth_year"),
    [
        ("110101********1234", "**************1234", "11", None),
        ("33010619900307****", "******************", "33", 1990),
        ("330106199003074***X", "******************X", "33", 1990),
        ("1***************7", "****************7", None, None),
        ("****123x", "****123X", None, None),
        ("110101******234", "***************", "11", None),  # of fifteen digits: the number of today has one more behind these
        ("E1234****", "*********", None, None),
        ("H1****5678", "******5678", None, None),
        ("99010119900307****", "******************", None, 1990),
    ],
)
def test_a_masked_identity_number_says_what_it_shows(written: str, masked: str, region: str | None, birth_year: int | None) -> None:
    _, text, year, _, province, _ = Columns(Keyring(bytes(KEY_BYTES)))._identity(written)
    assert (text, province, year) == (masked, region, birth_year)


HAN = st.text("赵钱孙李周吴郑王冯陈张小明大国华建军", min_size=2, max_size=4)


@given(HAN, st.integers(0, 3), st.integers(1, 3), st.sampled_from(["*", "＊", "某", "x", "X", "○", "●", "×", "_"]), st.integers(1, 4))
def test_a_masked_name_fits_the_name_it_hides(whole: str, start: int, n: int, sign: str, n_signs: int) -> None:
    start = min(start, len(whole) - 1)
    hidden = whole[:start] + sign * n_signs + whole[start + n :]
    if name.normal(hidden) is None:
        assert not name.differ(hidden, whole)
        assert not name.differ(whole, hidden)
        assert not name.differ(hidden, hidden)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("张*", "张三", False), ("张**", "張小明", False), ("張**", "张小明", False), ("*三", "张三", False), ("张先生", "张三", False),
        ("张某某", "张三", False), ("欧阳**", "欧阳锋", False), ("买*****提", "买买提·艾合提", False), ("***", "李四", False),
        ("张*", "*三", False), ("J*** S***", "John Smith", False), ("张女士", "Zhang San", False), ("张*", "", False),
        ("张*", "李四", True), ("*三", "张四", True), ("张先生", "李三", True), ("李某", "张三", True), ("张*三", "李大三", True),
        ("张*", "李*", True), ("*三", "*四", True), ("欧阳**", "欧文", True), ("张*三", "张三", True), ("张三", "李四", True),
    ],
)  # fmt: skip
def test_what_a_masked_name_shows_may_not_fit(one: str, other: str, differ: bool) -> None:
    assert name.differ(one, other) is name.differ(other, one) is differ


@pytest.mark.parametrize(
    ("hidden", "alike", "other_province"),
    [
        ("浙江省杭州市余杭区****", 1.0, False), ("浙江省杭州市余杭区文一西路***号", 1.0, False), ("杭州市文一西路**号", 1.0, False),
        ("浙江省杭州市余杭区五常街道文一西路***", 1.0, False), ("****", 1.0, False), ("浙江省****", 1.0, False), ("Hangzhou ****", 1.0, False),
        ("浙江省杭州市西湖区****", 0.7, False), ("浙江省宁波市海曙区***", 0.3, False), ("浙江省杭州市余杭区五常大道***号", 0.0, False),
        ("广东省深圳市***", 0.0, True), ("北京市朝阳区***", 0.0, True),
    ],
)  # fmt: skip
def test_what_a_masked_address_shows_may_not_fit(hidden: str, alike: float, other_province: bool) -> None:
    whole = "浙江省杭州市余杭区文一西路969号3幢501室"
    assert address.shown_likeness(whole, hidden) == address.shown_likeness(hidden, whole) == (alike, other_province)
    assert address.shown_likeness(address.normal(whole) or "", hidden) == (alike, other_province)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("330106900307447", "330106199003074475"),
        ("H1234567801", "H12345678"),
        ("m12345678(02)", "M1234567800"),
        ("1234567801", "12345678"),
        ("12345678(02)", "12345678"),
        ("12345678-01", "1234567802"),
        ("A123456(7)", "A1234567"),
        ("a123456（7）", "A1234567"),
        ("1/234567/8", "1234567(8)"),
        ("身份证：330106199003074475", "330106199003074475"),
        ("330106900307447（身份证）", "330106199003074475"),
    ],
)
def test_papers_of_one_person_are_one_number(one: str, other: str) -> None:
    assert identity.normal(one)[:17] == identity.normal(other)[:17]
    assert identity.normal(identity.normal(one)) == identity.normal(one)


@given(st.integers(110000, 659999), st.dates(), st.integers(0, 999))
def test_fifteen_digits_become_the_eighteen_of_one_person(county: int, born: object, sequence: int) -> None:
    body = f"{county}19{born:%y%m%d}{sequence:03}"
    now = identity.normal(body[:6] + body[8:])
    assert now[:17] == body or len(now) == 15  # 29 February of a year that is none in its century
    assert identity.facts(now).is_valid == (len(now) == 18)
