"""What `sandan explain` says of tax and allowance."""

import datetime as dt
from decimal import Decimal

import pytest

from sandan.algorithms.vocabulary.labels import label
from sandan.jobs.terminal.explain import _WORDS, _money

D = Decimal
ALERT = {"tax_due": D("130.00"), "tax_full": D("130.00"), "tax_charged": None, "tax_over": "year", "quota_used": D("25500.00"), "revenue_at_stake": D("0.00"),
         "known_at": dt.datetime(2025, 4, 1, tzinfo=dt.UTC)}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Tax due 130.00 CNY, without reduction 130.00; charged not known; at stake 0.00; in full, as the buyer is above the limit of the year",
                "The buyer had used 25,500.00 of 26,000 CNY of the year's allowance before, at least"]),
        ("zh", ["应缴税款 130.00 元，不减征为 130.00 元；已征 未知；涉税风险 0.00 元；超过年度交易限值，按全额计征", "该订购人此前至少已使用年度额度 25,500.00 元（共 26,000 元）"]),
    ],
)  # fmt: skip
def test_tax_and_allowance_in_words(language: str, said: list[str]) -> None:
    assert list(_money(ALERT, lambda key: label(_WORDS, key, language))) == said


def test_a_run_without_taxes_says_nothing_of_them() -> None:
    assert list(_money({"known_at": ALERT["known_at"]}, str)) == list(_money({**ALERT, "tax_due": None, "quota_used": None}, str)) == []
