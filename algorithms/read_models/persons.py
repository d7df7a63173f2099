"""The persons of consignments in clear: what their lists say, read from the lake for an officer who said what he needs it for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from sandan.algorithms.results.results import Results
from sandan.record.catalog.keys import consignment_key
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake

# Columns of persons by list: (list, its kind on the page, columns that name the consignment, field on the page -> column).
_ORDER, _PARCEL = ("flow", "ebp_code", "order_no"), ("logistics_code", "logistics_no")
_LISTS: tuple[tuple[str, str, tuple[str, ...], dict[str, str]], ...] = (
    ("orders", "order", _ORDER,
     {"buyer": "buyer_name", "telephone": "buyer_telephone", "consignee": "consignee", "consignee_telephone": "consignee_telephone",
      "address": "consignee_address"}),
    ("payments", "payment", _ORDER, {"payer": "payer_name", "telephone": "telephone"}),
    ("waybills", "waybill", _PARCEL,
     {"consignee": "consignee", "consignee_telephone": "consignee_telephone", "address": "consignee_address"}),
    ("inventories", "declaration", _ORDER, {"buyer": "buyer_name", "telephone": "buyer_telephone", "address": "consignee_address"}),
    ("house_waybills", "waybill", _PARCEL,
     {"sender": "sender_name", "sender_telephone": "sender_telephone", "sender_address": "sender_address", "receiver": "receiver_name",
      "receiver_telephone": "receiver_telephone", "address": "receiver_address"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InClear:
    """One field: kind of the list, name of the field (as the page calls them), value."""

    kind: str
    field: str
    value: str


def persons_in_clear(paths: HomePaths, results: Results, alerts: Sequence[Mapping[str, Any]]) -> dict[str, list[InClear]]:
    """Names, telephones and addresses of the persons of some consignments as of their run. Identity numbers are stored nowhere.

    Args:
        paths: The home.
        results: The run.
        alerts: The consignments' rows of its alerts.

    Returns:
        What the lists say, by key of the consignment; an empty list where they say nothing.
    """
    found: dict[str, list[InClear]] = {consignment_key(alert): [] for alert in alerts}
    con = connect(threads=1)
    try:
        frames = Frames(Lake(paths.lake), con, results.as_of)
        for name, kind, columns, fields in _LISTS:
            keys: dict[tuple[str, ...], set[str]] = {}
            for alert in alerts:
                if all(alert[column] for column in columns):
                    keys.setdefault(tuple(alert[column] for column in columns), set()).add(consignment_key(alert))
            if not keys or not frames.lake.files(name):
                continue
            wanted = pa.Table.from_pylist(
                [dict(zip(columns, key, strict=True)) for key in keys], pa.schema([(c, pa.string()) for c in columns])
            )
            rows = frames.current(name).semi_join(ibis.memtable(wanted), list(columns))
            for row in rows.select(*columns, *fields.values()).to_pyarrow().to_pylist():
                said = [InClear(kind, field, str(row[column])) for field, column in fields.items() if row[column]]
                for key in keys[tuple(row[column] for column in columns)]:
                    found[key] += said
        return {key: list(dict.fromkeys(said)) for key, said in found.items()}
    finally:
        con.disconnect()
