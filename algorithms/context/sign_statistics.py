"""Statistics of signs that show with what surrounds a consignment: 0 where absent, larger where rarer among honest ones."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.stats import poisson

from sandan.algorithms.context.context import Context

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Context], Floats]
# A mark that is present counts by itself, and the more so the more of the same shop's others bear it.
_ALONE = 0.2
_DAYS_OF_WINDOW = 24.0
# Fewer than three of a group are a couple, less than four parcels no habit.
_GROUP, _HABIT = 3, 4


def surprise(seen: Floats, expected: Floats) -> Floats:
    """-log2 of the chance to see so many *others* beside oneself where so many were expected; 0 below two (Poisson)."""
    others = np.maximum(seen - 1.0, 0.0)
    unlikely = -poisson.logsf(others - 1.0, np.maximum(expected, 1e-3)) / np.log(2)
    return np.asarray(np.where(seen >= 2, unlikely, 0.0), dtype=np.float64)


def with_others(mark: str, shared: str, most: float = 4.0) -> Statistic:
    """A mark, times how usual it is among the same shop's others."""
    return lambda c: (c.column(mark) > 0) * (1.0 + most * c.column(shared))


def short(column: str, shared: str) -> Statistic:
    """How far a log ratio is below 0, times how usual that is in the same shop."""
    return lambda c: np.clip(-c.column(column), 0.0, 3.0) * (_ALONE + c.column(shared))


def declared_short(c: Context) -> Floats:
    """How far the declared sum is below what was paid."""
    ratio = c.values["declared_to_paid"].fillna(1.0).clip(0.05, 5.0).to_numpy(float)
    return np.asarray(np.clip(-np.log(ratio), 0.0, 3.0) * (_ALONE + c.column("seller_goods_m_declared_low")), dtype=np.float64)


def waybill_before(c: Context) -> Floats:
    """Hours by which the waybill is older than the order, times how usual that is with the shop."""
    return np.clip(-c.column("hours_waybill_after_order"), 0.0, 200.0) * (_ALONE + c.column("seller_ebp_m_early_waybill"))


def delivered_elsewhere(c: Context) -> Floats:
    """How unlike the two addresses are, times how usual that is with the shop and at the door."""
    return (1.0 - c.column("alike")) * (0.3 + c.column("seller_m_sent_elsewhere") + c.column("door_seller_m_sent_elsewhere"))


def telephone(c: Context) -> Floats:
    """Other buyers with its telephone, those of the same seller twice."""
    return np.maximum(c.column("tel_d_buyer") - 1.0, 0.0) + np.maximum(c.column("tel_seller_d_buyer") - 1.0, 0.0)


def building(c: Context) -> Floats:
    """Buyers of its seller at its building against what sizes explain."""
    imports = (c.rows.imp == 1) & (c.rows.parcel == 0)
    span = max(float(c.rows.t.max() - c.rows.t.min()), 30.0)
    expected = c.column("building_n") * c.column("seller_n") / (max(int(imports.sum()), 1) * _DAYS_OF_WINDOW / span)
    return surprise(c.column("building_seller_d_buyer"), expected) * (0.3 + c.column("building_seller_m_near_limit"))


def door(c: Context) -> Floats:
    """Other buyers of its seller at its door."""
    return np.maximum(c.column("door_seller_d_buyer") - 1.0, 0.0) * (0.3 + c.column("door_seller_m_near_limit"))


def chain(alike: str, around: str, key: str) -> Statistic:
    """Buyers in the circle with the same seller or goods, against the share that this seller or these goods have of all imports."""

    def statistic(c: Context) -> Floats:
        imports = ((c.rows.imp == 1) & (c.rows.parcel == 0)).to_numpy()
        counts = c.rows[key][imports].value_counts()
        share = c.rows[key].map(counts).fillna(0.0).to_numpy(float) / max(int(imports.sum()), 1)
        seen = c.column(alike)
        return surprise(seen, (c.column(around) - 1.0) * share) * (seen >= _GROUP)

    return statistic


def own_lot(c: Context) -> Floats:
    """Other orders of the same buyer with the same seller, for one near the limit."""
    return c.column("near_limit") * (c.column("buyer_seller_n") - 1.0)


def lot_at_door(c: Context) -> Floats:
    """Other parcels with the same goods to its door."""
    return np.maximum(c.column("door_goods_n") - 1.0, 0.0) * (_ALONE + c.column("door_goods_m_near_limit"))


def lot_on_bill(c: Context) -> Floats:
    """Other parcels of its seller on its bill, by door."""
    together = np.maximum(c.column("bill_seller_n") - 1.0, 0.0) * (0.1 + c.column("bill_seller_m_near_limit"))
    return together / np.maximum(c.column("bill_seller_d_door"), 1.0)


def lent_together(c: Context) -> Floats:
    """CNY of those that share an identifier with it and buy from the same seller."""
    return c.column("people1_same_seller_value") * (c.column("people1_same_seller_d_buyer") > 1)


def other_goods(c: Context) -> Floats:
    """Order and declaration name different goods."""
    return (c.column("names_differ") > 0) * (_ALONE + c.column("seller_goods_m_names_differ"))


def other_weight(c: Context) -> Floats:
    """How far the weight of a piece is from that of its like."""
    return np.abs(c.column("residual_piece_weight_of_goods"))


def trio(c: Context) -> Floats:
    """Lift of seller, carrier and declarant, times the share of consignments without order or service among their others."""
    return np.maximum(c.column("trio_lift"), 0.0) * (c.column("trio_m_lost") + c.column("trio_m_no_service"))


def unbranded(column: str) -> Statistic:
    """How many others share something, for goods that name no brand and usually do."""
    return lambda c: c.column("unbranded") * np.maximum(c.column(column) - 1.0, 0.0)


def new_receiver(c: Context) -> Floats:
    """Log of the parcels to one receiver over what it took in as many days before, for goods that name no brand and usually do."""
    return c.column("unbranded") * np.maximum(c.column("receiver_burst"), 0.0) * (c.column("receiver_n") >= 2)


def few_places(c: Context) -> Floats:
    """Lift and share of the country among the sender's exports, for goods that name no brand and usually do."""
    found = np.maximum(c.column("seller_country_lift"), 0.0) * c.column("seller_country_share")
    return c.column("unbranded") * found * (c.column("seller_exports_n") >= _HABIT)


def fast_channels(c: Context) -> Floats:
    """How surely a sender, or a chain of them, takes express and e-commerce more than such goods do; see `fast_shares` of the context.

    For goods that name no brand and usually do.
    """
    found = c.column("unbranded") * c.column("fast_likelihood") * (c.column("fast_parcels") >= _HABIT)
    return np.asarray(found * (c.rows.fast.to_numpy(float) > 0), dtype=np.float64)


def alluded(c: Context) -> Floats:
    """How strongly the text points at a recorded brand that is left out."""
    return c.column("allude") * (c.column("brand_goods") > 0)


def young(c: Context) -> Floats:
    """How new the company is, for goods that name no brand and usually do; 0 where the register does not know it."""
    days = c.values["seller_days"].to_numpy(float)
    return np.asarray(c.column("unbranded") * np.nan_to_num(1.0 / (1.0 + np.maximum(days, 0.0) / 365.0)), dtype=np.float64)
