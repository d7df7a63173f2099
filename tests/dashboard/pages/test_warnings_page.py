"""The page of warnings: everybody who may look sees them, a supervisor changes them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sandan.dashboard.app import make_app
from sandan.dashboard.serving.access import services_of
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD, TOKEN_HEADER
from sandan.record.app.services import SYSTEM
from sandan.record.app.warnings import Draft
from sandan.record.settings import Settings, load_settings

DRAFT = Draft("party", "high", "operator:seller:S1", ("split_lot",), "To S1: compare your records.", "致 S1：请核对。", "run-1")
PASSWORD = "correct horse battery"


@pytest.fixture
def home(tmp_path: Any) -> Settings:
    settings = load_settings(tmp_path / "home")
    services = services_of(settings)
    for role in ("viewer", "officer", "supervisor", "admin"):
        services.accounts.add(SYSTEM, role, role, PASSWORD)
    services.warnings.propose(
        SYSTEM, [DRAFT, replace(DRAFT, audience="internal", text_en="Seller S1 is graded high.", text_zh="S1 为高风险。")]
    )
    return settings


class Browser:
    def __init__(self, settings: Settings, name: str) -> None:
        self.client = make_app(settings).server.test_client()
        self.client.get("/login")
        cookie = self.client.get_cookie(TOKEN_COOKIE)
        assert cookie
        self.token = cookie.value
        given = {"name": name, "password": PASSWORD, TOKEN_FIELD: self.token}
        assert self.client.post("/login", data=given).status_code == 302

    def call(self, output: str, inputs: dict[str, Any], state: dict[str, Any], changed: str) -> Any:
        def values(given: dict[str, Any]) -> list[dict[str, Any]]:
            return [{"id": name.rpartition(".")[0], "property": name.rpartition(".")[2], "value": value} for name, value in given.items()]

        component, _, name = output.rpartition(".")
        body = {
            "output": output, "outputs": {"id": component, "property": name}, "inputs": values(inputs), "state": values(state),
            "changedPropIds": [changed],
        }  # fmt: skip
        return self.client.post("/_dash-update-component", json=body, headers={TOKEN_HEADER: self.token})

    def act(self, chosen: Any, to: Any, why: Any = "", seen: Any = None, language: str = "en") -> Any:
        state = {
            "warnings-chosen.value": chosen, "warnings-to.value": to, "warnings-why.value": why, "warnings-seen.data": seen or {"1": "draft"},
            "warnings-audience.value": None, "warnings-state.value": None, "url.search": f"?lang={language}",
        }  # fmt: skip
        return self.call("warnings-done.children", {"warnings-do.n_clicks": 1}, state, "warnings-do.n_clicks")

    def shown(self, language: str = "en", **filters: str | None) -> str:
        inputs = {"warnings-audience.value": filters.get("audience"), "warnings-state.value": filters.get("state")}
        answer = self.call("warnings-box.children", inputs, {"url.search": f"?lang={language}"}, "warnings-state.value")
        assert answer.status_code == 200, answer.text
        return json.dumps(answer.json, ensure_ascii=False)


def test_a_viewer_sees_them_in_his_language_and_can_change_none(home: Settings) -> None:
    viewer = Browser(home, "viewer")
    shown = viewer.shown("zh")
    assert "致 S1：请核对。" in shown and "草稿" in shown and "当事企业" in shown and "化整为零" in shown and '"warnings-do"' not in shown
    assert "Seller S1" in viewer.shown(audience="internal") and "To S1" not in viewer.shown(audience="internal")
    assert "No such warnings" in viewer.shown(state="issued")
    for role in ("viewer", "officer"):
        assert Browser(home, role).act("1", "approved").status_code == 403
    assert services_of(home).warnings.history(1)[-1]["state"] == "draft"


def test_an_admin_sees_none(home: Settings) -> None:
    admin = Browser(home, "admin")
    inputs = {"warnings-audience.value": None, "warnings-state.value": None}
    assert admin.call("warnings-box.children", inputs, {"url.search": ""}, "warnings-state.value").status_code == 403


def test_a_supervisor_approves_issues_and_recalls(home: Settings) -> None:
    chief = Browser(home, "supervisor")
    assert "warnings-do" in chief.shown()
    assert "Warning 1: Approved." in chief.act("1", "approved").text
    assert "提示 1 现为" in json.dumps(chief.act("1", "issued", seen={"1": "approved"}, language="zh").json, ensure_ascii=False)
    assert "Say why" in chief.act("1", "recalled", seen={"1": "issued"}).text
    assert "Warning 1: Recalled." in chief.act("1", "recalled", "their goods", seen={"1": "issued"}).text
    assert [(row["state"], row["by"]) for row in services_of(home).warnings.history(1)] == [
        ("draft", "system"), ("approved", "supervisor"), ("issued", "supervisor"), ("recalled", "supervisor"),
    ]  # fmt: skip


def test_what_does_not_fit_is_said_and_changes_nothing(home: Settings) -> None:
    chief = Browser(home, "supervisor")
    assert "Choose a warning" in chief.act(None, "approved").text
    assert "Choose a warning" in chief.act("7", "approved").text
    assert "does not become" in chief.act("1", "issued").text
    services_of(home).warnings.change(SYSTEM, 1, "approved", expected="draft")
    assert "Somebody was quicker" in chief.act("1", "approved").text
    assert chief.act("1", "approved", seen={"1": {"a": 1}}).status_code == 400
    assert chief.act("1", "approved", "x" * 5000).status_code == 400
    assert services_of(home).warnings.history(1)[-1]["state"] == "approved"
