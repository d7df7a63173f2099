"""What sets a cluster apart: shares of its destinations, brands, channels and goods, beside those of all other consignments."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandan.algorithms.results.queries import query
from sandan.algorithms.results.results import Results
from sandan.graph.store.layout import node_file, relation_file
from sandan.record.errors import StoreError

ASPECTS = ("destination", "brand", "channel", "goods")
MOST_VALUES = 6
_NODES = ("Order", "Parcel", "Destination", "Goods")
_RELATIONS = (
    ("SHIPPED_IN", "Order", "Parcel"), ("SHIPPED_TO", "Order", "Address"), ("SHIPPED_TO", "Parcel", "Address"),
    ("LOCATED_IN", "Address", "Destination"), ("CONTAINS", "Order", "Goods"), ("CONTAINS", "Parcel", "Goods"),
    ("OF_BRAND", "Goods", "Brand"),
)  # fmt: skip
# Consignments: every order, and every parcel that no order was shipped in. A heading of the Harmonized System has four digits.
_VALUES = {
    "channel": "SELECT item, channel AS value FROM every",
    "destination": (
        # Of China, where most goods go to, the region too.
        "SELECT DISTINCT item, concat_ws(' ', d.country, CASE d.country WHEN 'CN' THEN d.region END) AS value "
        'FROM (SELECT "from" AS item, "to" AS address FROM '
        'shipped_to_order_address UNION ALL SELECT "from", "to" FROM shipped_to_parcel_address) s '
        'JOIN located_in_address_destination l ON l."from" = s.address JOIN node_destination d ON d.id = l."to"'
    ),
    "goods": (
        "SELECT DISTINCT item, coalesce(nullif(left(g.hs_code, 4), ''), g.name) AS value "
        "FROM contained c JOIN node_goods g ON g.id = c.goods"
    ),
    "brand": 'SELECT DISTINCT item, b."to" AS value FROM contained c JOIN of_brand_goods_brand b ON b."from" = c.goods',
}
_HEAD = (
    "WITH contained AS (SELECT \"from\" AS item, \"to\" AS goods FROM contains_order_goods UNION ALL SELECT \"from\", \"to\" FROM "
    "contains_parcel_goods), "
    "every AS (SELECT id AS item, channel FROM node_order UNION ALL SELECT id, channel FROM node_parcel "
    'WHERE id NOT IN (SELECT "to" FROM shipped_in_order_parcel WHERE "to" IS NOT NULL)), '
    "inside AS (SELECT DISTINCT item FROM members WHERE cluster_id = $cluster)"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """How often something occurs.

    Attributes:
        value: A destination (`US`; of China its region too, `CN 浙江`), brand, channel or heading of goods; empty text where none is named.
        n: Members with it.
        inside: Share of the members.
        outside: Share of all other consignments.
    """

    value: str
    n: int
    inside: float
    outside: float


def cluster_profile(tables: Path, results: Results, cluster_id: str) -> Mapping[str, tuple[Share, ...]]:
    """By aspect, what the members of a cluster have most often.

    A consignment with several goods counts under each of them, so that shares of goods and brands may add up to more than one.

    Args:
        tables: Folder of the run's graph.
        results: The run.
        cluster_id: The cluster; one that is unknown has no members and no shares.

    Raises:
        StoreError: The graph's tables are missing.
    """
    files: dict[str, Any] = {f"node_{label.lower()}": node_file(tables, label) for label in _NODES}
    files |= {"_".join(part.lower() for part in relation): relation_file(tables, *relation) for relation in _RELATIONS}
    missing = [path for path in files.values() if not path.exists()]
    if missing:
        raise StoreError(f"{missing[0]}: missing; run `sandan score` for a new graph")
    files["members"] = results.source("members")
    return {aspect: _shares(files, aspect, cluster_id) for aspect in ASPECTS}


def _shares(files: Mapping[str, Any], aspect: str, cluster_id: str) -> tuple[Share, ...]:
    statement = (
        f"{_HEAD}, given AS ({_VALUES[aspect]}), "
        "valued AS (SELECT e.item, coalesce(g.value, '') AS value, e.item IN (SELECT item FROM inside) AS is_inside "
        "FROM every e LEFT JOIN given g USING (item)), "
        "sizes AS (SELECT count(DISTINCT item) FILTER (is_inside) AS inside, "
        "count(DISTINCT item) FILTER (NOT is_inside) AS outside FROM valued) "
        "SELECT value, count(*) FILTER (is_inside) AS n, count(*) FILTER (is_inside) / any_value(sizes.inside) AS inside, "
        "coalesce(count(*) FILTER (NOT is_inside) / nullif(any_value(sizes.outside), 0), 0.0) AS outside "
        "FROM valued, sizes GROUP BY value HAVING n > 0 ORDER BY n DESC, outside, value LIMIT $most"
    )
    rows = query({name: path for name, path in files.items() if name in statement}, statement, {"cluster": cluster_id, "most": MOST_VALUES})
    return tuple(Share(row["value"], int(row["n"]), float(row["inside"]), float(row["outside"])) for row in rows)
