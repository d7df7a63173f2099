"""What inspections and officers found, by the consignments of a run."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from sandan.record.app.services import outcomes_decided
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings

KEY_COLUMNS = ("consignment_id", "flow", "ebp_code", "order_no", "logistics_code", "logistics_no")


def outcomes_by_consignment(settings: Settings, alerts: pa.Table, as_of: dt.datetime | None) -> dict[str, set[str]]:
    """The outcomes of those consignments that have any, by `consignment_id`.

    Args:
        settings: The home.
        alerts: Consignments, with at least `KEY_COLUMNS`.
        as_of: Only what was known then; None: everything.
    """
    con = connect(threads=1)
    try:
        outcomes = Frames(Lake(HomePaths(settings.home).lake), con, as_of, outcomes_decided(settings)).current("outcomes").to_pyarrow()
    finally:
        con.disconnect()
    found: dict[str, set[str]] = {}
    for keys in (order_id(outcomes), parcel_id(outcomes)):
        for key, outcome in zip(keys.to_pylist(), outcomes["outcome"].to_pylist(), strict=True):
            if key:
                found.setdefault(key, set()).add(outcome)
    if not found:
        return {}
    known, ids = pa.array(found, pa.string()), (order_id(alerts), parcel_id(alerts))
    has = pc.or_(*(pc.fill_null(pc.is_in(own, value_set=known, skip_nulls=True), False) for own in ids))
    named = zip(*(column.filter(has).to_pylist() for column in (alerts["consignment_id"], *ids)), strict=True)
    return {one: found.get(order or "", set()) | found.get(parcel or "", set()) for one, order, parcel in named}
