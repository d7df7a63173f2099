"""Suspicion that spreads: a consignment whose companions score high is looked at more closely."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
# By which columns consignments are companions, in import and in export.
COMPANIONS = {
    1: (
        ("tel",), ("buyer_tel",), ("door",), ("payer",), ("buyer",), ("building", "seller"), ("seller", "goods"), ("seller", "ebp"),
        ("bill", "seller"), ("seller", "carrier", "agent"),
    ),
    0: (
        ("sender_tel",), ("sender_door",), ("receiver",), ("seller",), ("seller", "country"), ("sender_building", "hs4", "country"),
    ),
}  # fmt: skip
_DAYS = 45.0
# The mean of the two kinds of companions that score highest counts, against what nineteen in twenty consignments of the flow stay below;
# .02 keeps the ratio of two small means near 1.
_KINDS, _USUAL, _SMALL = 2, 0.95, 0.02
# A handful of consignments does not say what is usual: as if so many without companions had been seen besides.
_SEEN = 100
_FACTOR = 0.6
_EDGE = 1e-6


def spread(rows: pd.DataFrame, probability: Floats, lower: bool = True) -> Floats:
    """Log odds raised or lowered by the companions' mean probability, float64 [n].

    Args:
        rows: From `sandan.algorithms.context.context_rows`.
        probability: float64 [n] in (0, 1).
        lower: Whether to have no suspect companions lowers too. Where outcomes set the level of the score it may; where a stated share of
            breaches does, a contradiction that stands alone keeps the grade that its own evidence makes.

    Source:
        Neighbourhood aggregation without learned weights; factor and days as measured on streams of several authors, where neither
        changes much between half and double.
    """
    means = [
        _mean_of_others(rows, keys, probability, (rows.imp == flow).to_numpy()) for flow, kinds in COMPANIONS.items() for keys in kinds
    ]
    strongest = np.sort(np.stack(means), axis=0)[-_KINDS:].mean(axis=0)
    p = np.clip(probability, _EDGE, 1.0 - _EDGE)
    result: Floats = np.log(p / (1.0 - p))
    for flow in COMPANIONS:
        inside = (rows.imp == flow).to_numpy()
        if inside.any():
            usual = np.quantile(np.append(strongest[inside], np.zeros(_SEEN)), _USUAL)
            change = _FACTOR * (np.log(strongest[inside] + _SMALL) - np.log(usual + _SMALL))
            result[inside] += change if lower else np.maximum(change, 0.0)
    return result


def _mean_of_others(rows: pd.DataFrame, keys: tuple[str, ...], probability: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
    """Mean of the others with the same keys within some days, drawn towards 0 by one companion at 0; 0 without any."""
    mean = np.zeros(len(rows))
    place = np.flatnonzero(inside & rows[list(keys)].notna().all(axis=1).to_numpy())
    if not len(place):
        return mean
    code = rows.iloc[place].groupby(list(keys), sort=True).ngroup().to_numpy()
    t = rows.t.to_numpy(float)[place]
    order = np.lexsort((place, t, code))
    place, code, t = place[order], code[order], t[order] - t.min()
    width = t.max() + 2 * _DAYS + 1.0
    at = code * width + t
    before = np.concatenate([[0.0], np.cumsum(probability[place])])
    low, high = np.searchsorted(at, at - _DAYS, side="left"), np.searchsorted(at, at + _DAYS, side="right")
    others = high - low - 1
    mean[place] = np.where(others > 0, (before[high] - before[low] - probability[place]) / (others + 1.0), 0.0)
    return np.maximum(mean, 0.0)
