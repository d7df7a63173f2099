"""Limits, rates and the tax of one declaration, to the fen."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.taxes import due
from sandan.algorithms.taxes.due import PLACES, RATE_PLACES, rated
from sandan.algorithms.taxes.exact import Exact, decimals, integers
from sandan.algorithms.taxes.limits import limits_on
from sandan.algorithms.taxes.rates import Rate, Rates

D = Decimal
PLAIN = Rate(D("0.16"), D(0), D("0.7"))


def _units(values: list[Decimal], places: int) -> Exact:
    """Numbers as whole columns have them."""
    made = np.empty(len(values), dtype=object)
    made[:] = [int(Fraction(value) * 10**places) for value in values]
    return made


def _fen(found: int) -> Decimal:
    return D(f"{found}E-2")


def dutiable_values(values: list[Decimal], extras: Decimal) -> list[Decimal] | None:
    """Of one declaration, between two others that must not touch it."""
    many = _units([D(3), *values, D(7), D(1)], PLACES)
    starts = np.array([0, 1, 1 + len(values), 3 + len(values)])
    found, sound = due.dutiable_values(many, _units([D("0.5"), extras, D("0.01")], PLACES), starts)
    assert sound[0] and sound[2] and list(found[[0, -2, -1]]) == [350, 701, 100]
    return [_fen(value) for value in found[1:-2].tolist()] if sound[1] else None


def taxes_of(dutiable: Decimal, rate: Rate, share: Decimal) -> tuple[Decimal, Decimal]:
    line = np.zeros(1, dtype=np.int64)
    consumption, vat = due.taxes_of(_units([dutiable], 2), rated([rate], line), int(share * 10**RATE_PLACES))
    return _fen(consumption[0]), _fen(vat[0])


def reduced_tax(dutiable: list[Decimal], rate: Rate) -> Decimal:
    starts, places = np.array([0, len(dutiable)]), np.zeros(len(dutiable), dtype=np.int64)
    return _fen(due.tax_due(_units(dutiable, 2), rated([rate], places), starts)[0][0])


def test_the_low_risk_parcel_owes_70_71_on_559_43_and_71_91() -> None:
    # Declared 2018-12-03, when the rate was 16 %; without its freight the tax would be 62.66.
    rates = Rates([
        {"hs_prefix": "33", "vat": D("0.16"), "consumption": D(0), "valid_from": dt.date(2018, 5, 1), "reduction": None},
        {"hs_prefix": "33", "vat": D("0.13"), "consumption": D(0), "valid_from": dt.date(2019, 4, 1), "reduction": None},
    ])  # fmt: skip
    rate = rates.on("3304990039", dt.date(2018, 12, 3))
    assert rate == PLAIN
    with_freight, alone = dutiable_values([D("559.43")], D("71.91")), dutiable_values([D("559.43")], D(0))
    assert with_freight == [D("631.34")] and alone
    assert reduced_tax(with_freight, rate) == D("70.71")
    assert reduced_tax(alone, rate) == D("62.66")


def test_a_real_bill_says_37_31_on_410() -> None:
    assert taxes_of(D(410), Rate(D("0.13"), D(0), D("0.7")), D("0.7")) == (D(0), D("37.31"))


@pytest.mark.parametrize(
    ("day", "transaction", "year"),
    [("2016-04-08", 2000, 20000), ("2018-12-31", 2000, 20000), ("2019-01-01", 5000, 26000), ("2026-01-01", 5000, 26000)],
)
def test_limits_rose_with_2019(day: str, transaction: int, year: int) -> None:
    assert limits_on(dt.date.fromisoformat(day)) == (D(transaction), D(year))


def _row(prefix: str, vat: str, first: str, consumption: str = "0", reduction: str | None = None) -> dict[str, object]:
    return {"hs_prefix": prefix, "vat": D(vat), "consumption": D(consumption), "valid_from": dt.date.fromisoformat(first),
            "reduction": None if reduction is None else D(reduction)}  # fmt: skip


def test_the_longest_prefix_in_force_on_the_day_counts() -> None:
    rates = Rates([_row("33", "0.16", "2018-05-01"), _row("33", "0.13", "2019-04-01"), _row("3304", "0.13", "2019-04-01", "0.15"), _row("3304", "0.13", "2016-10-01", "0.30"),
                   _row("330499", "9", "2025-01-01", reduction="1")])  # fmt: skip
    on = {
        (code, day): rates.on(code, dt.date.fromisoformat(day))
        for code in ("3303000020", "3304990039")
        for day in ("2018-04-30", "2018-05-01", "2019-04-01", "2025-01-01")
    }
    assert on["3303000020", "2018-04-30"] is None
    assert on["3303000020", "2018-05-01"] == (D("0.16"), D(0), D("0.7"))
    assert on["3303000020", "2025-01-01"] == (D("0.13"), D(0), D("0.7"))
    assert on["3304990039", "2018-05-01"] == (D("0.13"), D("0.30"), D("0.7"))
    assert on["3304990039", "2019-04-01"] == (D("0.13"), D("0.15"), D("0.7"))
    assert on["3304990039", "2025-01-01"] == (D("0.09"), D(0), D(1))
    assert rates.on("", dt.date(2025, 1, 1)) is None


@pytest.mark.parametrize(("consumption", "share"), [("0.56", "0.56"), ("56", "0.56"), ("1", "0.01"), ("36.5", "0.365")])
def test_per_cent_and_shares_are_both_read(consumption: str, share: str) -> None:
    for vat in ("13", "0.13"):
        assert Rates([_row("24", vat, "2019-04-01", consumption)]).on("24", dt.date(2020, 1, 1)) == (D("0.13"), D(share), D("0.7"))


@pytest.mark.parametrize(
    "row",
    [
        _row("24", "0.13", "2019-04-01", "100"),
        _row("24", "-0.13", "2019-04-01"),
        _row("24", "0.13", "2019-04-01", reduction="-1"),
        _row("24", "2000", "2019-04-01"),
    ],
)
def test_a_rate_that_cannot_be_is_none(row: dict[str, object]) -> None:
    assert Rates([row]).on("2402200000", dt.date(2020, 1, 1)) is None


@pytest.mark.parametrize(
    ("values", "extras"),
    [(["-1"], "0"), (["1"], "-1"), (["0"], "0"), (["0"], "5"), ([], "5"), (["1000000000000000.01"], "0"), (["1"], "1000000000000000")],
)
def test_what_is_no_value_of_goods_has_no_tax(values: list[str], extras: str) -> None:
    assert dutiable_values([D(value) for value in values], D(extras)) is None


amounts = st.decimals(0, 99999, places=5)
shares = st.decimals(0, D("0.99"), places=4)


@given(st.lists(amounts, min_size=1, max_size=6), st.decimals(0, 9999, places=5))
def test_dutiable_values_share_out_freight_without_rest(values: list[Decimal], extras: Decimal) -> None:
    found = dutiable_values(values, extras)
    if not sum(values):
        assert found is None
        return
    assert found is not None
    cents = [value.quantize(D("0.01"), ROUND_HALF_UP) for value in values]
    assert sum(found) == sum(cents) + extras.quantize(D("0.01"), ROUND_HALF_UP)
    for line, value, all_of_it in zip(found, cents, values, strict=True):
        share = Fraction(extras) * Fraction(all_of_it) / Fraction(sum(values))
        assert abs(Fraction(line - value) - share) <= Fraction(1, 100)


def test_half_a_fen_goes_up_where_the_quotient_on_the_way_has_no_end() -> None:
    # The first value whose tax ends in exactly half a fen, though value * 0.7 / 0.85 has no end.
    exact = Fraction(91, 1000) / Fraction(85, 100)
    base = next(D(n) / 100 for n in range(1, 10**6) if (exact * n / 100 * 1000) % 10 == 5)
    found = taxes_of(base, Rate(D("0.13"), D("0.15"), D("0.7")), D("0.7"))[1]
    assert Fraction(found) - Fraction(base) * exact == Fraction(1, 200)


@given(st.decimals(0, 10**9, places=2), shares, shares, st.sampled_from([D("0.7"), D(1), D("0.35")]))
def test_each_tax_is_the_fen_nearest_to_the_exact_one(dutiable: Decimal, vat: Decimal, consumption: Decimal, share: Decimal) -> None:
    rate = Rate(vat, consumption, share)
    with localcontext(prec=5):  # whatever the caller's context is
        found = taxes_of(dutiable, rate, share)
    base = Fraction(dutiable) * Fraction(share) / (1 - Fraction(consumption))
    for tax, exact in zip(found, (base * Fraction(consumption), base * Fraction(vat)), strict=True):
        assert -Fraction(1, 200) <= exact - Fraction(tax) < Fraction(1, 200)  # half a fen goes up


@given(st.lists(st.none() | st.decimals(-(10**32), 10**32, places=5), max_size=8), st.integers(0, 3))
def test_decimals_go_to_integers_and_back(values: list[Decimal | None], first: int) -> None:
    kind = pa.decimal128(38, 5)
    with localcontext(prec=60):
        column = pa.chunked_array([pa.array(values, kind)[first:], pa.array(values, kind)], kind)
        found = integers(column)
        expected = [0 if value is None else int(value.scaleb(5)) for value in column.to_pylist()]
    assert found.values.tolist() == expected
    assert found.known.tolist() == [value is not None for value in column.to_pylist()]
    assert decimals(found, kind).equals(pa.concat_arrays(column.chunks))


@given(
    st.lists(st.tuples(amounts, shares, shares), min_size=1, max_size=4), st.decimals(0, 999, places=5), st.decimals(0, 999, places=5)
)  # fmt: skip
def test_bounds_are_the_exact_ones_rounded_outwards(lines: list[tuple[Decimal, Decimal, Decimal]], own: Decimal, other: Decimal) -> None:
    values = [value for value, _, _ in lines]
    if not sum(values):
        return
    # The rates of the lines on one day, and the same without consumption tax on another.
    rates = [Rate(vat, consumption, D("0.7")) for _, vat, consumption in lines] + [Rate(vat, D(0), D("0.7")) for _, vat, _ in lines]
    days = [rated(rates, np.arange(len(lines)) + shift) for shift in (0, len(lines))]
    starts = np.array([0, len(lines)])
    least, most = due.tax_bounds(_units(values, PLACES), _units([max(own, other)], PLACES), days, starts)

    def tax(of: list[Rate]) -> Fraction:
        parts = (
            Fraction(v) * Fraction(r.reduction * (r.vat + r.consumption)) / (1 - Fraction(r.consumption))
            for v, r in zip(values, of, strict=True)
        )
        return sum(parts, Fraction(0))

    exact = [tax(rates[: len(lines)]), tax(rates[len(lines) :])]
    more = 1 + Fraction(max(own, other)) / sum((Fraction(value) for value in values), Fraction(0))
    step = Fraction(1, 10**due.BOUND_PLACES)
    assert 0 <= min(exact) - least[0] * step < step
    assert 0 <= most[0] * step - max(exact) * more < step


def test_no_lines_have_no_rates() -> None:
    none = rated([], np.array([], dtype=np.int64))
    assert [len(part) for part in none] == [0, 0, 0, 0]
