"""Nothing that became known later enters a row's features; what cheats is caught by the same comparison."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sandan.algorithms.network.features import AGE_DAYS, Features, Labels
from sandan.graph.view import Contacts, GraphView

START = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
Maker = Callable[[Any, dt.datetime], Features]


def looks_ahead(little: Any, make: Maker, earlier: dt.datetime) -> bool:
    """Whether rows that were complete at an earlier date look different when they are made again at the end."""
    then, now = make(little, earlier), make(little, little.as_of)
    last = round(earlier.timestamp() * 1_000_000)
    known = np.array([round(row["known_at"].timestamp() * 1_000_000) for row in little.rows])
    aged = np.flatnonzero(known + round(AGE_DAYS * 86_400_000_000) <= last)
    assert len(aged) > 50
    return not np.allclose(then.values[aged], now.values[aged], rtol=0, atol=1e-8, equal_nan=True)


@pytest.mark.parametrize("day", [25, 40, 55])
def test_a_row_of_full_age_never_changes(little: Any, day: int) -> None:
    assert not looks_ahead(little, lambda world, moment: world.features(moment), START + dt.timedelta(days=day))


def test_a_planted_community_made_from_labels_is_caught(little: Any) -> None:
    def cheating(world: Any, moment: dt.datetime) -> Features:
        honest = world.features(moment)
        known = world.labels.known_at <= round(moment.timestamp() * 1_000_000)
        forged = world.labels.items[known & world.labels.positive]
        size = np.where(np.isin(honest.items, forged), len(forged), 0.0)
        return dataclasses.replace(honest, values=np.concatenate([honest.values, size[:, None]], axis=1))

    assert looks_ahead(little, cheating, START + dt.timedelta(days=40))


def test_a_planted_future_contact_is_caught(little: Any) -> None:
    def cheating(world: Any, moment: dt.datetime) -> Features:
        # A contact that is told without its time: as if it had always been known.
        contacts = dict(world.view.until(moment).contacts)
        phones = contacts["OwnPhone"]
        contacts["OwnPhone"] = Contacts(phones.items, phones.targets, np.zeros_like(phones.times), phones.names)
        view = GraphView(world.view.ids, world.view.is_parcel, world.view.is_export, world.view.known_at, contacts)
        return dataclasses.replace(world, view=view).features(moment)

    assert looks_ahead(little, cheating, START + dt.timedelta(days=40))


def test_a_contact_of_later_days_changes_nothing(little: Any) -> None:
    item = 0
    phones = little.view.contacts["OwnPhone"]
    later = phones.times[item] + round((AGE_DAYS + 1) * 86_400_000_000)
    busiest = int(np.bincount(phones.targets).argmax())
    added = Contacts(
        np.append(phones.items, np.int32(item)), np.append(phones.targets, np.int32(busiest)), np.append(phones.times, later), phones.names
    )
    view = dataclasses.replace(little.view, contacts=dict(little.view.contacts) | {"OwnPhone": added})
    before, after = little.features(), dataclasses.replace(little, view=view).features()
    assert np.array_equal(before.values[item], after.values[item], equal_nan=True)


def test_its_own_outcome_is_no_hint(little: Any) -> None:
    k = int(np.flatnonzero(little.labels.positive)[0])
    item = int(little.labels.items[k])
    turned = little.labels.positive.copy()
    turned[k] = False
    labels = Labels(little.labels.items, turned, little.labels.known_at, little.labels.weight)
    assert np.array_equal(little.features().values[item], little.features(labels=labels).values[item], equal_nan=True)


def test_outcomes_of_others_count_from_the_day_they_are_known(little: Any) -> None:
    features = little.features()
    hints = features.columns(["phone_positive"])[:, 0]
    phones = little.view.contacts["OwnPhone"]
    for item in np.flatnonzero(little.truth)[:20]:
        own = phones.targets[item]
        others = [
            k for k, other in enumerate(little.labels.items)
            if other != item and phones.targets[other] == own and little.labels.positive[k] and little.labels.known_at[k] <= features.cut[item]
        ]  # fmt: skip
        assert hints[item] == len(others)
