"""Tree, network, blend: they learn what is there, nothing from noise, and repeat themselves."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from sandan.algorithms.network.features import Features, Labels
from sandan.algorithms.scoring.detect import FINDINGS
from sandan.algorithms.scoring.evidence import DAMPED, Bits
from sandan.algorithms.scoring.outcomes import Outcomes
from sandan.algorithms.scoring.spread import COMPANIONS
from sandan.algorithms.vocabulary.registry import registry
from sandan.gnn import training
from sandan.gnn.measures import Estimate, average_precision
from sandan.gnn.model import Model, fitting_model, load_model, save_model
from sandan.gnn.ranking import Ranking, Table, Weights, table_of
from sandan.gnn.training import Trained, train
from sandan.record.errors import ArtefactError


def circumstances(little: Any) -> tuple[Any, Bits]:
    """What a run would know of the little world's consignments: who shares a telephone, and one sign with its bits."""
    ids = little.view.ids.to_pylist()
    phones, doors = (little.view.contacts[kind] for kind in ("OwnPhone", "Address"))
    seller = little.view.contacts["Seller"].targets
    names = {key for kinds in COMPANIONS.values() for group in kinds for key in group}
    rows = pd.DataFrame({name: [None] * len(ids) for name in names})
    rows = rows.assign(
        consignment_id=ids, imp=1, t=little.view.known_at / 86_400e6, tel=[f"p{k}" for k in phones.targets],
        door=[f"d{k}" for k in doors.targets], seller=[f"s{k // 9}" for k in range(len(ids))],
    )  # fmt: skip
    value = np.array([row["declared_cny"] or np.nan for row in little.rows], dtype=float)
    parties = rows.groupby("tel").tel.transform("size").to_numpy(float)
    values = pd.DataFrame({"tel_n": parties, "log_value": np.log1p(value), "seller_n": np.bincount(seller)[seller].astype(float)})
    bits = np.where(parties > 3, 4.0, 0.0)
    by_cause = np.zeros((len(ids), len(registry().causes)))
    by_cause[:, registry().causes.index("ring")] = bits
    return SimpleNamespace(rows=rows, values=values), Bits({"telephone_of_many": bits}, {}, by_cause, registry().causes)


def taught(little: Any, labels: Labels | None = None, seed: int = 1, least_actors: int = 4) -> Trained:
    """A model of the little world, which has fewer sellers with a breach than are asked for elsewhere."""
    context, bits = circumstances(little)
    evidence = SimpleNamespace(
        view=little.view, rows=little.rows, ids=little.view.ids.to_pylist(), as_of=little.as_of, context=context, bits=bits,
        detected=SimpleNamespace(findings=FINDINGS.empty_table()),
    )  # fmt: skip
    labels = little.labels if labels is None else labels
    with (
        mock.patch.object(training, "weights_of", lambda given: given.bits),
        mock.patch.object(training, "_LEAST_ACTORS", least_actors),
    ):
        return train(evidence, Outcomes(labels, len(labels.items), 0, {"forged": int(labels.positive.sum())}), "m1", seed)  # type: ignore[arg-type]


def asked(model: Model, little: Any) -> np.ndarray:
    table = table_of(*circumstances(little))
    return model.logits(table, little.features(), little.view) if model.needs_network else model.logits(table)


def labels_of(positive: np.ndarray, little: Any) -> Labels:
    return dataclasses.replace(little.labels, positive=positive)


@pytest.fixture(scope="module")
def trained(little: Any) -> Trained:
    done = taught(little)
    assert done.model is not None, done.reason
    return done


def test_rings_that_no_row_shows_are_found_among_those_never_inspected(little: Any, trained: Trained) -> None:
    assert trained.model is not None
    rest = ~np.isin(little.features().items, little.labels.items)
    logits = asked(trained.model, little)
    assert average_precision(little.truth[rest].astype(float), logits[rest]) > 0.8
    assert trained.card["average_precision"]["with companions"]["value"] > 0.8


def test_shuffled_outcomes_teach_nothing(little: Any) -> None:
    shuffled = np.random.default_rng(5).permutation(little.labels.positive)
    done = taught(little, labels_of(shuffled, little))
    base = shuffled.mean()
    assert done.card["average_precision"]["tree"]["value"] < base + 0.2
    assert done.card["average_precision"]["with companions"]["value"] < base + 0.3


def test_the_same_seed_gives_the_same_model(little: Any, trained: Trained) -> None:
    again = taught(little)
    assert again.model is not None and trained.model is not None
    assert np.array_equal(asked(again.model, little), asked(trained.model, little))
    assert again.card == trained.card


def test_the_order_of_consignments_changes_nothing(little: Any) -> None:
    """Ids of consignments, and so their order, hold hashes under a home's own key."""
    table = table_of(*circumstances(little))
    dice = np.random.default_rng(7)
    rows = np.sort(dice.choice(len(table.x), 200, replace=False))
    y = little.truth[rows].astype(float)
    order = dice.permutation(len(table.x))
    place = np.argsort(order)
    other = Table(table.x[order], table.names, table.bits[order], table.causes)
    theirs = np.argsort(place[rows])
    with mock.patch("sandan.gnn.ranking._MOST_UNLABELLED", 250):
        one = Ranking.learn(table, rows, y, 1, 2)
        two = Ranking.learn(other, place[rows][theirs], y[theirs], 1, 2)
    assert np.array_equal(one.logits(table)[order], two.logits(other))


def test_the_network_is_measured_on_unseen_sellers(trained: Trained) -> None:
    assert training.has_network()
    assert trained.card["average_precision"]["network"]["value"] > 0
    assert "network over ranking" in trained.card["gain"]


def test_where_few_sellers_have_a_breach_the_network_is_not_asked(little: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interval over a few sellers says nothing: one seller's has no width."""
    monkeypatch.setattr(training, "make_features", None)  # asked for, it would fail
    done = taught(little, least_actors=100)
    assert done.model is not None and not done.model.needs_network
    assert done.card["network_share"] == 0 and "network" not in done.card["average_precision"]
    assert done.card["network"] == "not asked: too few of the sellers left out have a breach, 100 are needed"


def test_no_actor_is_in_two_rounds_and_breaches_are_spread() -> None:
    dice = np.random.default_rng(4)
    actor, y = dice.integers(0, 50, 400), (dice.random(400) < 0.2).astype(float)
    fold = training.folds(actor, y, 1)
    assert all(len(set(fold[actor == k])) == 1 for k in np.unique(actor))
    assert np.ptp(np.bincount(fold, weights=y)) <= 0.2 * y.sum()


def test_a_planted_seller_of_training_raises_nothing_of_another(little: Any, trained: Trained) -> None:
    assert trained.model is not None
    context, bits = circumstances(little)
    renamed = context.rows.assign(seller=[f"other{k}" for k in range(len(context.rows))])
    again = trained.model.logits(table_of(SimpleNamespace(rows=renamed, values=context.values), bits))  # type: ignore[arg-type]
    assert np.array_equal(again, asked(trained.model, little))


def test_calibration_error_is_the_mean_distance_of_probability_and_share() -> None:
    dice = np.random.default_rng(1)
    p = dice.uniform(0, 1, 20_000)
    y = (dice.random(20_000) < p).astype(float)
    assert training.calibration_error(p, y, np.ones(len(p))) < 0.02
    assert training.calibration_error(np.minimum(p + 0.1, 1), y, np.ones(len(p))) == pytest.approx(0.1, abs=0.02)


def test_without_the_extra_the_tree_serves_alone(little: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "has_network", lambda: False)
    done = taught(little)
    assert done.model is not None and done.model.network is None
    assert "network" not in done.card["average_precision"] and done.card["network_share"] == 0
    assert done.card["network"].startswith("not installed")


@pytest.mark.parametrize(
    ("positive", "told"),
    [(lambda y: np.zeros_like(y), "0 breaches"), (lambda y: np.ones_like(y), "0 compliant"), (lambda y: y[:0], "no outcome")],
)
def test_too_little_to_learn_from_is_said(little: Any, positive: Callable[[np.ndarray], np.ndarray], told: str) -> None:
    made = positive(little.labels.positive)
    labels = Labels(little.labels.items[: len(made)], made, little.labels.known_at[: len(made)], little.labels.weight[: len(made)])
    done = taught(little, labels)
    assert done.model is None and told in done.reason


def test_unknown_values_are_borne(little: Any) -> None:
    rows = [row | {"declared_cny": None, "hours_paid": float("nan"), "n_lines": None} for row in little.rows]
    done = taught(dataclasses.replace(little, rows=rows))
    assert done.model is not None
    assert np.isfinite(asked(done.model, dataclasses.replace(little, rows=rows))).all()


def test_a_model_comes_back_as_it_was_kept(little: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_GAIN", -1.0)  # so that the network takes part whatever it is worth
    monkeypatch.setattr(training, "difference", lambda *_: Estimate(1.0, 1.0, 1.0))
    monkeypatch.setattr(training, "_card", lambda *_: {"as_of": "2025-05-10", "model_id": "m1", "schema": "s", "labelled": 1})
    done = taught(little)
    assert done.model is not None and done.model.network is not None
    save_model(tmp_path / "m1", done.model, done.card)
    # Homes have models whose file calls the scaling of neighbours so.
    assert {"own", "told"} <= json.loads((tmp_path / "m1" / "model.json").read_text()).keys()
    assert np.array_equal(asked(load_model(tmp_path / "m1"), little), asked(done.model, little))
    assert not list(tmp_path.glob("*.part"))


def test_a_run_uses_no_model_that_knew_more_than_it_does(trained: Trained, tmp_path: Path) -> None:
    assert trained.model is not None
    save_model(tmp_path / "m1", trained.model, trained.card)
    schema = trained.model.shape.schema
    assert fitting_model(tmp_path, "2025-04-01T00:00:00+00:00", schema) is None
    assert fitting_model(tmp_path, trained.model.shape.as_of, schema) is not None


def test_a_model_for_other_features_is_used_by_name(little: Any, trained: Trained, tmp_path: Path) -> None:
    """An upgrade stops no night's run: columns that are gone are unknown to the model, those that are new say nothing in it."""
    assert trained.model is not None
    save_model(tmp_path / "m1", trained.model, trained.card)
    same = fitting_model(tmp_path, "2026-01-01", trained.model.shape.schema)
    other = fitting_model(tmp_path, "2026-01-01", "other")
    assert same is not None and other is not None
    assert not same.due(trained.model.shape.schema) and other.due("other")
    table = table_of(*circumstances(little))
    order = np.random.default_rng(3).permutation(len(table.names))
    more = np.column_stack([table.x, np.ones(len(table.x), np.float32)])[:, np.append(order, len(order))]
    names = (*[table.names[k] for k in order], "a_new_column")
    assert np.array_equal(other.logits(Table(more, names, table.bits, table.causes)), other.logits(table))
    gone = table.names.index("tel_n")
    without = Table(np.delete(table.x, gone, axis=1), tuple(np.delete(table.names, gone)), table.bits, table.causes)
    logits = other.logits(without)
    assert np.isfinite(logits).all() and not np.array_equal(logits, other.logits(table))


def test_a_cause_that_a_model_does_not_weigh_counts_as_without_outcomes() -> None:
    bits = np.zeros((1, len(registry().causes)))
    bits[0, registry().causes.index("ring")], bits[0, registry().causes.index("price")] = 2.0, 3.0
    weighed = Weights(("price",), (0.5,), -4.0).logits(bits, registry().causes)
    assert weighed == pytest.approx(-4.0 + np.log(2.0) * (0.5 * 3.0 + DAMPED * 2.0))
    # Causes are found by name: of an installation's own typology, or of one that is gone, in whatever order.
    weighed = Weights(("gone", "price"), (9.0, 0.5), -4.0).logits(np.array([[3.0, 2.0]]), ("price", "number_of_ours"))
    assert weighed == pytest.approx(-4.0 + np.log(2.0) * (0.5 * 3.0 + DAMPED * 2.0))


def test_features_of_the_network_are_found_by_name() -> None:
    columns = ("log_value", "finding_quota", "rules")
    none, times = np.zeros(2, np.int64), np.zeros(2, np.int64)
    made = Features(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), columns, none, times, np.ones(2, bool), np.zeros((2, 2)), times)
    asked = made.columns(("rules", "finding_gone", "log_value"))
    assert np.array_equal(asked[:, [0, 2]], [[3.0, 1.0], [6.0, 4.0]]) and np.isnan(asked[:, 1]).all()
    assert made.columns(()).shape == (2, 0)


def test_a_model_of_another_form_is_passed_over_and_a_broken_one_says_so(trained: Trained, tmp_path: Path) -> None:
    assert trained.model is not None
    save_model(tmp_path / "m1", trained.model, trained.card)
    (tmp_path / "m1" / "tree-few-0.txt").write_text("no tree")
    with pytest.raises(ArtefactError, match="sandan train"):
        load_model(tmp_path / "m1")
    shape = json.loads((tmp_path / "m1" / "model.json").read_text())
    (tmp_path / "m1" / "model.json").write_text(json.dumps(shape)[:-20])
    with pytest.raises(ArtefactError, match="sandan train"):
        fitting_model(tmp_path, "2026-01-01", trained.model.shape.schema)
    card = {name: trained.card[name] for name in ("as_of", "model_id", "schema", "labelled")}
    (tmp_path / "m1" / "card.json").write_text(json.dumps(card))  # as versions without checksums wrote it
    (tmp_path / "m1" / "model.json").write_text(json.dumps({"as_of": card["as_of"], "model_id": "m1", "schema": "old", "columns": []}))
    assert fitting_model(tmp_path, "2026-01-01", trained.model.shape.schema) is None
