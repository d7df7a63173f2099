"""The page of a consignment with more than a browser can draw."""

import datetime as dt
from typing import Any

import pytest

from sandan.algorithms.read_models.consignment import Cell, ConsignmentView, ListView
from sandan.dashboard.address import Address
from sandan.dashboard.pages import consignment
from sandan.record.settings import Settings

START = dt.datetime(2025, 4, 1)


def alert() -> dict[str, Any]:
    return {"order_no": "N1", "logistics_no": "W1", "logistics_code": "L1", "flow": "import", "ebp_code": "P1", "cluster_id": None, "grade": "low", "score": 0.1,
            "declared_cny": None, "status": "pending", "customs_code": None, "known_at": None}  # fmt: skip


def time(minute: int) -> str:
    return f"{START + dt.timedelta(minutes=minute):%Y-%m-%d %H:%M}"


def test_few_of_many_payments_and_events_are_drawn_and_the_rest_counted(empty_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    paid = tuple(ListView("payment", True, False, (Cell("pay_transaction_id", f"T{n}", False),)) for n in range(10_000))
    lists = (ListView("order", True, False, (Cell("order_no", "N1", False),)), *paid, ListView("waybill", False, False, ()))
    history = ((time(0), "order", "new"), *((time(n), "delivery", f"seen {n}") for n in range(1, 3_001)))
    view = ConsignmentView(alert(), (), lists, history, "2025-05-01T00:00:00+00:00")
    monkeypatch.setattr(consignment, "view_consignment", lambda *_: view)
    monkeypatch.setattr(consignment, "run_of", lambda *_: None)
    text = str(consignment.page(empty_home, "N1", Address("en")).to_plotly_json())
    assert "'T19'" in text and "'T20'" not in text and "9,980 more" in text
    # The newest events of each list: that the order is older does not hide it.
    assert time(0) in text and time(3_000) in text and time(2_901) in text and time(2_900) not in text and "2,900 more" in text
    assert text.count("more are not drawn") == 2


def test_all_of_a_usual_consignment_is_drawn(empty_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = tuple(ListView("payment", True, False, (Cell("pay_transaction_id", f"T{n}", False),)) for n in range(20))
    view = ConsignmentView(alert(), (), lists, ((time(0), "order", "new"),), "2025-05-01T00:00:00+00:00")
    monkeypatch.setattr(consignment, "view_consignment", lambda *_: view)
    monkeypatch.setattr(consignment, "run_of", lambda *_: None)
    text = str(consignment.page(empty_home, "N1", Address("en")).to_plotly_json())
    assert "'T19'" in text and "not drawn" not in text
