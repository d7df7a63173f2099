"""Drift: without it nothing changes; with it forgers hide better as time goes by, and do other things."""

from collections import defaultdict
from typing import Any

from sandan.synthetic.base import base_world
from sandan.synthetic.fraud.rings import RINGS
from sandan.synthetic.fraud.transactions import SINGLE
from sandan.synthetic.fraud.workshops import WORKSHOPS
from sandan.synthetic.params import world_params
from sandan.synthetic.plan import plan
from sandan.synthetic.schemes.drift import COURSES, hiding, window


def _times(drift: float, **changes: Any) -> dict[str, list[float]]:
    """Kind of fraud -> shares of the world's days at which it was ordered or sent."""
    params = world_params("demo", n_orders=6000, seed=5, drift=drift, **changes)
    world = base_world(params)
    made = plan(world, params)
    found = defaultdict(list)
    for truth, moment in [
        *((case.truth, case.trade.ordered) for day in made.cases for case in day),
        *((one.truth, one.shipped) for one in made.shipments),
    ]:
        if truth.truth == "fraud":
            found[truth.kind].append((moment.date() - params.start).days / params.days)
    return found


def test_without_drift_forgers_act_and_hide_as_always() -> None:
    world = base_world(world_params("demo", n_orders=100, difficulty=0.3))
    assert {hiding(world, moment) for moment in (world.horizon, world.horizon.replace(year=2020))} == {0.3}
    assert {window(world, kind) for kind in COURSES} == {(0.0, 1.0)}


def test_with_drift_they_hide_better_from_day_to_day() -> None:
    world = base_world(world_params("demo", n_orders=100, difficulty=0.2, drift=1.0))
    start = world.horizon - (world.horizon - world.horizon.replace(year=world.season.start.year, month=world.season.start.month, day=1))
    assert hiding(world, start) == 0.2
    assert 0.8 < hiding(world, world.horizon) < 1
    assert hiding(world, start) < hiding(world, start + (world.horizon - start) / 2) < hiding(world, world.horizon)


def test_with_drift_some_kinds_come_up_and_others_go() -> None:
    still, moving = _times(0.0), _times(1.0)
    early = [kind for kind, (_, ends) in COURSES.items() if ends < 1]
    late = [kind for kind, (begins, _) in COURSES.items() if begins > 0]
    for kind in early:
        # An actor's life is a few days long, and its last orders may fall a day later.
        assert max(moving.get(kind, [0])) <= COURSES[kind][1] + 0.06, kind
    for kind in late:
        assert min(moving.get(kind, [1])) >= COURSES[kind][0] - 0.03, kind
    assert any(min(still.get(kind, [1])) < COURSES[kind][0] - 0.1 for kind in late)
    assert any(max(still.get(kind, [0])) > COURSES[kind][1] + 0.1 for kind in early)


def test_with_drift_frauds_are_no_rarer_on_any_day() -> None:
    times = [time for found in _times(1.0, fraud_rate=0.06, ring_rate=0.06).values() for time in found]
    thirds = [sum(third / 3 <= time < (third + 1) / 3 for time in times) / len(times) for third in range(3)]
    assert min(thirds) > 0.17


def test_every_course_is_that_of_a_kind_of_fraud() -> None:
    kinds = {scheme.kind for schemes in SINGLE.values() for scheme in schemes} | {plot.kind for plot in (*RINGS, *WORKSHOPS)}
    assert set(COURSES) <= kinds
