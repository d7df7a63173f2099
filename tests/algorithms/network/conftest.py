"""Small networks drawn by hand, as arrays."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.graph.contacts import KINDS
from sandan.graph.view import Contacts, GraphView

START = round(dt.datetime(2025, 3, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000
DAY = 86_400_000_000


@dataclass
class Drawing:
    """Items one after the other, with the ids that they touch by kind of contact."""

    items: list[dict[str, Any]] = field(default_factory=list)
    made: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def new(self, what: str) -> str:
        """An id that nobody else has."""
        return f"{what}-{next(self.made)}"

    def add(self, day: float = 0.0, *, export: bool = False, parcel: bool = False, **touched: str | tuple[str, ...]) -> int:
        """One item and what it touches: `Buyer="b1"`, `Goods=("g1", "g2")`."""
        assert set(touched) <= set(KINDS)
        self.items.append({"day": day, "export": export, "parcel": parcel, "touched": touched})
        return len(self.items) - 1

    def order(
        self, day: float = 0.0, *, who: str = "", phone: str = "", door: str = "", seller: str = "", goods: str = "", **more: Any
    ) -> int:
        """An order of one person; what is not named is the person's own."""
        who = who or self.new("person")
        phone, door = phone or self.new("phone"), door or self.new("door")
        touched = {"Buyer": who, "Payer": who, "OwnPhone": phone, "DropPhone": phone, "Address": door, **more}
        touched |= {kind: value for kind, value in (("Seller", seller), ("Goods", goods)) if value}
        return self.add(day, **touched)

    def honest(self, n: int, days: float = 60, seed: int = 1, sellers: int = 40, goods: int = 200) -> list[int]:
        """Orders of people who buy one to three times each, each with a telephone and a door."""
        dice = np.random.default_rng(seed)
        made: list[int] = []
        while len(made) < n:
            who, phone, door = self.new("person"), self.new("phone"), self.new("door")
            for _ in range(min(int(dice.integers(1, 4)), n - len(made))):
                made.append(
                    self.order(
                        float(dice.uniform(0, days)),
                        who=who,
                        phone=phone,
                        door=door,
                        seller=f"s{dice.integers(sellers)}",
                        goods=f"g{dice.integers(goods)}",
                    )
                )
        return made

    def view(self, shuffle: int | None = None) -> GraphView:
        """All of it; with `shuffle` the contacts come in another order."""
        n = len(self.items)
        known = np.array([START + int(item["day"] * DAY) for item in self.items], dtype=np.int64)
        contacts = {}
        for kind in KINDS:
            pairs = [(i, target) for i, item in enumerate(self.items) for target in self._targets(item, kind)]
            if shuffle is not None:
                pairs = [pairs[place] for place in np.random.default_rng(shuffle).permutation(len(pairs))]
            names = sorted({target for _, target in pairs})
            place = {name: j for j, name in enumerate(names)}
            rows = np.array([i for i, _ in pairs], dtype=np.int32)
            contacts[kind] = Contacts(
                rows, np.array([place[t] for _, t in pairs], dtype=np.int32), known[rows], pa.array(names, pa.string())
            )
        ids = pa.array([f"import:P:{i:06d}" for i in range(n)], pa.string())
        flags = {name: np.array([item[name] for item in self.items], dtype=bool) for name in ("parcel", "export")}
        return GraphView(ids, flags["parcel"], flags["export"], known, contacts)

    @staticmethod
    def _targets(item: dict[str, Any], kind: str) -> tuple[str, ...]:
        found = item["touched"].get(kind, ())
        return (found,) if isinstance(found, str) else found


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture(scope="session")
def draw() -> type[Drawing]:
    """For tests that need several, or one per example."""
    return Drawing
