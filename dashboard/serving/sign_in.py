"""Pages without Dash: signing in, signing out, the first account."""

import html
from typing import Any
from urllib.parse import urlencode

import flask

from sandan.dashboard.address import Address
from sandan.dashboard.i18n import HTML_LANG, Language, text
from sandan.dashboard.serving import access, oidc
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD
from sandan.record.errors import InputError
from sandan.record.settings import Settings


def register(server: flask.Flask, settings: Settings, *, demo: bool) -> None:
    """Add the routes.

    Args:
        server: The server.
        settings: The home.
        demo: Whether one may go on as the officer of the demonstration.
    """

    def login() -> Any:
        language, way = _language(settings), access.safe_way(flask.request.values.get("next", "/"))
        if flask.request.method == "GET":
            return _login_page(settings, language, way, demo=demo)
        given = flask.request.form
        if demo and given.get("as") == access.DEMO_USER:
            answer = flask.redirect("/")
            answer.delete_cookie(access.session_cookie(flask.request))
            return answer
        made = access.services_of(settings).accounts.sign_in(given.get("name", ""), given.get("password", ""))
        if made is None:
            return _login_page(settings, language, way, demo=demo, said=text("login_refused", language)), 403
        return _signed_in(made[1], way)

    def logout() -> Any:
        answer = flask.redirect(access.LOGIN)
        access.end_session(settings, answer)  # type: ignore[arg-type]
        return answer

    def first_start() -> Any:
        language, accounts = _language(settings), access.services_of(settings).accounts
        if accounts.any():
            return flask.redirect(access.LOGIN)
        if flask.request.method == "GET":
            return _first_page(language)
        given = flask.request.form
        if given.get("password") != given.get("again"):
            return _first_page(language, said=text("passwords_differ", language)), 400
        try:
            accounts.add_first(given.get("name", ""), given.get("password", ""))
        except InputError as exc:
            return _first_page(language, said=str(exc)), 400
        made = accounts.sign_in(given.get("name", ""), given.get("password", ""))
        return _signed_in(made[1], "/") if made else flask.redirect(access.LOGIN)

    def provided(way: str, said: str) -> Any:
        return _login_page(settings, _language(settings), way, demo=demo, said=said), 403

    oidc.register(server, settings, language_of=lambda: _language(settings), signed_in=_signed_in, refused=provided)
    server.add_url_rule(access.LOGIN, "login", login, methods=["GET", "POST"])
    server.add_url_rule(access.LOGOUT, "logout", logout, methods=["POST"])
    server.add_url_rule(access.FIRST_START, "first_start", first_start, methods=["GET", "POST"])


def _signed_in(token: str, way: str) -> Any:
    answer = flask.redirect(way)
    access.set_session(answer, token)  # type: ignore[arg-type]
    return answer


def _language(settings: Settings) -> Language:
    address = Address.parse(flask.request.query_string.decode("utf-8", "replace"), settings.language)
    # On the way back from a provider the address is the provider's own.
    if flask.request.path == oidc.BACK and flask.session.get("lang") in ("en", "zh"):
        return "zh" if flask.session["lang"] == "zh" else "en"
    return address.language


def _login_page(settings: Settings, language: Language, way: str, *, demo: bool, said: str = "") -> str:
    fields = _field("name", text("login_name", language), "text", "username") + _field(
        "password", text("login_password", language), "password", "current-password"
    )
    hidden = f'<input type="hidden" name="next" value="{html.escape(way)}">'
    form = _form(access.LOGIN, hidden + fields, text("login", language), language)
    if oidc.is_on(settings):
        to = f"{oidc.START}?{urlencode({'next': way, 'lang': language})}"
        words = text("oidc_sign_in", language, provider=settings.oidc.name)
        form += f'<p><a class="button" href="{html.escape(to)}">{html.escape(words)}</a></p>'
    if demo:
        as_demo = f'<input type="hidden" name="as" value="{access.DEMO_USER}">'
        form += _form(access.LOGIN, as_demo, text("login_demo", language), language)
    return _frame(text("login_title", language), _said(said), form, language)


def _first_page(language: Language, said: str = "") -> str:
    fields = (
        _field("name", text("login_name", language), "text", "username")
        + _field("password", text("login_password", language), "password", "new-password")
        + _field("again", text("login_again", language), "password", "new-password")
    )
    hint = f"<p>{html.escape(text('first_what', language))}</p>"
    return _frame(
        text("first_title", language), hint + _said(said), _form(access.FIRST_START, fields, text("first", language), language), language
    )


def _form(action: str, fields: str, words: str, language: Language) -> str:
    token = html.escape(flask.request.cookies.get(TOKEN_COOKIE) or flask.g.get("token", ""))
    return (
        f'<form method="post" action="{action}?lang={language}"><input type="hidden" name="{TOKEN_FIELD}" value="{token}">{fields}'
        f'<button class="button primary" type="submit">{html.escape(words)}</button></form>'
    )


def _field(name: str, words: str, kind: str, complete: str) -> str:
    return (
        f'<label>{html.escape(words)}<input name="{name}" type="{kind}" autocomplete="{complete}" required '
        f'maxlength="256"{" autofocus" if name == "name" else ""}></label>'
    )


def _said(words: str) -> str:
    return f'<p role="alert" class="refused">{html.escape(words)}</p>' if words else ""


def _frame(title: str, before: str, form: str, language: Language) -> str:
    other: Language = "zh" if language == "en" else "en"
    name = {"zh": "中文", "en": "English"}[other]
    return (
        f'<!DOCTYPE html><html lang="{HTML_LANG[language]}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{html.escape(title)} · {text("app", language)}</title>'
        '<link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/app.css"></head><body>'
        f'<main class="sign-in card"><h1>{html.escape(title)}</h1>{before}{form}'
        f'<p><a href="?lang={other}" lang="{HTML_LANG[other]}">{name}</a></p></main></body></html>'
    )
