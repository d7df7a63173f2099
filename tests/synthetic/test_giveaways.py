"""No single trivial property identifies a fraud: not its number, its position in the files, its times, its lengths, or what it leaves out."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

MOST = 0.6
# What a typology is, as the data card lists it: elements and columns of which some property may identify a fraud.
BY_DEFINITION = {"order.ebcName", "declaration.ebcName"}
OF_PARCELS = {
    "house.declared_value", "house.weight_kg", "house.description", "house.sender_name", "house.sender_address", "house.receiver_country",
    "house.channel", "house.logistics_no",
}  # fmt: skip
CARD = Path(__file__).parents[2] / "docs" / "benchmark.md"


@pytest.fixture(scope="module")
def worlds(observed: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Worlds of other seeds, with more frauds and groups than usual: a few rings must not decide."""
    folder = tmp_path_factory.mktemp("worlds")
    params = [world_params("demo", n_orders=6_000, seed=seed, fraud_rate=0.06, ring_rate=0.05) for seed in range(811, 817)]
    files = [write_world(folder / str(made.seed), made) for made in params]
    return {"imports": [observed.consignments(f.folder) for f in files], "parcels": [observed.parcels(f.folder) for f in files]}


def each_by_the_others(observed: ModuleType, worlds: list[Any]) -> dict[str, float]:
    """Area of each property, learnt on all worlds but the one that is asked; the mean of all."""
    numbers = [observed.as_numbers(world) for world in worlds]
    areas = [observed.giveaways(observed.together([other for other in numbers if other is not world]), world) for world in numbers]
    shared = set.intersection(*(set(area) for area in areas))
    return {column: sum(area[column] for area in areas) / len(areas) for column in shared}


def loud(found: dict[str, float], exceptions: set[str]) -> dict[str, float]:
    return {column: round(area, 3) for column, area in found.items() if area > MOST and column.partition(":")[0] not in exceptions}


@pytest.mark.timeout(600)
def test_no_property_identifies_a_fraud(observed: ModuleType, worlds: dict[str, list[Any]]) -> None:
    found = each_by_the_others(observed, worlds["imports"])
    assert len(found) > 600
    assert any(column.startswith("tracking.") for column in found)
    assert not loud(found, BY_DEFINITION)


def test_no_property_identifies_a_parcel_without_lists(observed: ModuleType, worlds: dict[str, list[Any]]) -> None:
    found = each_by_the_others(observed, worlds["parcels"])
    assert len(found) > 80
    assert not loud(found, OF_PARCELS)


def test_exceptions_are_few_and_documented() -> None:
    assert len(BY_DEFINITION) + len(OF_PARCELS) <= 10
    truth = CARD.read_text(encoding="utf-8")
    assert not [name for name in BY_DEFINITION | OF_PARCELS if f"`{name}`" not in truth]


@pytest.mark.parametrize(
    "plant",
    [
        lambda frame, fraud: frame.assign(**{"payment.payTime:second": frame["payment.payTime:second"].where(~fraud, 0)}),
        lambda frame, fraud: frame.assign(**{"order.position": frame["order.position"].where(~fraud, 0)}),
        lambda frame, fraud: frame.assign(**{"order.orderNo:begins": frame["order.orderNo:begins"].where(~fraud, "F9")}),
        lambda frame, fraud: frame.assign(**{"key.position": frame["key.position"] + 10_000 * ~fraud}),
        lambda frame, fraud: frame.assign(**{"tracking.position": frame["tracking.position"].where(~fraud, -5)}),
    ],
    ids=["whole minutes", "first in the file", "a prefix of its own", "written first", "tracked first"],
)
def test_a_giveaway_would_be_seen(observed: ModuleType, worlds: dict[str, list[Any]], plant: Any) -> None:
    planted = [(plant(frame, (key["truth"] == "fraud").to_numpy()), key) for frame, key in worlds["imports"][:2]]
    columns = ["payment.payTime:second", "order.position", "order.orderNo:begins", "key.position", "tracking.position", "tracking.records"]
    found = observed.giveaways(
        *(observed.as_numbers((frame[[*columns, "order.records", "payment.records"]], key)) for frame, key in planted)
    )
    assert max(area for column, area in found.items() if not column.endswith(".records")) > 0.8


def test_a_giveaway_of_a_parcel_would_be_seen(observed: ModuleType, worlds: dict[str, list[Any]]) -> None:
    name = "house.shipped_at:second"
    planted = [(frame[[name]].where(key["truth"] != "fraud", 0), key) for frame, key in worlds["parcels"][:2]]
    assert observed.giveaways(*map(observed.as_numbers, planted))[name] > 0.8
