"""Pages that say why there is nothing else to see, and what to do."""

from dash import html

from sandan.dashboard.address import Address
from sandan.dashboard.i18n import text
from sandan.dashboard.widgets import message

_FIRST_STEPS = "sandan ingest PATH…\nsandan score"


def nothing_scored(address: Address) -> html.Div:
    """The home holds no run yet."""
    body = [html.P(text("empty_what", address.language)), html.Pre(_FIRST_STEPS, className="code")]
    return message(text("empty_title", address.language), body, address, link=False)


def unknown_key(key: str, address: Address) -> html.Div:
    """No consignment has the key."""
    return message(text("unknown_title", address.language), [html.P(text("unknown_what", address.language, key=key))], address)


def ambiguous_key(key: str, address: Address) -> html.Div:
    """Several consignments have the key."""
    return message(text("ambiguous_title", address.language), [html.P(text("ambiguous_what", address.language, key=key))], address)


def no_page(address: Address) -> html.Div:
    """The path means nothing."""
    return message(text("nopage_title", address.language), [html.P(text("nopage_what", address.language))], address)


def failed(address: Address) -> html.Div:
    """Something broke; the log says what."""
    return message(text("failed_title", address.language), [html.P(text("failed_what", address.language))], address)
