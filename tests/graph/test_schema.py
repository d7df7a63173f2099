"""The schema as one table, and what is made from it."""

import pyarrow as pa
import pytest

from sandan.graph.schema import NODES, RELATIONS, node_schema, relation_schema
from sandan.graph.store.ddl import ladybug_statements, neo4j_statements


def test_names_are_unique_and_ends_exist() -> None:
    labels = [node.label for node in NODES]
    names = [relation.name for relation in RELATIONS]
    assert len({*labels, *names}) == len(labels) + len(names)
    assert {label for relation in RELATIONS for pair in relation.pairs for label in pair} == set(labels)


def test_telling_properties_are_properties() -> None:
    assert {r.name: r.distinguishing for r in RELATIONS if r.distinguishing} == {
        "PAID_BY": ("pay_transaction_id",),
        "SHIPPED_TO": ("source",),
        "CONTAINS": ("gnum",),
    }
    assert all(set(r.distinguishing) <= {name for name, _ in r.properties} for r in RELATIONS)


def test_tables_begin_with_their_keys() -> None:
    assert node_schema("Phone") == pa.schema([("id", pa.string()), ("masked", pa.string())])
    assert relation_schema("SHIPPED_TO") == pa.schema([("from", pa.string()), ("to", pa.string()), ("source", pa.string())])
    assert node_schema("Order").field("ordered_at").type == pa.timestamp("us")


@pytest.mark.parametrize("name", ["order", "Order; DROP", ""])
def test_a_name_outside_the_schema_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="the schema has"):
        node_schema(name)
    with pytest.raises(ValueError, match="the schema has"):
        relation_schema(name)


def test_both_stores_are_told_every_label() -> None:
    assert len(neo4j_statements()) == len(NODES)
    assert "CREATE REL TABLE `SHIPPED_TO`(FROM `Order` TO `Address`, FROM `Parcel` TO `Address`, `source` STRING)" in ladybug_statements()
