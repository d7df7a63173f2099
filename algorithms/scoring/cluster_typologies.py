"""What most consignments of a suspect cluster bear is said of its other members too."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sandan.algorithms.scoring.detect import FINDINGS, ITEMS_SHOWN, cypher_of_cluster, finding_row, list_name
from sandan.algorithms.scoring.evidence import NAMED_BITS, PRIOR
from sandan.algorithms.typologies import gnn

# A typology is that of a cluster where more than half of its members bear it.
_MOST = 0.5


def cluster_typologies(rows: Sequence[Mapping[str, Any]], findings: pa.Table, members: pa.Table, run_id: str) -> pa.Table:
    """A finding for each typology that most of its suspect cluster bear and a member does not, columns of `FINDINGS`.

    It changes no score: what the others do to a score is in it already. It says to an officer what a member that many weak signs made
    suspect is suspected of.

    Args:
        rows: Consignments with their keys.
        findings: What was found on single consignments, with bits.
        members: Suspect clusters with their consignments: `cluster_id`, `consignment_id`; the strongest cluster of a consignment first.
        run_id: The run.
    """
    frame = members.select(["cluster_id", "consignment_id"]).to_pandas().drop_duplicates("consignment_id")
    borne = findings.select(["consignment_id", "typology", "bits"])
    borne = borne.filter(pc.is_in(borne["consignment_id"], pa.array(frame.consignment_id, pa.string()))).to_pandas()
    borne = borne[(borne.bits >= NAMED_BITS) & (borne.typology != gnn.TYPOLOGY.name)].drop_duplicates(["consignment_id", "typology"])
    found = frame.merge(borne, on="consignment_id").sort_values("consignment_id")
    n_members = frame.cluster_id.value_counts()
    known = set(frame.consignment_id)
    row_of = {row["consignment_id"]: row for row in rows if row["consignment_id"] in known}
    made = []
    for (cluster, typology), bearing in found.groupby(["cluster_id", "typology"]).consignment_id:
        n = int(n_members[cluster])
        if len(bearing) <= _MOST * n:
            continue
        evidence = [cluster, *(list_name(row_of[key]) for key in bearing.iloc[:ITEMS_SHOWN])]
        values = {"n": n, "bearing": len(bearing), "typology": typology}
        for key in sorted(set(frame.consignment_id[frame.cluster_id == cluster]) - set(bearing)):
            row = row_of[key]
            one = finding_row(
                run_id,
                row,
                gnn.OF_MEMBERS,
                values,
                # Alone it adds no bit to what is assumed of every consignment.
                score=PRIOR,
                evidence=evidence,
                cypher=cypher_of_cluster(row),
                group=typology,
            )
            made.append(one | {"typology": typology})
    made.sort(key=lambda row: row["finding_id"])
    return pa.Table.from_pylist(made, schema=FINDINGS)
