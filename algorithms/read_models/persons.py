"""The persons of one consignment in clear: what its lists say, read from the lake for an officer who said what he needs it for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandan.algorithms.results.results import Results
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


def persons_in_clear(paths: HomePaths, results: Results, alert: Mapping[str, Any]) -> list[InClear]:
    """Names, telephones and addresses of a consignment's persons as of its run. Identity numbers are stored nowhere.

    Args:
        paths: The home.
        results: The run.
        alert: The consignment's row of its alerts.
    """
    con = connect(threads=1)
    try:
        frames = Frames(Lake(paths.lake), con, results.as_of)
        found: list[InClear] = []
        for name, kind, key, fields in _LISTS:
            if not all(alert[column] for column in key) or not frames.lake.files(name):
                continue
            rows = frames.current(name)
            for column in key:
                rows = rows.filter(rows[column] == alert[column])
            for row in rows.select(*fields.values()).to_pyarrow().to_pylist():
                found += [InClear(kind, field, str(row[column])) for field, column in fields.items() if row[column]]
        return list(dict.fromkeys(found))
    finally:
        con.disconnect()
