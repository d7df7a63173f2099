"""Watchlists, signatures, taxes and prices too high: what is found, and what innocent things look like it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import gather_facts
from sandan.algorithms.facts.listed import listed
from sandan.algorithms.facts.signed import signatures
from sandan.algorithms.matching.matching import match_lists
from sandan.algorithms.scoring.detect import FINDINGS, detect, finding_row
from sandan.algorithms.scoring.grading import grade_consignments
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import because, note
from sandan.record.settings import GradeSettings, load_settings

AS_OF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
BUYER, STRANGER = "110101199003074477", "320106198502284634"
HOME = "浙江省杭州市余杭区文一西路969号3幢501室"
Found = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def found_of(bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], Found]:
    """Findings by order number and reason; `""` has the notes."""

    def found(home: Any) -> Found:
        bench = bench_of(home)
        detected = detect(gather_facts(bench, load_settings(tmp_path_factory.mktemp("h")), AS_OF), "run")
        numbers = {
            row["consignment_id"]: row["order_no"] or row["logistics_no"] for row in bench.current("matched").to_pyarrow().to_pylist()
        }
        rows: Found = {"": {note(one.as_json(), "en"): {} for one in detected.notes}}
        for row in detected.findings.to_pylist():
            rows.setdefault(numbers[row["consignment_id"]], {})[row["reason"]] = row
        return rows

    return found


def _watch(home: Any, kind: str, value: str, level: str = "watch", **more: Any) -> None:
    row = {"reason": "case 7", "source": "anti-smuggling", "valid_from": "2025-01-01", "kind": kind, "value": value, "level": level}
    home.add("watchlists", **row | more)


_ON = [
    ("person", BUYER, "control", {}),
    ("person", BUYER[:6] + BUYER[8:17], "watch", {}),  # the same number in its older form
    ("person", "李小宝", "control", {}),
    ("telephone", "+86 138-0013-8000", "control", {}),
    ("address", "杭州市余杭区文一西路969号3幢501室", "watch", {}),
    ("company", "s1", "watch", {}),
    ("company", "Shop One Ltd", "control", {}),
    ("goods", "保湿面霜", "watch", {}),
    ("goods", "3304.99", "control", {}),
    ("brand", "La Mer", "watch", {}),
]
_OFF = [
    ("person", STRANGER, "control", {}),
    ("person", "李小", "control", {}),
    ("telephone", "13800138001", "control", {}),
    ("address", HOME.replace("501", "502"), "control", {}),
    ("company", "S11", "control", {}),
    ("goods", "3305", "control", {}),
    ("brand", "Mer", "control", {"valid_to": "2025-03-01"}),  # expired
    ("brand", "La Mer", "control", {"valid_from": "2025-05-01"}),  # not yet
    ("brand", "Amer", "control", {}),
    ("brand", "er", "control", {}),
]


@pytest.fixture(scope="module")
def watched(trade: Any, bench_of: Callable[[Any], Bench]) -> Bench:
    """One honest consignment, and a watchlist with a number for each entry."""
    home = type(trade)()
    home.whole("A")
    home.tables["inventory_items"][-1] |= {"gmodel": "LA MER牌|50ml"}
    home.tables["companies"] = [{"code": "S1", "name": "Shop One Ltd", "role": "seller", "registered_on": "2020-01-01"}]
    for place, (kind, value, level, more) in enumerate([*_ON, *_OFF]):
        _watch(home, kind, value, level, **{"reason": f"case {place}", **more})
    bench = bench_of(home)
    match_lists(bench)
    bench.keep("every_entry", bench.current("watchlists"))
    return bench


def _hits(bench: Bench, place: int) -> list[dict[str, Any]]:
    every = bench.current("every_entry")
    bench.keep("watchlists", every.filter(every.reason == f"case {place}"))
    assert bench.current("watchlists").count().execute() == 1
    rows: list[dict[str, Any]] = listed(bench).to_pyarrow().to_pylist()
    return rows


@pytest.mark.parametrize("place", range(len(_ON)))
def test_what_is_on_a_watchlist_is_found(watched: Bench, place: int) -> None:
    kind, value, level, _ = _ON[place]
    [row] = _hits(watched, place)
    assert (row["listed_kind"], row["listed_control"], row["listed_reason"]) == (kind, level == "control", f"case {place}")
    assert row["listed_by_name"] is (value == "李小宝")


@pytest.mark.parametrize("place", range(len(_OFF)))
def test_others_expired_and_later_entries_are_not(watched: Bench, place: int) -> None:
    assert _hits(watched, len(_ON) + place) == []


def test_a_parcel_without_an_order_is_compared_too(trade: Any, found_of: Callable[[Any], Found]) -> None:
    home = type(trade)()
    home.add("house_waybills", logistics_code="L9", logistics_no="E1", channel="express", sender_name="王小明", receiver_name="John Doe", receiver_address="1 Main St, Austin",
             receiver_country="US", description="vinyl figure LABUBO", declared_value=20, currency="USD", weight_kg=1, shipped_at="2025-04-01", sender_telephone="13900139000")  # fmt: skip
    home.declaration("A")
    _watch(home, "telephone", "139 0013 9000", "control")
    _watch(home, "person", "李小宝", "control")
    found = found_of(home)
    assert "anti-smuggling" in because(found["E1"]["listed_control"], "en")
    # Many bear a name: alone it is no control. The name itself is not said.
    namesake = because(found["A"]["listed_name"], "zh")
    assert "case 7" in namesake and "李小宝" not in namesake


_RATES = {"hs_prefix": "33", "vat": 0.13, "consumption": 0, "valid_from": "2019-04-01"}


def _taxed(
    home: Any, number: str, tax: float, *, price: float = 1000, freight: float = 0, qty: float = 1, gcode: str = "3305100090"
) -> None:
    home.order(number, goods_value=price * qty, freight=freight, tax_total=tax, actual_paid=price * qty + freight + tax)
    home.payment(number, amount_paid=price * qty + freight + tax)
    home.waybill(number)
    home.declaration(number, price, item="洗发水 500ml", gcode=gcode)
    home.tables["inventory_items"][-1] |= {"qty": qty}


@pytest.fixture(scope="module")
def taxed(trade: Any, found_of: Callable[[Any], Found]) -> Found:
    home = type(trade)()
    home.add("tax_rates", **_RATES)
    home.add("tax_rates", **_RATES | {"hs_prefix": "3304", "vat": 13, "consumption": 15})  # per cent
    home.add("tax_rates", **_RATES | {"hs_prefix": "3303", "vat": 0.16})
    home.add("tax_rates", **_RATES | {"hs_prefix": "3303", "valid_from": "2025-04-01", "vat": 0.13})
    home.add("tax_rates", **_RATES | {"hs_prefix": "3307", "reduction": 1})
    _taxed(home, "RIGHT", 91)
    _taxed(home, "ROUNDED", 91.01)
    _taxed(home, "FREIGHT-IN", 100.1, freight=100)
    _taxed(home, "FREIGHT-OUT", 91, freight=100)
    _taxed(home, "UNTAXED", 0)
    _taxed(home, "LESS", 40)
    _taxed(home, "MORE", 130)
    _taxed(home, "LUXURY", 230.59, gcode="3304990039")
    _taxed(home, "LUXURY-AS-PLAIN", 91, gcode="3304990039")
    _taxed(home, "OLD-RATE", 112, gcode="3303000020")
    _taxed(home, "NEW-RATE", 91, gcode="3303000020")
    _taxed(home, "UNREDUCED", 130, gcode="3307300000")
    _taxed(home, "NO-RATE", 1, gcode="9503006000")
    _taxed(home, "OVER-LIMIT", 780, qty=6)
    _taxed(home, "OVER-LIMIT-LESS", 91, qty=6)
    for number, vat in (("BILL-RIGHT", 91), ("BILL-LESS", 9.1)):
        _taxed(home, number, 91)
        home.add(
            "tax_bills",
            tax_no=f"T{number}",
            order_no=number,
            logistics_no=f"W{number}",
            customs_tax=0,
            value_added_tax=vat,
            consumption_tax=0,
        )
    for row in home.tables["orders"]:
        row["app_time"] = "20250331100000"
    return found_of(home)


def test_tax_outside_of_what_can_be_due_is_found(taxed: Found) -> None:
    found = {number: reason for number, rows in taxed.items() for reason, row in rows.items() if row.get("typology") == "tax_mismatch"}
    assert found == {
        "LESS": "tax_withheld",
        "MORE": "tax_withheld",
        "LUXURY-AS-PLAIN": "tax_withheld",
        "OVER-LIMIT-LESS": "tax_withheld",
        "BILL-LESS": "tax_billed",
    }
    billed = taxed["BILL-LESS"]["tax_billed"]
    assert "9.10" in because(billed, "en") and "91.00" in because(billed, "zh")


@pytest.fixture(scope="module")
def alike_taxed(trade: Any, found_of: Callable[[Any], Found]) -> Found:
    """What looks like a wrong tax and is none, or cannot be judged."""
    home = type(trade)()
    home.add("tax_rates", **_RATES | {"valid_from": "2018-05-01"})
    for number, price in (("YEAR-1", 4900), ("YEAR-2", 4900), ("YEAR-3", 4900), ("YEAR-4", 4900), ("YEAR-5", 4900), ("YEAR-6-FULL", 4900)):
        _taxed(home, number, price * 0.13 if "FULL" in number else price * 0.091, price=price)
    # One order, declared in two parts: its tax is that of both.
    _taxed(home, "SHARED", 182, price=1000)
    home.declaration("SHARED", 1000, item="洗发水 500ml", gcode="3305100090", cop_no="CSHARED2", logistics_no="WSHARED2")
    _taxed(home, "OLD-LIMIT", 2500 * 0.13, price=2500)
    for row in (home.tables["orders"][-1], home.tables["inventories"][-1]):
        row |= {"app_time": "20181203100000", "buyer_id_number": STRANGER}
    home.tables["inventories"][-1]["decl_time"] = "20181203"
    _taxed(home, "BILLED-ANEW", 91)
    for vat, day in ((9.1, "2025-04-02"), (91, "2025-04-03")):
        home.add("tax_bills", tax_no=f"T{day}", order_no="BILLED-ANEW", logistics_no="WBILLED-ANEW", customs_tax=0, value_added_tax=vat,
                 consumption_tax=0, return_time=f"{day}T10:00:00")  # fmt: skip
    _taxed(home, "FREE", 0.5, price=0)
    return found_of(home)


def test_what_cannot_be_judged_or_is_right_by_another_rule_is_no_wrong_tax(alike_taxed: Found) -> None:
    assert {n for n, rows in alike_taxed.items() for row in rows.values() if row.get("typology") == "tax_mismatch"} == set()


def test_the_declaration_that_exceeds_the_year_is_found_where_the_full_tax_was_not_charged(
    trade: Any, found_of: Callable[[Any], Found]
) -> None:
    home = type(trade)()
    home.add("tax_rates", **_RATES)
    for k in range(6):
        _taxed(home, f"YEAR-{k}", 4900 * 0.091, price=4900)
        home.tables["inventories"][-1] |= {"app_time": f"2025040{k + 1}120000", "decl_time": f"2025040{k + 1}"}
        for name in ("orders", "inventories"):
            home.tables[name][-1]["buyer_id_number"] = STRANGER
    # Another year, and another person.
    _taxed(home, "NEXT-YEAR", 445.9, price=4900)
    home.tables["inventories"][-1] |= {"app_time": "20260102120000", "decl_time": "20260102", "buyer_id_number": STRANGER}
    home.tables["orders"][-1]["buyer_id_number"] = STRANGER
    _taxed(home, "OTHER", 445.9, price=4900)
    found = found_of(home)
    assert {number for number, rows in found.items() if "above_allowance" in rows} == {"YEAR-5"}
    assert "29,400.00 CNY in the calendar year, above the limit of 26,000" in because(found["YEAR-5"]["above_allowance"], "en")


@pytest.fixture(scope="module")
def dear(trade: Any, found_of: Callable[[Any], Found]) -> Found:
    home = type(trade)()
    home.add("exchange_rates", currency="USD", cny=7.2, valid_from="2024-01-01")
    for i in range(12):
        home.declaration(f"N{i}", 100 + i, ebc_code=f"S{i % 4}", item="女式连衣裙", gcode="6204430090", flow="export")
        home.tables["inventory_items"][-1] |= {"flow": "export"}
    for number, price, item in (
        ("DEAR", 500, "女式连衣裙"),
        ("SLIP", 7.2 * 105, "女式连衣裙"),
        ("DOZEN", 12 * 106, "女式连衣裙"),
        ("LIMITED", 190, "女式连衣裙"),
        ("SET", 500, "女式连衣裙 3件装"),
        ("GIFT", 500, "女式连衣裙 礼盒"),
    ):
        home.declaration(number, price, item=item, gcode="6204430090", flow="export")
        home.tables["inventory_items"][-1] |= {"flow": "export"}
    return found_of(home)


def test_goods_at_several_times_their_price_are_found_and_slips_are_called_so(dear: Found) -> None:
    found = {number: reason for number, rows in dear.items() for reason, row in rows.items() if row.get("typology") == "overvaluation"}
    assert found == {"DEAR": "over_prices", "SLIP": "over_slip", "DOZEN": "over_slip"}


def test_checks_without_their_tables_say_so(dear: Found) -> None:
    for check in ("watchlist", "tax_mismatch", "signature", "scan_mismatch"):
        assert any(note.startswith(f"{check}:") and "not run" in note for note in dear[""]), check


@pytest.mark.parametrize("state", ["invalid", "untrusted", "valid", "none", "unchecked"])
@pytest.mark.parametrize("name", ["inventories", "orders", "payments", "waybills"])
def test_signatures_of_any_list_count(watched: Bench, state: str, name: str) -> None:
    signed = watched.current(name)
    watched.keep(f"{name}_{state}", signed.mutate(signature=signed.signature.substr(0, 0) + state))
    before, watched._kept[name] = watched._kept[name], watched._kept[f"{name}_{state}"]
    try:
        rows = signatures(watched).to_pyarrow().to_pylist()
    finally:
        watched._kept[name] = before
    found = [row[f"signed_{state}"] for row in rows]
    assert found == ([name] if state in ("invalid", "untrusted") else [])


def test_a_control_and_a_message_changed_after_signing_put_a_floor_under_the_score() -> None:
    members = pa.schema([("consignment_id", pa.string()), ("cluster_id", pa.string())]).empty_table()
    row = {
        "consignment_id": "c",
        "kind": "declaration",
        "known_at": AS_OF,
        "declared_cny": 1.0,
        "ebc_code": "S",
        "customs_code": "5",
        "status": "",
    }
    row |= dict.fromkeys(("order_no", "flow", "ebp_code"), "x")
    for reason, least in (("listed_control", "high"), ("signature_invalid", "medium"), ("listed", "low"), ("listed_name", "low")):
        values = {"kind": "person", "source": "s", "reason": "r", "lists": "orders"}
        made = finding_row("r", row, registry().reasons[reason], values, score=0.1, evidence=[], cypher="", bits=3.0)
        findings = pa.Table.from_pylist([made], schema=FINDINGS)
        alerts = grade_consignments([row], findings, members, GradeSettings(), "r", np.array([0.001]))
        assert alerts["grade"].to_pylist() == [least], reason


# When something is declared, and whether an entry from April 1 to 3 is valid then.
_VALID = [
    ("2025-03-31T23:59:59+08:00", False),
    ("2025-04-01T00:00:00+08:00", True),
    ("2025-04-01T07:59:00+08:00", True),  # of the day before in UTC
    ("2025-04-03T23:59:59+08:00", True),
    ("2025-04-04T00:00:00+08:00", False),
    ("2025-04-04T07:00:00+08:00", False),
]


@pytest.fixture(scope="module")
def listed_then(trade: Any, bench_of: Callable[[Any], Bench]) -> set[str]:
    """Numbers of the declarations that the entry is found for."""
    home = type(trade)()
    for at, _ in _VALID:
        home.declaration(f"AT{at}", app_time=at, decl_time=at)
    _watch(home, "company", "S1", "control", valid_from="2025-04-01", valid_to="2025-04-03")
    bench = bench_of(home)
    numbers = {row["consignment_id"]: row["order_no"] for row in match_lists(bench).to_pyarrow().to_pylist()}
    assert len(numbers) == len(_VALID)
    return {numbers[row["consignment_id"]] for row in listed(bench).to_pyarrow().to_pylist()}


@pytest.mark.parametrize(("at", "found"), _VALID)
def test_an_entry_is_valid_on_days_of_beijing_from_its_first_to_its_last(listed_then: set[str], at: str, found: bool) -> None:
    assert (f"AT{at}" in listed_then) is found
