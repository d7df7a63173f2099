"""The officers' app: built from the settings, served on this machine only."""

import errno
import logging
import os
import socket
from pathlib import Path

import dash
import flask
from dash.exceptions import DependencyException

from sandan.algorithms.vocabulary.registry import registry, use
from sandan.dashboard import posts, routing, security, shell
from sandan.dashboard.address import Address
from sandan.dashboard.server import Server, log_to_stderr, make_server
from sandan.record.errors import ConfigError, NothingScored, SandanError, UnknownId
from sandan.record.settings import Settings

_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


def make_app(settings: Settings) -> dash.Dash:
    """The app over one home. It opens the newest run whenever a page is loaded, and starts on an empty home too.

    Raises:
        ConfigError: A typology of the installation cannot be loaded.
    """
    use(settings)
    registry()  # what cannot be loaded is said at the start, not on a page
    # Named by path: Flask cannot find the root of a package whose parent is a namespace without a file.
    server = flask.Flask(__name__, root_path=str(_FOLDER), instance_path=str(settings.home.resolve()))
    app = dash.Dash(
        __name__,
        server=server,
        assets_folder=str(_FOLDER / "assets"),
        pages_folder="",
        use_pages=False,
        serve_locally=True,
        enable_mcp=False,
        health_endpoint="healthz",
        csrf_token_name=security.TOKEN_COOKIE,
        csrf_header_name=security.TOKEN_HEADER,
        suppress_callback_exceptions=True,
        update_title="",
        add_log_handler=False,
    )

    def interpolate_index(**parts: str) -> str:
        search = flask.request.query_string.decode("utf-8", "replace")
        return shell.index_page(Address.parse(search, settings.language).language, parts)

    app.interpolate_index = interpolate_index
    app.layout = shell.frame
    routing.register(app, settings)
    hashes: list[str] = []

    def script_hashes() -> list[str]:
        if not hashes:
            hashes.extend(app.csp_hashes())
        return hashes

    security.guard(server, script_hashes)
    posts.check_posts(server, app)
    server.register_error_handler(SandanError, _not_now)
    # Dash lets a script that is none of its own end as an error of the server.
    server.register_error_handler(DependencyException, lambda _: flask.Response("there is no such file\n", 404))
    return app


def _not_now(exc: SandanError) -> flask.Response:
    """A page asked for what the home can not give now: nothing is scored, a file is damaged, the graph is away."""
    _log.warning("%s %s: %s", flask.request.method, flask.request.path, exc)
    missing = isinstance(exc, NothingScored | UnknownId)
    return flask.Response("there is no such run\n" if missing else "the home cannot be read; see the log\n", 404 if missing else 503)


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int = 8050) -> None:
    """Serve the app until interrupted.

    Args:
        settings: Whose home is shown.
        host: An address of this machine's own; the app has no user accounts yet.
        port: Port to listen on.

    Raises:
        ConfigError: The host can be reached by others, or the port is taken.
    """
    security.require_loopback(host)
    log_to_stderr()
    server = _listen(settings, host, port)
    print(f"serving http://{f'[{host}]' if ':' in host else host}:{port}/ (stop with Ctrl-C)", flush=True)
    try:
        server.run()
    finally:
        server.close()


def _listen(settings: Settings, host: str, port: int) -> Server:
    # The port is bound here: a server that finds it taken leaves its own half-made sockets open.
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        return make_server(make_app(settings).server, listening)
    except OSError as exc:
        listening.close()
        reason = os.strerror(exc.errno) if exc.errno is not None and exc.errno in errno.errorcode else exc
        raise ConfigError(f"{host}:{port}: cannot listen ({reason}); stop what uses the port, or choose another with --port") from exc
