import datetime as dt
from typing import Any

from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.statement import Statement, values_text
from sandan.dashboard.address import Address, Filters
from sandan.dashboard.components.typology_chart import typology_figure, typology_totals
from sandan.dashboard.pages.queue import chosen
from sandan.dashboard.theme import graph_config
from sandan.dashboard.views import alert_row, operator_row

EN, ZH = Address("en"), Address("zh")
FINDINGS = [
    {"typology": "payer_not_buyer", "reason": "stranger_pays", "bits": 1.0, "values": "{}"},
    {"typology": "amount_mismatch", "reason": "payment_sum", "bits": 9.0, "values": values_text({"paid": 9.0, "received": 8.0})},
    {"typology": "gone_typology", "reason": "gone_reason", "bits": 2.0, "values": values_text({"n": 3})},
]
ROW: dict[str, Any] = {
    "flow": "import", "ebp_code": "P1", "order_no": "O/1", "invt_no": "", "logistics_no": "L1", "logistics_code": "C1", "score": 0.977, "grade": "high",
    "typologies": ["missing_order", "undervaluation"], "consignment_id": "abc", "status": "pending", "findings": FINDINGS,
    "declared_cny": 1234.5, "customs_code": None, "known_us": 1743769574000000, "is_unique": True,
}  # fmt: skip


def test_an_alert_in_both_languages() -> None:
    en, zh = alert_row(ROW, {"P1": "平台"}, EN), alert_row(ROW, {}, ZH)
    assert (en["grade"]["word"], zh["grade"]["word"], en["grade"]["glyph"]) == ("High", "高", "!!")
    assert (en["reason"], zh["reason"], en["more"], zh["more"]) == (
        "The order says 9.00 CNY were paid, the payments sum to 8.00 CNY", "订单实付 9.00 元，支付单合计 8.00 元", "+2 more", "另有 2 条",
    )  # fmt: skip
    assert en["all_reasons"].splitlines()[1] == "gone_reason (n 3)" and "支付人" in zh["all_reasons"].splitlines()[2]
    assert en["typologies"] == ["Order missing", "Undervaluation"]
    assert (en["platform"], en["platform_code"], zh["platform"], zh["platform_code"]) == ("平台", "P1", "P1", "")
    assert (en["known"], en["value"], en["score"], en["stake"]) == ("2025-04-04", "1,234.50", "0.98", "")
    as_of = dt.datetime(2025, 4, 7, 12, tzinfo=dt.UTC)
    aged = [alert_row(ROW, {}, EN, {}, as_of - dt.timedelta(hours=n))["age"] for n in (0, 23, 24, 400)]
    assert aged == ["2 d", "2 d", "47 h", "0 h"]
    assert (en["path"], en["under"]) == ("/consignment/import%3AP1%3AO%2F1", "Waybill L1")


def test_a_declaration_that_shares_its_order_is_linked_by_its_own_id() -> None:
    assert alert_row({**ROW, "is_unique": False}, {}, EN)["path"] == "/consignment/abc"


def test_a_parcel_without_order() -> None:
    row = alert_row({**ROW, "order_no": "", "findings": [], "declared_cny": None, "known_us": None}, {}, EN)
    assert (row["number"], row["under"], row["path"], row["value"], row["known"]) == ("L1", "", "/consignment/parcel%3AC1%3AL1", "", "")
    assert row["reason"] == "No contradiction found"


def test_an_alert_shows_its_cluster_and_the_way_to_its_network() -> None:
    clusters = {"c-1": {"cluster_id": "c-1", "typologies": ["identity_ring", "split_lot"], "n_orders": 12}}
    row = alert_row({**ROW, "cluster_id": "c-1"}, {}, Address.parse("?grade=all&lang=en", "en"), clusters)
    assert row["cluster"] == {
        "name": "Identity ring",
        "under": "12 consignments",
        "path": "/network",
        "search": "?grade=all&cluster=c-1&lang=en",
        "folded": "",
        "rows": "",
    }
    folded = alert_row({**ROW, "cluster_id": "c-1", "n_folded": 3}, {}, EN, clusters)["cluster"]
    assert (folded["folded"], folded["rows"]) == ("3 here ▸", "?in=c-1&lang=en")
    assert alert_row({**ROW, "cluster_id": ""}, {}, EN, clusters)["cluster"] is None


def test_an_operator_s_reasons_name_typologies_in_words() -> None:
    row = {
        "role": "seller", "code": "S", "name": "N", "n_orders": 9, "n_high": 2, "score": 0.5, "grade": "medium", "typologies": ["missing_order"],
        "statements": [Statement("typology_excess", {"typology": "missing_order", "k": 2, "n": 9, "elsewhere": 0.01}).as_text()],
    }  # fmt: skip
    assert operator_row(row, "zh")["reason"] == "9 票中 2 票出现 无订单，其他企业为 1.0%"
    assert operator_row(row, "en")["reason"] == "Order missing on 2 of 9 consignments, 1.0% elsewhere"
    assert operator_row(row, "en")["operator"] == "S"
    assert operator_row({**row, "role": "payment"}, "en")["operator"] == ""


def test_the_chart_stacks_grades_and_dims_what_is_not_chosen() -> None:
    counts = [("missing_order", "high", 2), ("missing_order", "medium", 3), ("time_order", "medium", 9)]
    assert typology_totals(counts) == {"time_order": 9, "missing_order": 5}
    figure = typology_figure(counts, "missing_order", "zh")
    assert [(bar["name"], bar["x"]) for bar in figure["data"]] == [("高", [2, 0]), ("中", [3, 9])]
    assert figure["data"][0]["marker"]["opacity"] == [1.0, 0.3]
    assert [name.strip() for name in figure["layout"]["yaxis"]["ticktext"]] == [
        registry().label("missing_order", "zh"),
        registry().label("time_order", "zh"),
    ]


def test_charts_send_nothing_anywhere() -> None:
    config = graph_config("zh")
    assert (config["showSendToCloud"], config["plotlyServerURL"], config["displaylogo"]) == (False, "", False)


def test_controls_become_an_address() -> None:
    start = Address.parse("?lang=zh&operator=S&sort=value:asc", "en")
    first = chosen(start, ["high"], "time_order", "held", None, " 77 ", folds=False)
    assert first.search == "?grade=high&typology=time_order&status=held&operator=S&q=77&fold=no&sort=value%3Aasc&lang=zh"
    assert chosen(first, [], "", "", "", "").filters == Filters(("high", "medium", "low"), operator="S", sort="value:asc")
