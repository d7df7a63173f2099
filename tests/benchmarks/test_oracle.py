"""The frozen oracles: what they say of themselves, and what they refuse."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.oracles.observables import EVERY, OWN
from benchmarks.oracles.oracle import NAMES, Oracle, freeze, frozen, path_of
from sandan.record.errors import ArtefactError
from sandan.synthetic.params import PRESETS

COLUMNS = ("a", "b", "c")


@pytest.fixture(scope="module")
def small() -> Oracle:
    dice = np.random.default_rng(1)
    x = dice.normal(size=(400, 3))
    return Oracle.learn("oracle", COLUMNS, x, (x[:, 1] > 0.8).astype(float), preset="demo", n_orders=400, seeds=[1, 2])


def test_an_oracle_is_read_as_it_was_frozen(small: Oracle, tmp_path: Path) -> None:
    freeze(small, tmp_path / "oracle.txt")
    again = Oracle.read((tmp_path / "oracle.txt").read_text(encoding="utf-8"))
    assert again.header == small.header
    x = np.random.default_rng(2).normal(size=(50, 3))
    assert again.scores(COLUMNS, x).tolist() == small.scores(COLUMNS, x).tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["oracle.txt"]
    assert next(iter(again.gains())) == "b"


def test_columns_are_found_by_name_and_others_do_no_harm(small: Oracle) -> None:
    x = np.random.default_rng(3).normal(size=(50, 4))
    assert small.scores(("x", "c", "b", "a"), x).tolist() == small.scores(COLUMNS, x[:, [3, 2, 1]]).tolist()


def test_missing_observables_are_named(small: Oracle) -> None:
    with pytest.raises(ArtefactError, match=r"1 of its 3 are not there: b; teach it anew with `python -m benchmarks\.world oracle`"):
        small.scores(("a", "c"), np.zeros((1, 2)))


@pytest.mark.parametrize("text", ["", "{}\n", "no header\ntree", '{"name": 1}\n'])
def test_another_file_is_no_oracle(text: str) -> None:
    with pytest.raises(ArtefactError, match="not an oracle that can be read"):
        Oracle.read(text)


def test_the_same_rows_give_the_same_trees(small: Oracle) -> None:
    dice = np.random.default_rng(1)
    x = dice.normal(size=(400, 3))
    again = Oracle.learn("oracle", COLUMNS, x, (x[:, 1] > 0.8).astype(float), preset="demo", n_orders=400, seeds=[1, 2])
    assert again.text() == small.text()


@pytest.mark.parametrize("name", NAMES)
def test_the_package_s_oracles_fit_this_version(name: str) -> None:
    header = frozen(name).header
    assert header.name == name
    assert set(header.observables) <= set(OWN if name == "flat" else EVERY)
    assert header.preset in PRESETS and len(header.seeds) == 5
    assert header.n_frauds > 500
    assert path_of(name).stat().st_size < 2_000_000
