"""The tables of a lake: one per list, and what is kept of files, rejects and quality."""

import pyarrow as pa

from sandan.record.catalog.tables import CATALOG

# Tables of the lake that are not lists: what was refused, and what became of each file.
REJECTS = pa.schema(
    [
        ("batch_id", pa.string()),
        ("file", pa.string()),
        ("position", pa.int64()),
        ("list", pa.string()),
        ("reason_code", pa.string()),
        ("reason", pa.string()),
    ]
)
FILES = pa.schema(
    [
        ("batch_id", pa.string()),
        ("file", pa.string()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("n_records", pa.int64()),
        ("message_guid", pa.string()),
        ("cop_code", pa.string()),
        ("dxp_id", pa.string()),
    ]
)
# How good what was received is: the figure of an index is total / n, so that batches can be added up.
QUALITY = pa.schema(
    [
        ("batch_id", pa.string()),
        ("source", pa.string()),
        ("list", pa.string()),
        ("index", pa.string()),
        ("total", pa.float64()),
        ("n", pa.int64()),
    ]
)
SCHEMAS: dict[str, pa.Schema] = {
    **{name: spec.schema for name, spec in CATALOG.items()},
    "rejects": REJECTS,
    "files": FILES,
    "quality": QUALITY,
}
