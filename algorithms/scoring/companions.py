"""What most consignments of a suspect cluster bear is said of its other members too."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from sandan.algorithms.scoring.detect import FINDINGS, finding_row, quoted, subject
from sandan.algorithms.scoring.evidence import NAMED_BITS, PRIOR
from sandan.algorithms.typologies import gnn

# Evidence that one finding names.
_SHOWN = 20
# A typology is that of a cluster where more than half of its members bear it.
_MOST = 0.5


def companions(rows: Sequence[Mapping[str, Any]], findings: pa.Table, members: pa.Table, run_id: str) -> pa.Table:
    """A finding for each typology that most others of its suspect cluster bear and a member does not, columns of `FINDINGS`.

    It changes no score: what companions do to a score is in it already. It says to an officer what a member that many weak signs made
    suspect is suspected of.

    Args:
        rows: Consignments with their keys.
        findings: What was found on single consignments, with bits.
        members: Suspect clusters with their consignments: `cluster_id`, `consignment_id`; the strongest cluster of a consignment first.
        run_id: The run.
    """
    frame = members.select(["cluster_id", "consignment_id"]).to_pandas().drop_duplicates("consignment_id")
    borne = findings.select(["consignment_id", "typology", "bits"]).to_pandas()
    borne = borne[(borne.bits >= NAMED_BITS) & (borne.typology != gnn.TYPOLOGY.name)].drop_duplicates(["consignment_id", "typology"])
    found = frame.merge(borne, on="consignment_id")
    if found.empty:
        return pa.Table.from_pylist([], schema=FINDINGS)
    counts = found.groupby(["cluster_id", "typology"]).size().rename("bearing").reset_index()
    counts["n"] = counts.cluster_id.map(frame.cluster_id.value_counts())
    common = counts[counts.bearing > _MOST * counts.n]
    asked = frame.merge(common, on="cluster_id").merge(borne[["consignment_id", "typology"]], how="left", indicator="own")
    asked = asked[asked.own == "left_only"].sort_values(["consignment_id", "typology"])
    row_of = {row["consignment_id"]: row for row in rows}
    bearing = found.sort_values("consignment_id").groupby(["cluster_id", "typology"]).consignment_id.agg(list)
    made = [_finding(row_of, one, bearing[one.cluster_id, one.typology], run_id) for one in asked.itertuples(index=False)]
    return pa.Table.from_pylist(made, schema=FINDINGS)


def _finding(row_of: Mapping[str, Mapping[str, Any]], one: Any, bearing: Sequence[str], run_id: str) -> dict[str, Any]:
    row = row_of[one.consignment_id]
    label, node = subject(row)
    names = [subject(row_of[key]) for key in bearing[:_SHOWN]]
    made = finding_row(
        run_id,
        row,
        gnn.OF_COMPANIONS,
        {"n": int(one.n), "bearing": int(one.bearing), "typology": one.typology},
        # Alone it adds no bit to what is assumed of every consignment.
        score=PRIOR,
        evidence=[one.cluster_id, *(f"{'order' if kind == 'Order' else 'waybill'}:{name}" for kind, name in names)],
        cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r:IN_CLUSTER]->(c) RETURN s, r, c LIMIT 100",
        group=one.typology,
    )
    return made | {"typology": one.typology}
