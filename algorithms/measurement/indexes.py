"""What each statistic index is, where its data come from, and how it is computed."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """One index.

    Attributes:
        unit: Of its value.
        definition: What it is.
        origin: Where its data come from.
        method: How it is computed, and what its interval is.
    """

    unit: str
    definition: str
    origin: str
    method: str


_RECEIPTS, _OUTCOMES = "orders, declarations and receipts (622, 604) of the newest run", "outcomes, and grades when they were chosen"
_PLANS, _RUN = "plans and outcomes", "the newest run"
_MEDIAN, _WILSON = "median; interval by order statistics", "share; Wilson interval"
_WEIGHTED = "inverse probability weighting; interval of the exact test by strata of like probability"
INDEXES: Mapping[str, Index] = {
    "order_to_release": Index(
        "hours", "from the time of the order, where a table says it, to the first receipt of release", _RECEIPTS, _MEDIAN
    ),
    "payment_to_release": Index("hours", "from the first payment to the first receipt of release", f"payments, {_RECEIPTS}", _MEDIAN),
    "declaration_to_release": Index("hours", "from the sending of the declaration to the first receipt of release", _RECEIPTS, _MEDIAN),
    "inspection_share": Index("share", "consignments with an outcome, of those that became known in the period", _OUTCOMES, "count of all"),
    "hit_rate": Index(
        "share", "inspections that found a breach, of those made; not the rate of all, as officers choose", _OUTCOMES, _WILSON
    ),
    "breach_rate": Index(
        "share", "breaches among all consignments that inspections with a recorded probability stand for", _OUTCOMES, _WEIGHTED
    ),
    "missed_breaches": Index(
        "consignments", "breaches that random inspections of low grade stand for, beside those that they found", _OUTCOMES, _WEIGHTED
    ),
    "precision_at_budget": Index("share", "breaches among the inspections that plans chose by risk", _PLANS, _WILSON),
    "recall_at_budget": Index(
        "share",
        "breaches found by the inspections that plans chose by risk, of these and those estimated in low grade",
        _PLANS,
        "found / (found + estimated by inverse probability weighting); interval of the estimate",
    ),
    "revenue_found": Index("CNY", "tax at stake with consignments in which a breach was found", "outcomes; taxes of the newest run", "sum"),
    "revenue_at_stake": Index("CNY", "tax at stake with consignments graded medium or high that have no outcome yet", _RUN, "sum"),
    "typology_hit_rate": Index("share", "inspections that found a breach, of those of consignments with the typology", _OUTCOMES, _WILSON),
    "typology_decay": Index(
        "share",
        "change of typology_hit_rate from the earlier to the later half of the period: negative where the sign wears off",
        _OUTCOMES,
        "difference of two shares; Newcombe interval",
    ),
}
