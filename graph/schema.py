"""The graph's schema as one table: every label, relationship and property with its type; all else is made from it."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pyarrow as pa

PropertyType = Literal["STRING", "DOUBLE", "INT64", "TIMESTAMP", "DATE", "BOOL"]
Properties = tuple[tuple[str, PropertyType], ...]

# TIMESTAMP has no zone and holds UTC. Ladybug has no zoned type that keeps an instant (an aware parameter silently loses its offset), and
# on Neo4j a zoned value never equals or sorts with a naive one; naive UTC is the one form that both stores keep, compare and return alike.
ARROW_TYPES: MappingProxyType[PropertyType, pa.DataType] = MappingProxyType(
    {
        "STRING": pa.string(),
        "DOUBLE": pa.float64(),
        "INT64": pa.int64(),
        "TIMESTAMP": pa.timestamp("us"),
        "DATE": pa.date32(),
        "BOOL": pa.bool_(),
    }
)


@dataclass(frozen=True, slots=True)
class NodeType:
    """A label; its key is always `id`, a STRING."""

    label: str
    properties: Properties = ()


@dataclass(frozen=True, slots=True)
class RelationType:
    """A relationship, the pairs of labels that it may join, and the properties that distinguish several of one pair of nodes."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    properties: Properties = ()
    distinguishing: tuple[str, ...] = ()


_NUMBERED_PERSON: Properties = (
    ("masked_name", "STRING"),
    ("masked_id", "STRING"),
    ("birth_year", "INT64"),
    ("sex", "STRING"),
    ("region", "STRING"),
)
_PERSON_ROLES = ("Buyer", "Payer", "Consignee", "Sender")

NODES: tuple[NodeType, ...] = (
    NodeType(
        "Order",
        (
            ("flow", "STRING"),
            ("ebp_code", "STRING"),
            ("order_no", "STRING"),
            ("ordered_at", "TIMESTAMP"),
            ("channel", "STRING"),
            ("currency", "STRING"),
            ("amount_cny", "DOUBLE"),
            ("declared_cny", "DOUBLE"),
            ("invt_no", "STRING"),
            ("status", "STRING"),
            ("score", "DOUBLE"),
            ("grade", "STRING"),
        ),
    ),
    NodeType(
        "Parcel",
        (
            ("logistics_code", "STRING"),
            ("logistics_no", "STRING"),
            ("channel", "STRING"),
            ("shipped_at", "TIMESTAMP"),
            ("weight_kg", "DOUBLE"),
            ("description", "STRING"),
            ("declared_cny", "DOUBLE"),
            ("status", "STRING"),
            ("score", "DOUBLE"),
            ("grade", "STRING"),
        ),
    ),
    NodeType("Buyer", _NUMBERED_PERSON),
    NodeType("Payer", _NUMBERED_PERSON),
    NodeType("Consignee", (("masked_name", "STRING"),)),
    NodeType("Sender", (("masked_name", "STRING"),)),
    NodeType("Person", (("masked_name", "STRING"), ("n_mentions", "INT64"))),
    NodeType("Phone", (("masked", "STRING"),)),
    NodeType(
        "Address",
        (
            ("masked", "STRING"),
            ("city", "STRING"),
            ("region", "STRING"),
            ("country", "STRING"),
            ("postcode", "STRING"),
            ("kind", "STRING"),
        ),
    ),
    NodeType("Platform", (("name", "STRING"), ("registered_on", "DATE"), ("revoked_on", "DATE"))),
    NodeType(
        "Operator",
        (
            ("role", "STRING"),
            ("code", "STRING"),
            ("name", "STRING"),
            ("credit", "STRING"),
            ("score", "DOUBLE"),
            ("grade", "STRING"),
        ),
    ),
    NodeType("Goods", (("hs_code", "STRING"), ("name", "STRING"), ("unit", "STRING"))),
    NodeType("Brand", (("right_holder", "STRING"), ("valid_to", "DATE"))),
    NodeType("Destination", (("country", "STRING"), ("region", "STRING"), ("city", "STRING"))),
    NodeType(
        "Cluster",
        (
            ("kind", "STRING"),
            ("score", "DOUBLE"),
            ("p_value", "DOUBLE"),
            ("first_seen", "TIMESTAMP"),
            ("last_seen", "TIMESTAMP"),
            ("summary", "STRING"),
        ),
    ),
    NodeType("Finding", (("typology", "STRING"), ("score", "DOUBLE"), ("because", "STRING"), ("run_id", "STRING"))),
)

RELATIONS: tuple[RelationType, ...] = (
    RelationType("PLACED_ON", (("Order", "Platform"),)),
    RelationType("BOUGHT_BY", (("Order", "Buyer"),)),
    RelationType(
        "PAID_BY",
        (("Order", "Payer"),),
        (("pay_transaction_id", "STRING"), ("amount_cny", "DOUBLE"), ("paid_at", "TIMESTAMP"), ("ebp_code", "STRING")),
        distinguishing=("pay_transaction_id",),
    ),
    RelationType("CONSIGNED_TO", (("Order", "Consignee"), ("Parcel", "Consignee"))),
    RelationType("SOLD_BY", (("Order", "Operator"),)),
    RelationType("CHARGED_BY", (("Order", "Operator"),)),
    RelationType("CARRIED_BY", (("Order", "Operator"), ("Parcel", "Operator"))),
    RelationType("DECLARED_BY", (("Order", "Operator"),)),
    RelationType("SHIPPED_IN", (("Order", "Parcel"),)),
    RelationType("SENT_BY", (("Parcel", "Sender"),)),
    RelationType("SHIPPED_TO", (("Order", "Address"), ("Parcel", "Address")), (("source", "STRING"),), distinguishing=("source",)),
    RelationType("REACHED_AT", tuple((role, "Phone") for role in _PERSON_ROLES)),
    RelationType("LOCATED_IN", (("Address", "Destination"),)),
    RelationType("IS", tuple((role, "Person") for role in _PERSON_ROLES), (("probability", "DOUBLE"), ("because", "STRING"))),
    RelationType(
        "CONTAINS",
        (("Order", "Goods"), ("Parcel", "Goods")),
        (("gnum", "INT64"), ("qty", "DOUBLE"), ("price_cny", "DOUBLE"), ("declared_price_cny", "DOUBLE")),
        distinguishing=("gnum",),
    ),
    RelationType("OF_BRAND", (("Goods", "Brand"),), (("probability", "DOUBLE"),)),
    RelationType("SERVES", (("Operator", "Platform"),), (("active_from", "DATE"), ("active_to", "DATE"))),
    RelationType("IN_CLUSTER", (("Order", "Cluster"), ("Parcel", "Cluster")), (("strength", "DOUBLE"),)),
    RelationType("ABOUT", (("Finding", "Order"), ("Finding", "Parcel"), ("Finding", "Operator"))),
)


def node_type(label: str) -> NodeType:
    """The node type with this label.

    Raises:
        ValueError: The schema has no such label.
    """
    for node in NODES:
        if node.label == label:
            return node
    raise ValueError(f"{label}: no such label; the schema has {', '.join(node.label for node in NODES)}")


def relation_type(name: str) -> RelationType:
    """The relationship type with this name.

    Raises:
        ValueError: The schema has no such relationship.
    """
    for relation in RELATIONS:
        if relation.name == name:
            return relation
    raise ValueError(f"{name}: no such relationship; the schema has {', '.join(relation.name for relation in RELATIONS)}")


def node_schema(label: str) -> pa.Schema:
    """Columns of a label's table: `id`, then the properties in the schema's order; times are naive and hold UTC."""
    return pa.schema([("id", pa.string()), *_arrow(node_type(label).properties)])


def relation_schema(name: str) -> pa.Schema:
    """Columns of a relationship's tables: `from`, `to` (ids of the nodes), then the properties; times are naive and hold UTC."""
    return pa.schema([("from", pa.string()), ("to", pa.string()), *_arrow(relation_type(name).properties)])


def _arrow(properties: Properties) -> list[tuple[str, pa.DataType]]:
    return [(name, ARROW_TYPES[kind]) for name, kind in properties]
