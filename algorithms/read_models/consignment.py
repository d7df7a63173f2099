"""One consignment with its lists side by side: what each says, masked, and where they contradict each other."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandan.algorithms.matching.replies import replies_about
from sandan.algorithms.read_models.results import Results
from sandan.algorithms.wording.render import strongest_first
from sandan.record.amounts import value_of_line
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import InputError, UnknownId
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.masks import mask_address, mask_name, mask_telephone
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


def find_alert(results: Results, key: str) -> dict[str, Any]:
    """The alert that a key names: `flow:ebp_code:order_no`, `parcel:logistics_code:logistics_no`, or a bare number that is unique.

    A bare number may be an order's, a parcel's or a declaration's. Of several declarations of one order the riskiest is given.

    Raises:
        UnknownId: Nothing has that key.
        InputError: The bare number is not unique; the message lists the full keys.
    """
    rows = results.table("alerts").to_pylist()
    parts = key.split(":")
    if len(parts) >= 3 and parts[0] in ("import", "export"):
        found = [r for r in rows if (r["flow"], r["ebp_code"], r["order_no"]) == (parts[0], parts[1], ":".join(parts[2:]))]
    elif len(parts) >= 3 and parts[0] == "parcel":
        found = [r for r in rows if (r["logistics_code"], r["logistics_no"]) == (parts[1], ":".join(parts[2:]))]
    else:
        found = [r for r in rows if key and key in (r["order_no"], r["logistics_no"], r["invt_no"], r["consignment_id"])]
        keys = sorted({full_key(r) for r in found})
        if len(keys) > 1:
            raise InputError(f"{key}: not unique; one of {', '.join(keys[:5])}")
    if not found:
        raise UnknownId(f"{key}: no consignment of that key in run {results.run_id}; keys look like import:EBP_CODE:ORDER_NO")
    best: dict[str, Any] = max(found, key=lambda r: r["score"])
    return best


def full_key(alert: Mapping[str, Any]) -> str:
    """The key that names an alert's consignment wherever sandan asks for one."""
    return consignment_key(alert)


def view_consignment(paths: HomePaths, results: Results, key: str) -> ConsignmentView:
    """One consignment as of its run, with personal data masked.

    Raises:
        UnknownId, InputError: As `find_alert`.
    """
    alert = find_alert(results, key)
    findings = [f for f in results.table("findings").to_pylist() if f["consignment_id"] == alert["consignment_id"]]
    findings = strongest_first(findings)
    marks = {mark for finding in findings for mark in finding["marked"]}
    con = connect(threads=1)
    try:
        frames = Frames(Lake(paths.lake), con, results.as_of)
        rows = _rows(frames, alert)
        lists = _lists(rows, marks, alert)
        history = _history(rows)
    finally:
        con.disconnect()
    return ConsignmentView(alert, tuple(findings), lists, history, results.as_of.isoformat())


def _rows(frames: Frames, alert: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each list that belong to a consignment, by its numbers."""
    number, parcel, flow = alert["order_no"], alert["logistics_no"], alert["flow"]
    rows: dict[str, list[dict[str, Any]]] = {}

    def take(kind: str, name: str, column: str, value: str) -> None:
        found = frames.of(name, column, [value]).to_pyarrow().to_pylist() if value else []
        rows[kind] = [row for row in found if row.get("flow") in (flow, None)]

    take("order", "orders", "order_no", number)
    rows["order"] = [r for r in rows["order"] if r["ebp_code"] == alert["ebp_code"]]
    take("payment", "payments", "order_no", number)
    take("waybill", "waybills", "logistics_no", parcel)
    rows["declaration"] = []
    if number:
        declared = frames.every("inventories")
        declared = declared.filter(declared.record_id == alert["consignment_id"])
        rows["declaration"] = declared.to_pyarrow().to_pylist()
    agents = {None, *(row["agent_code"] for row in rows["declaration"])}
    numbers = [(column, row[column]) for row in rows["declaration"] for column in ("cop_no", "invt_no") if row[column]]
    for kind, name in (("receipt", "receipts"), ("cancellation", "cancellations"), ("return", "returns")):
        # The number that customs gave is known from a receipt first.
        numbers += [("invt_no", row["invt_no"]) for row in rows.get("receipt", ()) if row["invt_no"]]
        numbers = list(dict.fromkeys(numbers))
        told = [row for column, number in numbers for row in frames.of(name, column, [number]).to_pyarrow().to_pylist()]
        own = {row["record_id"]: row for row in told if row["flow"] == flow and row["agent_code"] in agents}
        rows[kind] = list(own.values())
    answered = [reply for column, number in numbers for reply in replies_about(frames, column, number, flow)]
    rows["reply"] = list({reply["record_id"]: reply for reply in answered}.values())
    take("tracked", "tracking", "logistics_no", parcel)
    take("signed", "deliveries", "logistics_no", parcel)
    signed = [row for row in rows["signed"] if row["logistics_code"] == alert["logistics_code"]]
    # The carrier's message tells when; only tracking tells where.
    rows["delivery"] = [
        *rows["tracked"],
        *(
            {"event_at": row["logistics_time"], "status": row["logistics_status"], "address": None}
            for row in signed
            if row["logistics_time"]
        ),
    ]
    if not rows["payment"] and rows["order"] and rows["order"][0]["pay_transaction_id"]:
        take("payment", "payments", "pay_transaction_id", rows["order"][0]["pay_transaction_id"])
    if not rows["waybill"] and parcel:
        take("waybill", "house_waybills", "logistics_no", parcel)
    rows["order_items"] = _lines(frames, "order_items", rows["order"], "order_no")
    rows["items"] = _lines(frames, "inventory_items", rows["declaration"], "cop_no")
    return rows


def _lines(frames: Frames, name: str, heads: Sequence[Mapping[str, Any]], column: str) -> list[dict[str, Any]]:
    """Lines of the heads: those that came with them, else those that came as a table of their own."""
    ids = [head["record_id"] for head in heads]
    if not ids:
        return []
    every = frames.every(name)
    found: list[dict[str, Any]] = every.filter(every.parent_id.isin(ids)).order_by("gnum").to_pyarrow().to_pylist()
    if not found and heads[0][column]:
        found = frames.lines_of(name, ids, column, heads[0][column]).order_by("gnum").to_pyarrow().to_pylist()
    return found


def _lists(rows: Mapping[str, Sequence[Mapping[str, Any]]], marks: set[str], alert: Mapping[str, Any]) -> tuple[ListView, ...]:
    order, way, declared = (_first(rows[kind]) for kind in ("order", "waybill", "declaration"))
    last = max(rows["delivery"], key=lambda r: (bool(r["address"]), r["event_at"]), default=None)
    described: list[tuple[str, Mapping[str, Any] | None, list[tuple[str, str]]]] = [
        ("order", order, _order(order, rows["order_items"]) if order else []),
        *(("payment", paid, _payment(paid)) for paid in (*rows["payment"],) or (None,)),
        ("waybill", way, _waybill(way) if way else []),
        ("declaration", declared, _declaration(declared, rows["items"]) if declared else []),
        ("delivery", last, _delivery(last) if last else []),
    ]
    views = []
    for kind, row, cells in described:
        missing = row is None and f"{kind}" in marks
        shown = tuple(
            Cell(name, text, f"{kind}.{name}" in marks or (name == "address" and "address" in marks)) for name, text in cells if text
        )
        views.append(ListView(kind, row is not None, missing, shown))
    # Deliveries are seldom known and a parcel without order has no order list: what is not there and not missed is left out.
    return tuple(
        v for v in views if v.found or v.marked or (v.kind in ("order", "payment", "waybill", "declaration") and alert["order_no"])
    )


def _order(row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    money = [(name, _money(row[name], row["currency"])) for name in ("goods_value", "freight", "tax_total", "discount", "actual_paid")]
    return [
        ("order_no", row["order_no"]),
        ("ebp_code", _company(row, "ebp")),
        ("ebc_code", _company(row, "ebc")),
        ("buyer", _person(row["buyer_name"], row["buyer_id_masked"])),
        ("telephone", mask_telephone(row["buyer_telephone_norm"])),
        ("consignee", mask_name(row["consignee"])),
        ("address", _address(row, "consignee_address")),
        *money,
        ("pay_code", _company(row, "pay")),
        ("pay_transaction_id", row["pay_transaction_id"] or ""),
        ("items", _items(items, "item_name")),
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
        ("payer", _person(row["payer_name"], row["payer_id_masked"])),
        ("telephone", mask_telephone(row["telephone_norm"])),
        ("amount_paid", _money(row["amount_paid"], row["currency"])),
        ("pay_time", _time(row["pay_time"])),
        ("app_time", _time(row["app_time"])),
    ]


def _waybill(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    is_house = "receiver_name" in row
    who, where = (row["receiver_name"], "receiver_address") if is_house else (row["consignee"], "consignee_address")
    phone = row["receiver_telephone_norm"] if is_house else row["consignee_telephone_norm"]
    carrier = row["logistics_code"] if is_house else _company(row, "logistics")
    weight = row["weight_kg"] if is_house else row["weight"]
    sent = row["shipped_at"] if is_house else row["app_time"]
    return [
        ("logistics_no", row["logistics_no"]),
        ("logistics_code", carrier),
        ("order_no", row["order_no"] or ""),
        ("consignee", mask_name(who)),
        ("telephone", mask_telephone(phone)),
        ("address", _address(row, where)),
        ("weight", "" if weight is None else f"{weight:.2f}"),
        ("items", (row["description"] if is_house else row["goods_info"]) or ""),
        ("app_time", _time(sent)),
    ]


def _declaration(row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
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
        ("buyer", _person(row["buyer_name"], row["buyer_id_masked"])),
        ("telephone", mask_telephone(row["buyer_telephone_norm"])),
        ("address", _address(row, "consignee_address")),
        ("country", row["country"] or ""),
        ("declared_value", _money(total, items[0]["currency"] or row["currency"]) if items else ""),
        ("items", _items(items, "gname")),
        ("decl_time", "" if row["decl_time"] is None else f"{row['decl_time']:%Y-%m-%d}"),
        ("app_time", _time(row["app_time"])),
    ]


def _history(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[tuple[str, str, str], ...]:
    changes = {"1": "new", "2": "change", "3": "delete"}
    events = [
        (row["known_at"], kind, changes.get(row.get("app_type") or "1", "new"))
        for kind in ("order", "payment", "waybill", "declaration")
        for row in rows[kind]
    ]
    events += [(row["event_at"], "delivery", row["status"]) for row in rows["delivery"]]
    events += [(row["known_at"], "receipt", f"{row['return_status']} {row['return_info'] or ''}".strip()) for row in rows["receipt"]]
    events += [(row["known_at"], kind, row["reason"] or "") for kind in ("cancellation", "return") for row in rows[kind]]
    events += [(row["at"], f"{row['about']}_reply", f"{row['status']} {row['info']}".strip()) for row in rows["reply"]]
    return tuple((_time(at), kind, change) for at, kind, change in sorted(events, key=lambda e: (e[0], e[1])))


def _delivery(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    where = [("address", _address(row, "address"))] if row["address"] else []
    return [("delivered_at", _time(row["event_at"])), *where]


def _first(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return rows[0] if rows else None


def _items(items: Sequence[Mapping[str, Any]], name: str) -> str:
    return "; ".join(f"{i[name] or ''} × {_plain(i['qty'])} @ {_plain(i['price'])}" for i in items)


def _company(row: Mapping[str, Any], prefix: str) -> str:
    return " ".join(filter(None, (row.get(f"{prefix}_name"), f"({row[f'{prefix}_code']})" if row.get(f"{prefix}_code") else None)))


def _address(row: Mapping[str, Any], column: str) -> str:
    # Of the normal form, as in the graph and in the sentences of findings; a masked address has none.
    return mask_address(row[f"{column}_norm"] or row[column])


def _person(name: str | None, masked_id: str | None) -> str:
    return " ".join(filter(None, (mask_name(name), masked_id)))


def _money(value: Decimal | None, currency: str | None) -> str:
    return "" if value is None else f"{value:,.2f} {currency or ''}".strip()


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _time(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"
