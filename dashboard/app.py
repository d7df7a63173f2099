"""The officers' app: built from the settings, served on this machine only."""

import errno
import logging
import os
import socket
from pathlib import Path

import dash
import flask
from dash.exceptions import DependencyException
from flask_compress import Compress

from sandan.algorithms.results.results import TABLES, open_results
from sandan.algorithms.vocabulary.registry import registry, use
from sandan.dashboard import posts, routing, shell
from sandan.dashboard.address import Address
from sandan.dashboard.api.backend import Backend
from sandan.dashboard.api.routes import register as register_api
from sandan.dashboard.pages import page_of
from sandan.dashboard.serving import access, security, sign_in
from sandan.dashboard.serving.server import Server, log_to_stderr, make_server
from sandan.record.errors import ConfigError, NothingScored, SandanError, UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


def make_app(settings: Settings, *, demo: bool = False, backend: Backend | None = None) -> dash.Dash:
    """The app over one home. It opens the newest run whenever a page is loaded, and starts on an empty home too.

    Args:
        settings: The home.
        demo: Whether whoever comes is signed in as the officer of a demonstration.
        backend: What the interface for programs asks; None: there is no such interface.

    Raises:
        ConfigError: A typology of the installation, or the app database, cannot be used.
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
    permissions = routing.register(app, settings)
    hashes: list[str] = []

    def script_hashes() -> list[str]:
        if not hashes:
            hashes.extend(app.csp_hashes())
        return hashes

    security.guard(server, script_hashes, settings.app.hosts)
    # Scripts and pages are a quarter of their size on the way; the quick algorithms cost less than sending what they save.
    server.config["COMPRESS_ALGORITHM"] = ["zstd", "gzip"]
    server.before_request(_acceptable)
    Compress(server)
    server.after_request(_in_memory)  # before it is compressed: what comes last here is called first
    server.after_request(_not_found)
    server.add_url_rule("/readyz", "readyz", lambda: _ready(settings))
    access.guard_access(server, settings, demo=demo)
    sign_in.register(server, settings, demo=demo)
    if backend is not None:
        register_api(server, settings, backend)
    posts.check_posts(server, app)
    server.config["SANDAN_PERMISSIONS"] = permissions
    access.guard_calls(server, permissions)
    server.register_error_handler(SandanError, _not_now)
    # Dash lets a script that is none of its own end as an error of the server.
    server.register_error_handler(DependencyException, lambda _: flask.Response("there is no such file\n", 404))
    return app


def _acceptable() -> None:
    """Name to Flask-Compress only what the browser takes: it gives `zstd` to one who refuses it (`zstd;q=0`)."""
    taken, names = flask.request.accept_encodings, (*flask.current_app.config["COMPRESS_ALGORITHM"], "identity")
    header = ", ".join(f"{name};q={taken.quality(name)}" for name in names if taken.quality(name) > 0)
    flask.request.environ["HTTP_ACCEPT_ENCODING"] = header


def _in_memory(response: flask.Response) -> flask.Response:
    """A file that is served is read whole and closed: Flask-Compress would leave it open."""
    if response.is_streamed and response.status_code == 200:
        response.direct_passthrough = False
        response.make_sequence()
    return response


def _ready(settings: Settings) -> flask.Response:
    """Whether officers can work: 200 with the run that they see, 503 with the reason while there is none that can be read."""
    try:
        results = open_results(HomePaths(settings.home))
        for name in TABLES:
            results.path(name)
    except SandanError as exc:
        _log.warning("not ready: %s", exc)
        reason = "nothing was scored yet" if isinstance(exc, NothingScored) else "the newest run cannot be read; see the log"
        return flask.Response(f"{reason}\n", 503, mimetype="text/plain")
    return flask.Response(f"run {results.run_id}\n", mimetype="text/plain")


def _not_found(response: flask.Response) -> flask.Response:
    """The frame that Dash gives for every path says where there is no page, to those who do not read it."""
    if response.status_code == 200 and flask.request.url_rule is not None and flask.request.url_rule.rule == "/<path:path>":
        response.status_code = 200 if page_of(flask.request.path) else 404
    return response


def _not_now(exc: SandanError) -> flask.Response:
    """A page asked for what the home can not give now: nothing is scored, a file is damaged, the graph is away."""
    _log.warning("%s %s: %s", flask.request.method, flask.request.path, exc)
    missing = isinstance(exc, NothingScored | UnknownId)
    return flask.Response("there is no such run\n" if missing else "the home cannot be read; see the log\n", 404 if missing else 503)


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int = 8050, demo: bool = False, backend: Backend | None = None) -> None:
    """Serve the app until interrupted.

    Args:
        settings: Whose home is shown.
        host: An address of this machine's own.
        port: Port to listen on.
        demo: As in `make_app`.
        backend: As in `make_app`.

    Raises:
        ConfigError: The host can be reached by others, or the port is taken.
    """
    security.require_loopback(host)
    log_to_stderr()
    server = _listen(settings, host, port, demo, backend)
    print(f"serving http://{f'[{host}]' if ':' in host else host}:{port}/ (stop with Ctrl-C)", flush=True)
    try:
        server.run()
    finally:
        server.close()


def _listen(settings: Settings, host: str, port: int, demo: bool, backend: Backend | None) -> Server:
    # The port is bound here: a server that finds it taken leaves its own half-made sockets open.
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        return make_server(make_app(settings, demo=demo, backend=backend).server, listening)
    except OSError as exc:
        listening.close()
        reason = os.strerror(exc.errno) if exc.errno is not None and exc.errno in errno.errorcode else exc
        raise ConfigError(f"{host}:{port}: cannot listen ({reason}); stop what uses the port, or choose another with --port") from exc
