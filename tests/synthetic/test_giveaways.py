"""No single trivial property tells a fraud: not its number, its place in the files, its times, its lengths, or what it leaves out."""

from types import ModuleType
from typing import Any

import pytest

from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

MOST = 0.6
# What a typology is: one list of some frauds is never sent.
BY_DEFINITION = {"order.records", "payment.records", "waybill.records", "status.records"}


@pytest.fixture(scope="module")
def worlds(observed: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Two worlds of other seeds, with more frauds than usual: a few rings must not decide."""
    folder = tmp_path_factory.mktemp("worlds")
    params = [world_params("demo", n_orders=12_000, seed=seed, fraud_rate=0.06) for seed in (811, 812)]
    return [observed.consignments(write_world(folder / str(made.seed), made).folder) for made in params]


@pytest.mark.timeout(600)
def test_no_property_tells_a_fraud(observed: ModuleType, worlds: list[Any]) -> None:
    # Both ways round: what a few rings of one world happen to share with a few of the other is no giveaway.
    there, back = observed.giveaways(*worlds), observed.giveaways(*reversed(worlds))
    found = {column: (there[column] + back[column]) / 2 for column in there.keys() & back.keys()}
    assert len(found) > 600
    loud = {column: round(area, 3) for column, area in found.items() if area > MOST and column not in BY_DEFINITION}
    assert not loud


@pytest.mark.parametrize(
    "plant",
    [
        lambda frame, fraud: frame.assign(**{"payment.payTime:second": frame["payment.payTime:second"].where(~fraud, 0)}),
        lambda frame, fraud: frame.assign(**{"order.place": frame["order.place"].where(~fraud, 0)}),
        lambda frame, fraud: frame.assign(**{"order.orderNo:begins": frame["order.orderNo:begins"].where(~fraud, "F9")}),
        lambda frame, fraud: frame.assign(**{"key.place": frame["key.place"] + 10_000 * ~fraud}),
    ],
    ids=["whole minutes", "first in the file", "a prefix of its own", "written first"],
)
def test_a_giveaway_would_be_seen(observed: ModuleType, worlds: list[Any], plant: Any) -> None:
    planted = [(plant(frame, (key["truth"] == "fraud").to_numpy()), key) for frame, key in worlds]
    columns = ["payment.payTime:second", "order.place", "order.orderNo:begins", "key.place", "order.records", "payment.records"]
    found = observed.giveaways(*((frame[columns], key) for frame, key in planted))
    assert max(found.values()) > 0.8
