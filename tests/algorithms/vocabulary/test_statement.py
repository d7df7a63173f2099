"""Statements keep their values with their types, and become words in one place."""

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sandan.algorithms.results.former_results import in_form
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.statement import Statement, values_of, values_text
from sandan.algorithms.wording.messages import MESSAGES
from sandan.algorithms.wording.render import because, note, operator_reasons, render, summary, with_texts

_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.datetimes(timezones=st.just(dt.UTC)).map(lambda moment: moment.replace(fold=0))
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False)
)
_VALUES = st.dictionaries(st.text(min_size=1), _PLAIN | st.lists(_PLAIN, max_size=3) | st.dictionaries(st.text(), _PLAIN, max_size=2))


@given(_VALUES)
def test_values_come_back_with_their_types(values: dict[str, Any]) -> None:
    again = values_of(values_text(values))
    assert again == values and str(again) == str(values)


@given(_VALUES, st.sampled_from(["en", "zh"]))
def test_a_message_that_is_not_known_any_more_is_still_said(values: dict[str, Any], language: str) -> None:
    assert render(Statement.of_text(Statement("gone_reason", values).as_text()), language).startswith("gone_reason")


def test_numbers_of_arrays_are_kept_as_numbers() -> None:
    assert values_of(values_text({"n": np.int64(3), "share": np.float64(0.5), "is": np.True_})) == {"n": 3, "share": 0.5, "is": True}


def test_a_text_that_looks_like_a_type_stays_what_it_was() -> None:
    values = {"item": '{"$time": "2025-04-01"}', "name": "$time"}
    assert values_of(values_text(values)) == values


def test_messages_and_reasons_do_not_share_names() -> None:
    assert not MESSAGES.keys() & registry().reasons.keys()


def test_a_note_names_typologies_by_name_or_label() -> None:
    kept = Statement("missing_table", {"typology": "watchlist", "of": "watchlist", "table": "watchlists"}).as_json()
    assert note(kept, "en") == "watchlist: no watchlists loaded, not run"
    assert note(kept, "zh", labels=True) == "名单命中：未导入名单，未执行。"
    assert note(kept, "en", labels=True) == "On a watchlist: no watchlists loaded, not run"
    gone = Statement("missing_table", {"typology": "gone", "of": "gone", "table": "scans"}).as_json()
    assert note(gone, "en", labels=True) == "gone: no scans loaded"


def test_every_typology_s_need_can_be_said() -> None:
    for name, typology in registry().items():
        for need in typology.needs:
            kept = Statement("missing_table", {"typology": name, "of": name, "table": need.table}).as_json()
            assert note(kept, "en") == f"{name}: {need.note.en}"


def test_notes_of_older_runs_are_their_sentences() -> None:
    sentence = "undervaluation: no market_prices loaded, compared with other sellers only"
    assert note(sentence, "zh") == sentence
    assert note(sentence, "zh", labels=True).startswith("低报价格:")


def test_tables_of_an_older_run_say_the_same() -> None:
    findings = pa.table(
        {"reason": ["other_place"], "because": ["A | B"], "because_zh": ["甲"], "evidence": ["a|b"], "fields": ['["address"]']}
    )
    [row] = in_form(findings).to_pylist()
    assert (because(row, "en"), because(row, "zh"), row["evidence"], row["marked"]) == ("A | B", "甲", ["a", "b"], ["address"])
    operators = pa.table({"role": ["seller"], "typologies": [""], "reasons": ["quota on 2|x"], "reasons_zh": ["2 票 quota|y"]})
    [row] = in_form(operators).to_pylist()
    assert (row["typologies"], operator_reasons(row, "en"), operator_reasons(row, "zh", labels=True)) == (
        [], ["quota on 2", "x"], ["2 票 额度异常", "y"],
    )  # fmt: skip
    clusters = pa.table(
        {"cluster_id": ["c"], "summary": ["one; two"], "summary_zh": ["一;二"], "typologies": ["quota|split_lot"], "ties": [""]}
    )
    [row] = in_form(clusters).to_pylist()
    assert (summary(row, "en"), summary(row, "zh"), row["typologies"], row["ties"]) == ("one; two", "一;二", ["quota", "split_lot"], [])
    alerts = pa.table({"typologies": ["quota"], "reasons": ["x"], "reasons_zh": ["y"], "score": [0.5]})
    assert in_form(alerts).to_pylist() == [{"typologies": ["quota"], "score": 0.5}]


def test_tables_of_today_are_left_as_they_are() -> None:
    table = pa.table({"reason": ["ring"], "values": ["{}"], "evidence": [["a|b"]], "marked": [[]], "typologies": [["quota"]]})
    assert in_form(table) is table


def test_the_graph_gets_the_words() -> None:
    findings = pa.table({"reason": ["two_names"], "values": ["{}"]})
    assert with_texts("findings", findings)["because"].to_pylist() == ["Payer and buyer give one identity number under two names"]
    lot = Statement("lot", {"n_orders": 3, "span": 2.0, "total": 9000.0})
    bears = Statement("suspects_bear", {"share": 0.5, "typology": "quota"})
    clusters = pa.table({"statements": [[lot.as_text(), bears.as_text()]]})
    assert with_texts("clusters", clusters)["summary"].to_pylist() == [
        "The same goods came in 3 parcels within 2 days, together 9,000 CNY, each under the limit of 5,000 CNY; 50% show: Allowance used up"
    ]
    assert with_texts("alerts", clusters) is clusters
