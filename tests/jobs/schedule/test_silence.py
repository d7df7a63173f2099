"""A list is silent when it is away for longer than it usually was."""

import datetime as dt
import math
from itertools import accumulate, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandan.jobs.schedule.silence import LEAST_GAPS, spacings
from sandan.record.lake.ledger import Entry

START = dt.datetime(2025, 3, 1, 2, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def batch(at: dt.datetime, lists: dict[str, Any]) -> Entry:
    counts = {name: n if isinstance(n, dict) else {"read": n, "rejected": 0} for name, n in lists.items()}
    return Entry(1, f"{at:%Y%m%dT%H%M%S%f}-0000", at, {}, None, {"lists": counts})


def daily(n: int, **lists: Any) -> list[Entry]:
    return [batch(START + day * DAY, lists or {"orders": 5}) for day in range(n)]


def test_a_daily_list_is_silent_after_a_day_and_a_half() -> None:
    batches = daily(30)
    spacing = spacings(batches)["orders"]
    last = batches[-1].committed_at
    assert (spacing.n_gaps, spacing.usual_s, spacing.allowed_s) == (29, 86_400, 1.5 * 86_400)
    assert not spacing.is_silent(last + 36 * HOUR)
    assert spacing.is_silent(last + 36 * HOUR + dt.timedelta(seconds=1))
    said = spacing.reason(last + 40 * HOUR)
    assert said.startswith("orders: nothing for 40.0 h, since 2025-03-30T02:00:00+00:00; of its last 29 gaps 99 in 100 were at most 24.0 h")


def test_each_list_is_measured_against_its_own_spacing() -> None:
    batches = [batch(START + hour * HOUR, {"orders": 5, **({"tax_bills": 1} if hour % 168 == 0 else {})}) for hour in range(168 * 12)]
    found = spacings(batches)
    now = batches[-1].committed_at + 3 * DAY
    assert found["orders"].is_silent(now) and not found["tax_bills"].is_silent(now)


def test_too_few_gaps_say_nothing() -> None:
    for n in (1, 2, LEAST_GAPS):
        spacing = spacings(daily(n))["orders"]
        assert math.isinf(spacing.allowed_s) and not spacing.is_silent(START + 1000 * DAY)
    assert spacings(daily(LEAST_GAPS + 1))["orders"].is_silent(START + 1000 * DAY)


def test_a_batch_of_which_nothing_could_be_used_is_no_sign_of_life_and_one_of_duplicates_is() -> None:
    refused = [batch(START + (20 + day) * DAY, {"orders": {"read": 3, "rejected": 3}}) for day in range(3)]
    known = [batch(START + (20 + day) * DAY, {"orders": {"read": 3, "rejected": 1, "duplicate": 2}}) for day in range(3)]
    now = START + 23 * DAY
    assert spacings(daily(20) + refused)["orders"].is_silent(now)
    assert not spacings(daily(20) + known)["orders"].is_silent(now)


def test_lines_and_unknown_lists_are_no_sources() -> None:
    assert set(spacings(daily(20, orders=1, order_items=3, something=2))) == {"orders"}


def test_a_clock_that_was_set_back_is_no_silence_and_no_gap() -> None:
    batches = [*daily(20), *daily(5)]
    spacing = spacings(batches)["orders"]
    assert spacing.n_gaps == 23 and spacing.silent_s(START - DAY) == 0


@given(st.lists(st.floats(60, 1e6), min_size=LEAST_GAPS, max_size=300), st.randoms(use_true_random=False))
def test_what_came_so_far_would_hardly_ever_have_been_an_alarm(gaps: list[float], order: Any) -> None:
    times = [START + dt.timedelta(seconds=s) for s in accumulate([0.0, *gaps])]
    spacing = spacings([batch(at, {"orders": 1}) for at in times])["orders"]
    recent = [(later - earlier).total_seconds() for earlier, later in pairwise(times)][-100:]
    assert sum(gap > spacing.usual_s for gap in recent) <= len(recent) / 100
    assert spacing.usual_s in recent and spacing.allowed_s > spacing.usual_s
    shuffled = order.sample(recent, len(recent))
    again = [START + dt.timedelta(seconds=s) for s in accumulate([0.0, *shuffled])]
    other = spacings([batch(at, {"orders": 1}) for at in again])["orders"]
    assert math.isclose(other.usual_s, spacing.usual_s, abs_tol=1e-3)
