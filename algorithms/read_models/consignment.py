"""One consignment with its lists side by side: what each says, masked, and where they contradict each other."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandan.algorithms.read_models.kept_by_key import kept_by_key
from sandan.algorithms.read_models.shown_lists import CONSIGNMENTS, KEYS
from sandan.algorithms.results.results import Results
from sandan.algorithms.wording.render import strongest_first
from sandan.record.amounts import value_of_line
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import InputError, UnknownId
from sandan.record.home import HomePaths
from sandan.record.values.moment import BEIJING


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a list: its name (key of `labels.FIELDS`), its text, and whether a finding points at it."""

    name: str
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """What one list says; `found` is False where the list never came, `marked` where that is the finding."""

    kind: str
    found: bool
    marked: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ConsignmentView:
    """A consignment as an officer sees it.

    Attributes:
        alert: Its row of the alerts.
        findings: Its findings, the strongest first.
        lists: Order, payment(s), waybill, declaration, delivery.
        history: Times at which each version of each list became known: (time, list, change), oldest first.
        as_of: Date of the run.
    """

    alert: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]
    lists: tuple[ListView, ...]
    history: tuple[tuple[str, str, str], ...]
    as_of: str


def view_consignment(paths: HomePaths, results: Results, key: str) -> ConsignmentView:
    """One consignment as of its run, with personal data masked.

    Args:
        paths: The home.
        results: The run.
        key: `flow:ebp_code:order_no`, `parcel:logistics_code:logistics_no`, or a bare number that is unique: of an order, a parcel or a
            declaration. Of several declarations of one order the riskiest is given.

    Raises:
        UnknownId: Nothing has that key.
        InputError: The bare number is not unique; the message lists the full keys.
    """
    kept = kept_by_key(paths, results)
    [row] = kept.keyed(CONSIGNMENTS, _named(kept, key))
    alert, findings = row["alert"], row["findings"] or []
    marks = {mark for finding in findings for mark in finding["marked"]}
    return ConsignmentView(alert, tuple(strongest_first(findings)), _lists(row, marks, alert), _history(row), kept.as_of.isoformat())


def _named(kept: Results, key: str) -> str:
    """The `consignment_id` of what a key names."""
    named = kept.keyed(KEYS, key) if key else []
    # A bare number may look like a whole key: what is named whole comes first.
    is_whole = any(row["is_whole"] for row in named)
    found = [row for row in named if row["is_whole"] == is_whole]
    if not found:
        raise UnknownId(f"{key}: no consignment of that key in run {kept.run_id}; keys look like import:EBP_CODE:ORDER_NO")
    names = sorted({row["name"] for row in found})
    if len(names) > 1 and not is_whole:
        raise InputError(f"{key}: not unique; one of {', '.join(names[:5])}")
    riskiest: str = min(found, key=lambda row: row["rank"])["consignment_id"]
    return riskiest


def full_key(alert: Mapping[str, Any]) -> str:
    """The key that names an alert's consignment wherever sandan asks for one."""
    return consignment_key(alert)


def _lists(row: Mapping[str, Any], marks: set[str], alert: Mapping[str, Any]) -> tuple[ListView, ...]:
    order, way, declared, delivered = row["order_list"], row["waybill"], row["declaration"], row["delivery"]
    described: list[tuple[str, Mapping[str, Any] | None, list[tuple[str, str]]]] = [
        ("order", order, _order(order) if order else []),
        *(("payment", paid, _payment(paid)) for paid in (row["payments"] or (None,))),
        ("waybill", way, _waybill(way) if way else []),
        ("declaration", declared, _declaration(declared) if declared else []),
        ("delivery", delivered, _delivery(delivered) if delivered else []),
    ]
    views = []
    for kind, said, cells in described:
        missing = said is None and f"{kind}" in marks
        shown = tuple(
            Cell(name, text, f"{kind}.{name}" in marks or (name == "address" and "address" in marks)) for name, text in cells if text
        )
        views.append(ListView(kind, said is not None, missing, shown))
    # Deliveries are seldom known and a parcel without order has no order list: what is not there and not missed is left out.
    return tuple(
        v for v in views if v.found or v.marked or (v.kind in ("order", "payment", "waybill", "declaration") and alert["order_no"])
    )


def _order(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    money = [(name, _money(row[name], row["currency"])) for name in ("goods_value", "freight", "tax_total", "discount", "actual_paid")]
    return [
        ("order_no", row["order_no"]),
        ("ebp_code", _company(row, "ebp")),
        ("ebc_code", _company(row, "ebc")),
        ("buyer", _joined(row["buyer_name"], row["buyer_id_masked"])),
        ("telephone", row["telephone"]),
        ("consignee", row["consignee"]),
        ("address", row["address"]),
        *money,
        ("pay_code", _company(row, "pay")),
        ("pay_transaction_id", row["pay_transaction_id"] or ""),
        ("items", _items(row["items"])),
        ("app_time", _time(row["app_time"])),
    ]


def _payment(row: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if row is None:
        return []
    return [
        ("pay_transaction_id", row["pay_transaction_id"] or ""),
        ("order_no", row["order_no"]),
        ("ebp_code", _company(row, "ebp")),
        ("pay_code", _company(row, "pay")),
        ("payer", _joined(row["payer_name"], row["payer_id_masked"])),
        ("telephone", row["telephone"]),
        ("amount_paid", _money(row["amount_paid"], row["currency"])),
        ("pay_time", _time(row["pay_time"])),
        ("app_time", _time(row["app_time"])),
    ]


def _waybill(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("logistics_no", row["logistics_no"]),
        ("logistics_code", _company(row, "logistics")),
        ("order_no", row["order_no"] or ""),
        ("consignee", row["consignee"]),
        ("telephone", row["telephone"]),
        ("address", row["address"]),
        ("weight", "" if row["weight"] is None else f"{row['weight']:.2f}"),
        ("items", row["goods"] or ""),
        ("app_time", _time(row["sent_at"])),
    ]


def _declaration(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    items = row["items"] or []
    total = sum(map(value_of_line, items), Decimal())
    return [
        ("invt_no", row["invt_no"] or ""),
        ("order_no", row["order_no"] or ""),
        ("ebp_code", _company(row, "ebp")),
        ("ebc_code", _company(row, "ebc")),
        ("agent_code", _company(row, "agent")),
        ("logistics_no", row["logistics_no"] or ""),
        ("logistics_code", _company(row, "logistics")),
        ("customs_code", row["customs_code"] or ""),
        ("trade_mode", row["trade_mode"] or ""),
        ("buyer", _joined(row["buyer_name"], row["buyer_id_masked"])),
        ("telephone", row["telephone"]),
        ("address", row["address"]),
        ("country", row["country"] or ""),
        ("declared_value", _money(total, items[0]["currency"] or row["currency"]) if items else ""),
        ("items", _items(items)),
        ("decl_time", "" if row["decl_time"] is None else f"{row['decl_time']:%Y-%m-%d}"),
        ("app_time", _time(row["app_time"])),
    ]


def _delivery(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    where = [("address", row["address"])] if row["address"] else []
    return [("delivered_at", _time(row["event_at"])), *where]


def _history(row: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple((_time(event["event_at"]), event["kind"], event["change"]) for event in row["history"] or ())


def _items(items: Sequence[Mapping[str, Any]] | None) -> str:
    return "; ".join(f"{i['name'] or ''} × {_plain(i['qty'])} @ {_plain(i['price'])}" for i in items or ())


def _company(row: Mapping[str, Any], prefix: str) -> str:
    return _joined(row[f"{prefix}_name"], f"({row[f'{prefix}_code']})" if row[f"{prefix}_code"] else None)


def _joined(*parts: str | None) -> str:
    return " ".join(filter(None, parts))


def _money(value: Decimal | None, currency: str | None) -> str:
    return "" if value is None else f"{value:,.2f} {currency or ''}".strip()


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _time(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"
