"""Every sign of what surrounds a consignment: present, its innocent look-alike, and where it begins; stronger where more of it is seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import pytest

from sandan.algorithms.context.context import Context
from sandan.algorithms.scoring.evidence import weigh
from sandan.algorithms.vocabulary.registry import registry

Numbers = Mapping[str, float]
SIGNS = {sign.reason.name: sign for sign in registry().signs}
NO_RULES = pd.DataFrame({"consignment_id": [], "reason": [], "cause": [], "score": []})
# An import without anything around it; what a case does not name is 0.
_ROWS = {"imp": 1.0, "parcel": 0.0, "t": 0.0, "fast": 1.0, "seller": "s", "goods": "g", "tel": None, "channel": "cbec", "country": "US"}
_UNKNOWN = ("seller_days", "declared_to_paid")


@dataclass(frozen=True, slots=True)
class Case:
    """Columns by which a sign is tried.

    Attributes:
        strong: It is there, and strong.
        weak: It is there, and weaker.
        alike: Innocent, and looks the same: it is not there.
        below: One step short of where it begins.
        why: Why what looks alike is innocent.
    """

    strong: Numbers
    weak: Numbers
    alike: Numbers
    below: Numbers
    why: str


def _of(mark: str, shared: str) -> Case:
    return Case(
        {mark: 1, shared: 0.9}, {mark: 1, shared: 0.1}, {shared: 0.9}, {mark: 0, shared: 1}, "The shop's others bear it, this one does not."
    )


def _short(column: str, shared: str) -> Case:
    return Case(
        {column: -1.0, shared: 0.9}, {column: -0.2}, {column: 0.5, shared: 0.9}, {column: 0.0, shared: 1}, "It is no cheaper than usual."
    )


def _unbranded(column: str) -> Case:
    return Case(
        {"unbranded": 1, column: 9},
        {"unbranded": 1, column: 2},
        {column: 9},
        {"unbranded": 1, column: 1},
        "The goods name their brand, or never have one.",
    )


def _chain(alike: str, around: str) -> Case:
    return Case(
        {alike: 9, around: 9},
        {alike: 3, around: 9},
        {alike: 9, around: 9000},
        {alike: 2, around: 2},
        "So many are around that so many of one seller are chance; two are a couple.",
    )


CASES: dict[str, Case] = {
    "orders_missing": _of("no_order", "seller_ebp_m_lost"),
    "providers_without_service": _of("no_service", "seller_ebp_m_no_service"),
    "payer_for_buyers": Case({"payer_other": 1, "payer_d_buyer": 9}, {"payer_other": 1, "payer_d_buyer": 2}, {"payer_d_buyer": 9}, {"payer_other": 1}, "The buyer himself pays for others too."),
    "sent_elsewhere": Case(
        {"alike": 0.1, "seller_m_sent_elsewhere": 0.9}, {"alike": 0.9}, {"alike": 1.0, "seller_m_sent_elsewhere": 0.9}, {"alike": 1.0}, "It goes where it was ordered to.",
    ),
    "declared_under_paid": Case(
        {"declared_to_paid": 0.2}, {"declared_to_paid": 0.9}, {"declared_to_paid": np.nan, "seller_goods_m_declared_low": 1.0},
        {"declared_to_paid": 1.0, "seller_goods_m_declared_low": 1.0}, "What was paid is not known.",
    ),
    "paid_other_sum": Case({"paid_less": -50.0}, {"paid_less": 0.5}, {"paid_less": 0.0, "discount_share": 0.3}, {}, "A coupon is in both sums."),
    "under_price_in_shop": _short("log_price_ratio", "seller_goods_m_cheap"),
    "waybill_before_order": _short("hours_waybill_after_order", "seller_ebp_m_early_waybill"),
    "waybill_before_payment": Case({"hours_waybill_after_payment": -90}, {"hours_waybill_after_payment": -1}, {"hours_waybill_after_payment": 9}, {}, "It was sent after it was paid."),
    "telephone_of_many": Case(
        {"tel_d_buyer": 9, "tel_seller_d_buyer": 9}, {"tel_d_buyer": 2, "tel_seller_d_buyer": 1}, {"tel_n": 30, "tel_d_buyer": 1, "tel_seller_d_buyer": 1}, {"tel_d_buyer": 1},
        "One buyer with many parcels.",
    ),
    "building_of_many": Case(
        {"building_seller_d_buyer": 9, "building_n": 9, "seller_n": 9}, {"building_seller_d_buyer": 2, "building_n": 9, "seller_n": 9},
        {"building_seller_d_buyer": 9, "building_n": 90000, "seller_n": 90000}, {"building_seller_d_buyer": 1, "building_n": 9, "seller_n": 9}, "A tower block and a large seller meet by chance.",
    ),
    "door_of_many": Case({"door_seller_d_buyer": 9}, {"door_seller_d_buyer": 2}, {"door_n": 30, "door_seller_d_buyer": 1}, {"door_seller_d_buyer": 1}, "One buyer with many parcels."),
    "tied_to_buyers": _chain("people1_same_seller_d_buyer", "people1_d_buyer"),
    "chain_of_buyers": _chain("people2_same_seller_d_buyer", "people2_d_buyer"),
    "chain_of_goods": _chain("people2_same_goods_d_buyer", "people2_d_buyer"),
    "lot_of_buyer": Case({"near_limit": 1, "buyer_seller_n": 9}, {"near_limit": 1, "buyer_seller_n": 2}, {"buyer_seller_n": 9}, {"near_limit": 1, "buyer_seller_n": 1}, "Small orders, far from the limit."),
    "lot_at_door": Case({"door_goods_n": 9, "door_goods_m_near_limit": 1}, {"door_goods_n": 2}, {"door_n": 30, "door_goods_n": 1}, {"door_goods_n": 1}, "Many parcels, each with other goods."),
    "lot_on_bill": Case(
        {"bill_seller_n": 9, "bill_seller_d_door": 1}, {"bill_seller_n": 9, "bill_seller_d_door": 9}, {"bill_n": 99, "bill_seller_n": 1}, {"bill_seller_n": 1}, "A bill of many sellers.",
    ),
    "buyer_in_days": Case({"buyer_window_value": 20000}, {"buyer_window_value": 100}, {"buyer_year": 20000}, {}, "Bought over a year, not within days."),
    "lent_allowances": Case(
        {"people1_same_seller_value": 30000, "people1_same_seller_d_buyer": 5}, {"people1_same_seller_value": 300, "people1_same_seller_d_buyer": 2},
        {"people1_same_seller_value": 30000, "people1_same_seller_d_buyer": 1}, {"people1_same_seller_value": 1, "people1_same_seller_d_buyer": 1}, "One heavy buyer alone.",
    ),
    "buyer_in_year": Case({"buyer_year": 20000}, {"buyer_year": 100}, {"seller_value": 20000}, {}, "A large seller, not a large buyer."),
    "other_goods": _of("names_differ", "seller_goods_m_names_differ"),
    "other_weight": Case({"residual_piece_weight_of_goods": -2}, {"residual_piece_weight_of_goods": 0.1}, {"log_weight": 3}, {}, "Heavy goods, and as heavy as their like."),
    "trio_together": Case(
        {"trio_lift": 3, "trio_m_lost": 0.9}, {"trio_lift": 1, "trio_m_no_service": 0.1}, {"trio_lift": 3}, {"trio_lift": 0, "trio_m_lost": 0.9}, "A group with its own carrier, all of whose orders are there.",
    ),
    "senders_on_telephone": _unbranded("sender_tel_d_seller"),
    "telephones_of_sender": _unbranded("seller_exports_d_sender_tel"),
    "senders_at_door": _unbranded("sender_door_d_seller"),
    "senders_in_chain": _unbranded("senders2_same_trade_d_seller"),
    "receiver_of_many": _unbranded("receiver_d_seller"),
    "new_receiver": Case(
        {"unbranded": 1, "receiver_burst": 2, "receiver_n": 9}, {"unbranded": 1, "receiver_burst": 0.3, "receiver_n": 2},
        {"unbranded": 1, "receiver_burst": -0.5, "receiver_n": 9}, {"unbranded": 1, "receiver_burst": 0.7, "receiver_n": 1},
        "A wholesaler takes as many all year; one parcel is no habit.",
    ),
    "few_destinations": Case(
        {"unbranded": 1, "seller_country_lift": 3, "seller_country_share": 1, "seller_exports_n": 40}, {"unbranded": 1, "seller_country_lift": 1, "seller_country_share": 0.5, "seller_exports_n": 4},
        {"seller_country_lift": 3, "seller_country_share": 1, "seller_exports_n": 40}, {"unbranded": 1, "seller_country_lift": 3, "seller_country_share": 1, "seller_exports_n": 3},
        "A shop's home market, for goods that name their brand; three parcels are no habit.",
    ),
    "fast_channels": Case(
        {"unbranded": 1, "fast_likelihood": 20, "fast_parcels": 30}, {"unbranded": 1, "fast_likelihood": 2, "fast_parcels": 4}, {"fast_likelihood": 20, "fast_parcels": 30},
        {"unbranded": 1, "fast_likelihood": 20, "fast_parcels": 3}, "Dear goods that name their brand go by express; three parcels are no habit.",
    ),
    "brand_alluded": Case({"allude": 3, "brand_goods": 1}, {"allude": 1, "brand_goods": 1}, {"allude": 3}, {"brand_goods": 1}, "A word that equals a brand, on goods of which no brand is recorded."),
    "brand_around": Case({"unbranded": 1, "senders2_m_allude": 0.9}, {"unbranded": 1, "senders2_m_allude": 0.1}, {"senders2_m_allude": 0.9}, {"unbranded": 1}, "The goods name their brand."),
    "young_sender": Case({"unbranded": 1, "seller_days": 3}, {"unbranded": 1, "seller_days": 3000}, {"seller_days": 3}, {"unbranded": 1}, "A new company that names its brand; one that the register does not know."),
}  # fmt: skip


def _context(flow: str, *cases: Numbers, ordinary: int = 60) -> Context:
    """The cases' consignments, then ordinary ones of other sellers."""
    rows = [{**_ROWS, "imp": float(flow == "import")} for _ in cases] + [
        {**_ROWS, "imp": float(flow == "import"), "seller": f"s{i}", "goods": f"g{i}", "t": float(i)} for i in range(ordinary)
    ]
    names = sorted({name for case in CASES.values() for part in (case.strong, case.weak, case.alike, case.below) for name in part})
    values = pd.DataFrame([[{**_empty(names), **case}[name] for name in names] for case in (*cases, *({},) * ordinary)], columns=names)
    frame = pd.DataFrame(rows).assign(consignment_id=[f"c{k:03}" for k in range(len(rows))])
    return Context(frame, values.astype(float))


def _empty(names: list[str]) -> dict[str, float]:
    return {name: np.nan if name in _UNKNOWN else 1.0 if name == "alike" else 0.0 for name in names}


class Lenient:
    """A context that has every column: 0 where no case names it."""

    def __init__(self, context: Context) -> None:
        self.rows, self.values = context.rows, context.values

    def column(self, name: str) -> np.ndarray:
        found = self.values[name].fillna(0.0) if name in self.values else pd.Series(np.zeros(len(self.rows)))
        return np.asarray(found, dtype=float)


def _statistic(reason: str, *cases: Numbers) -> list[float]:
    sign = SIGNS[reason]
    context = cast(Context, Lenient(_context(sign.flow, *cases)))
    return [float(x) for x in np.nan_to_num(sign.statistic(context))[: len(cases)]]


def test_every_sign_has_its_cases() -> None:
    assert set(CASES) == set(SIGNS)


@pytest.mark.parametrize("reason", sorted(SIGNS))
def test_a_sign_is_there_the_stronger_the_more_and_its_look_alike_is_not(reason: str) -> None:
    case = CASES[reason]
    strong, weak, alike, below, nothing = _statistic(reason, case.strong, case.weak, case.alike, case.below, {})
    assert strong > weak > 1e-9
    assert alike < weak / 10, case.why
    assert below <= 1e-9 and nothing <= 1e-9


@pytest.mark.parametrize("reason", sorted(SIGNS))
def test_one_among_many_says_much_and_what_all_bear_says_nothing(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sign = SIGNS[reason]
    monkeypatch.setattr(Context, "column", Lenient.column)
    monkeypatch.setattr("sandan.algorithms.scoring.evidence.registry", lambda: _Only(reason))
    alone = weigh(_context(sign.flow, CASES[reason].strong, ordinary=999), NO_RULES).of_signs[reason]
    assert alone[0] > 1.0 and alone[1:].max() == 0.0
    other_flow = _context("export" if sign.flow == "import" else "import", CASES[reason].strong)
    assert weigh(other_flow, NO_RULES).of_signs[reason].max() == 0.0
    many = weigh(_context(sign.flow, *(CASES[reason].weak,) * 900, ordinary=0), NO_RULES).of_signs[reason]
    assert many.max() == 0.0


class _Only:
    """A registry with one sign."""

    def __init__(self, reason: str) -> None:
        self.signs, self.causes = (SIGNS[reason],), (SIGNS[reason].reason.cause,)
        self.blamed, self.typology_of = registry().blamed, registry().typology_of
