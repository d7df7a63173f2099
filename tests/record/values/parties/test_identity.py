"""Resident identity numbers: normal form, what they tell, how they are masked and found in text."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.parties import identity

VALID = "110101199003074477"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WIDE = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, dt.date, int]:
    """A number made by the standard, with the day and the sequence it was made from."""
    born = draw(st.dates(dt.date(1900, 1, 1), dt.date(2024, 12, 31)))
    sequence = draw(st.integers(0, 999))
    body = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{sequence:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11], born, sequence


@given(numbers())
def test_a_number_of_the_standard_tells_year_sex_and_region(made: tuple[str, dt.date, int]) -> None:
    number, born, sequence = made
    assert identity.facts(number) == identity.IdentityFacts(born.year, "M" if sequence % 2 else "F", number[:2], True)


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(made: tuple[str, dt.date, int], place: int, step: int) -> None:
    number = made[0]
    digit = "0" if number[place] == "X" else str((int(number[place]) + step) % 10)
    assert not identity.facts(number[:place] + digit + number[place + 1 :]).is_valid


@pytest.mark.parametrize("number", ["", "1", VALID[:-1], VALID + "1", "11010119900230447X", "A" * 18, "护照123456789012345"])
def test_what_is_no_resident_number_tells_nothing(number: str) -> None:
    assert identity.facts(number) == identity.IdentityFacts(None, None, None, False)


@given(st.text("0123456789xX ０９Ｘｘ　\tE护", max_size=24))
def test_the_normal_form_is_one(written: str) -> None:
    assert identity.normal(identity.normal(written)) == identity.normal(written)


@given(numbers())
def test_spaces_small_letters_and_full_width_are_one_number(made: tuple[str, dt.date, int]) -> None:
    number = made[0]
    for written in (number.lower(), f" {number[:6]} {number[6:14]}\t{number[14:]}", number.translate(WIDE), number.lower().translate(WIDE)):
        assert identity.normal(written) == number
        assert identity.facts(identity.normal(written)).is_valid


@given(st.text("0123456789X", min_size=1, max_size=20))
def test_a_mask_never_shows_the_whole_number_and_keeps_its_length(number: str) -> None:
    masked = identity.masked(number)
    assert number not in masked
    assert len(masked) == len(number)
    assert masked.lstrip("*") in number[-4:]


@given(numbers(), st.sampled_from([" ", "-", "\u200b", "　", ".", "/", "·", "\u00ad"]))
def test_signs_between_the_digits_are_no_part_of_a_number(made: tuple[str, dt.date, int], sign: str) -> None:
    number = made[0]
    assert identity.normal(sign.join((number[:6], number[6:14], number[14:]))) == number
    assert identity.normal(sign.join(number)) == number


@pytest.mark.parametrize("written", ["E12345678", "A123456(7)", "G-123.456"])
def test_other_papers_keep_their_signs(written: str) -> None:
    assert identity.normal(written) == written


@given(
    numbers(),
    st.sampled_from(["ID:", "id ", "CN", "1:", "1/", "1-", "01 - ", "身份证", "身份证号码：", "居民身份证 "]),
    st.sampled_from(["", ".", ";"]),
)
def test_what_stands_before_a_number_is_no_part_of_it(made: tuple[str, dt.date, int], before: str, behind: str) -> None:
    assert identity.normal(f"{before}{made[0]}{behind}") == made[0]


@pytest.mark.parametrize("ex", "xХхΧχ×✕ⅩＸｘ")
def test_the_x_of_a_check_digit_has_many_looks(ex: str) -> None:
    assert identity.normal(f"11010519491231002{ex}") == "11010519491231002X"


@pytest.mark.parametrize(
    "written", ["护照E12345678", "护照号码：E12345678", "E-12345678", "e 12345678", "E12345678.", "passport E12345678"[9:]]
)
def test_a_passport_has_no_signs(written: str) -> None:
    assert identity.normal(written) == "E12345678"


@pytest.mark.parametrize(
    "sign",
    ["——", "----", "~~~~", "△△", "▒▒▒", "隐藏", "年月日", "@@@", "$$$$", "^^^", "+++", "===", "····", "。。。", "◎", "☐☐", "⬤", "某某"],
)
def test_whatever_sign_hides_the_middle_of_a_number(sign: str) -> None:
    shown = identity.shown(identity.normal(f"330106{sign * 2}4475"))
    assert shown is not None
    assert shown[0].endswith("4475")
    assert shown[1].region == "33"


@pytest.mark.parametrize("written", ["4475", "尾号4475", "后四位：4475", "末4位4475", "330106 4475"])
def test_the_last_four_alone_fit_many(written: str) -> None:
    shown = identity.shown(identity.normal(written))
    assert shown is not None
    assert shown[0].endswith("4475")
