"""What was known of each identifier at a moment: counts over the contacts before it, for every consignment at its own moment."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandan.graph.view import GraphView
from sandan.record.values.moment import DAY_US

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contact:
    """Contacts of one or several kinds as one list, one entry per item and target with its earliest time.

    Attributes:
        items, targets: int64 [m].
        times: int64 [m], microseconds.
        n_targets: Targets.
    """

    items: Ints
    targets: Ints
    times: Ints
    n_targets: int


def merged(view: GraphView, kinds: tuple[str, ...]) -> Contact:
    """Contacts of kinds whose targets are of one label, as one list."""
    names = np.unique(np.concatenate([view.contacts[k].names.to_numpy(zero_copy_only=False).astype(str) for k in kinds]))
    items = np.concatenate([view.contacts[k].items for k in kinds]).astype(np.int64)
    targets = np.concatenate(
        [np.searchsorted(names, view.contacts[k].names.to_numpy(zero_copy_only=False).astype(str))[view.contacts[k].targets] for k in kinds]
    ).astype(np.int64)
    times = np.concatenate([view.contacts[k].times for k in kinds])
    order = np.lexsort((times, targets, items))
    items, targets, times = items[order], targets[order], times[order]
    first = np.ones(len(items), dtype=bool)
    first[1:] = (items[1:] != items[:-1]) | (targets[1:] != targets[:-1])
    return Contact(items[first], targets[first], times[first], len(names))


class Timeline:
    """Events on targets in order of time, with running sums; answers how much there was on a target up to a moment.

    Args:
        targets: int64 [m].
        times: int64 [m].
        n_targets: Targets.
        values: float64 [m, f]; what to sum; None counts.
    """

    def __init__(self, targets: Ints, times: Ints, n_targets: int, values: Floats | None = None) -> None:
        self._clock = np.unique(times)
        order = np.lexsort((times, targets))
        self._span = len(self._clock) + 1
        self._keys = targets[order] * self._span + np.searchsorted(self._clock, times[order])
        self._starts = np.searchsorted(targets[order], np.arange(n_targets))
        self._sums = None
        if values is not None:
            self._sums = np.zeros((len(order) + 1, values.shape[1]))
            np.cumsum(values[order], axis=0, out=self._sums[1:])

    def count(self, targets: Ints, until: Ints) -> Floats:
        """Events on each target up to and including a moment, float64 [q]."""
        return (self._ends(targets, until) - self._starts[targets]).astype(np.float64)

    def total(self, targets: Ints, until: Ints) -> Floats:
        """Sums of the values on each target up to and including a moment, float64 [q, f]."""
        assert self._sums is not None
        result: Floats = self._sums[self._ends(targets, until)] - self._sums[self._starts[targets]]
        return result

    def _ends(self, targets: Ints, until: Ints) -> Ints:
        rank = np.searchsorted(self._clock, until, side="right")
        return np.searchsorted(self._keys, targets * self._span + rank, side="left").astype(np.int64)


def most(n_items: int, items: Ints, values: Floats) -> Floats:
    """The largest value per item over its targets; 0 for items without any."""
    result = np.zeros((n_items, *values.shape[1:]))
    np.maximum.at(result, items, values)
    return result


def parties_on(contact: Contact, party: Ints) -> Timeline:
    """Timeline of the first contact of each party with each target: its count is the number of different parties."""
    order = np.lexsort((contact.times, party[contact.items], contact.targets))
    targets, own, times = contact.targets[order], party[contact.items][order], contact.times[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (targets[1:] != targets[:-1]) | (own[1:] != own[:-1])
    return Timeline(targets[first], times[first], contact.n_targets)


def before(until: Ints, days: float) -> Ints:
    """Moments some days earlier."""
    return until - round(days * DAY_US)
