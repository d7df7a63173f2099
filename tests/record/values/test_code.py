"""Codes of currencies and countries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values import code


@pytest.mark.parametrize(
    ("written", "iso"),
    [("142", "CNY"), ("502", "USD"), ("300", "EUR"), (" rmb ", "CNY"), ("人民币", "CNY"), ("usd", "USD"), ("XXX", "XXX"), ("999", "999")],
)
def test_numbers_and_letters_of_currencies_are_both_read(written: str, iso: str) -> None:
    assert code.currency(written) == iso


@pytest.mark.parametrize(
    ("written", "iso"),
    [("142", "CN"), ("502", "US"), ("303", "GB"), ("GBR", "GB"), ("uk", "GB"), ("日本", "JP"), ("jp", "JP"), ("ZZ", "ZZ")],
)
def test_numbers_and_letters_of_countries_are_both_read(written: str, iso: str) -> None:
    assert code.country(written) == iso


@given(st.sampled_from(sorted(code.CURRENCIES)), st.sampled_from(sorted(code.COUNTRIES)))
def test_the_kept_letters_are_normal_and_go_back_to_a_number_of_customs(currency: str, country: str) -> None:
    money, place = code.currency(currency), code.country(country)
    assert (code.currency(money), code.country(place)) == (money, place)
    assert (len(money), len(place)) == (3, 2)
    assert code.currency(code.customs_currency(money)) == money
    assert code.country(code.customs_country(place)) == place


def test_letters_without_a_number_of_customs_stay() -> None:
    assert (code.customs_currency("XAF"), code.customs_country("ZZ")) == ("XAF", "ZZ")


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("244", "ZA"),
        ("145", "KZ"),
        ("341", "KZ"),
        ("DEU", "DE"),
        ("法国", "FR"),
        ("中国香港", "HK"),
        ("Germany", "DE"),
        ("usa", "US"),
        ("701", "701"),
        ("499", "499"),
    ],
)
def test_numbers_letters_and_names_of_many_countries_are_read(written: str, iso: str) -> None:
    assert code.country(written) == iso


@pytest.mark.parametrize(("written", "iso"), [("302", "DKK"), ("143", "TWD"), ("港币", "HKD"), ("日元", "JPY"), ("US$", "USD")])
def test_numbers_and_names_of_many_currencies_are_read(written: str, iso: str) -> None:
    assert code.currency(written) == iso


def test_validity_is_that_of_iso() -> None:
    assert all(code.is_currency(iso) for iso in ("CNY", "EUR", "XAF", "ZWG"))
    assert not any(code.is_currency(iso) for iso in ("XXX", "142", "RMB", "", "cny", "DEM"))
    assert all(code.is_country(iso) for iso in ("CN", "TW", "SS", "AX"))
    assert not any(code.is_country(iso) for iso in ("ZZ", "701", "UK", "", "cn", "CHN"))


def test_tables_are_whole_and_every_writing_means_a_known_code() -> None:
    assert len(code._ALL_COUNTRIES) == 249
    assert len(code._ALL_CURRENCIES) > 150
    assert all(code.is_country(iso) for iso in code.COUNTRIES.values())
    assert all(code.is_currency(iso) for iso in code.CURRENCIES.values())


@pytest.mark.parametrize(
    ("written", "iso"),
    [("502.0", "USD"), ("142.00", "CNY"), ("ＵＳＤ", "USD"), ("C N Y", "CNY"), ("142-人民币", "CNY"), ("人民币(CNY)", "CNY"), ("USD美元", "USD"), ("502 美元", "USD"), ("HK$", "HKD"), ("美金", "USD"), ("CNY.", "CNY")],
)  # fmt: skip
def test_a_currency_in_other_writings(written: str, iso: str) -> None:
    assert code.currency(written) == iso


@pytest.mark.parametrize("written", ["CNY/USD", "502-人民币", "156.0", "USDT", "$", "¥", "142 502", "344", "人民币?元"])
def test_what_may_be_two_currencies_or_none_stays_as_it_is(written: str) -> None:
    assert code.currency(written) == written
    assert not code.is_currency(written)


@pytest.mark.parametrize(("written", "iso"), [("142.0", "CN"), ("ＵＳ", "US"), ("中国(CN)", "CN"), ("502-美国", "US"), ("CN-中国", "CN")])
def test_a_country_in_other_writings(written: str, iso: str) -> None:
    assert code.country(written) == iso


@pytest.mark.parametrize("written", ["US-CA", "CN/US", "MADE IN CHINA", "142 502"])
def test_what_may_be_two_countries_stays_as_it_is(written: str) -> None:
    assert code.country(written) == written
