"""The one transform from lake to graph tables: nodes and relationships as Parquet, as of a date."""

from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.graph import links
from sandan.graph.contacts import CONTACTS, ITEMS, contacts, items
from sandan.graph.people import Ids, numbered_people, personal_ids
from sandan.graph.schema import NODES, RELATIONS, node_schema, relation_schema
from sandan.graph.store.layout import event_file, node_file, relation_file
from sandan.graph.trade import goods_lines, operator_nodes, order_nodes, parcel_nodes, platform_nodes
from sandan.record.amounts import Lists
from sandan.record.errors import OutputError
from sandan.record.ids import Keyring


def write_graph_tables(lists: Lists, keyring: Keyring, folder: Path, con: ibis.BaseBackend) -> None:
    """Write every node and relationship table of one graph version, still without a run's results.

    Args:
        lists: Gives each list in force on the date.
        keyring: Makes the ids of personal data.
        folder: Where `nodes/`, `relationships/` and `events/` are made.
        con: The engine that runs the expressions.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        for name in ("nodes", "relations", "events"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        ids = personal_ids(lists, keyring)
        people = links.find_mentions(lists, ids, keyring, con, folder)
        lines = links.keyed_goods(goods_lines(lists), con, folder)
        nodes = _nodes(lists, ids, people, lines)
        for node in NODES:
            _write(nodes.get(node.label), node_schema(node.label), node_file(folder, node.label), ["id"])
        relations = links.relations(lists, ids, people, lines)
        for relation in RELATIONS:
            for source, target in relation.pairs:
                schema = relation_schema(relation.name)
                path = relation_file(folder, relation.name, source, target)
                _write(relations.get((relation.name, source, target)), schema, path, ["from", "to", *relation.distinguishing])
        touched = contacts(lists, ids, people, lines, people.shipped, keyring).order_by(["kind", "target", "known_at", "item"])
        pq.write_table(_cast(touched.to_pyarrow(), CONTACTS), event_file(folder, "contacts"))
        pq.write_table(_cast(items(lists, people.shipped).order_by("id").to_pyarrow(), ITEMS), event_file(folder, "items"))
        links.drop_scratch(folder)
    except OSError as exc:
        raise OutputError(
            f"{folder}: cannot write the graph tables ({exc.strerror or exc}); free space, then run the command again"
        ) from exc


def _nodes(lists: Lists, ids: Ids, people: "links.Mentions", lines: ir.Table) -> Mapping[str, ir.Table]:
    orders, declared, payments = lists("orders"), lists("inventories"), lists("payments")
    columns = {"hash": "buyer_id_hash", "name": "buyer_name", "masked": "buyer_id_masked", "birth_year": "buyer_id_birth_year",
               "sex": "buyer_id_sex", "region": "buyer_id_region"}  # fmt: skip
    payer = {"hash": "payer_id_hash", "name": "payer_name", "masked": "payer_id_masked", "birth_year": "payer_id_birth_year",
             "sex": "payer_id_sex", "region": "payer_id_region"}  # fmt: skip
    both = orders.select(*columns.values()).union(declared.select(*columns.values()))
    brands = lists("brands")
    goods = lines.group_by(id=lines.goods_id).aggregate(hs_code=lines.hs.min(), name=lines.name.min(), unit=lines.unit.min())
    return {
        "Order": order_nodes(lists),
        "Parcel": parcel_nodes(lists),
        "Buyer": numbered_people(both, columns),
        "Payer": numbered_people(payments, payer),
        "Consignee": people.consignees,
        "Sender": people.senders,
        "Person": people.persons,
        "Phone": ids.phone_nodes,
        "Address": ids.address_nodes,
        "Platform": platform_nodes(lists),
        "Operator": operator_nodes(lists),
        "Goods": goods,
        "Brand": brands.group_by(id=brands.brand).aggregate(right_holder=brands.right_holder.min(), valid_to=brands.valid_to.max()),
        "Destination": ids.destinations,
    }


def _write(table: ir.Table | None, schema: pa.Schema, path: Path, key: list[str]) -> None:
    """One file with exactly the schema's columns, no key twice, sorted by key; of rows with one key the first by all columns stands."""
    if table is None:
        pq.write_table(schema.empty_table(), path)
        return
    # What only a run knows (status, score, grade) is empty until `add_results`.
    found = table.select(**{name: table[name] if name in table.columns else ibis.null("string") for name in schema.names})
    found = found.filter(*[found[column].notnull() for column in key if column in ("id", "from", "to")])
    rows = found.order_by([*key, *(name for name in schema.names if name not in key)]).to_pyarrow()
    pq.write_table(_cast(_first_of_each(rows, key), schema), path)


def _first_of_each(rows: pa.Table, key: list[str]) -> pa.Table:
    """The first of the rows with one key, of rows that are sorted by it."""
    if rows.num_rows < 2:
        return rows
    before, after = rows.slice(0, rows.num_rows - 1), rows.slice(1)
    is_new = np.zeros(rows.num_rows, dtype=bool)
    is_new[0] = True
    for name in key:
        one, next_ = before[name].combine_chunks(), after[name].combine_chunks()
        # An unknown distinguishing column is a value like another.
        is_new[1:] |= np.asarray(pc.fill_null(pc.not_equal(one, next_), False)) | (np.asarray(one.is_null()) != np.asarray(next_.is_null()))
    return rows if is_new.all() else rows.filter(pa.array(is_new))


def _cast(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Columns in the schema's types; times become UTC without a zone, as the stores keep them."""
    arrays = []
    for field in schema:
        column = rows[field.name]
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            column = pc.cast(column, pa.timestamp("us", tz="UTC"))
            column = pc.cast(column, pa.timestamp("us"))
        arrays.append(pc.cast(column, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
