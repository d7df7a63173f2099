"""How often the parties of a consignment meet others in the days around it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sandan.algorithms.context.meetings import Clock, Meetings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# Days that are looked back for how long a key has been in use.
_PAST_DAYS = 400
_IMPORT, _EXPORT, _ALL = "imp = 1", "imp = 0", "true"


@dataclass(frozen=True, slots=True)
class Window:
    """Consignments that share the values of some columns, within some days before and after.

    Attributes:
        keys: Columns; where one is unknown the consignment has no such window.
        different: Columns whose different values are counted.
        shares: Marks (0, 1) whose share among the *others* of the window is taken.
        days: On either side.
        of: Which consignments: imports, exports, or all.
    """

    keys: tuple[str, ...]
    different: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    days: int = 12
    of: str = _ALL


WINDOWS: Mapping[str, Window] = {
    "tel": Window(("tel",), ("buyer", "seller", "door", "consignee")),
    "buyer_tel": Window(("buyer_tel",), ("buyer", "door")),
    "door": Window(("door",), ("buyer", "seller", "tel"), ("near_limit", "payer_other")),
    "building": Window(("building",), ("buyer", "seller", "tel"), ("near_limit",)),
    "building_seller": Window(("building", "seller"), ("buyer", "tel", "door"), ("near_limit",)),
    "door_seller": Window(("door", "seller"), ("buyer", "tel"), ("near_limit", "sent_elsewhere")),
    "tel_seller": Window(("tel", "seller"), ("buyer", "door")),
    "payer": Window(("payer",), ("buyer", "seller", "door"), ("payer_other",)),
    "buyer": Window(("buyer",), ("seller", "door", "tel", "payer"), ("near_limit",), 60),
    "buyer_seller": Window(("buyer", "seller"), (), ("near_limit",), 30),
    "buyer_goods": Window(("buyer", "goods"), ("seller",), (), 30),
    "door_goods": Window(("door", "goods"), ("buyer", "seller"), ("near_limit",), 20),
    "building_goods": Window(("building", "goods"), ("buyer", "seller"), ("near_limit",), 20),
    "bill_seller": Window(("bill", "seller"), ("buyer", "door"), ("near_limit",)),
    "seller": Window(
        ("seller",),
        ("ebp", "buyer", "goods", "carrier", "agent", "pay", "building"),
        (
            "early_waybill", "cheap", "no_service", "lost", "near_limit", "payer_other", "sent_elsewhere", "declared_low", "names_differ",
            "other_consignee", "no_delivery", "no_way", "no_pay",
        ),
    ),
    "seller_ebp": Window(("seller", "ebp"), ("buyer",), ("early_waybill", "no_service", "payer_other", "lost", "sent_elsewhere")),
    "seller_goods": Window(("seller", "goods"), ("buyer",), ("cheap", "near_limit", "declared_low", "names_differ")),
    "seller_pay": Window(("seller", "pay"), ("buyer",), (), 30),
    "seller_carrier": Window(("seller", "carrier"), (), ("early_waybill",), 30),
    "seller_agent": Window(("seller", "agent"), (), (), 30),
    "seller_office": Window(("seller", "office"), (), (), 30),
    "trio": Window(("seller", "carrier", "agent"), ("buyer",), ("lost", "no_service"), 30),
    "carrier_agent": Window(("carrier", "agent"), ("seller",), (), 30),
    "ebp_pay": Window(("ebp", "pay"), ("seller",), (), 30),
    "ebp_goods": Window(("ebp", "goods"), ("seller",), ("cheap",), 30),
    "goods": Window(("goods",), ("seller", "buyer"), ("cheap",), 30, _IMPORT),
    "receiver": Window(("receiver",), ("seller", "goods", "sender_tel", "channel"), ("unbranded",), 20),
    "receiver_address": Window(("receiver_address",), ("seller", "sender_tel", "receiver"), (), 20),
    "sender_tel": Window(("sender_tel",), ("seller", "receiver", "country", "goods", "sender_door"), ("unbranded",), 20, _EXPORT),
    "sender_door": Window(("sender_door",), ("seller", "receiver", "country", "sender_tel"), ("unbranded",), 20, _EXPORT),
    "sender_building": Window(("sender_building",), ("seller", "country", "sender_tel"), ("unbranded",), 20, _EXPORT),
    "hs_country": Window(("hs", "country"), ("seller", "receiver"), ("unbranded",), 20, _EXPORT),
    "seller_country": Window(("seller", "country"), ("receiver",), (), 20, _EXPORT),
    "seller_exports": Window(
        ("seller",), ("country", "receiver", "goods", "channel", "sender_tel", "sender_door"),
        ("many_pieces", "unbranded", "fast"), 20, _EXPORT,
    ),
    "hs4_country": Window(("hs4", "country", "channel"), ("seller",), ("unbranded",), 20, _EXPORT),
    "sender_tel_country": Window(("sender_tel", "country"), ("seller", "receiver"), ("unbranded",), 20, _EXPORT),
    "hs4": Window(("hs4",), ("seller", "country"), ("unbranded", "fast"), 20, _EXPORT),
    "agent_hs4_country": Window(("agent", "hs4", "country"), ("seller", "receiver"), ("unbranded",), 20, _EXPORT),
}  # fmt: skip
# Pairs and threes whose meetings are compared with what the sizes of each explain.
LIFTS: Mapping[str, tuple[str, ...]] = {
    "trio": ("seller", "carrier", "agent"),
    "seller_carrier": ("seller", "carrier"),
    "seller_agent": ("seller", "agent"),
    "ebp_pay": ("ebp", "pay"),
    "ebp_goods": ("ebp", "goods"),
    "hs_country": ("hs", "country"),
    "seller_country": ("seller", "country"),
    "hs4_country": ("hs4", "country"),
}
_SHARES_OF_SELLER = ("seller_pay", "seller_carrier", "seller_agent", "seller_office", "seller_ebp", "seller_goods")
_YEARLY = ("buyer", "door", "tel")
_LIFT_DAYS, _YEAR_DAYS, _WINDOW_DAYS = 24.0, 366, 12


def window_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts, different parties, shares and lifts of all windows; NaN where a consignment has no such window.

    Args:
        rows: From `sandan.algorithms.context.context_rows`.

    Returns:
        Same index. `NAME_n`: consignments in the window, `NAME_d_COLUMN`: different values, `NAME_m_MARK`: share of a mark among the
        others, `NAME_age`: days since the key was first seen, `NAME_burst`: log of the count against that of the time before;
        `A_B_share`: share of A's consignments up to now, `…_lift`: log of the count against the product of shares;
        `…_year`, `…_window_value`: CNY of a buyer, door, telephone in a year and in twelve days.
    """
    names = {*(c for w in WINDOWS.values() for c in (*w.keys, *w.different)), *(key for keys in LIFTS.values() for key in keys)}
    codes = {name: pd.factorize(rows[name].to_numpy())[0].astype(np.int64) for name in sorted(names)}
    marks = {mark: rows[mark].to_numpy(float) for mark in sorted({mark for window in WINDOWS.values() for mark in window.shares})}
    clock, imports = Clock(rows.t.to_numpy(float)), rows.imp.to_numpy()
    columns: dict[str, Floats] = {}
    past: dict[str, Floats] = {}
    for name, window in WINDOWS.items():
        inside = np.ones(len(rows), dtype=bool) if window.of == _ALL else imports == (window.of == _IMPORT)
        for key in window.keys:
            inside &= codes[key] >= 0
        met = Meetings([codes[key] for key in window.keys], np.flatnonzero(inside), clock)
        n = met.count(-window.days, window.days)
        columns[f"{name}_n"] = n
        columns |= {f"{name}_d_{column}": met.different(codes[column], window.days) for column in window.different}
        columns |= {f"{name}_m_{mark}": met.share_of_others(marks[mark], window.days) for mark in window.shares}
        columns[f"{name}_age"] = age = met.age(_PAST_DAYS)
        past[name] = met.count(-_PAST_DAYS, 0)
        usual = met.count(-_PAST_DAYS, -window.days) / np.maximum(age, window.days) * window.days
        columns[f"{name}_burst"] = np.log1p(n) - np.log1p(usual)
    columns |= _values(rows, codes, clock)
    for name in _SHARES_OF_SELLER:
        columns[f"{name}_share"] = past[name] / past["seller"]
    columns["seller_country_share"] = columns["seller_country_n"] / columns["seller_exports_n"]
    span = max(float(rows.t.max() - rows.t.min()), 1.0) if len(rows) else 1.0
    columns["ebp_pay_share"] = columns["ebp_pay_n"] / np.maximum(_sizes(codes["ebp"]) / span * 60.0, 1.0)
    for name, keys in LIFTS.items():
        expected = sum(np.log(_sizes(codes[key]) / len(rows)) for key in keys) if len(rows) else np.zeros(0)
        columns[f"{name}_lift"] = np.log(columns[f"{name}_n"] + 0.5) - (expected + np.log(max(len(rows), 1) * _LIFT_DAYS / span))
    for name, part, whole in (
        ("door_buyers_each", "door_d_buyer", "door_n"),
        ("tel_buyers_each", "tel_d_buyer", "tel_n"),
        ("building_seller_buyers_each", "building_seller_d_buyer", "building_seller_n"),
        ("building_of_seller", "building_seller_n", "seller_n"),
        ("seller_of_building", "building_seller_n", "building_n"),
    ):
        columns[name] = columns[part] / np.maximum(columns[whole], 1.0)
    return pd.DataFrame(columns, index=rows.index)


def _sizes(code: Ints) -> Floats:
    """How many consignments have the same value, NaN where it is unknown."""
    counts = np.bincount(code[code >= 0], minlength=1).astype(float)
    return np.where(code >= 0, counts[code], np.nan)


def _values(rows: pd.DataFrame, codes: Mapping[str, Ints], clock: Clock) -> dict[str, Floats]:
    """CNY of a buyer, door, telephone in a year and in the window, of imports."""
    value, imports = rows.value.to_numpy(float), rows.imp.to_numpy() == 1
    columns: dict[str, Floats] = {}
    for key in _YEARLY:
        met = Meetings([codes[key]], np.flatnonzero(imports & (codes[key] >= 0)), clock)
        columns[f"{key}_year"] = met.total(value, -_YEAR_DAYS, _WINDOW_DAYS)
        columns[f"{key}_window_value"] = met.total(value, -_WINDOW_DAYS, _WINDOW_DAYS)
    return columns
