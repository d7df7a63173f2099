"""Inspections with what was known of the consignment when it was chosen: its grade, why, and with which probability."""

import numpy as np
import pandas as pd
import pyarrow as pa

from sandan.algorithms.scoring.outcomes import COMPLIANT
from sandan.record.catalog.keys import ORDER_KEY, PARCEL_KEY, item_id, order_id, parcel_id

_CHOSEN = ("grade", "why", "probability", "typologies")

_MONEY = ("revenue_at_stake", "tax_full", "tax_charged", "tax_due")


def with_item(table: pa.Table) -> pd.DataFrame:
    """Rows with `item`, the graph's id of the order, of what has none that of the parcel, and `parcel`, that of the parcel."""
    for name in (*ORDER_KEY, *PARCEL_KEY):
        # Tables that were frames once have texts of another type.
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(pa.string()))
    frame: pd.DataFrame = table.append_column("item", item_id(table)).append_column("parcel", parcel_id(table)).to_pandas()
    return frame


def inspections(outcomes: pa.Table, alerts: pd.DataFrame, planned: pd.DataFrame, graded: pd.DataFrame) -> pd.DataFrame:
    """One row per outcome whose consignment is known.

    Args:
        outcomes: flow, ebp_code, order_no, logistics_code, logistics_no, inspected_at, method, outcome, probability.
        alerts: The newest run's, of `with_item`, the highest score first.
        planned: Rows of all plans: item, at (of the plan's run), grade, why, probability, typologies.
        graded: Grades of former runs: item, at (of the run), grade, typologies.

    Returns:
        item, inspected_at, method, outcome, is_hit; probability (recorded with the outcome, else in the last plan before it; NaN where in
        neither), why (of that plan, empty without one), grade and typologies (of that plan, else of the last run before the inspection,
        else of the newest run), is_graded_later (of the newest run); revenue_at_stake, tax_full, tax_charged, tax_due of the newest run.
    """
    first = alerts.drop_duplicates("item")
    by_parcel = dict(zip(first.parcel, first.item, strict=True))
    known = set(first.item)
    rows: pd.DataFrame = outcomes.to_pandas()
    orders, parcels = order_id(outcomes).to_pylist(), parcel_id(outcomes).to_pylist()
    rows["item"] = [order if order in known else by_parcel.get(parcel) for order, parcel in zip(orders, parcels, strict=True)]
    rows = rows[rows.item.notna()].sort_values(["inspected_at", "item", "method"], ignore_index=True)
    rows["is_hit"] = rows.outcome != COMPLIANT
    plan, run = _before(rows, planned), _before(rows, graded)
    rows["why"] = plan.why.fillna("") if "why" in plan else ""
    rows["probability"] = pd.to_numeric(rows.probability).fillna(pd.to_numeric(plan.probability))
    rows = rows.merge(first[["item", *_MONEY]], on="item", how="left", validate="many_to_one")
    newest = first.set_index("item")
    rows["is_graded_later"] = plan.grade.isna() & run.grade.isna()
    for name in ("grade", "typologies"):
        rows[name] = plan[name].where(plan[name].notna(), run[name]).where(lambda s: s.notna(), rows.item.map(newest[name]))
    return rows


def by_consignment(rows: pd.DataFrame) -> pd.DataFrame:
    """Inspections of one consignment as one: a breach if one of them found one; the first says when, why and how likely it was."""
    first = rows.drop_duplicates("item").set_index("item")
    first["is_hit"] = rows.groupby("item").is_hit.any()
    return first.reset_index()


def _before(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """For each inspection the last of the known rows of its item that is not later, on its index; NaN without one."""
    columns = [name for name in _CHOSEN if name in known]
    if not len(rows) or not len(known):
        return pd.DataFrame({name: pd.Series(np.nan, rows.index, dtype=object) for name in _CHOSEN}, index=rows.index)
    left = rows[["item", "inspected_at"]].astype({"inspected_at": "datetime64[us, UTC]"})
    right = known[["item", "at", *columns]].astype({"at": "datetime64[us, UTC]"}).sort_values("at", kind="stable")
    return pd.merge_asof(left, right, left_on="inspected_at", right_on="at", by="item").set_index(rows.index)
