"""How much signs say, and what they say in words."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.context.context import Context, gather_context
from sandan.algorithms.context.sign_statistics import young
from sandan.algorithms.facts.facts import gather_facts
from sandan.algorithms.scoring.evidence import MOST_BITS, PRIOR, Ground, probability, shown, told, weigh
from sandan.algorithms.vocabulary.registry import registry
from sandan.record.settings import GradeSettings, load_settings

NO_RULES = pd.DataFrame({"consignment_id": [], "reason": [], "cause": [], "score": []})


def ruled(n: int, n_found: int, strength: float = 0.45) -> tuple[Any, pd.DataFrame]:
    """A stream of imports with one rule's findings, as `weigh` needs it."""
    frame = pd.DataFrame(
        {"consignment_id": [f"c{i}" for i in range(n)], "imp": 1, "parcel": 0, "t": 0.0, "seller": "s", "goods": "g", "fast": 0}
    )
    values = pd.DataFrame({"declared_to_paid": np.ones(n), "seller_days": np.full(n, 1e5), "fast_likelihood": 0.0, "fast_parcels": 1.0})
    context = SimpleNamespace(rows=frame, values=values, column=lambda name: np.zeros(n))
    found = pd.DataFrame({"consignment_id": [f"c{i}" for i in range(n_found)], "reason": "r", "cause": "order", "score": strength})
    return context, found


def bits(n: int, n_found: int, breaches: float = 0.0) -> float:
    context, found = ruled(n, n_found)
    return float(weigh(context, found, None, breaches).of_rules["r"][0])


def test_a_sign_that_many_bear_adds_little() -> None:
    said = [bits(5000, k) for k in (5, 50, 500, 2000)]
    assert said == sorted(said, reverse=True)
    assert said[0] > 6 and said[-1] == 0


def test_a_few_consignments_say_what_is_assumed() -> None:
    assert bits(1, 1) == pytest.approx(bits(20, 1), abs=0.5)
    assert bits(1, 1) > 7


def test_the_assumed_breaches_are_taken_out_of_the_stream() -> None:
    assert bits(5000, 20, PRIOR) > bits(5000, 20) + 0.5


def test_no_single_cause_makes_high_and_two_can() -> None:
    assert probability(np.array(MOST_BITS)) < GradeSettings().t_high < probability(np.array(MOST_BITS + 0.5 * 7.0))
    assert probability(np.array(0.0)) == pytest.approx(PRIOR)


def test_of_one_cause_only_the_strongest_counts() -> None:
    context, found = ruled(1000, 10)
    twice = pd.concat([found, found.assign(reason="other")])
    assert np.allclose(weigh(context, twice).total, weigh(context, found).total)


def test_a_company_that_the_register_does_not_know_is_not_young() -> None:
    values = pd.DataFrame({"seller_days": [10.0, np.nan]})
    unbranded = SimpleNamespace(values=values, column=lambda name: np.ones(2))
    assert young(unbranded).tolist() == [pytest.approx(1 / (1 + 10 / 365)), 0.0]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def context(trade: Any, bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = type(trade)()
    for i in range(300):
        number = f"N{i:05}"
        made.order(number, actual_paid=100)
        made.payment(number, amount_paid=100)
        made.waybill(number)
        made.declaration(number)
    bench = bench_of(made)
    gather_facts(bench, load_settings(tmp_path_factory.mktemp("h")), dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    return gather_context(bench)


def test_every_sign_can_be_computed_and_said(context: Any) -> None:
    signs = registry().signs
    assert len({sign.reason.name for sign in signs}) == len(signs) > 30
    for sign in signs:
        statistic = sign.statistic(context)
        assert statistic.shape == (300,) and (np.nan_to_num(statistic) >= 0).all(), sign.reason.name
        values = {name: told(context, column)[0] for name, column in sign.values.items()}
        assert sign.reason.render("en", values) and sign.reason.render("zh", values), sign.reason.name
        assert sign.reason.sentence.names <= values.keys() and sign.reason.marks, sign.reason.name


def test_what_all_bear_says_nothing(context: Any) -> None:
    # Three hundred alike: whatever a statistic is, all bear it.
    assert weigh(context, NO_RULES).total.max() == 0
    assert shown(context, weigh(context, NO_RULES), np.ones(300, bool)) == []


def test_on_an_alarmed_consignment_signs_of_fewer_bits_are_said(context: Any) -> None:
    weighed = weigh(context, NO_RULES)
    bits = np.zeros(300)
    bits[:3] = 1.5, 1.5, 2.5
    weighed.of_signs["telephone_of_many"][:] = bits
    said = shown(context, weighed, np.arange(300) == 0)
    assert [(sign.reason.name, row, weight) for sign, row, weight, _ in said] == [
        ("telephone_of_many", 0, 1.5),
        ("telephone_of_many", 2, 2.5),
    ]


def test_without_outcomes_signs_of_exports_say_more(context: Any) -> None:
    """Exports know fewer kinds of breaches, so each of their signs is stated to be on more of them."""
    values, rows = context.values.copy(), context.rows.copy()
    rows["imp"], rows["parcel"] = 0, 0
    values["unbranded"], values["sender_tel_d_seller"] = 1.0, 1.0
    values.loc[:4, "sender_tel_d_seller"] = 6.0
    exports = Context(rows, values)
    with_outcomes, without = (weigh(exports, NO_RULES, breaches=b).of_signs["senders_on_telephone"][0] for b in (0.0, 1e-9))
    assert with_outcomes + 0.2 < without <= with_outcomes + np.log2(1.5)


def test_the_rows_are_those_of_the_consignments_in_order(context: Any, tmp_path: Path) -> None:
    ids = context.rows.consignment_id.tolist()
    assert ids == sorted(ids) and len(set(ids)) == 300
    assert context.values.index.equals(context.rows.index)


def test_a_rule_that_few_were_asked_for_is_as_common_as_among_these() -> None:
    """Nine of 150 images say little, though 150 of 30,000 parcels have an image."""
    context, found = ruled(30_000, 9)
    everywhere = weigh(context, found).of_rules["r"][0]
    among = weigh(context, found, grounds={"r": Ground(150, 0)}).of_rules["r"][0]
    erring = weigh(context, found, grounds={"r": Ground(150, 0, 0.05)}).of_rules["r"][0]
    assert everywhere - 1 > among > erring > 0
