"""What guards the app: who may reach it, what the browser may load, and which requests may change something."""

import hmac
import ipaddress
import secrets
from collections.abc import Callable, Collection, Iterable

from flask import Flask, Response, abort, g, request

from sandan.record.errors import ConfigError

PROGRAMS = "/api/v1/"  # programs are answered below it: they send tokens of their own
TOKEN_COOKIE, TOKEN_HEADER, TOKEN_FIELD = "_csrf_token", "X-CSRFToken", "_csrf_token"
_POLICY = (
    "default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
)
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def require_loopback(host: str) -> None:
    """Refuse an address that others can reach: passwords would go over the network in clear.

    Raises:
        ConfigError: The host is not the machine's own loopback address.
    """
    if not is_loopback(host):
        raise ConfigError(
            f"{host}: the dashboard only listens on this machine (127.0.0.1), since it does not encrypt; to reach it from elsewhere use "
            "an SSH tunnel (ssh -L 8050:127.0.0.1:8050 THIS_MACHINE), or a reverse proxy on this machine with TLS, whose name is in "
            "[app] hosts"
        )


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine and no other."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def guard(server: Flask, script_hashes: Callable[[], Iterable[str]], hosts: Collection[str] = ()) -> None:
    """Put the checks and headers on every request of a server.

    Args:
        server: The server.
        hosts: Names besides the machine's own under which a proxy serves the app.
        script_hashes: Hashes of the scripts that the page itself contains; asked for when every callback is registered.
    """
    known = {host.lower() for host in hosts}

    def make_token() -> None:
        g.token = secrets.token_urlsafe(32)

    def check_host() -> None:
        # A page elsewhere can point its own name at 127.0.0.1 and read the answer; only its Host header gives it away.
        name = _host_name(request.host)
        if not is_loopback(name) and name.lower() not in known:
            abort(403)

    def check_token() -> None:
        # Below it no cookie counts, only a token that a page elsewhere does not have.
        if request.method not in _SAFE_METHODS and not request.path.startswith(PROGRAMS):
            # A plain form cannot send a header. Its fields are read only where the type says that it is one.
            is_form = request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data")
            sent = request.headers.get(TOKEN_HEADER) or (request.form.get(TOKEN_FIELD, "") if is_form else "")
            kept = request.cookies.get(TOKEN_COOKIE, "")
            if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
                abort(403)

    def add_headers(response: Response) -> Response:
        if TOKEN_COOKIE not in request.cookies:
            response.set_cookie(TOKEN_COOKIE, g.token, samesite="Strict", secure=request.is_secure)
        response.headers["Content-Security-Policy"] = _POLICY.format(hashes=" ".join(script_hashes()))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not request.path.startswith(("/assets/", "/_dash-component-suites/")):
            response.headers["Cache-Control"] = "no-store"  # what an officer saw must not stay in a shared browser's cache
        return response

    server.before_request(make_token)
    server.before_request(check_host)
    server.before_request(check_token)
    server.after_request(add_headers)


def _host_name(host: str) -> str:
    return host[: host.rindex("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
