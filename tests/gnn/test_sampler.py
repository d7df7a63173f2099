"""Neighbours are drawn from what was known, and no more of them than asked for."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.network.aggregates import Contact
from sandan.gnn.sampler import Sampler

CONTACTS = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 5), st.integers(0, 50)), min_size=1, max_size=60, unique_by=lambda c: c[:2]
)


@given(CONTACTS, st.integers(0, 50), st.integers(1, 4))
def test_no_neighbour_comes_later_than_the_moment(made: list[tuple[int, int, int]], moment: int, fan_out: int) -> None:
    made.sort()
    contact = Contact(*(np.array(column, dtype=np.int64) for column in zip(*made, strict=True)), 6)
    seeds = np.unique(contact.items)
    block = Sampler({"k": contact}, 15, fan_out).draw(seeds, np.full(len(seeds), moment), np.random.default_rng(1))["k"]
    when = {(item, target): at for item, target, at in made}
    of_seed: dict[int, list[int]] = {}
    for item, target, at in made:
        if at <= moment:
            of_seed.setdefault(item, []).append(target)
    for k, owner in enumerate(block.owner):
        seed = int(seeds[owner])
        reached = block.neighbour[block.via == k]
        assert len(reached) <= fan_out and seed not in reached
        # Each neighbour shares a target with the seed, and both contacts were known.
        for other in reached:
            assert any(when.get((int(other), target), 99) <= moment for target in of_seed[seed])


def test_the_same_seed_draws_the_same(little: Any) -> None:
    phones = little.view.contacts["OwnPhone"]
    contact = Contact(phones.items.astype(np.int64), phones.targets.astype(np.int64), phones.times, len(phones.names))
    drawn = [
        Sampler({"phone": contact}, little.view.n, 2)
        .draw(np.arange(50), little.view.known_at[:50], np.random.default_rng(7))["phone"]
        .neighbour
        for _ in range(2)
    ]
    assert np.array_equal(*drawn)
