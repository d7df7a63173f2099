"""The frame of every page: address, header, container of the page."""

from typing import Any

import dash_mantine_components as dmc
import flask
from dash import dcc, html

from sandan.dashboard.address import ALERTS, Address, Scene
from sandan.dashboard.i18n import HTML_LANG, Language, text, word
from sandan.dashboard.page import Page
from sandan.dashboard.pages import page_of, pages
from sandan.dashboard.serving import access
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD
from sandan.dashboard.theme import MANTINE_THEME

URL, HEADER, PAGE, SHOWN = "url", "app-header", "page", "page-shown"
# Each language is named in itself, so that whoever needs the switch can read it.
_LANGUAGES: tuple[tuple[Language, str], ...] = (("en", "English"), ("zh", "中文"))


def frame() -> dmc.MantineProvider:
    """The layout that stays while pages change."""
    parts = [
        dcc.Location(id=URL, refresh="callback-nav"),
        dcc.Store(id=SHOWN),
        html.Header(id=HEADER, className="app-header"),
        html.Main(id=PAGE, className="page"),
    ]
    return dmc.MantineProvider(html.Div(parts), theme=MANTINE_THEME, forceColorScheme="light")


def first_page() -> Page:
    """Where one begins: the first page that one may see."""
    linked = [page for page in pages() if page.link]
    return next((page for page in linked if access.may(page.needs)), linked[0])


def header(path: str, address: Address) -> list[Any]:
    """The header for one page in one language."""
    language = address.language
    shown = page_of(path)
    current = ALERTS if shown is None else shown.section(address) if shown.section else shown.path
    linked = [page for page in pages() if page.link and access.may(page.needs)]
    links = [(address.drawing(Scene()).to(page.path), text(page.link, language), page.path == current) for page in linked]
    return [
        html.A(text("skip", language), href="#page", className="skip"),
        dcc.Link(
            [html.Span(text("app", language), className="brand-name"), html.Span(text("tagline", language), className="brand-tag")],
            href=address.to(first_page().path),
            className="brand",
        ),
        html.Nav([_nav_link(name, to, here) for to, name, here in links], **{"aria-label": text("nav", language)}),
        html.Div(
            [_language_link(code, name, path, address) for code, name in _LANGUAGES],
            className="languages",
            role="group",
            **{"aria-label": text("language", language)},
        ),
        *_account(language),
    ]


def _account(language: Language) -> list[html.Form]:
    """Who is signed in, and the way out; nothing where nobody asks."""
    found = access.user()
    if found is None:
        return []
    token = flask.request.cookies.get(TOKEN_COOKIE, "")
    out = html.Button(text("logout", language), type="submit", name=TOKEN_FIELD, value=token, className="button quiet")
    name = html.Span([found.shown_name, html.Span(word("user", found.role, language), className="under")], className="account-name")
    return [html.Form([name, out], action=access.LOGOUT, method="post", className="account")]


def title(path: str, language: Language) -> str:
    """The title of the browser's window."""
    page = page_of(path) or page_of(ALERTS)
    return page.name(language) if page else text("app", language)


def index_page(language: Language, parts: dict[str, str]) -> str:
    """The HTML page around the app, in the language of its address."""
    name = f"{text('queue_title', language)} · {text('app', language)}"
    head = f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>'
    head += '<link rel="icon" href="/assets/favicon.svg">'
    body = "".join((parts["app_entry"], "<footer>", parts["config"], parts["scripts"], parts["renderer"], "</footer>"))
    return (
        f'<!DOCTYPE html>\n<html lang="{HTML_LANG[language]}"><head>{parts["metas"]}{head}{parts["css"]}</head><body>{body}</body></html>'
    )


def _nav_link(name: str, to: str, here: bool) -> html.Span:
    return html.Span(dcc.Link(name, href=to), className="here" if here else "", **({"aria-current": "page"} if here else {}))


def _language_link(code: Language, name: str, path: str, address: Address) -> html.Span:
    here = code == address.language
    link = dcc.Link(name, href=address.speaking(code).to(path))
    return html.Span(link, lang=HTML_LANG[code], className="here" if here else "", **({"aria-current": "true"} if here else {}))
