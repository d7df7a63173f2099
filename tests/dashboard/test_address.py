import pytest

from sandan.dashboard.address import Address, Filters, consignment_key, consignment_path, ordered_grades


def test_without_anything_the_queue_shows_medium_and_high() -> None:
    assert Address.parse("", "zh") == Address("zh", Filters(("high", "medium")))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(("high",)),
        Filters(("high", "medium", "low"), "missing_order", "pending", "export", "31013K5033", "A&B=订 单"),
        Filters(cluster="c-1", fold="no", sort="value:asc"),
    ],
)
def test_an_address_comes_back_as_it_went(filters: Filters) -> None:
    address = Address("zh", filters)
    assert Address.parse(address.search, "en") == address


def test_nonsense_counts_as_absent() -> None:
    address = Address.parse("?lang=fr&grade=awful&status=<b>&typology=x;y&flow=%00&fold=x&sort=value:up&q=" + "9" * 500, "en")
    assert address == Address("en", Filters(q="9" * 80))


def test_a_language_switch_keeps_the_filters() -> None:
    assert Address.parse("?grade=high&q=7", "en").speaking("zh").to("/alerts") == "/alerts?grade=high&q=7&lang=zh"


def test_no_grade_chosen_means_all() -> None:
    assert ordered_grades([]) == ("high", "medium", "low")
    assert ordered_grades(["medium", "high"]) == ("high", "medium")


def test_a_key_with_any_sign_survives_the_path() -> None:
    key = "import:1101402155:A/B ?#%号"
    assert "/" not in consignment_path(key).removeprefix("/consignment/")
    assert consignment_key(consignment_path(key)) == key
