"""Every detector of the product, by name: adding one is one file in `typologies/` and one line here."""

from collections.abc import Callable

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule
from sandan.algorithms.typologies import absent_lists, amounts, listed, parties, places, platform, prices, scans, signed, taxes, times

DETECTORS: tuple[Callable[[Facts], list[Rule]], ...] = (
    absent_lists.absent_lists,
    platform.platform_mismatch,
    parties.payer_not_buyer,
    amounts.amount_mismatch,
    places.address_mismatch,
    times.time_order,
    prices.undervaluation,
    prices.overvaluation,
    taxes.tax_mismatch,
    listed.watchlist,
    signed.signature,
    scans.scan_mismatch,
)
# What to say of checks that lack their table: silence is never "compliant".
NOT_RUN: tuple[Callable[[Facts], list[str]], ...] = (
    platform.not_run,
    places.not_run,
    prices.not_run,
    taxes.not_run,
    listed.not_run,
    signed.not_run,
    scans.not_run,
)
