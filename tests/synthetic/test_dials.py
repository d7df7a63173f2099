"""What the dials of a world do."""

import csv
import re
import statistics
from collections import Counter
from pathlib import Path

import pytest

from sandan.record.errors import ConfigError
from sandan.synthetic.output.key import read_key
from sandan.synthetic.params import PRESETS, WorldParams, world_params
from sandan.synthetic.world import WorldFiles, write_world


def _outcomes(files: WorldFiles) -> list[dict[str, str]]:
    path = files.folder / "tables" / "outcomes.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _amounts(files: WorldFiles, kind: str, element: str) -> dict[str, float]:
    """The first amount of each order number that the messages of a kind name."""
    found: dict[str, float] = {}
    for path in sorted(files.folder.rglob(f"{kind}_*.xml")):
        for record in re.split(r"(?=<ceb:guid>)", path.read_text(encoding="utf-8"))[1:]:
            number, amount = (re.search(rf"<ceb:{name}>([^<]*)<", record) for name in ("orderNo", element))
            if number and amount:
                found.setdefault(number[1].strip(), float(amount[1]))
    return found


def test_frauds_are_fewer_than_one_in_a_hundred_unless_asked_for(tmp_path: Path) -> None:
    assert WorldParams().fraud_rate + WorldParams().ring_rate <= 0.01
    key = read_key(write_world(tmp_path / "w", world_params("small", n_orders=6000, seed=3)).key)
    assert 0 < sum(row.truth == "fraud" for row in key) <= 0.01 * len(key)


def test_every_preset_is_a_world_and_another_name_is_refused() -> None:
    for name in PRESETS:
        assert world_params(name, seed=4).seed == 4
    with pytest.raises(ConfigError, match="demo, small, benchmark-1m"):
        world_params("large")


def test_officers_without_a_nose_find_no_more_than_chance_and_keen_ones_far_more(tmp_path: Path) -> None:
    found = {}
    for bias in (0.0, 1.0):
        params = world_params("demo", n_orders=2000, seed=6, label_bias=bias, label_rate=0.1)
        files = write_world(tmp_path / str(bias), params)
        truths = {row.order_no or row.logistics_no: row.truth for row in read_key(files.key)}
        chosen = Counter(truths[row["order_no"] or row["logistics_no"]] for row in _outcomes(files) if not row["probability"])
        found[bias] = chosen["fraud"] / chosen.total()
    share = sum(truth == "fraud" for truth in truths.values()) / len(truths)
    assert found[0.0] < 3 * share
    assert found[1.0] > 0.5


def test_inspections_follow_their_rate(tmp_path: Path) -> None:
    for rate in (0.0, 0.05):
        files = write_world(tmp_path / str(rate), world_params("demo", n_orders=2000, seed=6, label_rate=rate))
        random = sum(bool(row["probability"]) for row in _outcomes(files))
        assert 0.6 * rate * 2000 <= random <= 1.2 * rate * 2200


def test_who_hides_pays_nearer_to_what_the_order_says(tmp_path: Path) -> None:
    gaps = {}
    for difficulty in (0.0, 1.0):
        files = write_world(tmp_path / str(difficulty), world_params("demo", n_orders=2000, seed=7, fraud_rate=0.1, difficulty=difficulty))
        asked, paid = _amounts(files, "CEB311", "acturalPaid"), _amounts(files, "CEB411", "amountPaid")
        numbers = [row.order_no for row in read_key(files.key) if row.kind == "paid_otherwise" and row.settled == "1"]
        gaps[difficulty] = statistics.median(abs(paid[number] / asked[number] - 1) for number in numbers if number in paid)
        assert len(numbers) >= 10
    assert gaps[0.0] > 0.1
    assert gaps[1.0] < 0.4 * gaps[0.0]
