"""A light stand-in for sandan's scorer: a logistic regression on what was inspected so far."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from sandan.jobs.simulation.actors import HEADINGS, ROUTES, SIGNS

# What an inspection of a year ago still counts of one of today: ways change within weeks.
_HALF_LIFE_WEEKS = 13.0
# Columns that sellers are hashed into: new names come every week.
_BUCKETS = 512
_MIX = 2654435761  # Knuth, The Art of Computer Programming, 6.4: multiplicative hashing


def _columns(rows: pd.DataFrame) -> sparse.csr_matrix:
    heading, route = rows.heading.to_numpy(int), rows.route.to_numpy(int)
    seller = (rows.seller.to_numpy(int) * _MIX) % 2**32 % _BUCKETS
    coded = ((heading, HEADINGS), (route, ROUTES), (heading * ROUTES + route, HEADINGS * ROUTES), (seller, _BUCKETS))
    n = len(rows)
    parts = [sparse.csr_matrix((np.ones(n), (np.arange(n), codes)), shape=(n, width)) for codes, width in coded]
    return sparse.hstack([*parts, rows[list(SIGNS)].to_numpy(float)]).tocsr()


def scores(seen: pd.DataFrame, rows: pd.DataFrame, week: int) -> npt.NDArray[np.float64]:
    """Chance of a breach of each row, learned from what was inspected; float64 [n].

    Args:
        seen: Inspected consignments with `is_breach` and `week`.
        rows: Those of the week.
        week: That week.
    """
    if seen.is_breach.nunique() < 2:
        return np.full(len(rows), float(seen.is_breach.mean()) if len(seen) else 0.0)
    # Who is chosen depends on these columns alone, so that the chance given the columns needs no weight by the probability of the choice.
    weight = 0.5 ** ((week - seen.week.to_numpy(float)) / _HALF_LIFE_WEEKS)
    model = LogisticRegression(C=1.0, max_iter=200).fit(_columns(seen), seen.is_breach.to_numpy(bool), weight)
    chances: npt.NDArray[np.float64] = model.predict_proba(_columns(rows))[:, 1]
    return chances
