"""The view as PyTorch Geometric knows it."""

import datetime as dt
from typing import Any

import numpy as np

from sandan.algorithms.features import NAMES
from sandan.gnn.hetero import to_hetero_data


def test_every_contact_is_an_edge_both_ways_with_its_time(little: Any) -> None:
    data = to_hetero_data(little.view, little.features())
    data.validate(raise_on_error=True)
    phones = little.view.contacts["OwnPhone"]
    edge = data["item", "touches", "OwnPhone"]
    assert np.array_equal(edge.edge_index.numpy(), np.stack([phones.items, phones.targets]))
    assert np.array_equal(edge.time.numpy(), phones.times)
    assert np.array_equal(data["OwnPhone", "touched_by", "item"].edge_index.numpy()[::-1], edge.edge_index.numpy())
    assert data["item"].x.shape == (little.view.n, len(NAMES))


def test_of_an_earlier_day_it_holds_what_was_known_then(little: Any) -> None:
    moment = little.as_of - dt.timedelta(days=40)
    then = to_hetero_data(little.view.until(moment))
    edge = ("item", "touches", "Buyer")
    assert 0 < then[edge].edge_index.shape[1] < to_hetero_data(little.view)[edge].edge_index.shape[1]
