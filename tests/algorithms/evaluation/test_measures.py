"""Figures of a run against an answer key: by hand, by their definitions, and against scikit-learn."""

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score
from sklearn.metrics.cluster import pair_confusion_matrix

from sandan.algorithms.evaluation.alarms import alarm_family
from sandan.algorithms.evaluation.answers import Answer
from sandan.algorithms.evaluation.answers import answers as answers_of
from sandan.algorithms.evaluation.bootstrap import Family
from sandan.algorithms.evaluation.grouping import grouping_family as grouping_of
from sandan.algorithms.evaluation.measures import Measure, measures
from sandan.algorithms.evaluation.ranking import found_at, ranking_family
from sandan.algorithms.evaluation.resolution import concluded_persons, resolution_family
from sandan.graph.store.layout import relation_file

Row = dict[str, Any]
RING = [str(i) for i in range(1, 6)]


def consignment(number: str) -> Row:
    return {"flow": "import", "ebp_code": "P", "order_no": number, "logistics_code": "L", "logistics_no": f"W{number}"}


def truth(number: str, said: str = "honest", typologies: str = "", **more: str) -> dict[str, str]:
    return consignment(number) | {"truth": said, "typologies": typologies, "kind": ""} | more


def alert(number: str, score: float, grade: str = "low", typologies: str = "") -> Row:
    return consignment(number) | {"score": score, "grade": grade, "typologies": [name for name in typologies.split("|") if name]}


def member(number: str, cluster_id: str, strength: float = 1.0) -> Row:
    return consignment(number) | {"cluster_id": cluster_id, "strength": strength, "item": f"import:P:{number}"}


_KEY = [(name, pa.string()) for name in consignment("")]
_ALERT = pa.schema([*_KEY, ("score", pa.float64()), ("grade", pa.string()), ("typologies", pa.list_(pa.string()))])
_MEMBER = pa.schema([*_KEY, ("cluster_id", pa.string()), ("strength", pa.float64()), ("item", pa.string())])
_PERSON = pa.schema([("at", pa.string()), ("person", pa.string())])


def answers(key: Sequence[dict[str, str]], run: Sequence[Row]) -> list[Answer]:
    return answers_of(key, pa.Table.from_pylist(list(run), _ALERT))


def grouping_family(given: list[Answer], inside: Sequence[Row]) -> Family:
    return grouping_of(given, pa.Table.from_pylist(list(inside), _MEMBER))


def persons(of: Mapping[str, Mapping[str, set[str]]]) -> dict[str, pa.Table]:
    """Persons by column of the key and id of the order or parcel, as a run's graph gives them."""
    rows = {name: [{"at": at, "person": one} for at, every in found.items() for one in every] for name, found in of.items()}
    return {name: pa.Table.from_pylist(found, _PERSON) for name, found in rows.items()}


def ranked(rows: Sequence[tuple[str, float]], **more: str) -> list[Answer]:
    """Rows of (typologies, score); without typologies they are honest."""
    key = [truth(str(i), "fraud" if bears else "honest", bears, **more) for i, (bears, _) in enumerate(rows)]
    return answers(key, [alert(str(i), score) for i, (_, score) in enumerate(rows)])


def figures(family: Family, weight: Sequence[float] | int) -> dict[tuple[str, str, str], float]:
    values = family.values(np.ones(weight) if isinstance(weight, int) else np.array(weight, float))
    return {(f.measure, f.of, f.at): value for f, value in zip(family.figures, values, strict=True)}


def ranking(given: list[Answer]) -> dict[tuple[str, str, str], float]:
    return figures(ranking_family(given), len(given))


# Two lead with equal scores and one of them is a fraud; a fraud follows; the run does not have the third.
LEAD = [truth("0", "fraud", "a", tax_at_stake="30.00"), truth("1", tax_at_stake=""), truth("2", "fraud", "b", tax_at_stake="10.00"),
        truth("3", "fraud", "b", tax_at_stake="60.00"), *(truth(str(i), tax_at_stake="") for i in range(4, 20))]  # fmt: skip
SCORED = [alert("0", 0.9), alert("1", 0.9), alert("2", 0.5), *(alert(str(i), 0.0) for i in range(4, 20))]


def test_ties_at_a_budget_count_as_in_a_random_order() -> None:
    found = ranking(answers(LEAD, SCORED))
    # 5 % of twenty is one row, 10 % two.
    assert (found["precision", "", "5%"], found["precision", "", "10%"]) == pytest.approx((0.5, 0.5))
    assert (found["recall", "", "5%"], found["recall", "", "10%"]) == pytest.approx((0.5 / 3, 1 / 3))
    assert (found["revenue_recall", "", "5%"], found["revenue_recall", "", "10%"]) == pytest.approx((0.15, 0.3))


def test_a_consignment_that_the_run_does_not_have_comes_last() -> None:
    found = ranking(answers(LEAD, SCORED))
    # Precision is 1/2, 2/3 and 3/20 where the three frauds are found.
    assert found["average_precision", "", ""] == pytest.approx((1 / 2 + 2 / 3 + 3 / 20) / 3)
    # The fraud of typology a is no wrong answer when b is asked for.
    assert found["average_precision", "b", ""] == pytest.approx((1 / 2 + 2 / 19) / 2)


def test_open_frauds_are_on_neither_side() -> None:
    still = truth("99", "fraud", "a", settled="0", tax_at_stake="500.00")
    assert ranking(answers([*LEAD, still], [*SCORED, alert("99", 1.0)])) == ranking(answers(LEAD, SCORED))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=5), st.integers(1, 100))
def test_what_is_found_is_the_mean_over_all_orders_of_the_ties(rows: list[tuple[int, int]], percent: int) -> None:
    k = math.ceil(percent * len(rows) / 100)
    orders = [order for order in itertools.permutations(rows) if [s for s, _ in order] == sorted((s for s, _ in rows), reverse=True)]
    expected = np.mean([sum(worth for _, worth in order[:k]) for order in orders])
    scores = sorted({score for score, _ in rows}, reverse=True)
    seen = np.cumsum([float(sum(score == s for score, _ in rows)) for s in scores])
    found = np.cumsum([float(sum(worth for score, worth in rows if score == s)) for s in scores])
    assert found_at(percent, seen, found) == pytest.approx(expected)


@given(st.lists(st.tuples(st.sampled_from(["", "", "a", "b", "a|b"]), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=30))
def test_average_precision_is_scikit_learn_s_also_with_ties_and_weights(rows: list[tuple[str, int, int]]) -> None:
    given, weight = ranked([(bears, score / 4) for bears, score, _ in rows]), [float(w) for _, _, w in rows]
    found = figures(ranking_family(given), weight)
    for name in ["", *sorted({t for bears, _, _ in rows for t in bears.split("|") if t})]:
        used = [row for row in rows if not row[0] or not name or name in row[0].split("|")]
        y, score, w = [bool(bears) for bears, _, _ in used], [s for _, s, _ in used], [w for _, _, w in used]
        value = found["average_precision", name, ""]
        if any(hit and times for hit, times in zip(y, w, strict=True)):
            assert value == pytest.approx(average_precision_score(y, score, sample_weight=w))
        else:
            assert math.isnan(value)


def test_weights_count_rows_as_often_as_repeating_them() -> None:
    rows, weight = [("a", 0.9), ("", 0.9), ("a", 0.4), ("", 0.2), ("b", 0.1)] * 8, [2.0, 0, 1, 3, 1] * 8
    repeated = [row for row, times in zip(rows, weight, strict=True) for _ in range(int(times))]
    assert figures(ranking_family(ranked(rows, tax_at_stake="2.00")), weight) == pytest.approx(
        ranking(ranked(repeated, tax_at_stake="2.00"))
    )


def test_the_reason_is_right_if_one_typology_is() -> None:
    key = [
        truth("1", "fraud", "a|b"),
        truth("2", "fraud", "a"),
        truth("3", "fraud", "a"),
        truth("4", "hard_negative"),
        truth("5"),
        truth("6"),
    ]
    run = [
        alert("1", 0.9, "high", "b|c"),
        alert("2", 0.8, "medium", "c"),
        alert("3", 0.1, "low", "a"),
        alert("4", 0.7, "high"),
        alert("5", 0.6, "medium"),
    ]
    found = figures(alarm_family(answers(key, run)), len(key))
    # The third was not found, so its reason does not count.
    assert found["reason_hit_rate", "", "medium"] == 0.5
    assert (found["false_alarms", "hard_negative", "medium"], found["false_alarms", "hard_negative", "high"]) == (1, 1)
    assert (found["false_alarms", "honest", "medium"], found["false_alarms", "honest", "high"]) == (0.5, 0)


def ring(numbers: Sequence[str], name: str = "g", **more: str) -> list[dict[str, str]]:
    return [truth(number, "fraud", "identity_ring", group=name, **more) for number in numbers]


def test_b_cubed_and_ring_recall_of_four_in_five_with_a_stranger() -> None:
    key = [*ring(RING), truth("9", group="")]
    found = figures(grouping_family(answers(key, []), [*(member(n, "c") for n in (*RING[:4], "9"))]), len(key))
    precision, recall = (4 * 4 / 5 + 1) / 5, (4 * 4 / 5 + 1 / 5) / 5
    assert found["b3_precision", "", ""] == pytest.approx(precision)
    assert found["b3_recall", "", ""] == pytest.approx(recall)
    assert found["b3_f", "identity_ring", ""] == pytest.approx(2 * precision * recall / (precision + recall))
    assert found["ring_recall", "", ""] == 1


def test_three_in_five_are_no_ring_found_and_four_are_no_ring() -> None:
    key = [*ring(RING), *ring("6789", "h")]
    found = figures(grouping_family(answers(key, []), [member(n, "c") for n in (*RING[:3], *"6789")]), len(key))
    assert found["ring_recall", "", ""] == 0
    # Of the smaller group nothing is asked, but it is in the cluster.
    assert found["b3_precision", "", ""] == pytest.approx((3 * 3 / 7 + 2) / 5)


def test_open_frauds_are_neither_members_nor_strangers() -> None:
    key, late = ring(RING), ring(["6", "7"], settled="0")
    inside = [member(n, "c") for n in RING]
    more = [*inside, member("6", "c"), member("7", "c")]
    assert figures(grouping_family(answers([*key, *late], []), more), 7) == figures(grouping_family(answers(key, []), inside), 5)


def test_members_that_the_key_does_not_have_are_strangers_and_the_strongest_cluster_counts() -> None:
    inside = [*(member(n, "c", 0.9) for n in RING), member("x", "c"), *(member(n, "a", 0.2) for n in RING)]
    found = figures(grouping_family(answers(ring(RING), []), inside), 5)
    assert (found["b3_precision", "", ""], found["b3_recall", "", ""]) == pytest.approx((5 / 6, 1))


@given(st.lists(st.tuples(st.sampled_from("gh"), st.sampled_from(["", "c", "d"])), min_size=10, max_size=25))
def test_b_cubed_is_its_definition(rows: list[tuple[str, str]]) -> None:
    key = [row for i, (group, _) in enumerate(rows) for row in ring([str(i)], group)]
    inside = [member(str(i), cluster) for i, (_, cluster) in enumerate(rows) if cluster]
    found = figures(grouping_family(answers(key, []), inside), len(key))
    clusters = [{j for j, (_, other) in enumerate(rows) if other == cluster} if cluster else {i} for i, (_, cluster) in enumerate(rows)]
    groups = [{j for j, (other, _) in enumerate(rows) if other == group} for group, _ in rows]
    asked = [i for i, group in enumerate(groups) if len(group) >= 5]
    assert found["b3_precision", "", ""] == pytest.approx(np.mean([len(clusters[i] & groups[i]) / len(clusters[i]) for i in asked]))
    assert found["b3_recall", "", ""] == pytest.approx(np.mean([len(clusters[i] & groups[i]) / len(groups[i]) for i in asked]))


def people(rows: Sequence[tuple[str, str, str]], put: Sequence[tuple[str, str, str]]) -> tuple[list[Answer], dict[str, pa.Table]]:
    """Answers on rows of true buyer, payer, consignee, and who the run takes them for."""
    columns = ("buyer", "payer", "consignee")
    key = [truth(str(i), **dict(zip(columns, row, strict=True))) for i, row in enumerate(rows)]
    concluded: dict[str, dict[str, set[str]]] = {
        column: {(f"L:W{i}" if column == "consignee" else f"import:P:{i}"): {row[at]} for i, row in enumerate(put) if row[at]}
        for at, column in enumerate(columns)
    }
    return answers(key, []), persons(concluded)


def test_pairs_of_mentions_put_together_by_hand() -> None:
    # The second consignee is the first buyer, and the run does not see it; it takes the payer of the second for the buyer of the first.
    held, concluded = people([("p1", "p1", "p1"), ("p2", "p3", "p1")], [("A", "A", "A"), ("B", "A", "Consignee:x")])
    found = figures(resolution_family(held, concluded), 2)
    # Together: the pairs of A, four mentions of which three are one person. True: the pairs of p1, four mentions.
    assert found["person_pair_precision", "", ""] == pytest.approx(3 / 6)
    assert found["person_pair_recall", "", ""] == pytest.approx(3 / 6)
    assert found["person_pair_precision", "consignee", ""] == pytest.approx(2 / 3)
    assert found["person_pair_recall", "consignee", ""] == pytest.approx(2 / 5)


def test_companies_and_mentions_that_the_run_does_not_have_are_left_out() -> None:
    held, concluded = people([("p1", "", "p1"), ("p1", "p1", "p1")], [("A", "F", "A"), ("A", "", "")])
    family = resolution_family(held, concluded)
    assert [figure.n for figure in family.figures] == [3, 3, 1, 1]
    assert set(family.values(np.ones(2))) == {1.0}


@given(st.lists(st.tuples(*[st.tuples(st.sampled_from("pq"), st.sampled_from("ABC"))] * 3, st.integers(0, 3)), min_size=2, max_size=12))
def test_pairwise_precision_and_recall_are_scikit_learn_s_also_with_weights(rows: list[tuple[Any, ...]]) -> None:
    held, concluded = people([tuple(m[0] for m in row[:3]) for row in rows], [tuple(m[1] for m in row[:3]) for row in rows])
    family = resolution_family(held, concluded)
    (_, wrong), (missed, right) = pair_confusion_matrix(*zip(*(m for row in rows for m in row[:3]), strict=True))
    found = figures(family, len(rows))
    assert found["person_pair_precision", "", ""] == pytest.approx(right / (right + wrong) if right + wrong else math.nan, nan_ok=True)
    assert found["person_pair_recall", "", ""] == pytest.approx(right / (right + missed) if right + missed else math.nan, nan_ok=True)
    # With weights, and only pairs with a consignee: their definition.
    mentions = [(*mention, place == 2, row[3]) for row in rows for place, mention in enumerate(row[:3])]
    pairs = [(a, b, a[3] * b[3]) for a, b in itertools.combinations(mentions, 2) if a[2] or b[2]]
    together = sum(w for a, b, w in pairs if a[1] == b[1])
    both = sum(w for a, b, w in pairs if a[:2] == b[:2])
    value = figures(family, [float(row[3]) for row in rows])["person_pair_precision", "consignee", ""]
    assert value == pytest.approx(both / together if together else math.nan, nan_ok=True)


def relation(folder: Path, name: str, source: str, target: str, pairs: Sequence[tuple[str, str]]) -> None:
    path = relation_file(folder, name, source, target)
    path.parent.mkdir(exist_ok=True)
    pq.write_table(
        pa.table({"from": [a for a, _ in pairs], "to": [b for _, b in pairs]}, schema=pa.schema({"from": pa.string(), "to": pa.string()})),
        path,
    )


def test_persons_are_read_from_the_graph_s_tables(tmp_path: Path) -> None:
    relation(tmp_path, "BOUGHT_BY", "Order", "Buyer", [("import:P:1", "h1")])
    relation(tmp_path, "PAID_BY", "Order", "Payer", [("import:P:1", "h1"), ("import:P:1", "firm")])
    relation(tmp_path, "CONSIGNED_TO", "Parcel", "Consignee", [("L:W1", "m")])
    for label, pairs in {"Buyer": [("h1", "p:h1")], "Payer": [("h1", "p:h1")], "Consignee": []}.items():
        relation(tmp_path, "IS", label, "Person", pairs)
    found = concluded_persons(tmp_path)
    assert found is not None
    pairs = {name: {(row["at"], row["person"]) for row in table.to_pylist()} for name, table in found.items()}
    assert [table.num_rows for table in found.values()] == [1, 2, 1]
    assert pairs == {
        "buyer": {("import:P:1", "p:h1")},
        "payer": {("import:P:1", "p:h1"), ("import:P:1", "Payer:firm")},
        "consignee": {("L:W1", "Consignee:m")},
    }
    assert concluded_persons(tmp_path / "gone") is None


def key_of_all() -> tuple[list[dict[str, str]], pa.Table, pa.Table, Mapping[str, pa.Table]]:
    """Two rings, honest trade and look-alikes; a run that finds most of it."""
    dice = random.Random(5)
    key = [
        truth(str(i), said, "identity_ring" if said == "fraud" else "", group=group, kind="", tax_at_stake=f"{100 * dice.random():.2f}" if said == "fraud" else "",
              settled="1", buyer=f"p{i // 2}", payer=f"p{i // 2}", consignee=f"p{i // 2}")
        for i in range(60)
        for said, group in [("fraud", f"g-{i // 6}") if i < 12 else ("hard_negative", f"h-{i // 4}") if i < 20 else ("honest", "")]
    ]  # fmt: skip
    run = [
        alert(
            str(i), round(2 * dice.random() * (0.8 if i >= 12 else 1) + (i < 12) * 0.6) / 2, "medium" if i < 13 else "low", "identity_ring"
        )
        for i in range(58)
    ]
    concluded = {
        column: {(f"L:W{i}" if column == "consignee" else f"import:P:{i}"): {f"p:{i // 2}" if i != 7 else "p:0"} for i in range(58)}
        for column in ("buyer", "payer", "consignee")
    }
    members = [member(str(i), f"c{i // 6}") for i in range(11)]
    return key, pa.Table.from_pylist(run, _ALERT), pa.Table.from_pylist(members, _MEMBER), persons(concluded)


def test_the_order_of_rows_does_not_matter_and_every_interval_holds_its_value() -> None:
    key, run, members, concluded = key_of_all()
    told = measures(key, run, members, concluded)
    dice = random.Random(1)
    mixed = [table.take(dice.sample(range(table.num_rows), table.num_rows)) for table in (run, members)]
    assert measures(dice.sample(key, len(key)), *mixed, concluded) == told
    assert {one.measure for one in told} == {
        "precision", "recall", "revenue_recall", "average_precision", "reason_hit_rate", "false_alarms", "ring_recall", "b3_precision",
        "b3_recall", "b3_f", "person_pair_precision", "person_pair_recall",
    }  # fmt: skip
    for one in told:
        assert one.value is not None and one.low is not None and one.high is not None
        assert one.low - 1e-12 <= one.value <= one.high + 1e-12, one
        assert one.definition and one.n > 0
    assert any(one.high > one.low for one in told)


def test_what_the_key_does_not_have_is_left_out() -> None:
    key, run, members, concluded = key_of_all()

    def names(*without: str, persons: Any = concluded) -> set[str]:
        return {m.measure for m in measures([{n: v for n, v in row.items() if n not in without} for row in key], run, members, persons, 2)}

    everything = names()
    assert everything - names("tax_at_stake") == {"revenue_recall"}
    assert everything - names("group") == {"ring_recall", "b3_precision", "b3_recall", "b3_f"}
    assert everything - names("consignee") == everything - names(persons=None) == {"person_pair_precision", "person_pair_recall"}
    assert names("tax_at_stake", "group", "settled", "buyer", "payer", "consignee") == {
        "precision", "recall", "average_precision", "reason_hit_rate", "false_alarms",
    }  # fmt: skip
    assert measures([], run, members, concluded) == []


def test_of_a_single_group_there_is_no_interval() -> None:
    key, run, members, concluded = key_of_all()
    alone = [row for row in key if row["group"] != "g-1"]
    told: dict[tuple[str, str], Measure] = {(one.measure, one.of): one for one in measures(alone, run, members, concluded, 20)}
    assert (told["ring_recall", ""].low, told["ring_recall", ""].high, told["ring_recall", ""].value) == (None, None, 1.0)
    assert told["person_pair_recall", ""].low is not None
