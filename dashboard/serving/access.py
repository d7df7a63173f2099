"""Who is signed in and what he may do: checked at every request, for every page and every callback; what is not named is denied."""

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any

import flask
from flask_login import LoginManager, UserMixin, current_user

from sandan.dashboard.serving.security import PROGRAMS
from sandan.record.app.accounts import User
from sandan.record.app.audit import Actor
from sandan.record.app.roles import Permission
from sandan.record.app.services import SYSTEM, Services, open_services
from sandan.record.errors import SandanError, UnknownId
from sandan.record.settings import Settings

CALLS = "/_dash-update-component"  # where the browser sends the calls of callbacks
LOGIN, FIRST_START, LOGOUT = "/login", "/first-start", "/logout"
PROVIDER_START, PROVIDER_BACK = "/oidc/start", "/oidc/back"
# Needed before anybody has signed in; there is nothing of anybody in them.
_OPEN = ("/healthz", "/readyz", LOGIN, FIRST_START, LOGOUT, PROVIDER_START, PROVIDER_BACK)
_OPEN_BELOW = ("/assets/", "/_dash-component-suites/", PROGRAMS)  # programs send tokens, which their interface asks for
DEMO_USER = "demo"
_COOKIE, _SECURE_COOKIE = "sandan_session", "__Host-sandan_session"
_SIGNED_OUT = "-"
_services: dict[tuple[str, str], Services] = {}
_lock = threading.Lock()


class _SignedIn(UserMixin):  # type: ignore[misc] # the library ships no types
    """An account as Flask-Login knows it."""

    def __init__(self, account: User) -> None:
        self.account = account

    def get_id(self) -> str:
        """Its name."""
        return self.account.name


def user() -> User | None:
    """Who sent the request that is being answered; None outside of one."""
    if not flask.has_request_context() or not hasattr(flask.current_app, "login_manager"):
        return None
    return current_user.account if current_user.is_authenticated else None


def may(permission: Permission) -> bool:
    """Whether whoever sent the request may do something. Outside of a request nobody is asking: this is the program's own work."""
    if not flask.has_request_context() or not hasattr(flask.current_app, "login_manager"):
        return True
    found = user()
    return found is not None and found.may(permission)


def actor() -> Actor:
    """Who acts, as the audit names him."""
    found = user()
    return found.actor if found else SYSTEM


def services_of(settings: Settings) -> Services:
    """The app database of a home, opened once in a process."""
    key = (str(settings.home.resolve()), settings.app_db)
    with _lock:
        if key not in _services:
            _services[key] = open_services(settings)
        return _services[key]


def guard_calls(server: flask.Flask, permissions: Mapping[str, Permission]) -> None:
    """Refuse calls of callbacks that the role of whoever calls does not permit; register it behind the check of their form.

    Args:
        server: Whose requests are checked.
        permissions: What each callback needs, by the id of its output; one that is not here is denied to everybody.
    """

    def check() -> flask.Response | None:
        if flask.request.path != CALLS:
            return None
        needed = permissions.get(flask.g.get("call_output", ""))
        return None if needed is not None and user() is not None and may(needed) else _refused()

    server.before_request(check)


def guard_access(server: flask.Flask, settings: Settings, *, demo: bool) -> None:
    """Let only those in who have signed in.

    Args:
        server: Whose requests are checked.
        settings: The home.
        demo: Whether whoever comes without a session is signed in as the officer of a demonstration.
    """
    manager = LoginManager()
    manager.init_app(server)
    manager.request_loader(lambda request: _loaded(settings, request))

    def check() -> flask.Response | None:
        request = flask.request
        if request.path in _OPEN or request.path.startswith(_OPEN_BELOW):
            return None
        found = user()
        if found is None and demo and not session_token(request) and request.method == "GET":
            found = _sign_demo_in(settings)
        if found is None:
            return _sign_in_first(settings, request)
        return None

    def keep(response: flask.Response) -> flask.Response:
        token = flask.g.get("session_token")
        if token is not None:
            set_session(response, token)
        return response

    server.before_request(check)
    server.after_request(keep)


def session_cookie(request: flask.Request) -> str:
    """Name of the cookie that holds the session: where the way is encrypted, one that no other host can set."""
    return _SECURE_COOKIE if request.is_secure else _COOKIE


def session_token(request: flask.Request) -> str:
    """What the browser holds of its session; empty text for nothing."""
    return request.cookies.get(session_cookie(request), "")


def set_session(response: flask.Response, token: str) -> None:
    """Give the browser a session to hold; scripts cannot read it, other sites cannot send it."""
    secure = flask.request.is_secure
    response.set_cookie(session_cookie(flask.request), token, httponly=True, samesite="Lax", secure=secure, path="/")


def end_session(settings: Settings, response: flask.Response) -> None:
    """End the session of a request."""
    services_of(settings).accounts.sign_out(session_token(flask.request))
    set_session(response, _SIGNED_OUT)


def safe_way(way: str) -> str:
    """Where to go after signing in: a path of this app, never another site."""
    is_path = way.startswith("/") and not way.startswith(("//", "/\\")) and "\\" not in way and way.isprintable()
    return way if is_path and not way.startswith((LOGIN, FIRST_START, LOGOUT, PROVIDER_START, PROVIDER_BACK)) else "/"


def needs(permission: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a route: whoever lacks the permission gets 403."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def checked(*args: Any, **named: Any) -> Any:
            return view(*args, **named) if may(permission) else _refused()

        return checked

    return wrap


def _refused() -> flask.Response:
    return flask.Response("your account may not do this\n", 403, mimetype="text/plain")


def _loaded(settings: Settings, request: flask.Request) -> _SignedIn | None:
    token = session_token(request)
    found = services_of(settings).accounts.of_session(token) if token and token != _SIGNED_OUT else None
    return _SignedIn(found) if found else None


def _sign_demo_in(settings: Settings) -> User:
    accounts = services_of(settings).accounts
    try:
        found = accounts.named(DEMO_USER)
    except UnknownId:
        try:
            found = accounts.add(SYSTEM, DEMO_USER, "officer", None, "Demo")
        except SandanError:  # another request was quicker
            found = accounts.named(DEMO_USER)
    flask.g.session_token = accounts.sign_in_known(found)
    flask.g._login_user = _SignedIn(found)
    return found


def _sign_in_first(settings: Settings, request: flask.Request) -> flask.Response:
    if request.method != "GET" or request.path.startswith("/_"):
        return flask.Response("sign in first\n", 401, mimetype="text/plain")
    if not services_of(settings).accounts.any():
        return flask.redirect(FIRST_START)  # type: ignore[return-value]
    way = request.full_path.rstrip("?")
    return flask.redirect(flask.url_for("login", next=way) if way != "/" else LOGIN)  # type: ignore[return-value]
