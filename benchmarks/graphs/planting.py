"""A planted network of any size, made as arrays: honest people and households, rings of four shapes, halls and lockers.

Independent of `sandan.synthetic`, so that a method is not measured on the generator that it was tuned with.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.graph.contacts import KINDS
from sandan.graph.view import Contacts, GraphView

Ints = npt.NDArray[np.int64]
_START = round(dt.datetime(2025, 3, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000
_DAY = 86_400_000_000
# Shares of the orders.
_RINGS, _HALLS = 0.02, 0.03
# Households that also use public lockers, and rings of which one parcel goes to one.
_AT_LOCKER, _RING_AT_LOCKER = 0.06, 0.7


@dataclass(frozen=True, slots=True)
class Planted:
    """A network and its rings.

    Attributes:
        view: As `open_view` would give it.
        rings: Orders of each ring.
    """

    view: GraphView
    rings: Sequence[Ints]


class _Planter:
    def __init__(self, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.person: list[int] = []
        self.phone: list[int] = []
        self.door: list[int] = []
        self.day: list[float] = []
        self._next = 0

    def new(self) -> int:
        self._next += 1
        return self._next

    def order(self, person: int, phone: int, door: int, day: float) -> int:
        self.person.append(person)
        self.phone.append(phone)
        self.door.append(door)
        self.day.append(day)
        return len(self.person) - 1

    def household(self, lockers: Sequence[int]) -> None:
        """One to four people at one door; most have telephones of their own, some send now and then to a locker."""
        size = int(self.dice.choice((1, 1, 1, 2, 2, 3, 4)))
        door, shared = self.new(), self.new()
        for _ in range(size):
            person, phone = self.new(), shared if self.dice.random() < 0.4 else self.new()
            for _ in range(int(self.dice.choice((1, 1, 2, 3)))):
                to = int(self.dice.choice(lockers)) if lockers and self.dice.random() < 0.4 else door
                self.order(person, phone, to, float(self.dice.uniform(0, 60)))

    def hall(self, size: int) -> None:
        """Strangers at one door."""
        door = self.new()
        for _ in range(size):
            person, phone = self.new(), self.new()
            for _ in range(int(self.dice.choice((1, 1, 2)))):
                self.order(person, phone, door, float(self.dice.uniform(0, 60)))

    def ring(self, size: int, shape: int, locker: int | None) -> Ints:
        """Identities used once each, in two weeks; one may be used again for a parcel to a locker."""
        start, few = float(self.dice.uniform(0, 46)), max(1, round(size / 5))
        phones = [self.new() for _ in range(few if shape in (0, 2) else size)]
        doors = [self.new() for _ in range(few if shape in (1, 2) else size)]
        made = []
        for i in range(size):
            if shape == 3:
                # A chain: telephone A with door 1, door 1 with telephone B, ...
                phone, door = phones[(i + 1) // 2], doors[i // 2]
            else:
                phone, door = phones[i % len(phones)], doors[i % len(doors)]
                # Neighbouring parts have one order in common.
                if shape == 0 and 0 < i < few:
                    door = doors[i] = doors[i - 1]
                if shape == 1 and 0 < i < few:
                    phone = phones[i] = phones[i - 1]
                if shape == 2:
                    phone, door = phones[0] if i % 3 == 0 else phones[int(self.dice.integers(few))], doors[int(self.dice.integers(few))]
            made.append(self.order(self.new(), phone, door, start + float(self.dice.uniform(0, 14))))
        if locker is not None:
            made.append(self.order(self.person[-1], self.phone[-1], locker, start + float(self.dice.uniform(0, 14))))
        return np.array(made, dtype=np.int64)


def plant(n_orders: int, seed: int = 1) -> Planted:
    """A network of about so many orders.

    One in fifty orders is a ring's; rings have 5 to 40 orders. A locker serves fewer people than its cap, and most rings touch one, so that
    they hang together with households of half the network.
    """
    planter = _Planter(seed)
    dice = planter.dice
    lockers = [planter.new() for _ in range(max(1, n_orders // 1500))]
    rings: list[Ints] = []
    while sum(map(len, rings)) < _RINGS * n_orders:
        locker = int(dice.choice(lockers)) if dice.random() < _RING_AT_LOCKER else None
        rings.append(planter.ring(int(dice.integers(5, 41)), len(rings) % 4, locker))
    n_halls = 0
    while n_halls < _HALLS * n_orders:
        size = int(dice.integers(15, 60))
        planter.hall(size)
        n_halls += size
    while len(planter.person) < n_orders:
        planter.household(lockers if dice.random() < _AT_LOCKER else ())
    return Planted(_view(planter), rings)


def _view(planter: _Planter) -> GraphView:
    n = len(planter.person)
    known = _START + (np.array(planter.day) * _DAY).astype(np.int64)
    items = np.arange(n, dtype=np.int32)
    columns = {
        "Buyer": planter.person,
        "Payer": planter.person,
        "OwnPhone": planter.phone,
        "DropPhone": planter.phone,
        "Address": planter.door,
    }
    contacts = {}
    for kind in KINDS:
        if kind in columns:
            names, targets = np.unique(np.array(columns[kind]), return_inverse=True)
            told = pa.array(np.char.add(kind[-5:].lower(), np.char.zfill(names.astype(str), 9)), pa.string())
            contacts[kind] = Contacts(items, targets.astype(np.int32), known, told)
        else:
            empty = np.zeros(0, dtype=np.int32)
            contacts[kind] = Contacts(empty, empty, np.zeros(0, dtype=np.int64), pa.array([], pa.string()))
    ids = pa.array(np.char.zfill(items.astype(str), 9), pa.string())
    no = np.zeros(n, dtype=bool)
    return GraphView(ids, no, no, known, contacts)


def ring_f1(label: Ints, rings: Sequence[Ints]) -> tuple[float, float]:
    """Median over the rings of the best F1 of any community's orders against the ring's; and the share of rings with at least 0.8."""
    sizes = np.bincount(label[label >= 0])
    best = []
    for ring in rings:
        found, hits = np.unique(label[ring][label[ring] >= 0], return_counts=True)
        best.append(float((2 * hits / (sizes[found] + len(ring))).max()) if len(found) else 0.0)
    return float(np.median(best)), float(np.mean(np.array(best) >= 0.8))
