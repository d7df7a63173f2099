"""A random little world as arrays: people with telephones and doors, rings that share them, officers who looked at some."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.algorithms.network.features import Features, Labels, make_features
from sandan.algorithms.scoring.detect import FINDINGS
from sandan.graph.contacts import KINDS
from sandan.graph.view import Contacts, GraphView

START = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
DAY = 86_400_000_000


@dataclass(frozen=True)
class Little:
    """A view, its consignments and what officers found."""

    view: GraphView
    rows: list[dict[str, Any]]
    labels: Labels
    truth: np.ndarray
    as_of: dt.datetime

    def features(self, as_of: dt.datetime | None = None, labels: Labels | None = None, findings: pa.Table | None = None) -> Features:
        """Features as of a date, from all that is known by then."""
        moment = as_of or self.as_of
        last = round(moment.timestamp() * 1_000_000)
        given = labels or self.labels
        known = given.known_at <= last
        by_then = Labels(given.items[known], given.positive[known], given.known_at[known], given.weight[known])
        ids = self.view.ids.to_pylist()
        kept = [i for i, row in enumerate(self.rows) if row["known_at"] <= moment]
        return make_features(
            self.view.until(moment),
            [self.rows[i] for i in kept],
            [ids[i] for i in kept],
            findings or FINDINGS.empty_table(),
            by_then,
            moment,
        )


def little_world(n: int = 600, rings: int = 8, seed: int = 3, inspected: float = 0.5) -> Little:
    dice = np.random.default_rng(seed)
    days = np.sort(dice.uniform(0, 60, n))
    person, phone, door = np.arange(n) // 2, np.arange(n) // 2, np.arange(n) // 2
    truth = np.zeros(n, dtype=bool)
    for ring in range(rings):
        begin = int(dice.integers(0, n - 40))
        members = begin + dice.choice(40, 10, replace=False)
        truth[members] = True
        person[members] = 10_000 + 100 * ring + np.arange(10)
        phone[members] = 10_000 + 3 * ring + dice.integers(0, 2, 10)
        door[members] = 10_000 + 3 * ring + dice.integers(0, 3, 10)
    times = np.array([round((START + dt.timedelta(days=float(d))).timestamp() * 1_000_000) for d in days], dtype=np.int64)
    contacts = {}
    for kind in KINDS:
        codes = {"Buyer": person, "Payer": person, "OwnPhone": phone, "DropPhone": phone, "Address": door, "Seller": np.arange(n) % 7}.get(
            kind
        )
        if codes is None:
            contacts[kind] = Contacts(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64), pa.array([], pa.string()))
            continue
        names, targets = np.unique(codes, return_inverse=True)
        text = pa.array([f"{kind[-5:]}{int(name):06d}" for name in names], pa.string())
        contacts[kind] = Contacts(np.arange(n, dtype=np.int32), targets.astype(np.int32), times, text)
    ids = pa.array([f"import:P:{i:06d}" for i in range(n)], pa.string())
    view = GraphView(ids, np.zeros(n, bool), np.zeros(n, bool), times, contacts)
    rows = [
        {
            "consignment_id": f"c{i}", "kind": "declaration", "flow": "import", "known_at": START + dt.timedelta(days=float(d)),
            "declared_cny": float(dice.uniform(50, 900)), "u_ratio": None, "w_weight": 1.0, "n_lines": 1, "discount_share": 0.0,
            "hours_paid": float(dice.uniform(1, 40)), "hours_waybill": 1.0, "alike": None, "last_list": START + dt.timedelta(days=float(d), hours=5),
        }
        for i, d in enumerate(days)
    ]  # fmt: skip
    looked = np.flatnonzero(dice.random(n) < inspected)
    labels = Labels(looked, truth[looked], times[looked] + 5 * DAY, np.ones(len(looked)))
    return Little(view, rows, labels, truth, START + dt.timedelta(days=70))


@pytest.fixture(scope="session")
def little() -> Little:
    return little_world()


@pytest.fixture(scope="session")
def make_little() -> Callable[..., Little]:
    return little_world
