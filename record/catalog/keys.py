"""What names a consignment: the id of its order, else of its parcel; one definition for rows, Arrow columns and Ibis tables."""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

ORDER_KEY = ("flow", "ebp_code", "order_no")
PARCEL_KEY = ("logistics_code", "logistics_no")
_PARCEL = "parcel"


def order_id(of: Any) -> Any:
    """`flow:ebp_code:order_no`; null (None) where a part is missing or empty.

    Args:
        of: A row, an Arrow table or an Ibis table with the three columns.

    Returns:
        A text, a column of texts or an expression, by what was given.
    """
    return _joined(of, ORDER_KEY)


def parcel_id(of: Any) -> Any:
    """`logistics_code:logistics_no`; null (None) where a part is missing or empty; as `order_id`."""
    return _joined(of, PARCEL_KEY)


def item_id(of: Any) -> Any:
    """Id of the graph's node that stands for a consignment: its order's, where it has no order number its parcel's; as `order_id`."""
    order, parcel = order_id(of), parcel_id(of)
    if isinstance(of, ir.Table):
        return _missing(of.order_no).ifelse(parcel, order)
    if isinstance(of, pa.Table):
        return pc.if_else(pc.equal(pc.fill_null(of["order_no"], ""), ""), parcel, order)
    return order if of["order_no"] else parcel


def consignment_key(row: Mapping[str, Any]) -> str:
    """The key that a user gives for a consignment: the order's id, or `parcel:` and the parcel's; parts that are missing are empty.

    A declaration that names neither an order nor a parcel has its `consignment_id` for a key, if the row has one.
    """
    if row["order_no"]:
        return _text(row, ORDER_KEY)
    if not row["logistics_no"] and row.get("consignment_id"):
        return str(row["consignment_id"])
    return f"{_PARCEL}:{_text(row, PARCEL_KEY)}"


# `consignment_key` of a row of the alerts, in SQL.
CONSIGNMENT_KEY_SQL = (
    "CASE WHEN order_no <> '' THEN concat_ws(':', flow, coalesce(ebp_code, ''), order_no) "
    "WHEN logistics_no <> '' THEN concat_ws(':', 'parcel', coalesce(logistics_code, ''), logistics_no) ELSE consignment_id END"
)


def without_prefix(key: str) -> str:
    """The graph's id of what a user's key names."""
    return key.removeprefix(f"{_PARCEL}:")


def _joined(of: Any, parts: tuple[str, ...]) -> Any:
    if isinstance(of, ir.Table):
        first, *rest = (of[part].nullif("") for part in parts)
        whole = first
        for part in rest:
            whole = whole + ":" + part
        return whole
    if isinstance(of, pa.Table):
        known = [pc.if_else(pc.equal(of[part], ""), pa.scalar(None, pa.string()), of[part]) for part in parts]
        return pc.binary_join_element_wise(*known, ":")
    return _text(of, parts) if all(of[part] for part in parts) else None


def _text(row: Mapping[str, Any], parts: tuple[str, ...]) -> str:
    return ":".join(row[part] or "" for part in parts)


def _missing(column: ir.StringValue) -> ir.BooleanValue:
    return column.isnull() | (column == ibis.literal(""))
