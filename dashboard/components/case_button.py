"""One click makes a case of a cluster with all its consignments; a second one leads to the case that there is."""

from typing import Any

import flask
from dash import dcc, html

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

_PATH = "/case-of-cluster"
_MOST_MEMBERS = 2000


def button(settings: Settings, cluster: str, run_id: str, language: Language) -> list[Any]:
    """The button, and links to the cases that the cluster is in; nothing for those who work on no cases."""
    if user() is None or not may(Permission.CASES):
        return []
    links: list[Any] = [
        dcc.Link(text("in_case", language, n=row["case_id"]), href=case_path(row["case_id"], language), className="button quiet")
        for row in services_of(settings).cases.rows(subject=cluster)
    ]
    token = html.Button(text("make_case", language), type="submit", className="button", name=TOKEN_FIELD, value=_token())
    action = f"{_PATH}?cluster={cluster}&run={run_id}&lang={language}"
    return [*links, html.Form([token], action=action, method="post", className="inline-form")]


def routes(server: flask.Flask, settings: Settings) -> None:
    """Add the way by which a case is made of a cluster."""

    @needs(Permission.CASES)
    def make() -> Any:
        given = flask.request.args
        language = Address.parse(flask.request.query_string.decode("utf-8", "replace"), settings.language).language
        try:
            results = run_of(settings, given.get("run"))
            cluster = given.get("cluster", "")[:100]
            rows = results.query("SELECT * FROM members WHERE cluster_id = $cluster LIMIT $most", cluster=cluster, most=_MOST_MEMBERS)
            if not rows:
                return flask.Response("there is no such cluster\n", 404, mimetype="text/plain")
            subjects = [Subject("cluster", cluster, cluster, results.run_id)]
            for row in rows:
                key = consignment_key(row)
                subjects.append(Subject("consignment", key, row["order_no"] or row["logistics_no"] or key, results.run_id))
            number = services_of(settings).cases.open(actor(), text("case_of_cluster", language, cluster=cluster), subjects)
        except SandanError as exc:
            return flask.Response(f"{exc}\n", 400, mimetype="text/plain")
        return flask.redirect(case_path(number, language))

    server.add_url_rule(_PATH, "case_of_cluster", make, methods=["POST"])


def _token() -> str:
    return flask.request.cookies.get(TOKEN_COOKIE, "") if flask.has_request_context() else ""
