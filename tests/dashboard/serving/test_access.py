"""Who gets in, and what each role may: every page and every callback, as a table; forged cookies, other sites, posts without a page."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sandan import dashboard
from sandan.dashboard.address import consignment_path
from sandan.dashboard.app import make_app
from sandan.dashboard.pages import pages
from sandan.dashboard.posts import PATH
from sandan.dashboard.serving.access import safe_way, services_of
from sandan.dashboard.serving.security import TOKEN_FIELD
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.services import SYSTEM
from sandan.record.catalog.keys import consignment_key
from sandan.record.settings import Settings

PASSWORD = "correct horse battery"
PAGE_CALL = "..page.children...page-shown.data.."


def test_without_a_session_there_is_a_door_and_nothing_else(caller: Any, app_of_roles: Any) -> None:
    browser = caller(app_of_roles)
    for path in ("/", "/alerts?lang=zh", "/consignment/x", "/case-files/1/1", "/nowhere"):
        answer = browser.get(path)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/login"), path
    assert browser.get("/alerts?grade=all").headers["Location"] == "/login?next=/alerts?grade%3Dall"
    for path in ("/_dash-layout", "/_dash-dependencies", "/_reload-hash"):
        assert browser.get(path).status_code == 401, path
    assert {browser.call(output).status_code for output, known in app_of_roles.callback_map.items() if "callback" in known} == {401}
    assert browser.client.post("/case-of?kind=cluster&subject=c", data={TOKEN_FIELD: browser.token}).status_code == 401
    for path in ("/healthz", "/readyz", "/login", "/assets/app.css"):
        with browser.get(path) as answer:
            assert answer.status_code == 200, path


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages_and_calls_its_callbacks_and_no_others(signed_in: Any, app_of_roles: Any, role: str) -> None:
    browser, permitted = signed_in(app_of_roles, role), ROLES[role]
    refused = "Not for your role"
    for page in pages():
        path = f"{page.path}1" if page.path.endswith("/") else page.path
        assert (refused in browser.page(path)) == (page.needs not in permitted), page.path
        links = json.dumps(browser.call("app-header.children", **{"url.pathname": "/", "url.search": "?lang=en"}).json)
        assert not page.link or (f'"href": "{page.path}' in links) == (page.needs in permitted), page.path
    seen = set()
    for output, known in app_of_roles.callback_map.items():
        if "callback" not in known:
            continue
        status = browser.call(output).status_code
        seen.add(status)
        needed = app_of_roles.server.config["SANDAN_PERMISSIONS"][output]
        assert (status == 403) == (needed not in permitted), (output, status)
    assert 403 in seen


def test_every_callback_has_a_permission_and_what_changes_something_not_that_of_looking(app_of_roles: Any) -> None:
    permissions = app_of_roles.server.config["SANDAN_PERMISSIONS"]
    assert set(permissions) == set(app_of_roles.callback_map)
    for output, needed in {
        "work-panel.children": Permission.DECIDE, "work-persons.children": Permission.UNMASK, "work-case-box.children": Permission.CASES,
        "case-box.children": Permission.CASES, "audit-box.children": Permission.AUDIT, "query-result.children": Permission.QUERY,
    }.items():  # fmt: skip
        assert permissions[output] == needed


# Every route that is no page and no callback: how it is asked, what it needs, and what whoever may gets where there is nothing of that name.
ROUTES: dict[str, tuple[str, str, Permission, int]] = {
    "case_of": ("post", "/case-of?kind=cluster&subject=c", Permission.CASES, 404),
    "case_file": ("get", "/case-files/1/1", Permission.CASES, 404),
    "case_report": ("get", "/case-report/1", Permission.CASES, 404),
    "network_export": ("get", "/network-export/nodes.csv?cluster=c-none", Permission.EXPORT, 404),
    "measures_report": ("get", "/measures-report.docx", Permission.MEASURE, 404),
    "picture": ("get", f"/picture/{'0' * 64}", Permission.SEE, 404),
}
# Needed to sign in, to know that the server lives, or by the frame that every page has; what a page shows comes by its callbacks.
FRAME = {
    "static", "_dash_assets.static", "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "/_dash-layout",
    "/_dash-dependencies", "/_dash-update-component", "/_reload-hash", "/_favicon.ico", "/healthz", "/", "/<path:path>", "readyz", "login",
    "logout", "first_start",
}  # fmt: skip


def test_every_route_is_in_the_table(app_of_roles: Any) -> None:
    assert {rule.endpoint for rule in app_of_roles.server.url_map.iter_rules()} == FRAME | ROUTES.keys()


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_each_role_gets_its_routes_and_no_others(signed_in: Any, caller: Any, app_of_roles: Any, role: str) -> None:
    browser = signed_in(app_of_roles, role) if role else caller(app_of_roles)
    browser.get("/")
    for name, (method, path, needed, nothing) in ROUTES.items():
        ask = browser.client.post if method == "post" else browser.client.get
        status = ask(path, **({"data": {TOKEN_FIELD: browser.token}} if method == "post" else {})).status_code
        assert status == (nothing if role and needed in ROLES[role] else 403 if role else 401 if method == "post" else 302), name
        if method == "post":
            assert ask(path).status_code == 403, f"{name}: without the page's token"


@pytest.mark.parametrize("cookie", ["", "-", "x" * 43, "../../etc", "' OR 1=1 --", "x" * 4000, "eyJ1c2VyX2lkIjoxfQ"])
def test_a_forged_cookie_is_nobody(caller: Any, app_of_roles: Any, cookie: str) -> None:
    browser = caller(app_of_roles)
    browser.get("/login")
    browser.client.set_cookie("sandan_session", cookie)
    assert browser.get("/alerts").status_code == 302
    assert browser.call(PAGE_CALL).status_code == 401


def test_signed_out_the_old_cookie_is_worth_nothing(signed_in: Any, app_of_roles: Any) -> None:
    browser = signed_in(app_of_roles, "officer")
    kept = browser.client.get_cookie("sandan_session")
    assert kept and kept.http_only and kept.same_site == "Lax"
    assert browser.client.post("/logout", data={TOKEN_FIELD: browser.token}).status_code == 302
    browser.client.set_cookie("sandan_session", kept.value)
    assert browser.get("/alerts").status_code == 302


def test_a_session_is_a_new_one_at_each_sign_in_and_a_planted_one_is_not_taken_over(caller: Any, app_of_roles: Any) -> None:
    browser = caller(app_of_roles)
    browser.client.set_cookie("sandan_session", "planted" * 6)
    browser.sign_in("officer1")
    cookie = browser.client.get_cookie("sandan_session")
    assert cookie and cookie.value != "planted" * 6


@pytest.mark.parametrize("path", ["/login", "/logout", "/first-start", "/case-of", PATH])
def test_a_post_of_another_site_is_refused(signed_in: Any, app_of_roles: Any, path: str) -> None:
    browser = signed_in(app_of_roles, "officer")
    for data in ({}, {TOKEN_FIELD: "guess"}, {TOKEN_FIELD: ""}):
        assert browser.client.post(path, data=data).status_code == 403


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/login", "/a\nb", "", "x"]
)
def test_after_signing_in_one_stays_here(caller: Any, app_of_roles: Any, way: str) -> None:
    assert safe_way(way) == "/"
    assert caller(app_of_roles).sign_in("officer1", way=way).headers["Location"] == "/"


def test_after_signing_in_one_goes_where_one_wanted(caller: Any, app_of_roles: Any) -> None:
    assert caller(app_of_roles).sign_in("officer1", way="/alerts?grade=all&q=a b").headers["Location"] in (
        "/alerts?grade=all&q=a b", "/alerts?grade=all&q=a%20b",
    )  # fmt: skip


def test_script_in_the_way_or_the_name_stays_text(caller: Any, app_of_roles: Any) -> None:
    browser = caller(app_of_roles)
    evil = '/"><script>alert(1)</script>'
    assert "<script>alert" not in browser.get(f"/login?next={evil}").text
    assert "<script>alert" not in browser.sign_in('"><script>alert(1)</script>', way=evil).text


def test_wrong_passwords_lock_and_the_answer_is_the_same_for_every_name(caller: Any, app_of_roles: Any) -> None:
    browser = caller(app_of_roles)
    answers = [browser.sign_in(name, "wrong password") for name in ("nobody", "officer1", "officer1", "officer1", "officer1", "officer1")]
    texts = {answer.text.replace(browser.token, "") for answer in answers}
    assert {answer.status_code for answer in answers} == {403} and len(texts) == 1
    assert browser.sign_in("officer1").status_code == 403  # locked now


def test_the_first_start_makes_one_admin(caller: Any, empty_home: Settings) -> None:
    browser = caller(make_app(empty_home))
    assert browser.get("/").headers["Location"] == "/first-start"
    browser.get("/first-start")
    form = {"name": "chief", "password": PASSWORD, "again": PASSWORD, TOKEN_FIELD: browser.token}
    assert browser.client.post("/first-start", data={**form, "again": "other"}).status_code == 400
    assert browser.client.post("/first-start", data={**form, "password": "short", "again": "short"}).status_code == 400
    assert browser.client.post("/first-start", data=form).status_code == 302
    assert "Not for your role" in browser.page("/alerts") and "Audit" in browser.page("/audit")
    second = caller(browser.app)
    assert second.get("/first-start").headers["Location"] == "/login"
    assert second.client.post("/first-start", data={**form, "name": "second", TOKEN_FIELD: second.token}).status_code == 302
    assert [row["name"] for row in services_of(empty_home).accounts.rows()] == ["chief"]


def test_what_was_looked_at_and_searched_is_in_the_audit_without_what_was_typed(
    signed_in: Any, app_of_roles: Any, own_home: Settings, top_alert: dict[str, Any]
) -> None:
    browser = signed_in(app_of_roles, "officer")
    key = consignment_key(top_alert)
    browser.page(consignment_path(key))
    rows = {"startRow": 0, "endRow": 50, "sortModel": []}
    browser.call(
        "queue-grid.getRowsResponse",
        **{"queue-grid.getRowsRequest": rows, "queue-url.search": f"?q={top_alert['order_no']}", "queue-run.data": None},
    )
    audit = services_of(own_home).audit
    [looked], _ = audit.search(action="look")
    assert (looked["actor"], looked["subject"]) == ("officer1", f"consignment:{key}")
    [searched], _ = audit.search(action="search")
    assert searched["detail"]["n_found"] == 1 and searched["detail"]["found"] == [key]
    browser.call(
        "queue-grid.getRowsResponse",
        **{"queue-grid.getRowsRequest": rows, "queue-url.search": "?q=13812345678", "queue-run.data": None},
    )
    assert "13812345678" not in repr(audit.search()[0])


def test_a_decision_by_post_is_an_outcome_and_a_second_one_is_warned(
    signed_in: Any, app_of_roles: Any, own_home: Settings, top_alert: dict[str, Any]
) -> None:
    first, second = signed_in(app_of_roles, "officer"), signed_in(app_of_roles, "supervisor")
    key = consignment_key(top_alert)
    values = {
        "work-subject.data": {"key": key, "run": "newest"}, "work-reason.value": "forged",
        "work-method.value": "phone", "work-note.value": "<script>alert(1)</script>", "work-expected.data": 0, "url.search": "?lang=en",
        "work-decide.n_clicks": 1, "work-claim.n_clicks": 0, "work-let-go.n_clicks": 0, "work-take-back.n_clicks": 0,
        "changed": "work-decide.n_clicks",
    }  # fmt: skip
    answer = first.call("work-panel.children", **values)
    assert answer.status_code == 200 and "Forged transaction" in answer.text
    assert "Somebody was quicker" in second.call("work-panel.children", **values).text
    [row] = services_of(own_home).decisions.outcomes()
    assert (row["order_no"], row["outcome"], row["method"]) == (top_alert["order_no"] or None, "forged", "phone")
    rows = first.call(
        "queue-grid.getRowsResponse",
        **{
            "queue-grid.getRowsRequest": {"startRow": 0, "endRow": 50, "sortModel": []},
            "queue-url.search": "?work=decided",
            "queue-run.data": None,
        },
    ).json
    assert [one["work"] for one in rows["response"]["queue-grid"]["getRowsResponse"]["rowData"]] == ["Hold"]


def test_persons_stand_in_clear_for_who_said_why_and_for_nobody_else(
    signed_in: Any, app_of_roles: Any, own_home: Settings, top_alert: dict[str, Any]
) -> None:
    first, second, viewer = signed_in(app_of_roles, "officer"), signed_in(app_of_roles, "supervisor"), signed_in(app_of_roles, "viewer")
    key, path = consignment_key(top_alert), consignment_path(consignment_key(top_alert))
    values = {
        "work-subject.data": {"key": key, "run": "x"}, "work-unmask.n_clicks": 1, "url.search": "?lang=en",
    }  # fmt: skip
    assert "at least eight" in first.call("work-persons.children", **values, **{"work-purpose.value": "x"}).text
    shown = first.call("work-persons.children", **values, **{"work-purpose.value": "to call the buyer back"}).text
    assert "Shown to you until" in shown and "Telephone" in shown
    assert "Shown to you until" in first.page(path)
    for other in (second, viewer):
        assert "Shown to you until" not in other.page(path)
    assert viewer.call("work-persons.children", **values, **{"work-purpose.value": "out of curiosity"}).status_code == 403
    assert services_of(own_home).audit.search(action="unmask")[1] == 1


def test_one_click_makes_a_case_of_a_cluster(signed_in: Any, app_of_roles: Any, own_home: Settings, results: Any) -> None:
    browser = signed_in(app_of_roles, "officer")
    [first, *_] = results.query("SELECT cluster_id, n_orders FROM clusters")
    browser.get("/")
    made = browser.client.post(f"/case-of?kind=cluster&subject={first['cluster_id']}&lang=en", data={TOKEN_FIELD: browser.token})
    assert made.headers["Location"] == "/case/1?lang=en"
    case = services_of(own_home).cases.whole(1)
    n = results.query("SELECT count(*) AS n FROM members WHERE cluster_id = $c", c=first["cluster_id"])[0]["n"]
    assert case["subjects"][0]["subject"] == first["cluster_id"] and len(case["subjects"]) == n + 1
    assert first["cluster_id"] in browser.page("/case/1")
    assert browser.client.post("/case-of?kind=cluster&subject=none", data={TOKEN_FIELD: browser.token}).status_code == 404


def test_a_file_goes_into_a_case_and_comes_out_as_a_download(signed_in: Any, app_of_roles: Any, own_home: Settings) -> None:
    browser = signed_in(app_of_roles, "officer")
    services_of(own_home).cases.open(SYSTEM, "t", [])
    content = "data:text/plain;base64," + base64.b64encode("<b>说明</b>".encode()).decode()
    values = {
        "case-id.data": 1, "case-seen.data": "open", "case-file.contents": content, "case-file.filename": "../notes.txt", "changed": "case-file.contents",
        "url.search": "?lang=en", "case-add-note.n_clicks": 0, "case-change.n_clicks": 0, "case-assign.n_clicks": 0,
    }  # fmt: skip
    assert "notes.txt" in browser.call("case-box.children", **values).text
    with browser.get("/case-files/1/1") as answer:
        assert answer.data.decode() == "<b>说明</b>"
        assert answer.headers["Content-Disposition"].startswith("attachment") and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get("/case-files/1/2").status_code == 404
    wrong = {**values, "case-file.contents": "data:text/html;base64,PGI+", "case-file.filename": "a.html"}
    assert "a case takes" in browser.call("case-box.children", **wrong).text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("..\\..\\boot.txt", "boot.txt"), ("/etc/cron.d/x.txt", "x.txt"), ("a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
        (" ..a.txt. ", "a.txt"), ("=cmd|x.txt", "=cmd|x.txt"), ("<b>.txt", "<b>.txt"),
    ],
)  # fmt: skip
def test_an_attachment_s_name_is_no_path_and_no_header(signed_in: Any, app_of_roles: Any, own_home: Settings, name: str, kept: str) -> None:
    browser, cases = signed_in(app_of_roles, "officer"), services_of(own_home).cases
    number = cases.attach(SYSTEM, cases.open(SYSTEM, "t", []), name, b"text")
    assert [one["name"] for one in cases.whole(1)["files"]] == [kept]
    with browser.get(f"/case-files/1/{number}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment") and "X-Evil" not in answer.headers


def test_nothing_that_is_shown_is_read_as_markup() -> None:
    folder = Path(dashboard.__file__).parent
    code = {path: path.read_text(encoding="utf-8") for ending in ("py", "js") for path in folder.rglob(f"*.{ending}")}
    for dangerous in ("dangerously_allow_html", "dangerouslySetInnerHTML", "innerHTML", "srcDoc", "insertAdjacentHTML", "document.write"):
        assert [path.name for path, text in code.items() if dangerous in text] == [], dangerous
