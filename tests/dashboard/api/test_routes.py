"""Programs read and send what their token is for, and nothing else; what they send again changes nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandan.algorithms.results.results import open_results
from sandan.dashboard.api.routes import PREFIX, RECEIVED, TABLES
from sandan.dashboard.app import make_app
from sandan.dashboard.serving.access import services_of
from sandan.jobs.plans import make_plan
from sandan.jobs.programs import Programs
from sandan.jobs.terminal.reading import COLUMNS
from sandan.record.app.services import SYSTEM
from sandan.record.app.tokens import SCOPES
from sandan.record.app.warnings import Draft
from sandan.record.home import HomePaths
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock
from sandan.record.settings import ApiSettings, Settings

OUTCOME = {
    "flow": "import", "inspected_at": "2025-04-20T10:00:00+08:00", "method": "physical", "outcome": "ipr", "ebp_code": "P1", "order_no": "O1",
    "probability": 0.5,
}  # fmt: skip
SCAN = {"logistics_no": "W1", "scanned_at": "2025-04-20T10:00:00+08:00", "recognised": "保温杯", "confidence": 0.9, "logistics_code": "L1"}
WATCHED = {
    "kind": "person", "value": "330212199507118125", "reason": "case 7", "source": "anti-smuggling", "level": "control",
    "valid_from": "2025-04-01",
}  # fmt: skip
RECORDS = {"outcomes": OUTCOME, "scans": SCAN, "watchlists": WATCHED}
Call = Callable[..., Any]


@pytest.fixture
def settings(own_home: Settings) -> Settings:
    found = own_home.model_copy(update={"api": ApiSettings(per_minute=10_000, wait_s=0)})
    services_of(found).warnings.propose(SYSTEM, [Draft("party", "high", "operator:seller:S1", ("quota",), "To S1", "致 S1", "run-1")])
    return found


@pytest.fixture
def call(settings: Settings) -> Iterator[Call]:
    """Calls a route with a token for some scopes; without scopes, with none."""
    client = make_app(settings, backend=Programs(settings)).server.test_client()
    tokens = {}

    def make(method: str, path: str, *scopes: str, **more: Any) -> Any:
        if scopes and scopes not in tokens:
            tokens[scopes] = services_of(settings).tokens.add(SYSTEM, f"program-{len(tokens)}", scopes)
        headers = {"Authorization": f"Bearer {tokens[scopes]}"} if scopes else {}
        return client.open(f"{PREFIX}/{path}", method=method, headers={**headers, **more.pop("headers", {})}, **more)

    yield make


ROUTES = [("GET", table, f"{table}:read") for table in (*TABLES, "warnings")] + [("POST", table, f"{table}:write") for table in RECEIVED]


def test_the_routes_and_the_scopes_are_the_same(settings: Settings) -> None:
    assert {scope for _, _, scope in ROUTES} == set(SCOPES)
    server = make_app(settings, backend=Programs(settings)).server
    rules = {(method, rule.rule) for rule in server.url_map.iter_rules() if rule.rule.startswith(PREFIX) for method in rule.methods or ()}
    assert {(method, path) for method, path in rules if method in ("GET", "POST", "PUT", "DELETE", "PATCH")} == {
        *((method, f"{PREFIX}/{table}") for method, table, _ in ROUTES), ("GET", f"{PREFIX}/openapi.json"),
    }  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_is_for_its_scope_alone(call: Call, settings: Settings, scope: str) -> None:
    if scope == "plan:read":
        make_plan(settings, 5)
    for method, table, needed in ROUTES:
        body = {"json": {"records": [RECORDS[table]]}} if method == "POST" else {}
        status = call(method, table, scope, **body).status_code
        assert status == (200 if needed == scope else 403), (method, table)


@pytest.mark.parametrize(
    ("method", "table"), [route[:2] for route in ROUTES] + [("GET", "openapi.json"), ("GET", "nothing"), ("DELETE", "alerts")]
)
def test_without_a_token_in_force_nothing_is_answered(call: Call, settings: Settings, method: str, table: str) -> None:
    services = services_of(settings)
    removed = services.tokens.add(SYSTEM, "gone", SCOPES)
    services.tokens.remove(SYSTEM, "gone")
    for given in ("", "Bearer ", f"Bearer {removed}", f"Basic {removed}", "Bearer sandan_x", "Bearer \u00e9", "Bearer " + "x" * 5000):
        answer = call(method, table, headers={"Authorization": given} if given else {}, json={"records": []} if method == "POST" else None)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer", given
        assert "sandan token add" in answer.json["message"]


def test_a_session_is_no_token(settings: Settings) -> None:
    services_of(settings).accounts.add(SYSTEM, "li", "supervisor", "correct horse battery")
    app = make_app(settings, backend=Programs(settings))
    client = app.server.test_client()
    made = services_of(settings).accounts.sign_in("li", "correct horse battery")
    assert made
    client.set_cookie("sandan_session", made[1])
    assert client.get("/alerts").status_code == 200
    assert client.get(f"{PREFIX}/alerts").status_code == 401


def test_alerts_are_those_of_the_command_in_parts(call: Call, settings: Settings) -> None:
    results = open_results(HomePaths(settings.home))
    whole = [row for row in results.table("alerts").to_pylist() if row["grade"] != "low"]
    first = call("GET", "alerts?limit=3", "alerts:read").json
    assert first["id"] == results.run_id and first["total"] == len(whole) > 3
    assert [row["score"] for row in first["rows"]] == [row["score"] for row in whole[:3]]
    assert set(first["rows"][0]) == set(COLUMNS["alerts"])
    rest = call("GET", f"alerts?start=3&limit=1000&run={results.run_id}", "alerts:read").json["rows"]
    assert len(first["rows"]) + len(rest) == len(whole)
    low = call("GET", "alerts?grade=low&limit=1", "alerts:read").json
    assert low["total"] + len(whole) == results.table("alerts").num_rows
    typology = whole[0]["typologies"][0]
    some = call("GET", f"alerts?typology={typology}&limit=1000", "alerts:read").json["rows"]
    assert some and all(typology in row["typologies"].split("|") for row in some)
    assert call("GET", "alerts?run=nothing", "alerts:read").status_code == 404


def test_findings_and_plan_and_warnings(call: Call, settings: Settings) -> None:
    found = call("GET", "findings?limit=2", "findings:read").json
    assert set(found["rows"][0]) == set(COLUMNS["findings"]) and found["rows"][0]["because"]
    assert call("GET", "plan", "plan:read").status_code == 404
    plan = make_plan(settings, 5)
    made = call("GET", "plan", "plan:read").json
    assert made["id"] == plan.plan_id and [row["rank"] for row in made["rows"]] == [1, 2, 3, 4, 5]
    assert call("GET", "warnings?state=draft", "warnings:read").json["rows"][0]["text"] == "To S1"
    assert call("GET", "warnings?state=issued", "warnings:read").json["total"] == 0


@pytest.mark.parametrize("table", RECEIVED)
def test_what_is_sent_goes_through_the_ordinary_intake_and_again_changes_nothing(call: Call, settings: Settings, table: str) -> None:
    lake = HomePaths(settings.home).lake
    scope = f"{table}:write"
    before = len(Lake(lake).batches)
    first = call("POST", table, scope, json={"records": [RECORDS[table]]}).json
    assert (first["read"], first["loaded"], first["reasons"]) == (1, 1, {})
    assert Lake(lake).batches[-1].batch_id == first["batch_id"] and len(Lake(lake).batches) == before + 1
    again = call("POST", table, scope, json={"records": [RECORDS[table]]}).json
    assert (again["read"], again["duplicate"], again["loaded"]) == (1, 1, 0)
    assert services_of(settings).audit.search(action="receive", subject=f"api:{table}")[1] == 2
    number = WATCHED["value"].encode()
    assert not [path for path in settings.home.rglob("*") if path.is_file() and number in path.read_bytes()]


def test_what_cannot_be_used_is_said(call: Call) -> None:
    scope = "outcomes:write"
    for records in (
        [],
        [{**OUTCOME, "outcome": "guilty"}],
        [{**OUTCOME, "colour": "red"}],
        [{"flow": "import"}],
        [{**OUTCOME, "probability": 2}],
    ):
        answer = call("POST", "outcomes", scope, json={"records": records})
        assert answer.status_code == 422 and answer.json["errors"], records
    bad = call("POST", "outcomes", scope, json={"records": [{**OUTCOME, "inspected_at": "yesterday"}]})
    assert bad.status_code == 422 and sum(bad.json["errors"]["reasons"].values()) == 1
    half = call("POST", "outcomes", scope, json={"records": [OUTCOME, {**OUTCOME, "inspected_at": "yesterday"}]})
    assert half.status_code == 200 and (half.json["loaded"], half.json["rejected"]) == (1, 1)
    assert call("POST", "outcomes", scope, data="{", content_type="application/json").status_code == 400
    assert call("GET", "alerts?limit=0", "alerts:read").status_code == 422
    assert call("GET", "nothing", "alerts:read").status_code == 404
    assert call("DELETE", "alerts", "alerts:read").status_code == 405


def test_while_another_run_holds_the_home_it_is_to_be_sent_again(call: Call, settings: Settings) -> None:
    with home_lock(HomePaths(settings.home)):
        answer = call("POST", "scans", "scans:write", json={"records": [SCAN]})
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0 and "send the same request again" in answer.json["message"]
    assert call("POST", "scans", "scans:write", json={"records": [SCAN]}).json["loaded"] == 1


def test_each_token_has_its_own_limit(settings: Settings) -> None:
    few = settings.model_copy(update={"api": ApiSettings(per_minute=3)})
    client = make_app(few, backend=Programs(few)).server.test_client()
    one, other = (services_of(few).tokens.add(SYSTEM, name, ["warnings:read"]) for name in ("one", "other"))
    codes = [client.get(f"{PREFIX}/warnings", headers={"Authorization": f"Bearer {one}"}).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    assert client.get(f"{PREFIX}/warnings", headers={"Authorization": f"Bearer {other}"}).status_code == 200
    late = client.get(f"{PREFIX}/warnings", headers={"Authorization": f"Bearer {one}"})
    assert late.json["code"] == 429 and int(late.headers["Retry-After"]) > 0


def test_the_pages_are_as_they_were(call: Call, settings: Settings) -> None:
    client = make_app(settings, backend=Programs(settings)).server.test_client()
    assert client.post("/_dash-update-component", json={}).status_code == 403
    assert client.get("/healthz").text == "OK"
