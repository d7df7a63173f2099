"""What a run gives reason to warn of: whom, of what, and what the text never says."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandan.algorithms.read_models.warnings import draft_warnings
from sandan.algorithms.results.results import Results
from sandan.algorithms.vocabulary.statement import Statement, values_text
from sandan.algorithms.wording.warnings import TEXTS
from sandan.record.app.warnings import Draft

AS_OF = dt.datetime(2025, 4, 30, 4, tzinfo=dt.UTC)
Make = Callable[..., dict[tuple[str, str], Draft]]


def alert(k: int, grade: str = "high", **more: Any) -> dict[str, Any]:
    return {
        "consignment_id": f"c{k}", "flow": "import", "ebp_code": "P1", "order_no": f"O{k}", "logistics_code": "L1", "logistics_no": f"W{k}",
        "grade": grade, "status": "declared", "ebc_code": "S1", **more,
    }  # fmt: skip


def cluster(kind: str, *typologies: str) -> dict[str, Any]:
    said = {"n_senders": 8, "n_shared": 3} if kind == "ipr" else {"n_identities": 5, "n_orders": 5, "span": 13.5, "n_phones": 1,
            "n_addresses": 0, "n_payers": 0, "p_burst": 0.02, "explained": ""}  # fmt: skip
    statement = Statement("shared_senders" if kind == "ipr" else "ring", said)
    return {
        "cluster_id": f"c-{kind}", "kind": kind, "top_destinations": ["GB", "AU"], "first_seen": dt.datetime(2025, 4, 1, 20, tzinfo=dt.UTC),
        "last_seen": dt.datetime(2025, 4, 9, tzinfo=dt.UTC), "statements": [json.dumps(statement.as_json())],
        "typologies": list(typologies),
    }  # fmt: skip


def operator(role: str = "seller", *typologies: str, grade: str = "high") -> dict[str, Any]:
    return {
        "role": role, "code": "S1", "name": "牛乳贸易有限公司", "n_orders": 40, "n_high": 9, "grade": grade, "typologies": list(typologies),
        "statements": [],
    }  # fmt: skip


@pytest.fixture
def drafts(tmp_path: Path) -> Make:
    def make(outcomes: dict[str, set[str]] | None = None, **tables: list[dict[str, Any]]) -> dict[tuple[str, str], Draft]:
        empty: dict[str, list[dict[str, Any]]] = {name: [] for name in ("alerts", "findings", "members", "clusters", "operators")}
        columns = {
            "findings": ["consignment_id"], "members": ["cluster_id", "consignment_id"], "clusters": ["cluster_id"], "operators": ["grade"],
            "alerts": ["consignment_id"],
        }  # fmt: skip
        for name, rows in {**empty, **tables}.items():
            table = pa.Table.from_pylist(rows) if rows else pa.table({column: pa.array([], pa.string()) for column in columns[name]})
            pq.write_table(table, tmp_path / f"{name}.parquet")
        results = Results("run-1", tmp_path, said={"run_id": "run-1", "as_of": AS_OF.isoformat()})
        found = draft_warnings(results, outcomes or {})
        assert found == draft_warnings(results, outcomes or {})
        assert all(re.search("[\u4e00-\u9fff]", one.text_zh) and one.text_en.isprintable() for one in found)
        return {(one.audience, one.subject): one for one in found}

    return make


def finding(k: int, typology: str, of: str, /, **values: Any) -> dict[str, Any]:
    return {"consignment_id": f"c{k}", "typology": typology, "reason": of, "values": values_text(values), "bits": 3.0}


def members(kind: str, *ks: int) -> list[dict[str, Any]]:
    return [{"cluster_id": f"c-{kind}", "consignment_id": f"c{k}"} for k in ks]


def test_a_high_seller_is_asked_and_customs_are_told(drafts: Make) -> None:
    """The milk powder: four signs on one seller."""
    typologies = ("missing_order", "platform_mismatch", "address_mismatch", "undervaluation")
    made = drafts(operators=[operator("seller", *typologies)], alerts=[alert(1)])
    assert set(made) == {("party", "operator:seller:S1"), ("internal", "operator:seller:S1")}
    party = made["party", "operator:seller:S1"]
    assert party.level == "high" and party.typologies == typologies and party.run_id == "run-1"
    assert "牛乳贸易有限公司 (S1): among 40 consignments that bear your code, 9 bear signs" in party.text_en
    assert "Undervaluation" in party.text_en and "低报" in party.text_zh and "2025-04-30" in party.text_zh


def test_a_party_hears_nothing_of_watchlists_models_and_others(drafts: Make) -> None:
    made = drafts(operators=[operator("seller", "watchlist", "gnn", "quota")], alerts=[alert(1)])
    party = made["party", "operator:seller:S1"]
    assert party.typologies == ("quota",)
    for word in ("watchlist", "Watchlist", "名单", "model", "模型", "O1", "W1", "L1", "P1"):
        assert word not in party.text_en + party.text_zh
    only = drafts(operators=[operator("seller", "watchlist", "gnn")], alerts=[alert(1)])
    assert set(only) == {("internal", "operator:seller:S1")}


@pytest.mark.parametrize("grade", ["low", "medium"])
def test_an_operator_of_lower_grade_is_left_alone(drafts: Make, grade: str) -> None:
    assert drafts(operators=[operator("seller", "quota", grade=grade)], alerts=[alert(1)]) == {}


def test_a_cluster_of_low_consignments_is_no_warning(drafts: Make) -> None:
    assert (
        drafts(clusters=[cluster("ipr", "sender_cluster")], members=members("ipr", 1, 2), alerts=[alert(1, "low"), alert(2, "medium")])
        == {}
    )


def test_the_public_hears_of_infringing_goods_only_when_they_were_found(drafts: Make) -> None:
    """The designer toys: nothing but a suspicion until one parcel is opened."""
    given = {
        "clusters": [cluster("ipr", "sender_cluster", "brand_omitted")], "members": members("ipr", 1, 2, 3),
        "alerts": [alert(1), alert(2, "medium"), alert(3, "low")],
        "findings": [finding(1, "scan_mismatch", "scan_brand", brand="LABUBO", confidence=0.9)],
    }  # fmt: skip
    for outcomes in ({}, {"c1": {"compliant"}}, {"c9": {"ipr"}}):
        assert {audience for audience, _ in drafts(outcomes, **given)} == {"internal"}
    made = drafts({"c2": {"ipr"}, "c3": {"compliant"}}, **given)
    assert {one.level for one in made.values()} == {"confirmed"} and {a for a, _ in made} == {"internal", "department", "public"}
    public = made["public", "cluster:c-ipr"]
    assert "of the brand LABUBO" in public.text_en and "United Kingdom, Australia" in public.text_en and "英国、澳大利亚" in public.text_zh
    for word in ("S1", "P1", "L1", "O1", "W1", "c-ipr", "{", "}"):
        assert word not in public.text_en + public.text_zh
    internal = made["internal", "cluster:c-ipr"]
    assert "1 of 2 inspected consignments were in breach (infringing goods 1)" in internal.text_en
    assert "from 2025-04-02 to" in internal.text_en  # of Beijing


def test_the_public_is_warned_of_lent_identities_once_a_month(drafts: Make) -> None:
    ring, lot = cluster("forged", "identity_ring"), {**cluster("forged", "quota"), "cluster_id": "c-other"}
    rows = [*members("forged", 1), {"cluster_id": "c-other", "consignment_id": "c2"}]
    given: dict[str, Any] = {"clusters": [ring, lot], "members": rows, "alerts": [alert(1), alert(2)]}
    made = drafts({"c1": {"forged"}, "c2": {"forged"}}, **given)
    assert [subject for audience, subject in made if audience == "public"] == ["identities:2025-04"]
    assert len([1 for audience, _ in made if audience == "department"]) == 2


def test_a_prohibited_scan_and_a_control_are_told_at_once_while_the_goods_are_here(drafts: Make) -> None:
    floor = finding(1, "scan_mismatch", "scan_prohibited", prohibited="毒品", confidence=0.9)
    control = finding(1, "watchlist", "listed_control", kind="company", source="anti-smuggling", reason="case 7")
    unsigned = finding(1, "signature", "signature_invalid")
    made = drafts(alerts=[alert(1, "medium")], findings=[floor, control, unsigned, finding(1, "quota", "buyer_in_year", sum=1.0)])
    [draft] = made.values()
    assert (draft.audience, draft.subject, set(draft.typologies)) == (
        "internal",
        "consignment:import:P1:O1",
        {"scan_mismatch", "watchlist"},
    )
    assert "case 7" in draft.text_en and "Hold it until it is inspected" in draft.text_en
    assert drafts(alerts=[alert(1, status="released")], findings=[floor]) == {}
    assert drafts(alerts=[alert(1)], findings=[finding(1, "quota", "buyer_in_year", sum=1.0)]) == {}


def test_texts_name_the_same_values_in_both_languages() -> None:
    for key, sentence in TEXTS.items():
        names = [set(re.findall(r"\{(\w+)", text)) for text in (sentence.en, sentence.zh)]
        assert names[0] == names[1], key
        assert not re.search(r"[,;:!?()](?![^{]*\})", sentence.zh), key
