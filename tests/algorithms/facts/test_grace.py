"""How long a list may stay away before its absence counts."""

import datetime as dt
from collections.abc import Sequence

import ibis
import pyarrow as pa
import pytest

from sandan.algorithms.facts.grace import ENOUGH, Grace, learn_grace
from sandan.record.settings import GraceSettings

START = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
TIME = pa.timestamp("us", tz="UTC")


def _learned(
    delays_hours: Sequence[float | None], *, flow: str = "import", settings: GraceSettings | None = None, kind: str = "declaration"
) -> dict[tuple[str, str], Grace]:
    """Grace learned where orders came that long after their declarations; None: never."""
    n = len(delays_hours)
    columns = {
        "kind": pa.array([kind] * n),
        "flow": pa.array([flow] * n),
        "known_at": pa.array([START] * n, TIME),
        "o_known_at": pa.array([None if d is None else START + dt.timedelta(hours=d) for d in delays_hours], TIME),
        "p_known": pa.array([None] * n, TIME),
        "w_known_at": pa.array([None] * n, TIME),
    }
    return {(g.flow, g.list_name): g for g in learn_grace(ibis.memtable(pa.table(columns)), settings or GraceSettings())}


def test_with_few_arrivals_the_setting_holds() -> None:
    found = _learned([1.0] * (ENOUGH - 1) + [None] * 500)["import", "order"]
    assert (found.hours, found.n, found.learned) == (48.0, ENOUGH - 1, False)


def test_enough_arrivals_are_learned_from_with_half_as_much_again() -> None:
    found = _learned([10.0] * ENOUGH)["import", "order"]
    assert (found.hours, found.learned) == (pytest.approx(15.0), True)


def test_the_grace_covers_all_but_the_slowest_arrivals() -> None:
    found = _learned([float(i) / 10 for i in range(1000)])["import", "order"]
    assert found.hours == pytest.approx(1.5 * 99.4, abs=0.2)


def test_lists_that_came_first_have_no_delay_and_a_learned_grace_has_a_floor() -> None:
    assert _learned([-100.0] * ENOUGH)["import", "order"].hours == 1.0
    assert _learned([-100.0] * ENOUGH, settings=GraceSettings(shortest_hours=3))["import", "order"].hours == 3.0


def test_a_learned_grace_has_a_ceiling() -> None:
    assert _learned([1000.0] * ENOUGH)["import", "order"].hours == 240.0


def test_each_flow_and_list_learns_alone() -> None:
    found = _learned([10.0] * ENOUGH)
    assert set(found) == {(flow, name) for flow in ("import", "export") for name in ("order", "payment", "waybill")}
    assert not any(grace.learned for key, grace in found.items() if key != ("import", "order"))


def test_the_money_of_an_export_has_its_own_long_grace() -> None:
    assert _learned([])["export", "payment"].hours == 45 * 24


def test_only_declarations_teach() -> None:
    assert not _learned([10.0] * ENOUGH, kind="order")["import", "order"].learned
