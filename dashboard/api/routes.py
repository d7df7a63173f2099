"""The routes of `/api/v1`: every one asks for a token and its scope, is limited by token, and stands in the document."""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import flask
from flask_limiter import Limiter
from flask_smorest import Api, Blueprint
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from sandan.dashboard.api import forms
from sandan.dashboard.api.backend import Backend
from sandan.dashboard.serving.access import services_of
from sandan.dashboard.serving.security import PROGRAMS
from sandan.record.app.roles import SCOPES
from sandan.record.app.tokens import Token
from sandan.record.errors import BusyError, InputError, NothingScored, SandanError, UnknownId
from sandan.record.settings import Settings

PREFIX = PROGRAMS.rstrip("/")
TABLES, RECEIVED = ("alerts", "findings", "plan"), ("outcomes", "scans", "watchlists")
_WARNING = ("warning_id", "issued_at", "audience", "level", "subject", "text", "run_id", "state", "typologies", "made_at")
_ABOUT = {
    "alerts": "Graded consignments, the highest score first; columns as of `sandan alerts`.",
    "findings": "Findings with their reasons; columns as of `sandan findings`.",
    "plan": "The newest inspection plan; columns as of `sandan plan`.",
    "warnings": "Risk warnings, the newest first; columns as of `sandan warnings`.",
    "outcomes": "What inspections found. Sent again, records are duplicates and change nothing.",
    "scans": "What an image system recognised. Sent again, records are duplicates and change nothing.",
    "watchlists": "Targeted controls. Sent again, records are duplicates and change nothing.",
}
_RETRY_S = 30
log = logging.getLogger(__name__)


class _Api(Api):  # type: ignore[misc] # the library ships no types
    """The document; errors of the app around it stay as they are."""

    def _register_error_handlers(self) -> None:
        pass


def register(server: flask.Flask, settings: Settings, backend: Backend) -> None:
    """Add the interface to a server."""
    server.config.update(
        API_TITLE="sandan", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=PREFIX, OPENAPI_JSON_PATH="openapi.json"
    )
    api = _Api(server)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})

    def check() -> flask.Response | None:
        """Deny by default, what is no route too: nothing below the prefix is answered without a token."""
        if not flask.request.path.startswith(PROGRAMS):
            return None
        kind, _, text = flask.request.headers.get("Authorization", "").partition(" ")
        found = services_of(settings).tokens.of(text.strip()) if kind.lower() == "bearer" else None
        if found is None:
            answer = _answer(401, "send a token in force: `Authorization: Bearer TOKEN`; `sandan token add` makes one")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        flask.g.api_token = found
        return None

    server.before_request(check)  # behind the checks of the app, before the limiter, which counts by token
    limiter = Limiter(_whose, app=server, storage_uri="memory://", strategy="moving-window", headers_enabled=True)
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX, description="For programs; docs/api.md.")
    for table in TABLES:
        _add_table(blueprint, settings, backend, table)
    _add_warnings(blueprint, settings)
    for table in RECEIVED:
        _add_intake(blueprint, settings, backend, table)
    blueprint.register_error_handler(SandanError, _refused)
    blueprint.register_error_handler(HTTPException, _not_so)
    limiter.limit(f"{settings.api.per_minute}/minute")(blueprint)

    api.register_blueprint(blueprint)


def _token() -> Token | None:
    found: Token | None = flask.g.get("api_token")
    return found


def _whose() -> str:
    found = _token()
    return found.name if found else "nobody"


@dataclass(frozen=True, slots=True)
class _Route:
    """One route: what it is about, what it asks for, what it is given and gives."""

    table: str
    scope: str
    asked: type[Schema]
    given: type[Schema]
    about: str
    codes: tuple[int, ...] = ()
    method: str = "GET"


def _add(blueprint: Blueprint, route: _Route, view: Callable[[Mapping[str, Any]], Any]) -> None:
    """Add a route: its scope is asked for before anything that was sent is looked at."""
    assert route.scope in SCOPES, route.scope
    parsed = blueprint.arguments(route.asked, location="json" if route.method == "POST" else "query")(view)

    @functools.wraps(parsed)
    def checked(*args: Any, **named: Any) -> Any:
        found = _token()
        if found is None or route.scope not in found.scopes:
            flask.abort(403, f"this token is not for {route.scope}")
        return parsed(*args, **named)

    checked.__doc__ = f"{route.about} Scope: `{route.scope}`."
    made = blueprint.response(200, route.given)(checked)
    for code in (401, 403, 422, 429, 503, *route.codes):
        made = blueprint.alt_response(code, schema=forms.Refusal)(made)
    made = blueprint.doc(security=[{"token": []}])(made)
    blueprint.route(f"/{route.table}", methods=[route.method], endpoint=route.table)(made)


def _add_table(blueprint: Blueprint, settings: Settings, backend: Backend, table: str) -> None:
    def give(asked: Mapping[str, Any]) -> Any:
        name, rows = backend.rows(table, asked.get("run"))
        if typology := asked.get("typology"):
            rows = [row for row in rows if typology in str(row.get("typologies") or row.get("typology") or "").split("|")]
        if table == "alerts":
            grades = (asked["grade"],) if "grade" in asked else ("medium", "high")
            rows = [row for row in rows if row["grade"] in grades]
        return _part(settings, table, name, rows, asked)

    form: type[Schema] = {"alerts": forms.OfAlerts, "findings": forms.OfRun, "plan": forms.Part}[table]
    _add(blueprint, _Route(table, f"{table}:read", form, forms.rows_form(table, backend.columns(table)), _ABOUT[table], (404,)), give)


def _add_warnings(blueprint: Blueprint, settings: Settings) -> None:
    def give(asked: Mapping[str, Any]) -> Any:
        rows = [
            {
                **row,
                "warning_id": str(row["warning_id"]),
                "text": row[f"text_{settings.language}"],
                "typologies": "|".join(row["typologies"]),
            }
            for row in services_of(settings).warnings.rows()
            if asked.get("state") in (None, row["state"])
        ]
        return _part(settings, "warnings", "", rows, asked)

    given = forms.rows_form("warnings", _WARNING)
    _add(blueprint, _Route("warnings", "warnings:read", forms.OfWarnings, given, _ABOUT["warnings"]), give)


def _part(settings: Settings, table: str, name: str, rows: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    found = rows[asked["start"] : asked["start"] + asked["limit"]]
    _record(settings, "export", table, id=name, n=len(found), start=asked["start"])
    return {"id": name, "total": len(rows), "rows": found}


def _add_intake(blueprint: Blueprint, settings: Settings, backend: Backend, table: str) -> None:
    def take(body: Mapping[str, Any]) -> Any:
        account = backend.receive(table, body["records"])
        _record(settings, "receive", table, batch_id=account["batch_id"], read=account["read"], rejected=account["rejected"])
        if account["rejected"] == account["read"]:
            return _answer(422, "no record could be used", errors={"reasons": account["reasons"]})
        return account

    form, route = forms.records_form(table), f"{table}:write"
    _add(blueprint, _Route(table, route, form, forms.Account, _ABOUT[table], (400,), "POST"), take)


def _record(settings: Settings, action: str, table: str, **detail: Any) -> None:
    found = _token()
    assert found is not None
    services_of(settings).audit.record(found.actor, action, f"api:{table}", **detail)


def _refused(exc: SandanError) -> flask.Response:
    if isinstance(exc, NothingScored | UnknownId):
        return _answer(404, str(exc))
    if isinstance(exc, InputError):
        return _answer(422, str(exc))
    log.warning("%s %s: %s", flask.request.method, flask.request.path, exc)
    busy = isinstance(exc, BusyError)
    answer = _answer(503, "another run holds the home; send the same request again" if busy else "the home cannot be used; see the log")
    answer.headers["Retry-After"] = str(_RETRY_S)
    return answer


def _not_so(exc: HTTPException) -> flask.Response:
    data = getattr(exc, "data", None) or {}
    errors = data.get("messages") or {}
    answer = _answer(exc.code or 500, str(exc.description or exc.name), errors=errors if isinstance(errors, Mapping) else {})
    for name, value in exc.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def _answer(code: int, message: str, errors: Mapping[str, Any] | None = None) -> flask.Response:
    answer = flask.jsonify({"code": code, "status": HTTPStatus(code).phrase, "message": message, "errors": errors or {}})
    answer.status_code = code
    return answer
