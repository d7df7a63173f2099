"""What an outcome says of the consignments of the same cluster that were not inspected."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.special import expit

from sandan.algorithms.scoring.detect import FINDINGS, ITEMS_SHOWN, cypher_of_cluster, finding_row, list_name
from sandan.algorithms.scoring.evidence import log_odds
from sandan.algorithms.scoring.outcomes import Outcomes
from sandan.algorithms.typologies import gnn

Floats = npt.NDArray[np.float64]
# Laplace's rule of succession: what is known before the first inspection counts as much as two of them.
_BEFORE = 2.0


def regrade(
    scores: Floats,
    rows: Sequence[Mapping[str, Any]],
    places: npt.NDArray[np.int64],
    members: pa.Table,
    outcomes: Outcomes,
    run_id: str,
    since: dt.datetime | None = None,
) -> tuple[Floats, pa.Table]:
    """Scores that know the outcomes in their cluster, and a finding on each consignment that they raise or lower.

    The rate at which the members of a suspect cluster breach is not known. Before any inspection the mean of their scores is what is
    expected; of k inspected members b in breach make it (2 mean + b) / (2 + k). The odds of each member change as those of the rate do, so
    that one that hardly belongs to the others gains little. The score of an inspected one stays as it was.

    Args:
        scores: float64 [n] in [0, 1].
        rows: Consignments with their keys, in the same order.
        places: int64 [n]; item of each consignment in the view of the outcomes, -1 for none.
        members: Suspect clusters with their consignments, the strongest cluster first; a consignment of several counts in the first.
        outcomes: What is known.
        run_id: The run.
        since: From when on outcomes count, where the scores know of earlier ones; None: from the start.

    Source:
        Laplace's rule of succession (1814), with the mean score in place of one half.
    """
    if not members.num_rows or not len(outcomes.labels.items):
        return scores, pa.Table.from_pylist([], schema=FINDINGS)
    place_of = {row["consignment_id"]: place for place, row in enumerate(rows)}
    breach = dict(zip(outcomes.labels.items.tolist(), outcomes.labels.positive.tolist(), strict=True))
    frame = members.select(["cluster_id", "consignment_id"]).to_pandas()
    place = frame.consignment_id.map(place_of).to_numpy()
    frame["score"] = scores[place]
    frame["found"] = pd.array([breach.get(item) for item in places[place].tolist()], "boolean")
    by_cluster = frame.groupby("cluster_id")
    counts = by_cluster.found.agg(n="size", inspected="count", breaches="sum").assign(rate=by_cluster.score.mean())
    counts = counts[counts.inspected > 0]
    inspected = frame[frame.found.notna()].groupby("cluster_id").consignment_id
    shown = {name: [list_name(rows[place_of[key]]) for key in keys.iloc[:ITEMS_SHOWN]] for name, keys in inspected}
    after, made = scores.copy(), []
    frame = frame.drop_duplicates("consignment_id")
    open_ones = frame[frame.found.isna() & frame.cluster_id.isin(counts.index)]
    for key, name, before in open_ones[["consignment_id", "cluster_id", "score"]].itertuples(index=False):
        row, of = rows[place_of[key]], counts.loc[name]
        rate = (_BEFORE * float(of.rate) + float(of.breaches)) / (_BEFORE + float(of.inspected))
        bits = log_odds(rate) - log_odds(float(of.rate))
        score = float(expit(np.log(2.0) * (log_odds(before) + bits)))
        after[place_of[key]] = score
        made.append(
            finding_row(
                run_id,
                row,
                gnn.OF_CLUSTER,
                {"n": int(of.n), "inspected": int(of.inspected), "breaches": int(of.breaches), **({"since": since} if since else {})},
                score=score,
                bits=bits,
                evidence=[str(name), *shown[name]],
                cypher=cypher_of_cluster(row),
            )
        )
    made.sort(key=lambda row: row["finding_id"])
    return after, pa.Table.from_pylist(made, schema=FINDINGS)
