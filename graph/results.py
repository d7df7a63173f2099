"""A run's results in the graph: scores on consignments and operators, clusters with their members, findings."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandan.graph.schema import node_schema, relation_schema
from sandan.graph.store.layout import node_file, relation_file
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.errors import OutputError

_SCORED = ["status", "score", "grade"]


def add_results(folder: Path, table: Callable[[str], pa.Table]) -> None:
    """Put a run's results into the tables of a graph version that is not published yet.

    Args:
        folder: As written by `write_graph_tables`.
        table: Gives a table of the run by its name: `alerts`, `operators`, `findings`, `clusters`, `members`; findings with their sentence
            as `because`, clusters with theirs as `summary`.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        alerts, operators, findings = table("alerts"), table("operators"), table("findings")
        order, parcel = order_id(alerts), parcel_id(alerts)
        _rewrite(folder, "Order", _riskiest(alerts, order), _SCORED)
        _rewrite(folder, "Parcel", _riskiest(alerts, parcel), _SCORED)
        codes = pc.binary_join_element_wise(operators["role"], operators["code"], ":")
        _rewrite(folder, "Operator", operators.select(["score", "grade"]).append_column("id", codes), ["score", "grade"])
        _node(folder, "Cluster", table("clusters").rename_columns({"cluster_id": "id"}))
        _node(folder, "Finding", findings.rename_columns({"finding_id": "id"}))
        about = findings.rename_columns({"finding_id": "from", "subject_id": "to"})
        for label in ("Order", "Parcel", "Operator"):
            # A declaration that names no platform and no seller is found, scored and shown, and has no node: its order's id lacks a part.
            nodes = pq.read_table(node_file(folder, label), columns=["id"])["id"]
            is_of = pc.and_(pc.equal(about["subject_type"], label), pc.is_in(about["to"], value_set=nodes))
            _relation(folder, "ABOUT", "Finding", label, about.filter(is_of))
        # Two declarations of one order are two members and one node.
        members = table("members").group_by(["item", "cluster_id", "label"], use_threads=False).aggregate([("strength", "max")])
        members = members.rename_columns({"item": "from", "cluster_id": "to", "strength_max": "strength"})
        for label in ("Order", "Parcel"):
            _relation(folder, "IN_CLUSTER", label, "Cluster", members.filter(pc.equal(members["label"], label)))
    except OSError as exc:
        raise OutputError(
            f"{folder}: cannot write the graph tables ({exc.strerror or exc}); free space, then run the command again"
        ) from exc


def _riskiest(alerts: pa.Table, ids: pa.ChunkedArray) -> pa.Table:
    """Status, score and grade by node; of several consignments of one node the riskiest."""
    rows = alerts.select(_SCORED).append_column("id", ids)
    rows = rows.filter(pc.is_valid(rows["id"])).sort_by([("score", "descending"), ("status", "ascending")])
    return rows.group_by("id", use_threads=False).aggregate([(name, "first") for name in _SCORED]).rename_columns(["id", *_SCORED])


def _rewrite(folder: Path, label: str, results: pa.Table, columns: list[str]) -> None:
    """The node table with its result columns filled in, in its old order."""
    path, schema = node_file(folder, label), node_schema(label)
    nodes = pq.read_table(path)
    # The type is said: numbers of no rows would have none, and a table of a list that is not there has no rows.
    order = pa.array(range(nodes.num_rows), pa.int64())
    joined = nodes.drop_columns(columns).append_column("_row", order).join(results, "id", join_type="left outer")
    pq.write_table(joined.sort_by("_row").select(schema.names).cast(schema), path)


def _node(folder: Path, label: str, rows: pa.Table) -> None:
    schema = node_schema(label)
    pq.write_table(_naive(rows, schema).sort_by("id"), node_file(folder, label))


def _relation(folder: Path, name: str, source: str, target: str, rows: pa.Table) -> None:
    schema = relation_schema(name)
    path = relation_file(folder, name, source, target)
    pq.write_table(_naive(rows, schema).sort_by([("from", "ascending"), ("to", "ascending")]), path)


def _naive(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Columns in the schema's types; times lose their zone, which is UTC."""
    columns = [
        pc.cast(pc.cast(rows[field.name], pa.timestamp("us", tz="UTC")), field.type)
        if pa.types.is_timestamp(field.type)
        else pc.cast(rows[field.name], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
