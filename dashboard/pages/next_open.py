"""The way to the next consignment in the queue that waits for a decision."""

from urllib.parse import unquote

from dash import dcc, html, set_props
from flask import has_request_context

from sandan.dashboard.address import ALERTS, NEXT, Address, consignment_path
from sandan.dashboard.alert_rows import next_open
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.components.widgets import message
from sandan.dashboard.i18n import text
from sandan.dashboard.page import Page
from sandan.dashboard.pages.queue import work_of
from sandan.record.settings import Settings

URL = "url"  # the address of the frame (shell.py), which comes first: a page does not know it


def page(settings: Settings, path: str, address: Address) -> html.Div:
    """Goes on to the next open consignment after the one in the path, with the filters of the address; says so where none is left."""
    key = next_open(run_of(settings, None), address.filters, unquote(path.removeprefix(NEXT)), work_of(settings))
    if key is None:
        return message(text("none_open", address.language), [html.P(text("none_open_what", address.language))], address)
    to = address.to(consignment_path(key))
    if has_request_context():
        path, _, search = to.partition("?")
        set_props(URL, {"pathname": path, "search": f"?{search}"})
    return html.Div(dcc.Link(text("next_open", address.language), href=to, className="button"), className="card message")


PAGE = Page(NEXT, "consignment", page, section=lambda _address: ALERTS, audited=False)
