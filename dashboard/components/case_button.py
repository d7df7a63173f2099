"""One click makes a case of a cluster with all its consignments, or of an operator; where there is a case, a link leads to it."""

from typing import Any
from urllib.parse import urlencode

import flask
from dash import dcc, html

from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address, case_path
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.serving.access import actor, may, needs, services_of, user
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD
from sandan.record.app.cases import Subject
from sandan.record.app.roles import Permission
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import SandanError
from sandan.record.settings import Settings

_PATH = "/case-of"

_MOST_MEMBERS = 2000


def button(settings: Settings, kind: str, subject: str, run_id: str, language: Language) -> list[Any]:
    """The button, and links to the cases that the subject is in; nothing for those who work on no cases.

    Args:
        settings: The home.
        kind: `cluster` or `operator`.
        subject: Id of the cluster, or `role:code` of the operator.
        run_id: The run that is shown.
        language: Language of the words.
    """
    if user() is None or not may(Permission.CASES):
        return []
    links: list[Any] = [
        dcc.Link(text("in_case", language, n=row["case_id"]), href=case_path(row["case_id"], language), className="button quiet")
        for row in services_of(settings).cases.rows(subject=subject)
    ]
    token = html.Button(text("make_case", language), type="submit", className="button", name=TOKEN_FIELD, value=_token())
    action = f"{_PATH}?{urlencode({'kind': kind, 'subject': subject, 'run': run_id, 'lang': language})}"
    return [*links, html.Form([token], action=action, method="post", className="inline-form")]


def routes(server: flask.Flask, settings: Settings) -> None:
    """Add the way by which a case is made."""

    @needs(Permission.CASES)
    def make() -> Any:
        given = flask.request.args
        language = Address.parse(flask.request.query_string.decode("utf-8", "replace"), settings.language).language
        try:
            results = run_of(settings, given.get("run"))
            kind, subject = given.get("kind", ""), given.get("subject", "")[:200]
            title, subjects = _subjects(results, kind, subject, language)
            if not subjects:
                return flask.Response("there is no such cluster or operator\n", 404, mimetype="text/plain")
            number = services_of(settings).cases.open(actor(), title, subjects)
        except SandanError as exc:
            return flask.Response(f"{exc}\n", 400, mimetype="text/plain")
        return flask.redirect(case_path(number, language))

    server.add_url_rule(_PATH, "case_of", make, methods=["POST"])


def _subjects(results: Results, kind: str, subject: str, language: Language) -> tuple[str, list[Subject]]:
    """Title and subjects of a new case; none where the run has no such cluster or operator."""
    if kind == "operator":
        role, _, code = subject.partition(":")
        rows = results.query("SELECT name FROM operators WHERE role = $role AND code = $code", role=role, code=code)
        shown = rows[0]["name"] or code if rows else ""
        return text("case_of_operator", language, shown=shown), [Subject("operator", subject, shown, results.run_id)] if rows else []
    members = results.query("SELECT * FROM members WHERE cluster_id = $cluster LIMIT $most", cluster=subject, most=_MOST_MEMBERS)
    found = [Subject("cluster", subject, subject, results.run_id)] if members and kind == "cluster" else []
    for row in members if found else ():
        key = consignment_key(row)
        found.append(Subject("consignment", key, row["order_no"] or row["logistics_no"] or key, results.run_id))
    return text("case_of_cluster", language, cluster=subject), found


def _token() -> str:
    return flask.request.cookies.get(TOKEN_COOKIE, "") if flask.has_request_context() else ""
