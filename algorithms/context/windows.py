"""How often the parties of a consignment meet others in the days around it."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

# Days that are looked back for how long a key has been in use.
_PAST_DAYS = 400
_IMPORT, _EXPORT = "imp = 1", "imp = 0"


@dataclass(frozen=True, slots=True)
class Window:
    """Consignments that share the values of some columns, within some days before and after.

    Attributes:
        keys: Columns; where one is unknown the consignment has no such window.
        different: Columns whose different values are counted.
        shares: Marks (0, 1) whose share among the *others* of the window is taken.
        days: On either side.
        of: Condition on the consignments.
    """

    keys: tuple[str, ...]
    different: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    days: int = 12
    of: str = "true"


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
_LIFT_DAYS = 24.0


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
    frame = rows.assign(rid=np.arange(len(rows)))
    columns: dict[str, pd.Series] = {}
    past: dict[str, pd.Series] = {}
    with duckdb.connect() as con:
        con.register("rows", frame)
        con.execute("create table c as select * from rows")
        for name, window in WINDOWS.items():
            found = con.execute(_query(window)).df().set_index("rid").reindex(frame.rid)
            past[name] = found.pop("n_past")
            before = found.pop("n_before")
            usual = before / found.age.clip(lower=window.days) * window.days
            columns |= {f"{name}_{column}": found[column] for column in found}
            columns[f"{name}_burst"] = np.log1p(found.n) - np.log1p(usual)
        for key in _YEARLY:
            sums = con.execute(_value_query(key)).df().set_index("rid").reindex(frame.rid)
            columns |= {f"{key}_{column}": sums[column] for column in sums}
    for name in _SHARES_OF_SELLER:
        columns[f"{name}_share"] = past[name] / past["seller"]
    columns["seller_country_share"] = columns["seller_country_n"] / columns["seller_exports_n"]
    span = max(float(rows.t.max() - rows.t.min()), 1.0) if len(rows) else 1.0
    of_platform = (rows.groupby("ebp").t.transform("size") / span * 60.0).clip(lower=1).set_axis(frame.rid)
    columns["ebp_pay_share"] = columns["ebp_pay_n"] / of_platform
    for name, keys in LIFTS.items():
        expected = sum(np.log(rows[key].map(rows[key].value_counts()).astype(float) / len(rows)) for key in keys)
        seen = np.log(columns[f"{name}_n"].to_numpy(float) + 0.5)
        columns[f"{name}_lift"] = pd.Series(seen - (np.asarray(expected) + np.log(max(len(rows), 1) * _LIFT_DAYS / span)), frame.rid)
    for name, part, whole in (
        ("door_buyers_each", "door_d_buyer", "door_n"),
        ("tel_buyers_each", "tel_d_buyer", "tel_n"),
        ("building_seller_buyers_each", "building_seller_d_buyer", "building_seller_n"),
        ("building_of_seller", "building_seller_n", "seller_n"),
        ("seller_of_building", "building_seller_n", "building_n"),
    ):
        columns[name] = columns[part] / columns[whole].clip(lower=1)
    return pd.DataFrame(columns).set_axis(rows.index)


def _query(window: Window) -> str:
    known = " and ".join([*(f"{key} is not null" for key in window.keys), window.of])
    counts = ["rid", "count(*) over w as n"]
    counts += [f"count(distinct {column}) over w as d_{column}" for column in window.different]
    counts += [f"(sum({mark}) over w - {mark})::double / greatest(count(*) over w - 1, 1) as m_{mark}" for mark in window.shares]
    counts += ["t - min(t) over p as age", "count(*) over p as n_past", "count(*) over b as n_before"]
    same = f"partition by {', '.join(window.keys)} order by t range between"
    return f"""select {", ".join(counts)} from c where {known} window
        w as ({same} {window.days} preceding and {window.days} following),
        p as ({same} {_PAST_DAYS} preceding and current row), b as ({same} {_PAST_DAYS} preceding and {window.days} preceding)"""


def _value_query(key: str) -> str:
    same = f"partition by {key} order by t range between"
    return f"""select rid, sum(value) over ({same} 366 preceding and 12 following) as year,
        sum(value) over ({same} 12 preceding and 12 following) as window_value from c where {key} is not null and imp = 1"""
