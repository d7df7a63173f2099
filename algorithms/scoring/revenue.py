"""How much tax is at stake with a consignment, if what speaks against it is true."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.taxes.due import FEN, fen
from sandan.algorithms.taxes.limits import MONEY, limits_on
from sandan.algorithms.vocabulary.registry import registry
from sandan.record.values.moment import BEIJING

# These say that the value is wrong, not that the sale was none.
_OF_VALUE = ("undervaluation", "overvaluation")
_ZERO = Decimal(0)
_TIME = pa.timestamp("us", tz="UTC")
# Facts that an alert keeps, and those that the tax at stake needs besides.
KEPT = pa.schema(
    [
        ("tax_due", MONEY), ("tax_full", MONEY), ("tax_charged", MONEY), ("tax_over", pa.string()), ("quota_used", MONEY),
        ("ordered_at", _TIME), ("paid_at", _TIME), ("declared_at", _TIME), ("released_at", _TIME),
    ]
)  # fmt: skip
NEEDED = ("consignment_id", *KEPT.names, "tax_dutiable", "u_declared", "u_reference", "known_at")
_OF_STAKE = ("tax_due", "tax_full", "tax_charged", "tax_dutiable", "u_declared", "u_reference", "known_at")
ADDED = KEPT.append(pa.field("revenue_at_stake", MONEY))
_ROWS = 50_000


def with_revenue(alerts: pa.Table, facts: pa.Table) -> pa.Table:
    """Alerts with the columns of `ADDED`.

    Args:
        alerts: consignment_id, typologies.
        facts: The columns of `NEEDED`, a row for each consignment; apart from the other facts, which stay in memory for a whole run.
    """
    places = pc.index_in(alerts["consignment_id"], value_set=facts["consignment_id"].combine_chunks())
    own = facts.take(places)
    # Nothing is at stake where nothing was found; what was found is read row by row, a part of the rows at a time.
    is_known = pc.and_(pc.and_(own["tax_due"].is_valid(), own["tax_full"].is_valid()), pc.not_equal(own["tax_dutiable"], _ZERO))
    stakes: list[Decimal | None] = [_ZERO if known else None for known in is_known.to_pylist()]
    stake = own.select(_OF_STAKE)
    found = np.flatnonzero(pc.greater(pc.list_value_length(alerts["typologies"]), 0).to_numpy())
    for some in np.array_split(found, range(_ROWS, len(found), _ROWS)):
        rows = stake.take(some).to_pylist(), alerts["typologies"].take(some).to_pylist()
        for place, row, typologies in zip(some.tolist(), *rows, strict=True):
            stakes[place] = revenue_at_stake(row, typologies)
    for field in KEPT:
        alerts = alerts.append_column(field, own[field.name].cast(field.type))
    return alerts.append_column(ADDED.field("revenue_at_stake"), pa.array(stakes, MONEY))


def revenue_at_stake(row: Mapping[str, Any], typologies: Collection[str]) -> Decimal | None:
    """Tax that was not charged, CNY with two decimals.

    A typology of forged transactions, or the model, puts the reduced rate of retail import at stake: the full tax counts. Undervaluation
    adds the tax on what the declared prices leave out against their references; where the true value is above the limit of a transaction,
    at the full rate. `tax_mismatch` alone counts what is due by law. Off goes what was charged: what the bill says, else what the order
    withholds, else what is due on the declared value, which customs collects from the guarantor. Duty is not in it: no list has its rate.

    Args:
        row: The consignment: `tax_due`, `tax_full`, `tax_charged`, `tax_dutiable` (CNY, None where unknown), `u_reference`, `u_declared`
            (CNY of the lines with a reference), `known_at`.
        typologies: What was found.

    Returns:
        0 or more; None where the tax cannot be computed: an export, or no rate.
    """
    due, full, dutiable = (row.get(name) for name in ("tax_due", "tax_full", "tax_dutiable"))
    if due is None or full is None or not dutiable:
        return None
    families = {name: registry()[name].family for name in typologies if name in registry()}
    is_retail = all(family not in ("forged", "learned") or name in _OF_VALUE for name, family in families.items())
    missing = _missing(row) if "undervaluation" in families else _ZERO
    if is_retail and not missing and "tax_mismatch" not in families:
        return _ZERO
    is_over = dutiable + missing > limits_on(row["known_at"].astimezone(BEIJING).date()).transaction
    owed = full if not is_retail or (missing and is_over) else due
    charged = due if row.get("tax_charged") is None else row["tax_charged"]
    return max(fen(owed + owed * missing / dutiable - charged), _ZERO)


def _missing(row: Mapping[str, Any]) -> Decimal:
    """CNY that the declared prices are below their references."""
    if row.get("u_reference") is None or row.get("u_declared") is None:
        return _ZERO
    return max(Decimal(row["u_reference"] - row["u_declared"]).quantize(FEN, ROUND_HALF_UP), _ZERO)
