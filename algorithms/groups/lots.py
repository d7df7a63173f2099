"""Lots: one commercial consignment in many parcels, each under the limit of a retail purchase."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import stats

from sandan.algorithms.taxes.limits import TODAY
from sandan.graph.view import GraphView
from sandan.record.values.moment import DAY_US

# Of one transaction of retail import.
LIMIT_CNY = float(TODAY.transaction)
_WINDOW_DAYS = 7.0
# Longer pauses end a lot: the next parcels are another one, or somebody's monthly supplies.
_GAP_DAYS = 4.0
_LEAST = 3
# The window was chosen because it is dense: chance gets the benefit of three windows, and of a twentieth of all days.
_WINDOWS, _LEAST_SHARE = 3, 0.05


@dataclass(frozen=True, slots=True)
class Lot:
    """The same goods to one party in several parcels within days.

    Attributes:
        items: Places of the consignments, by time.
        n_identities: Persons in whose names they came.
        goods: Place of the goods in `view.contacts["Goods"].names`.
        total_cny: Declared value together.
        span_days: From first to last.
        p_value: Chance that as many orders of these goods come together in one party of its size within the days.
        score: Strength in [0, 1).
    """

    items: npt.NDArray[np.int64]
    n_identities: int
    goods: int
    total_cny: float
    span_days: float
    p_value: float
    score: float


def find_lots(
    view: GraphView, groups: npt.NDArray[np.int64], party: npt.NDArray[np.int64], value_cny: npt.NDArray[np.float64]
) -> list[Lot]:
    """Look for lots among consignments of one group.

    Args:
        view: The graph as of the run's date.
        groups: int64 [items]; who may be one party: the community of an item, else its person.
        party: int64 [items]; the person behind each item.
        value_cny: float64 [items]; declared value of each consignment; NaN where nothing was declared.

    Source:
        `split_lot` of the domain notes: same goods, one person, address or telephone, days, each under the limit and together above.
    """
    goods = view.contacts["Goods"]
    usable = ~view.is_export[goods.items] & (value_cny[goods.items] <= LIMIT_CNY)
    rows, codes = goods.items[usable].astype(np.int64), goods.targets[usable]
    first, last = (int(view.known_at[rows].min()), int(view.known_at[rows].max())) if len(rows) else (0, 0)
    rate = np.bincount(codes, minlength=len(goods.names)) / max(len(rows), 1)
    sizes = np.bincount(groups[~view.is_export], minlength=int(groups.max(initial=0)) + 1)
    by_key: dict[tuple[int, int], list[int]] = defaultdict(list)
    for item, code in zip(rows.tolist(), codes.tolist(), strict=True):
        by_key[int(groups[item]), code].append(item)
    lots = []
    for (group, code), members in by_key.items():
        if len(members) < _LEAST or float(value_cny[members].sum()) <= LIMIT_CNY:
            continue
        found = _densest(np.array(sorted(members, key=lambda i: (view.known_at[i], i))), view.known_at, value_cny)
        if found is None:
            continue
        times = view.known_at[found]
        span = (int(times[-1]) - int(times[0])) / DAY_US
        n_ids = len(np.unique(party[found]))
        # Orders of these goods that a group of this size would make in such a window if it bought like everybody.
        share = min(1.0, max(span, 1.0) * DAY_US / max(last - first, DAY_US))
        p_value = float(stats.binom.sf(len(found) - 1, max(int(sizes[group]), len(found)), min(1.0, rate[code] * max(share * 3, 0.05))))
        lots.append(
            Lot(
                found,
                n_ids,
                code,
                float(value_cny[found].sum()),
                span,
                p_value,
                _strength(len(found), n_ids, float(value_cny[found].sum()), p_value),
            )
        )
    return lots


def _densest(items: npt.NDArray[np.int64], times: npt.NDArray[np.int64], value: npt.NDArray[np.float64]) -> npt.NDArray[np.int64] | None:
    """The run of consignments, each within days of the one before, that is worth most, if a window of it is a lot at all."""
    best, best_value = None, 0.0
    breaks = np.flatnonzero(np.diff(times[items]) > _GAP_DAYS * DAY_US) + 1
    for run in np.split(items, breaks):
        worth_of_run = float(value[run].sum())
        if worth_of_run > best_value and _is_lot(run, times, value):
            best, best_value = run, worth_of_run
    return best


def _is_lot(run: npt.NDArray[np.int64], times: npt.NDArray[np.int64], value: npt.NDArray[np.float64]) -> bool:
    """Whether some window of the run holds enough parcels that are together above the limit."""
    start = 0
    for end in range(len(run)):
        while times[run[end]] - times[run[start]] > _WINDOW_DAYS * DAY_US:
            start += 1
        if end - start + 1 >= _LEAST and float(value[run[start : end + 1]].sum()) > LIMIT_CNY:
            return True
    return False


def _strength(n: int, n_identities: int, total: float, p_value: float) -> float:
    """One person who splits is plain; several persons who each buy for themselves may be neighbours at a sale."""
    base = 0.3 if n_identities <= 2 else 0.2
    more = 0.25 * min(1.0, (total / LIMIT_CNY - 1.0) / 2.0) + 0.3 * min(1.0, (n - _LEAST) / 5.0)
    return round(min(0.9, (base + more) * (1.0 if p_value < 0.001 else 0.5)), 6)


def one_party(labels: npt.NDArray[np.int64], party: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Groups for `find_lots`: the community, else the person, as one numbering."""
    start = int(labels.max(initial=-1)) + 1
    return np.where(labels >= 0, labels, start + party)


def worth(view: GraphView, ids: Sequence[str], values: Sequence[float | None]) -> npt.NDArray[np.float64]:
    """Declared value by item; NaN where none is known. Several declarations of one order count once, the largest.

    Args:
        view: The graph.
        ids: Node ids of consignments.
        values: CNY.
    """
    places = view.places(pa.array(ids, pa.string()))
    result = np.full(view.n, np.nan)
    amounts = np.array([np.nan if v is None else float(v) for v in values])
    inside = places >= 0
    np.fmax.at(result, places[inside], amounts[inside])
    return result
