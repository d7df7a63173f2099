"""What is sent to the callbacks: the app's own calls are answered, anything else is refused with 400, nothing ends with 500."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandan.dashboard.app import make_app
from sandan.dashboard.posts import PATH
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_HEADER
from sandan.record.app.roles import ROLES
from sandan.record.settings import Settings

OUTPUTS = {
    "header": "app-header.children",
    "page": "..page.children...page-shown.data..",
    "rows": "queue-grid.getRowsResponse",
    "counts": "..queue-typology.data...queue-count.children...queue-marks.children..",
    "operators": "operators-grid.rowData",
    "clusters": "..clusters-grid.rowData...clusters-map.figure...clusters-countries.children...clusters-count.children..",
    "details": "network-details.children",
}
WRONG: list[Any] = [None, 0, -1, 10**30, 1.5, True, "x", "\ud800", "../..", "a" * 5000, [], {}, [[]], [1], {"a": 1}, [None], ["x"] * 99]


class Caller:
    """A browser with the token of a home's app."""

    def __init__(self, home: Settings) -> None:
        self.app = make_app(home, demo=True)
        self.client: FlaskClient = self.app.server.test_client()
        self.client.get("/")
        cookie = self.client.get_cookie(TOKEN_COOKIE)
        assert cookie
        self.headers = {TOKEN_HEADER: cookie.value}

    def send(self, body: bytes, kind: str = "application/json") -> int:
        with self.client.post(PATH, data=body, content_type=kind, headers=self.headers) as answer:
            return int(answer.status_code)

    def call(self, call: dict[str, Any]) -> int:
        return self.send(json.dumps(call).encode())

    def calls(self) -> Iterator[dict[str, Any]]:
        """A call of every callback, as the renderer makes it, with the values of a page that was just opened."""
        values: dict[str, Any] = {
            "search": "?lang=en", "pathname": "/alerts", "getRowsRequest": {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}},
            "min": 1, "max": 2, "clickData": None,
        }  # fmt: skip
        of_its_own: dict[str, Any] = {"queue-grade.value": ["high"], "network-kinds.value": [], "network-days.value": [1, 2]}
        for output, known in self.app.callback_map.items():
            # The demonstration's officer does not read the audit and approves no warnings.
            if "callback" not in known or self.app.server.config["SANDAN_PERMISSIONS"][output] not in ROLES["officer"]:
                continue
            targets = known["output"]
            each = [
                {"id": one.component_id, "property": one.component_property}
                for one in (targets if isinstance(targets, list | tuple) else [targets])
            ]
            parts = {
                part: [
                    {**one, "value": of_its_own.get(f"{one['id']}.{one['property']}", values.get(one["property"]))} for one in known[part]
                ]
                for part in ("inputs", "state")
            }
            changed = [f"{one['id']}.{one['property']}" for one in known["inputs"][:1]]
            outputs = each if isinstance(targets, list | tuple) else each[0]
            yield {"output": output, "outputs": outputs, **parts, "changedPropIds": changed}


@pytest.fixture(scope="module")
def caller(scored_home: Settings) -> Caller:
    return Caller(scored_home)


def test_every_call_of_a_page_just_opened_is_answered(caller: Caller) -> None:
    answered = {call["output"]: caller.call(call) for call in caller.calls()}
    assert set(OUTPUTS.values()) <= set(answered)
    assert set(answered.values()) <= {200, 204}, answered


def test_calls_in_a_home_without_a_run_are_no_server_error(empty_home: Settings) -> None:
    empty = Caller(empty_home)
    assert {empty.call(call) for call in empty.calls()} <= {200, 204, 404}


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"1", b'"x"', b"{", b"{}", b"\xff\xfe{}", b'{"output": 1}', b'{"a": NaN}', b"[" * 100_000, b"9" * 10_000, b"{" * 500_000,
     b'{"output": "page.children", "inputs": 1}', b'{"output": "\\ud800"}', b"a=b", b"x" * 900_000],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_is_no_call_is_refused(caller: Caller, body: bytes, kind: str) -> None:
    assert caller.send(body, kind) == 400


def test_calls_of_other_callbacks_ids_outputs_and_inputs_are_refused(caller: Caller) -> None:
    for call in caller.calls():
        for change in (
            {"output": "nothing.children"},
            {"output": call["output"] + "."},
            {"outputs": {"id": "nothing", "property": "children"}},
            {"outputs": []},
            {"outputs": None},
            {"inputs": []},
            {"inputs": call["inputs"] * 2},
            {"inputs": [{**call["inputs"][0], "id": "nothing"}, *call["inputs"][1:]]},
            {"inputs": [{**call["inputs"][0], "id": {"type": "x", "index": "*"}}, *call["inputs"][1:]]},
            {"inputs": [call["inputs"]]},
            {"state": [{"id": "nothing", "property": "data", "value": 1}]},
            {"changedPropIds": ["nothing.data"]},
            {"changedPropIds": ['{"x"']},
            {"changedPropIds": 5},
        ):
            assert caller.call({**call, **change}) == 400, (call["output"], change)


def test_values_of_another_form_are_refused_or_mean_nothing(caller: Caller) -> None:
    for call in caller.calls():
        for part in ("inputs", "state"):
            for place in range(len(call[part])):
                for wrong in WRONG:
                    changed = copy.deepcopy(call)
                    changed[part][place]["value"] = wrong
                    assert caller.call(changed) in (200, 204, 400), (call["output"], changed[part][place]["id"], wrong)


def test_a_table_that_asks_for_nonsense_is_refused(caller: Caller) -> None:
    call = next(call for call in caller.calls() if call["output"] == OUTPUTS["rows"])

    def asked(**changed: Any) -> int:
        given = copy.deepcopy(call)
        given["inputs"][0]["value"] |= changed
        return caller.call(given)

    known = {"colId": "score", "sort": "asc"}
    assert asked(sortModel=[known]) == 200
    assert asked(sortModel=[{"colId": "grade; DROP", "sort": "x"}, *[known] * 15]) == 200
    for wrong in (
        {"startRow": None}, {"startRow": "0"}, {"startRow": -1}, {"endRow": 10**40}, {"endRow": 1.5}, {"sortModel": 5}, {"sortModel": [5]},
        {"sortModel": [{"colId": 5}]}, {"sortModel": [known] * 10_000}, {"sortModel": [{"colId": "score", "sort": {}}]},
    ):  # fmt: skip
        assert asked(**wrong) == 400, wrong


_SEARCHES = [
    "?since=0001-01-01&until=9999-12-31",
    "?until=9999-12-31",
    "?since=9999-12-31",
    "?key=%00",
    "?cluster=" + "x" * 999,
    "?expand=" + "a," * 9999,
]


@pytest.mark.parametrize(
    "search", [*_SEARCHES, "?q=%ED%A0%80", "?grade=x&typology='&status=%00&flow=..", "?" + "a=1&" * 5000, "%", "?lang=" + "z" * 30_000]
)
def test_any_address_is_answered(caller: Caller, top_alert: dict[str, Any], search: str) -> None:
    for key in ("", f"&key={top_alert['consignment_id']}"):
        for call in caller.calls():
            for one in (*call["inputs"], *call["state"]):
                if one["property"] == "search":
                    one["value"] = search + key
            assert caller.call(call) in (200, 204), (call["output"], search + key)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(OUTPUTS.values())),
    part=st.sampled_from(["inputs", "state"]),
    data=st.data(),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_any_value_in_any_place_is_answered_or_refused(caller: Caller, name: str, part: str, data: st.DataObject, value: Any) -> None:
    call = next(call for call in caller.calls() if call["output"] == name)
    if call[part]:
        call[part][data.draw(st.integers(0, len(call[part]) - 1))]["value"] = value
        assert caller.call(call) in (200, 204, 400)


@pytest.mark.parametrize(
    "path",
    ["/assets/%00", "/assets/../../secret.key", "/_dash-component-suites/x/y.js", "/_dash-component-suites/dash/../../x", "/_dash-layout", "/%ff%fe",
     "/" + "x" * 5000, "/consignment/%00", "/_favicon.ico?v=x", "/_reload-hash", "/_dash-update-component"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_no_path_is_a_server_error(caller: Caller, path: str, method: str) -> None:
    with caller.client.open(path, method=method, headers=caller.headers) as answer:
        assert answer.status_code < 500
