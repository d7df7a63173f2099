"""Neighbours of consignments, drawn from arrays: who shared an identifier with them before their moment."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandan.algorithms.network.aggregates import Contact

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """One sampled neighbourhood of a batch, for one kind of identifier.

    Attributes:
        owner: int64 [k]; seed (place in the batch) of each identifier.
        degree: float32 [k]; contacts of the identifier before the seed's moment.
        neighbour: int64 [e]; item of each sampled contact.
        via: int64 [e]; identifier (place in `owner`) through which it was reached.
    """

    owner: Ints
    degree: npt.NDArray[np.float32]
    neighbour: Ints
    via: Ints


class Sampler:
    """Draws neighbours by kind of identifier, never one that came later than the seed's moment.

    Args:
        contacts: By kind, as `merged` gives them.
        n_items: Items of the view.
        complete_at: int64 [items]; a neighbour is seen from this moment on, when its last list had come.
        fan_out: Neighbours per identifier.
        most_targets: Identifiers of one kind per seed.
    """

    def __init__(
        self, contacts: Mapping[str, Contact], n_items: int, fan_out: int = 10, most_targets: int = 4, complete_at: Ints | None = None
    ) -> None:
        self.kinds = tuple(contacts)
        self._fan_out, self._most = fan_out, most_targets
        self._by_item, self._by_target = {}, {}
        for kind, c in contacts.items():
            self._by_item[kind] = _rows(c.items, c.targets, c.times, n_items)
            seen_at = c.times if complete_at is None else np.maximum(c.times, complete_at[c.items])
            self._by_target[kind] = _rows(c.targets, c.items, seen_at, c.n_targets)

    def draw(self, seeds: Ints, moments: Ints, rng: np.random.Generator) -> dict[str, Block]:
        """Neighbourhoods of a batch.

        Args:
            seeds: int64 [b]; items.
            moments: int64 [b], microseconds; nothing later is seen.
            rng: Source of the draws.
        """
        return {kind: self._block(kind, seeds, moments, rng) for kind in self.kinds}

    def _block(self, kind: str, seeds: Ints, moments: Ints, rng: np.random.Generator) -> Block:
        offsets, targets, times = self._by_item[kind]
        # An item's earliest contacts; what it touched after the moment is left out.
        starts, n = offsets[seeds], np.minimum(offsets[seeds + 1] - offsets[seeds], self._most)
        owner = np.repeat(np.arange(len(seeds)), n)
        place = starts[owner] + _ramp(n)
        seen = times[place] <= moments[owner]
        owner, chosen = owner[seen], targets[place[seen]]
        t_offsets, items, t_times = self._by_target[kind]
        begin = t_offsets[chosen]
        degree = _prefix(t_times, begin, t_offsets[chosen + 1], moments[owner])
        take = np.minimum(degree, self._fan_out)
        via = np.repeat(np.arange(len(owner)), take)
        # All of a small neighbourhood, else draws with replacement from the part that was known.
        small = degree[via] <= self._fan_out
        offset = np.where(small, _ramp(take), (rng.random(len(via)) * degree[via]).astype(np.int64))
        neighbour = items[begin[via] + offset]
        other = neighbour != seeds[owner[via]]
        return Block(owner, degree.astype(np.float32), neighbour[other], via[other])


def _rows(rows: Ints, values: Ints, times: Ints, n: int) -> tuple[Ints, Ints, Ints]:
    order = np.lexsort((values, times, rows))
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=offsets[1:])
    return offsets, values[order], times[order]


def _ramp(counts: Ints) -> Ints:
    """0, 1, .., counts[0]-1, 0, 1, .., counts[1]-1, ..."""
    total = int(counts.sum())
    return np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)


def _prefix(times: Ints, begin: Ints, end: Ints, until: Ints) -> Ints:
    """Entries of each slice `times[begin:end]`, which rises, that are not later than `until`; by bisection of all slices at once."""
    low, high = begin.copy(), end.copy()
    while True:
        open_ = low < high
        if not open_.any():
            return low - begin
        middle = (low + high) // 2
        earlier = open_ & (times[np.minimum(middle, len(times) - 1)] <= until)
        low = np.where(earlier, middle + 1, low)
        high = np.where(open_ & ~earlier, middle, high)
