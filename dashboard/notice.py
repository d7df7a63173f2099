"""Pages that say why there is nothing else to see, and what to do."""

from dash import dcc, html

from sandan.dashboard.address import CLUSTERS, Address, Scene
from sandan.dashboard.components.widgets import message
from sandan.dashboard.i18n import text

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


def unknown_cluster(cluster: str, address: Address) -> html.Div:
    """No cluster has the id."""
    body = [html.P(text("unknown_cluster_what", address.language, cluster=cluster)), _to_clusters(address)]
    return message(text("unknown_cluster", address.language), body, address)


def no_subject(address: Address) -> html.Div:
    """The network page was opened without saying of what."""
    return message(
        text("network_title", address.language), [html.P(text("network_what", address.language)), _to_clusters(address)], address
    )


def no_graph(address: Address) -> html.Div:
    """The run's graph is not there."""
    body = [html.P(text("no_graph_what", address.language)), html.Pre("sandan score", className="code")]
    return message(text("no_graph_title", address.language), body, address)


def no_page(address: Address) -> html.Div:
    """The path means nothing."""
    return message(text("nopage_title", address.language), [html.P(text("nopage_what", address.language))], address)


def not_permitted(address: Address) -> html.Div:
    """The account's role does not permit the page."""
    return message(text("not_permitted", address.language), [html.P(text("not_permitted_what", address.language))], address)


def failed(address: Address) -> html.Div:
    """Something broke; the log says what."""
    return message(text("failed_title", address.language), [html.P(text("failed_what", address.language))], address)


def _to_clusters(address: Address) -> dcc.Link:
    return dcc.Link(text("to_clusters", address.language), href=address.drawing(Scene()).to(CLUSTERS), className="button quiet")
