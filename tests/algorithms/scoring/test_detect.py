"""Rules run over facts: what is found, told and marked, and what is too common to mean much."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import Facts, gather_facts
from sandan.algorithms.scoring.detect import FINDINGS, Detected, detect, subject
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import because, note
from sandan.record.settings import load_settings

STRANGER = "320106198502284634"
# Of so many consignments one buyer alone would be above the year's limit.
BUYERS = ("110101199003074477", "110101198808151324", "330106199204220410")
AS_OF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
N, N_COMMON, N_RARE = 520, 150, 60


@pytest.fixture(scope="module")
def facts(trade: Any, bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory) -> Facts:
    for i in range(N):
        number = f"N{i:05}"
        buyer = {"buyer_id_number": BUYERS[i % len(BUYERS)]}
        trade.order(number, actual_paid=105 if i < N_COMMON else 100, **buyer)
        rare = {"payer_id_number": STRANGER, "payer_name": "赵六"} if i >= N - N_RARE else {"payer_id_number": BUYERS[i % len(BUYERS)]}
        trade.payment(number, amount_paid=105 if i < N_COMMON else 100, **rare)
        trade.waybill(
            number, consignee_address="广东省深圳市宝安区福永街道仓储路8号" if i == 300 else "浙江省杭州市余杭区文一西路969号3幢501室"
        )
        trade.declaration(number, **buyer)
    trade.add("payment_services", pay_code="Q1", ebp_code="P1", active_from="2024-01-01")
    trade.add("listings", ebp_code="P1", item_name="保湿面霜 50ml", seen_on="2025-03-01")
    trade.add("market_prices", hs_code="3304990039", item_name="保湿面霜 50ml", price=100, currency="CNY", seen_on="2025-03-20")
    trade.add("tax_rates", hs_prefix="99", vat=0.13, consumption=0, valid_from="2019-04-01")
    trade.add("watchlists", kind="company", value="NOBODY", reason="r", source="s", level="control", valid_from="2024-01-01")
    trade.add("scans", logistics_no="WN00001", logistics_code="L1", scanned_at="20250404090000", recognised="面霜", confidence=0.9)
    trade.add("tracking", logistics_no="WN00000", logistics_code="L1", event_at="20250404090000", status="delivered")
    return gather_facts(bench_of(trade), load_settings(tmp_path_factory.mktemp("h")), AS_OF)


@pytest.fixture(scope="module")
def detected(facts: Facts) -> Detected:
    return detect(facts, "run1")


@pytest.fixture(scope="module")
def found(detected: Detected) -> dict[str, list[dict[str, Any]]]:
    """Findings by reason."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in detected.findings.to_pylist():
        rows.setdefault(row["reason"], []).append(row)
    return rows


def test_only_what_is_wrong_is_found(found: dict[str, list[dict[str, Any]]]) -> None:
    assert {reason: len(rows) for reason, rows in found.items()} == {"formula": N_COMMON, "stranger_pays": N_RARE, "other_province": 1}


def test_a_sign_on_more_than_a_fifth_of_all_counts_half_and_is_named(found: dict[str, list[dict[str, Any]]], detected: Detected) -> None:
    assert {row["score"] for row in found["formula"]} == {0.225}
    [common] = [said for one in detected.notes if "counted half" in (said := note(one.as_json(), "en"))]
    assert common.startswith("amount_mismatch/formula: fires on 29%")


def test_a_rare_sign_counts_whole(found: dict[str, list[dict[str, Any]]]) -> None:
    assert {row["score"] for row in found["stranger_pays"]} == {0.45}
    assert {row["score"] for row in found["other_province"]} == {0.55}


def test_a_finding_says_of_whom_why_and_where_to_look(found: dict[str, list[dict[str, Any]]]) -> None:
    [row] = found["other_province"]
    assert (row["subject_type"], row["subject_id"], row["run_id"]) == ("Order", "import:P1:N00300", "run1")
    assert "order" in because(row, "en")
    assert "订单" in because(row, "zh")
    assert set(row["evidence"]) == {"declaration:import:P1:N00300", "order:import:P1:N00300", "waybill:L1:WN00300"}
    assert row["marked"] == ["address"]
    assert "{id: 'import:P1:N00300'}" in row["cypher"]


def test_addresses_are_masked_in_sentences(found: dict[str, list[dict[str, Any]]]) -> None:
    [row] = found["other_province"]
    assert "***" in because(row, "en") and "***" in because(row, "zh")
    # Nor do the values that are kept hold more of them.
    assert "仓储路" not in str(row) and "文一西路" not in str(row)


def test_findings_have_ids_of_their_own(detected: Detected) -> None:
    ids = detected.findings["finding_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    assert detected.findings.schema == FINDINGS


def test_nothing_is_said_not_to_have_run_when_every_table_is_there(detected: Detected) -> None:
    # Rows of tables carry no signature.
    notes = [note(one.as_json(), "en") for one in detected.notes]
    said = [text for text in notes if "loaded" in text or "not run" in text]
    assert said == ["signature: no signature was checked, not run"]


def test_few_consignments_are_never_too_common(trade: Any, bench_of: Callable[[Any], Bench], tmp_path: Path) -> None:
    few = type(trade)()
    for i in range(10):
        few.order(f"F{i}", actual_paid=105)
        few.payment(f"F{i}", amount_paid=105)
        few.waybill(f"F{i}")
        few.declaration(f"F{i}")
    told = detect(gather_facts(bench_of(few), load_settings(tmp_path), AS_OF), "run")
    assert {(row["reason"], row["score"]) for row in told.findings.to_pylist()} == {("formula", 0.45)}
    # Silence is never "compliant": what lacked its table is named.
    assert {one.values["typology"] for one in told.notes if "loaded" in note(one.as_json(), "en")} == {
        "platform_mismatch",
        "address_mismatch",
        "undervaluation",
        "watchlist",
        "tax_mismatch",
        "scan_mismatch",
    }


def test_every_rule_is_well_made(facts: Facts) -> None:
    rules = [rule for typology in registry().values() if typology.rules for rule in typology.rules(facts)]
    assert len({rule.reason.name for rule in rules}) == len(rules) > 20
    for rule in rules:
        values = dict.fromkeys(rule.values, 1.0)
        assert rule.reason.render("en", values), rule.reason.name
        assert rule.reason.render("zh", values), rule.reason.name
        assert rule.reason.sentence.names <= {*rule.values, "note"}, rule.reason.name
        assert rule.reason.marks, rule.reason.name
        assert rule.reason.cause in registry().causes, rule.reason.name
        if isinstance(rule.score, float):
            assert 0 < rule.score < 0.7, "no single sign makes a consignment high"
    # Where every table is there, every reason of a typology with rules has one.
    ruled = {reason.name for typology in registry().values() if typology.rules for reason in typology.reasons}
    assert ruled == {rule.reason.name for rule in rules}


def test_the_subject_is_the_order_and_without_one_the_parcel() -> None:
    row = {"flow": "import", "ebp_code": "P", "order_no": "1", "logistics_code": "L", "logistics_no": "W"}
    assert subject(row) == ("Order", "import:P:1")
    assert subject({**row, "order_no": None}) == ("Parcel", "L:W")
