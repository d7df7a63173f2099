"""Signing in with a provider of identities: the code flow of OpenID Connect Core 1.0 with state, nonce and PKCE (RFC 7636)."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

import flask

from sandan.dashboard.i18n import Language, text
from sandan.dashboard.serving import access
from sandan.record.app.audit import Actor
from sandan.record.errors import ConfigError, InputError
from sandan.record.ids import open_keyring
from sandan.record.settings import OidcSettings, Settings

START, BACK = access.PROVIDER_START, access.PROVIDER_BACK
_SECONDS = 5.0  # a provider that does not answer keeps one of the server's threads for so long
_LEEWAY_S = 60  # clocks of two machines
# Signed with a key that only the provider has: a shared secret, or no signature, proves nothing.
_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_NO_NAME = re.compile(r"[^a-z0-9._@-]+")
_log = logging.getLogger(__name__)


class _Refused(Exception):
    """Nobody is signed in; the key of the sentence that says so, and why, for the audit."""

    def __init__(self, said: str, why: str) -> None:
        super().__init__(why)
        self.said, self.why = said, why


def is_on(settings: Settings) -> bool:
    """Whether a provider is configured."""
    return bool(settings.oidc.issuer)


def register(
    server: flask.Flask,
    settings: Settings,
    *,
    language_of: Callable[[], Language],
    signed_in: Callable[[str, str], Any],
    refused: Callable[[str, str], Any],
) -> None:
    """Add the two routes of the way over the provider; none where no provider is configured.

    Args:
        server: The server.
        settings: The home.
        language_of: Language of the request.
        signed_in: Answer for a session's token and where to go on.
        refused: Answer for where to go on and a sentence: the page for signing in, which still works by name and password.

    Raises:
        ConfigError: Authlib is not installed.
    """
    if not is_on(settings):
        return
    given = settings.oidc
    client = _client(server, settings)
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    def fail(exc: Exception, way: str) -> Any:
        if isinstance(exc, RequestException):
            exc = _Refused("oidc_down", f"the provider does not answer: {type(exc).__name__}")
        elif not isinstance(exc, _Refused):
            exc = _Refused("oidc_refused", f"{type(exc).__name__}: {str(exc)[:200]}")
        _log.warning("sign-in with %s: %s", given.issuer, exc.why)
        access.services_of(settings).audit.record(Actor("", ""), "refused", "sign-in", by="oidc", why=exc.why)
        return refused(way, text(exc.said, language_of(), provider=given.name))

    # What the provider sends is read by libraries that name its faults in many ways; none of them may end as an error of the server.
    faults = (_Refused, AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError, RuntimeError)

    def start() -> Any:
        way = access.safe_way(flask.request.args.get("next", "/"))
        try:
            _know_provider(client, given)
            answer = client.authorize_redirect(given.redirect or flask.url_for("oidc_back", _external=True))
        except faults as exc:
            return fail(exc, way)
        flask.session["next"], flask.session["lang"] = way, language_of()
        return answer

    def back() -> Any:
        way = access.safe_way(str(flask.session.pop("next", "/")))
        try:
            _know_provider(client, given)
            options: dict[str, dict[str, Any]] = {name: {"essential": True} for name in ("exp", "iat", "sub")}
            wanted = {"iss": given.issuer, "aud": given.client_id}
            options |= {name: {"essential": True, "value": value} for name, value in wanted.items()}
            token = client.authorize_access_token(claims_options=options, leeway=_LEEWAY_S)
            made = _session(settings, token.get("userinfo") or {})
        except faults as exc:
            return fail(exc, way)
        return signed_in(made, way)

    server.add_url_rule(START, "oidc_start", start)
    server.add_url_rule(BACK, "oidc_back", back)


def role_of(claims: Mapping[str, Any], given: OidcSettings) -> str:
    """The role that a provider's claims give: that of the first value in the order of the settings; empty text for none.

    Args:
        claims: Of the identity token.
        given: Which claim is read, and what its values mean.
    """
    found: Any = claims
    for part in given.role_claim.split("."):  # Keycloak's are one level down: realm_access.roles
        found = found.get(part) if isinstance(found, Mapping) else None
    values = {found} if isinstance(found, str) else {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()
    return next((role for value, role in given.roles.items() if value in values), "")


def _client(server: flask.Flask, settings: Settings) -> Any:
    given = settings.oidc
    try:
        from authlib.integrations.flask_client import OAuth
    except ImportError as exc:
        raise ConfigError("[oidc] is set, but Authlib is not installed; pip install 'sandan[oidc]'") from exc
    # Flask keeps state, nonce and verifier of a sign-in under way in a cookie that it signs; nothing else is in it.
    server.secret_key = open_keyring(settings).hash("session", "sign-in")
    server.config.update(
        SESSION_COOKIE_NAME="sandan_sign_in",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # it has to come along on the way back from the provider
        SESSION_COOKIE_SECURE=given.redirect.startswith("https://"),
    )
    return OAuth(server).register(
        "provider",
        client_id=given.client_id,
        client_secret=given.client_secret or None,
        server_metadata_url=f"{given.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": given.scope,
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
            "token_endpoint_auth_method": "client_secret_basic" if given.client_secret else "none",
        },
    )


def _know_provider(client: Any, given: OidcSettings) -> None:
    """Read what the provider says of itself, once; it must be who it was asked for, and sign with keys of its own."""
    said = client.load_server_metadata()
    if said.get("issuer") != given.issuer:
        raise _Refused("oidc_refused", "the provider names another issuer than [oidc] issuer")
    offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]  # every provider has this one
    said["id_token_signing_alg_values_supported"] = [name for name in offered if name in _SIGNATURES]


def _session(settings: Settings, claims: Mapping[str, Any]) -> str:
    """Begin the session of whom the claims name; the token for the browser."""
    given = settings.oidc
    if not claims.get("sub"):
        raise _Refused("oidc_refused", "the provider sent no identity token")
    role = role_of(claims, given)
    if not role:
        raise _Refused("oidc_no_role", f"no value of the claim {given.role_claim} is in [oidc] roles")
    name = _NO_NAME.sub("-", str(claims.get(given.name_claim) or claims["sub"]).lower()).strip(".-_@")[:64]
    shown = str(claims.get("name") or name)
    try:
        return access.services_of(settings).accounts.sign_in_provided(f"{given.issuer} {claims['sub']}"[:400], name, shown, role)
    except InputError as exc:
        raise _Refused("oidc_account", str(exc)) from exc
