"""Every reason that a rule gives: found, its innocent look-alike, and both sides of its boundary."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import pytest

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.facts.grace import Grace
from sandan.algorithms.vocabulary.registry import registry
from sandan.record.settings import Settings

NOON = dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
AS_OF = dt.datetime(2025, 4, 11, 12, tzinfo=dt.UTC)
Changes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """Changes to the honest row by which a reason is tried.

    Attributes:
        found: It is found.
        alike: Innocent, and looks the same: it is not found.
        inside: Just far enough to be found.
        outside: Just not.
        why: Why what looks alike is innocent.
    """

    found: Changes
    alike: Changes
    inside: Changes
    outside: Changes
    why: str


def later(hours: float) -> dt.datetime:
    """Hours after noon of the day of the declaration, to the second."""
    return NOON + dt.timedelta(seconds=round(hours * 3600))


STRANGER = {"p_other_payer": "h2", "p_payer_hash": "h2", "p_payer_norm": "赵六", "p_payer_norm_max": "赵六", "payer_buyers": 1}
APART = {"a_first": "order", "a_second": "waybill", "a_text": "浙江杭州", "b_text": "浙江宁波", "a_kind": "home", "other_province": False}
SCAN = {"scan_confidence": 0.9, "scan_seen": "手表", "scan_state": "none"}
LISTED = {"listed_kind": "person", "listed_control": False, "listed_by_name": False, "listed_source": "s", "listed_reason": "r"}
TAXED = {"tax_billed": 9.1, "tax_least": 9.1, "tax_most": 10.0, "tax_rounding": 0.03, "tax_withheld": 9.1}
DEAR = {"u_declared": 400.0, "u_high": 100.0, "u_slip": False}
CHEAP = {"u_ratio": 0.5, "u_source": "market"}
WAITED = {"known_at": AS_OF - dt.timedelta(hours=49)}
WAITING = {"known_at": AS_OF - dt.timedelta(hours=47)}

HONEST: dict[str, Any] = {
    "consignment_id": "c", "kind": "declaration", "flow": "import", "ebp_code": "P1", "order_no": "N1", "logistics_code": "L1",
    "logistics_no": "W1", "known_at": NOON, "decl_app": NOON, "declared_value": 100.0,
    "o_record_id": "o1", "o_how": "key", "o_goods_value": Decimal("100.00"), "o_freight": Decimal("0.00"), "o_tax_total": Decimal("9.10"),
    "o_discount": Decimal("0.00"), "o_actual_paid": Decimal("109.10"), "o_pay_code": "Q1", "lines_value": 100.0, "n_lines": 1,
    "p_n": 1, "p_records": "p1", "p_how": "key", "p_amount": 109.1, "p_first": NOON - dt.timedelta(hours=3), "p_pay_code": "Q1",
    "p_transaction": "T1", "p_ebp_code": "P1", "p_payer_hash": "h1", "p_payer_norm": "李小宝", "p_payer_norm_max": "李小宝",
    "p_other_payer": None, "p_shown": None, "p_shown_other": None, "payer_renamed": None, "payer_buyers": None, "payer_is_firm": False,
    "buyer_hash": "h1", "buyer_norm": "李小宝", "served": 1, "service_near": 1, "unlisted_item": None, "n_listings": 9,
    "w_record_id": "w1", "w_app_time": NOON - dt.timedelta(hours=1), "t_record_id": None, "t_delivered": None,
    "alike": None, "a_first": None, "a_second": None, "a_text": None, "b_text": None, "a_kind": None, "other_province": None,
    "u_declared": 100.0, "u_reference": 110.0, "u_ratio": 0.91, "u_source": "market", "u_n": 5, "u_item": "面霜", "u_sale": 1.0,
    "u_scaled": False, "u_high": 150.0, "u_slip": False,
    "signed_invalid": None, "signed_untrusted": None, "listed_kind": None, "listed_control": None, "listed_by_name": None,
    "profile_name": None, "profile_source": None, "profile_reason": None,
    "listed_source": None, "listed_reason": None, "scan_confidence": None, "scan_seen": None, "scan_state": None, "scan_brand": None,
    "scan_prohibited": None, "tax_billed": None, "tax_withheld": 9.1, "tax_least": 9.1, "tax_most": 10.0, "tax_rounding": 0.03,
    "tax_over": "", "tax_full": 13.0, "tax_charged": 9.1, "tax_dutiable": 100.0, "quota_used": 500.0, "quota_limit": 26000.0,
}  # fmt: skip

CASES: dict[str, Case] = {
    "missing_order": Case(
        {"o_record_id": None}, {"o_record_id": None, "kind": "parcel", "order_no": None},
        {"o_record_id": None, **WAITED}, {"o_record_id": None, **WAITING}, "A parcel of express or post has no order; within its grace a list is late.",
    ),
    "missing_payment": Case(
        {"p_n": None}, {"p_n": None, "o_actual_paid": Decimal("0.00")},
        {"p_n": None, **WAITED}, {"p_n": None, **WAITING}, "Nothing is paid for a gift.",
    ),
    "missing_waybill": Case(
        {"w_record_id": None, **WAITING, "t_delivered": NOON}, {"w_record_id": None, "flow": "export"},
        {"w_record_id": None, **WAITED}, {"w_record_id": None, **WAITING}, "No waybills of exports are received here at all.",
    ),
    "other_platform": Case(
        {"p_ebp_code": "P2"}, {"p_ebp_code": "91330000MA27U0CT1X"}, {"p_ebp_code": "P1X"}, {"p_ebp_code": None},
        "A code of eighteen characters is of another kind, and no other company.",
    ),
    "other_provider": Case(
        {"p_pay_code": "Q2"}, {"p_pay_code": "91330000MA27U0CT1X"}, {"o_pay_code": "Q10"}, {"o_pay_code": None},
        "The order may name the provider by its other code, or not at all.",
    ),
    "no_service": Case(
        {"served": 0, "service_near": 0}, {"served": None, "service_near": None}, {"served": 0, "service_near": 0}, {"served": 0},
        "A provider that the register does not have by this kind of code cannot be judged; some weeks off, the register may be behind.",
    ),
    "service_near": Case({"served": 0}, {}, {"served": 0}, {"served": 0, "service_near": 0}, "It serves the platform on the day."),
    "not_on_sale": Case(
        {"unlisted_item": "奶粉"}, {"unlisted_item": None, "n_listings": None}, {"unlisted_item": "奶粉"}, {"unlisted_item": None},
        "A platform of which nothing is listed says nothing.",
    ),
    "stranger_pays": Case(
        STRANGER, {**STRANGER, "flow": "export"}, {**STRANGER, "payer_buyers": 6}, {**STRANGER, "payer_buyers": 7},
        "The buyer abroad need not pay himself; and who pays for many is said by another reason.",
    ),
    "payer_of_many": Case(
        {**STRANGER, "payer_buyers": 30}, {**STRANGER, "payer_buyers": 30, "payer_is_firm": True},
        {**STRANGER, "payer_buyers": 7}, {**STRANGER, "payer_buyers": 6}, "A company pays for its staff; a household has up to six.",
    ),
    "shown_stranger": Case(
        {"p_shown_other": 4}, {"p_shown": 4}, {"p_shown_other": 1}, {"p_shown_other": None}, "What can be read of the number is the buyer's.",
    ),
    "two_names": Case(
        {"p_payer_norm": "赵六", "p_payer_norm_max": "赵六"}, {"p_payer_norm": "李小宝", "p_payer_norm_max": "赵六"},
        {"p_payer_hash": None, "p_shown": 4, "p_payer_norm": "赵六", "p_payer_norm_max": "赵六"},
        {"p_payer_hash": None, "p_shown": 3, "p_payer_norm": "赵六", "p_payer_norm_max": "赵六"},
        "Of several payments one bears another name; three characters of a number agree by chance.",
    ),
    "formula": Case(
        {"o_actual_paid": Decimal("119.10")}, {"o_actual_paid": Decimal("99.10"), "o_discount": Decimal("10.00")},
        {"o_actual_paid": Decimal("109.13")}, {"o_actual_paid": Decimal("109.12")}, "A coupon is a discount; a fen a line is rounding.",
    ),
    "payment_sum": Case(
        {"p_amount": 100.0}, {"p_amount": 100.0, "p_how": "shared"}, {"p_amount": 109.07}, {"p_amount": 109.08},
        "One payment stands for several orders.",
    ),
    "line_sum": Case(
        {"lines_value": 90.0}, {"lines_value": None, "n_lines": None}, {"lines_value": 99.97}, {"lines_value": 99.98}, "No lines were sent.",
    ),
    "declared_less": Case(
        {"declared_value": 60.0}, {"declared_value": 60.0, "o_how": "part"}, {"declared_value": 98.97}, {"declared_value": 98.98},
        "A part order is declared by another declaration too.",
    ),
    "other_province": Case(
        {**APART, "alike": 0.2, "other_province": True}, {**APART, "alike": None, "other_province": True},
        {**APART, "alike": 0.9, "other_province": True}, {**APART, "alike": 0.9}, "Two writings of one place are not compared any further.",
    ),
    "other_place": Case(
        {**APART, "alike": 0.2}, {**APART, "alike": 0.2, "a_kind": "locker"}, {**APART, "alike": 0.59}, {**APART, "alike": 0.6},
        "It was handed over at a locker.",
    ),
    "pickup": Case(
        {**APART, "alike": 0.3, "a_kind": "locker"}, {**APART, "alike": None, "a_kind": "locker"},
        {**APART, "alike": 0.7, "a_kind": "locker"}, {**APART, "alike": 0.3, "a_kind": "locker", "other_province": True},
        "The locker is the address that was ordered; one in another province is not near by.",
    ),
    "similar_place": Case(
        {**APART, "alike": 0.7}, {**APART, "alike": 0.7, "a_kind": "locker"}, {**APART, "alike": 0.6}, {**APART, "alike": 0.59},
        "It was handed over at a locker.",
    ),
    "paid_later": Case(
        {"p_first": later(30)}, {"p_first": later(30), "flow": "export"}, {"p_first": later(8) + dt.timedelta(seconds=1)}, {"p_first": later(8)},
        "The money of exports comes weeks later; a clock in another zone is eight hours off.",
    ),
    "paid_a_little_later": Case(
        {"p_first": later(4)}, {"p_first": later(4), "p_how": "number"}, {"p_first": later(0.5)}, {"p_first": later(0.49)},
        "A payment that stands for several orders is no order's own.",
    ),
    "waybill_first": Case(
        {"w_app_time": later(-40)}, {"w_app_time": later(-10)}, {"w_app_time": later(-15) - dt.timedelta(seconds=1)}, {"w_app_time": later(-15)},
        "A waybill is made when the order is placed, some hours before a pre-sale is paid.",
    ),
    "delivered_first": Case(
        {"t_delivered": later(-20)}, {"t_delivered": later(20)}, {"t_delivered": later(-8) - dt.timedelta(seconds=1)}, {"t_delivered": later(-8)},
        "Delivered after it was declared; a clock in another zone is eight hours off.",
    ),
    "delivered_unpaid": Case(
        {"t_delivered": later(-20)}, {"t_delivered": later(-20), "p_how": "number"},
        {"t_delivered": later(-11) - dt.timedelta(seconds=1)}, {"t_delivered": later(-11)}, "A payment that stands for several orders says nothing.",
    ),
    "under_market": Case(CHEAP, {**CHEAP, "u_ratio": None}, {**CHEAP, "u_ratio": 0.699}, {**CHEAP, "u_ratio": 0.7}, "No like goods are known."),
    "under_peers": Case(
        {**CHEAP, "u_source": "peers"}, CHEAP, {"u_source": "peers", "u_ratio": 0.699}, {"u_source": "peers", "u_ratio": 0.7},
        "The market's price is the surer reference, and says so itself.",
    ),
    "over_prices": Case(
        DEAR, {**DEAR, "u_slip": True}, {**DEAR, "u_declared": 301.0}, {**DEAR, "u_declared": 300.0}, "A slip of the unit makes such a factor.",
    ),
    "over_slip": Case(
        {**DEAR, "u_slip": True}, {"u_slip": True}, {**DEAR, "u_declared": 301.0, "u_slip": True}, {**DEAR, "u_declared": 300.0, "u_slip": True},
        "The factor of a slip, of goods that are no dearer than others.",
    ),
    "listed_control": Case(
        {**LISTED, "listed_control": True}, {**LISTED, "listed_control": True, "listed_by_name": True},
        {**LISTED, "listed_control": True}, LISTED, "Many bear a name.",
    ),
    "listed": Case(
        LISTED, {**LISTED, "listed_by_name": True}, {**LISTED, "listed_control": None}, {**LISTED, "listed_kind": None}, "Many bear a name.",
    ),
    "profiled": Case(
        {"profile_name": "p", "profile_source": "s", "profile_reason": "r"}, {}, {"profile_name": "p"}, {"profile_reason": "r"},
        "No profile has all of its traits.",
    ),
    "listed_name": Case(
        {**LISTED, "listed_by_name": True}, LISTED, {**LISTED, "listed_by_name": True, "listed_control": True}, {"listed_by_name": True},
        "The number itself is on the list, which is no namesake.",
    ),
    "signature_invalid": Case(
        {"signed_invalid": "orders"}, {"signed_untrusted": "orders"}, {"signed_invalid": "orders", "signed_untrusted": "orders"}, {},
        "A signer who is not known here did not change anything.",
    ),
    "signature_untrusted": Case(
        {"signed_untrusted": "orders"}, {"signed_invalid": "orders"}, {"signed_untrusted": "orders"},
        {"signed_untrusted": "orders", "signed_invalid": "orders"}, "What was changed is said by the stronger reason.",
    ),
    "scan_prohibited": Case(
        {**SCAN, "scan_prohibited": "drugs"}, SCAN, {**SCAN, "scan_prohibited": "drugs", "scan_confidence": 0.01}, {"scan_confidence": 1.0},
        "Other goods than declared are not prohibited by that.",
    ),
    "scan_other": Case(
        SCAN, {**SCAN, "scan_state": "all"}, {**SCAN, "scan_confidence": 0.01}, {**SCAN, "scan_state": "some"}, "All that is seen is declared.",
    ),
    "scan_more": Case(
        {**SCAN, "scan_state": "some"}, {**SCAN, "scan_state": "all"}, {**SCAN, "scan_state": "some", "scan_confidence": 0.01},
        {**SCAN, "scan_state": None}, "All that is seen is declared; what cannot be compared says nothing.",
    ),
    "scan_brand": Case(
        {**SCAN, "scan_brand": "Kantwerk"}, SCAN, {**SCAN, "scan_state": "all", "scan_brand": "Kantwerk"}, {"scan_confidence": 0.9},
        "The image shows no brand.",
    ),
    "above_allowance": Case(
        {"tax_over": "year", "tax_charged": None}, {"tax_over": "year", "tax_charged": 13.0}, {"tax_over": "year", "tax_charged": 12.96},
        {"tax_over": "year", "tax_charged": 12.97}, "Above the year's limit the full tax is due, and it was charged.",
    ),
    "tax_billed": Case(
        {**TAXED, "tax_billed": 4.0}, {**TAXED, "tax_billed": 90.0, "tax_most": None}, {**TAXED, "tax_billed": 9.05}, {**TAXED, "tax_billed": 9.07},
        "Above the limit of one transaction full tax and duty are due.",
    ),
    "tax_withheld": Case(
        {"tax_withheld": 4.0}, {"tax_withheld": 0.0}, {"tax_withheld": 10.05}, {"tax_withheld": 10.03}, "The seller bears the tax.",
    ),
}  # fmt: skip

_TYPES = {bool: "bool", int: "int64", float: "float64", str: "string", Decimal: "decimal(18, 2)", dt.datetime: "timestamp('UTC')"}
# Columns that are empty on the honest row.
_EMPTY = {
    "bool": ("listed_control", "listed_by_name", "other_province", "payer_renamed"),
    "int64": ("p_shown", "p_shown_other", "payer_buyers"),
    "float64": ("alike", "scan_confidence", "tax_billed"),
    "timestamp('UTC')": ("t_delivered",),
}
SCHEMA = {name: _TYPES[type(value)] for name, value in HONEST.items() if value is not None}
SCHEMA |= {name: kind for kind, names in _EMPTY.items() for name in names}
SCHEMA |= {name: "string" for name in HONEST if name not in SCHEMA}
KINDS = ("found", "alike", "inside", "outside")
REASONS = {reason.name for typology in registry().values() if typology.rules for reason in typology.reasons}


def _rows() -> list[dict[str, Any]]:
    changed: dict[str, Mapping[str, Any]] = {"honest": {}}
    changed |= {f"{name}-{kind}": getattr(case, kind) for name, case in CASES.items() for kind in KINDS}
    for changes in changed.values():
        assert changes.keys() <= HONEST.keys()
    return [{**HONEST, **changes, "consignment_id": key} for key, changes in changed.items()]


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, float]]:
    """Strength by reason, of the honest row and of each case: `REASON-found`, …"""
    rows = _rows()
    table = ibis.memtable({name: [row[name] for row in rows] for name in SCHEMA}, schema=ibis.schema(SCHEMA))
    grace = tuple(Grace(flow, name, 48.0, 0, False) for flow in ("import", "export") for name in ("order", "payment", "waybill"))
    tables = dict.fromkeys((*registry().tables, "orders"), 1)
    feeds = frozenset({("import", "orders"), ("export", "orders")})
    facts = Facts(table, len(rows), AS_OF, Settings(), grace, 0.7, 3.0, 1, tables, feeds)
    made: dict[str, dict[str, float]] = {row["consignment_id"]: {} for row in rows}
    for typology in registry().values():
        for rule in typology.rules(facts) if typology.rules else ():
            score = ibis.literal(rule.score) if isinstance(rule.score, float) else rule.score
            chosen = table.filter(rule.when.fill_null(False)).select("consignment_id", score=score, **rule.values)
            for row in chosen.to_pyarrow().to_pylist():
                made[row["consignment_id"]][rule.reason.name] = row["score"]
    return made


def test_every_rule_s_reason_has_its_cases() -> None:
    assert set(CASES) == REASONS


def test_nothing_is_found_on_the_honest_row(found: dict[str, dict[str, float]]) -> None:
    assert found["honest"] == {}


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_is_found_and_its_look_alike_is_not(found: dict[str, dict[str, float]], reason: str) -> None:
    assert reason in found[f"{reason}-found"] and 0 < found[f"{reason}-found"][reason] < 1
    assert reason not in found[f"{reason}-alike"], CASES[reason].why


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_begins_where_it_says(found: dict[str, dict[str, float]], reason: str) -> None:
    assert reason in found[f"{reason}-inside"]
    assert reason not in found[f"{reason}-outside"], CASES[reason].why


def test_strength_follows_what_can_be_read(found: dict[str, dict[str, float]]) -> None:
    assert found["shown_stranger-inside"]["shown_stranger"] == pytest.approx(0.45 * 0.9)
    assert found["shown_stranger-found"]["shown_stranger"] == pytest.approx(0.45 * 0.9999)
    assert found["scan_other-inside"]["scan_other"] == pytest.approx(0.006)
    assert found["under_market-found"]["under_market"] == 0.45
