"""From an address to a page; what goes wrong on the way becomes a message, never a stack trace."""

import logging
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, no_update

from sandan.dashboard import notice, shell
from sandan.dashboard.address import ALERTS, CASE, NETWORK, Address, consignment_key
from sandan.dashboard.i18n import HTML_LANG
from sandan.dashboard.network.network_view import subject_of
from sandan.dashboard.pages import page_of, pages
from sandan.dashboard.serving import access
from sandan.record.app.roles import Permission
from sandan.record.errors import DamagedFile, InputError, NothingScored, StoreError, UnknownId
from sandan.record.settings import Settings

log = logging.getLogger(__name__)


def register(app: dash.Dash, settings: Settings) -> dict[str, Permission]:
    """Register the callbacks that put header and page on the screen; return what each callback needs, by the id of its output."""

    def show_header(path: str | None, search: str | None) -> list[Any]:
        return shell.header(path or ALERTS, Address.parse(search, settings.language))

    def show_page(path: str | None, search: str | None, shown: dict[str, str] | None) -> tuple[Any, Any]:
        address = Address.parse(search, settings.language)
        now = {"path": path or "/", "lang": HTML_LANG[address.language], "title": shell.title(path or "/", address.language)}
        if (path or "/").startswith(NETWORK):
            now["subject"] = subject_of(address.scene)
        if now == shown:
            return no_update, no_update  # only filters changed: the page itself follows them
        return page_at(settings, path or "/", address), now

    app.callback(Output(shell.HEADER, "children"), Input(shell.URL, "pathname"), Input(shell.URL, "search"))(show_header)
    app.callback(
        Output(shell.PAGE, "children"), Output(shell.SHOWN, "data"),
        Input(shell.URL, "pathname"), Input(shell.URL, "search"), State(shell.SHOWN, "data"),
    )(show_page)  # fmt: skip
    app.clientside_callback(ClientsideFunction("sandan", "announce"), Input(shell.SHOWN, "data"))
    # The frame is everybody's who has signed in: each page asks for what it needs itself.
    permissions = dict.fromkeys(app.callback_map, Permission.FRAME)
    for page in pages():
        if page.routes:
            page.routes(app.server, settings)
        if page.register:
            page.register(app, settings)
        for output in app.callback_map.keys() - permissions.keys():
            components = {part.partition(".")[0] for part in output.strip(".").split("...")}
            needed = {page.actions[name] for name in components & page.actions.keys()} or {page.needs}
            assert len(needed) == 1, f"{output}: one callback, several permissions"
            permissions[output] = needed.pop()
    return permissions


def page_at(settings: Settings, path: str, address: Address) -> Any:
    """The page at a path, in the language and with the filters of its address."""
    page = page_of(path) if path.strip("/") else shell.first_page()
    if page is None:
        return notice.no_page(address)
    if not access.may(page.needs):
        return notice.not_permitted(address)
    try:
        made = page.make(settings, path, address)
        if page.audited and access.user() is not None:
            scene = address.scene
            about = {"cluster": scene.cluster, "consignment": scene.key} if path.startswith(NETWORK) else {}
            access.services_of(settings).audit.record(access.actor(), "open", f"page:{page.path}", **about)
        return made
    except NothingScored:
        return notice.nothing_scored(address)
    except UnknownId:
        if path.startswith(CASE):
            return notice.no_page(address)
        return notice.unknown_key(consignment_key(path), address)
    except DamagedFile:
        log.exception("page %s: a stored file is damaged", path.split("/")[1])
        return notice.failed(address)
    except StoreError:
        log.warning("page %s: the graph cannot be read", path.split("/")[1], exc_info=True)
        return notice.no_graph(address)
    except InputError:
        return notice.ambiguous_key(consignment_key(path), address)
    except Exception:
        log.exception("page %s could not be made", path.split("/")[1])
        return notice.failed(address)
