"""Signing in with a provider of identities, against a small one that the test runs on the loopback address."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from sandan.dashboard.app import make_app
from sandan.dashboard.serving import access
from sandan.dashboard.serving.oidc import role_of
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD
from sandan.record.app.services import SYSTEM
from sandan.record.errors import ConfigError
from sandan.record.settings import OidcSettings, Settings, load_settings

PASSWORD = "correct horse battery"
CLIENT, SECRET = "sandan-test", "only the provider and sandan know it"


class Provider:
    """Discovery, keys and tokens; what a token says is set by the test."""

    def __init__(self) -> None:
        self.key, self.codes = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}), {}
        self.said: dict[str, Any] = {}  # over what discovery says
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    self._give(provider.metadata)
                elif self.path == "/keys":
                    self._give({"keys": [provider.key.as_dict(private=False)]})
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                grant = provider.codes.pop(given.get("code", [""])[0], None)
                verifier = given.get("code_verifier", [""])[0]
                challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
                sent = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
                known = unquote_plus(sent) == f"{CLIENT}:{SECRET}"
                if grant is None or challenge != grant["challenge"] or not known:
                    self._give({"error": "invalid_grant"}, 400)
                    return
                self._give({"access_token": "a", "token_type": "Bearer", "id_token": grant["id_token"]})

            def _give(self, what: Any, status: int = 200) -> None:
                content = json.dumps(what).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        } | self.said

    def let_in(self, asked: str, key: Any = None, alg: str = "RS256", **claims: Any) -> str:
        """What the browser brings back after signing in there; claims of None are left out."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256" and query["client_id"] == CLIENT
        now = int(time.time())
        whole = {
            "iss": self.issuer, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 60, "nonce": query["nonce"],
            "preferred_username": "Li.Na", "name": "Li Na", "roles": ["staff", "customs-officers"],
        } | claims  # fmt: skip
        whole = {name: value for name, value in whole.items() if value is not None}
        token = jwt.encode({"alg": alg, "kid": "k1"}, whole, key or self.key, algorithms=[alg])
        self.codes["c-1"] = {"challenge": query["code_challenge"], "id_token": token}
        return f"/oidc/back?code=c-1&state={query['state']}"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def home(empty_home: Settings, provider: Provider) -> Settings:
    given = OidcSettings(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, name="Customs ID",
        roles={"customs-heads": "supervisor", "customs-officers": "officer"},
    )  # fmt: skip
    settings = empty_home.model_copy(update={"oidc": given})
    access.services_of(settings).accounts.add(SYSTEM, "root", "admin", PASSWORD)
    return settings


@pytest.fixture
def app(home: Settings) -> Any:
    return make_app(home)


def asked_of(client: FlaskClient, way: str = "/alerts") -> str:
    answer = client.get(f"/oidc/start?next={way}&lang=en")
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def whole_way(app: Any, provider: Provider, **claims: Any) -> tuple[FlaskClient, Any]:
    client = app.server.test_client()
    return client, client.get(provider.let_in(asked_of(client), **claims))


def refusals(home: Settings) -> list[str]:
    rows, _ = access.services_of(home).audit.search(action="refused")
    return [row["detail"]["why"] for row in rows if row["detail"].get("by") == "oidc"]


def is_in(client: FlaskClient) -> bool:
    return client.get("/alerts").status_code == 200


def test_whom_the_provider_knows_is_signed_in_with_his_role(home: Settings, app: Any, provider: Provider) -> None:
    client, answer = whole_way(app, provider)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/alerts")
    assert is_in(client)
    found = access.services_of(home).accounts.named("li.na")
    assert (found.role, found.shown_name) == ("officer", "Li Na")
    rows, _ = access.services_of(home).audit.search(actor="li.na", action="sign-in")
    assert [row["detail"] for row in rows] == [{"by": "oidc"}]
    assert access.services_of(home).accounts.sign_in("li.na", "") is None, "it has no password"


def test_the_sign_in_page_leads_there_and_nowhere_else(app: Any, provider: Provider) -> None:
    client = app.server.test_client()
    page = client.get("/login?lang=en&next=/cases").text
    assert "Sign in with Customs ID" in page and "/oidc/start?next=%2Fcases" in page
    _, answer = whole_way(app, provider)
    evil = app.server.test_client()
    back = evil.get(provider.let_in(asked_of(evil, "https://evil.example/")))
    assert (answer.headers["Location"], back.headers["Location"]) == ("/alerts", "/")


def test_another_role_there_is_another_role_here(home: Settings, app: Any, provider: Provider) -> None:
    whole_way(app, provider)
    client, _ = whole_way(app, provider, roles=["customs-officers", "customs-heads"])
    assert is_in(client) and access.services_of(home).accounts.named("li.na").role == "supervisor"
    rows, _ = access.services_of(home).audit.search(action="account", subject="li.na")
    assert rows[0]["detail"] == {"change": "role", "role": "supervisor", "before": "officer", "by": "oidc"}


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "somebody-else"}, "aud"),
        ({"iss": "http://127.0.0.1:1"}, "iss"),
        ({"exp": 1_000_000_000}, "xpired"),
        ({"exp": None}, "exp"),
        ({"sub": None}, "sub"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    home: Settings, app: Any, provider: Provider, claims: dict[str, Any], why: str
) -> None:
    client, answer = whole_way(app, provider, **claims)
    assert answer.status_code == 403 and "did not confirm who you are" in answer.text
    assert not is_in(client) and why in refusals(home)[0]
    assert [row["name"] for row in access.services_of(home).accounts.rows()] == ["root"]


def test_a_token_of_another_key_or_of_a_shared_secret_is_refused(home: Settings, app: Any, provider: Provider) -> None:
    for key, alg in ((RSAKey.generate_key(2048, {"kid": "k1"}), "RS256"), (OctKey.import_key(SECRET), "HS256")):
        client, answer = whole_way(app, provider, key=key, alg=alg)
        assert answer.status_code == 403 and not is_in(client)
    assert len(refusals(home)) == 2


@pytest.mark.parametrize("roles", [[], ["staff"], None, "customs", 7, {"customs-officers": True}])
def test_without_a_role_nobody_gets_in_and_is_told(home: Settings, app: Any, provider: Provider, roles: Any) -> None:
    client, answer = whole_way(app, provider, roles=roles)
    assert answer.status_code == 403 and "Customs ID knows you, but you have no role here" in answer.text
    assert not is_in(client) and "claim roles" in refusals(home)[0]


def test_a_state_of_another_browser_and_a_code_twice_are_refused(app: Any, provider: Provider) -> None:
    first, second = app.server.test_client(), app.server.test_client()
    back = provider.let_in(asked_of(first))
    assert second.get(back).status_code == 403
    assert first.get(back).status_code == 302
    assert first.get(back).status_code == 403
    assert first.get("/oidc/back?error=access_denied").status_code == 403
    assert first.get("/oidc/back").status_code == 403


def test_a_name_that_is_somebody_s_already_is_not_taken_over(home: Settings, app: Any, provider: Provider) -> None:
    client, answer = whole_way(app, provider, preferred_username="root")
    assert answer.status_code == 403 and "cannot be used here" in answer.text and not is_in(client)
    whole_way(app, provider)
    client, answer = whole_way(app, provider, sub="u-2")
    assert answer.status_code == 403 and not is_in(client)


def test_a_removed_account_stays_out(home: Settings, app: Any, provider: Provider) -> None:
    client, _ = whole_way(app, provider)
    access.services_of(home).accounts.remove(SYSTEM, "li.na")
    assert not is_in(client)
    client, answer = whole_way(app, provider)
    assert answer.status_code == 403 and not is_in(client)


def test_a_provider_that_is_down_is_one_line_and_passwords_still_work(home: Settings, app: Any, provider: Provider) -> None:
    provider.server.shutdown()
    provider.server.server_close()
    client = app.server.test_client()
    answer = client.get("/oidc/start?lang=zh")
    assert answer.status_code == 403 and "Customs ID 无响应" in answer.text and 'name="password"' in answer.text
    token = client.get_cookie(TOKEN_COOKIE)
    assert token is not None
    signed = client.post("/login", data={"name": "root", "password": PASSWORD, TOKEN_FIELD: token.value})
    assert signed.status_code == 302 and is_in(client)


def test_a_provider_that_names_itself_otherwise_is_refused(app: Any, provider: Provider) -> None:
    provider.said = {"issuer": "https://other.example"}
    assert app.server.test_client().get("/oidc/start").status_code == 403


def test_without_a_provider_there_is_no_button_and_no_way(empty_home: Settings) -> None:
    access.services_of(empty_home).accounts.add(SYSTEM, "root", "admin", PASSWORD)
    client = make_app(empty_home).server.test_client()
    assert "/oidc/start" not in client.get("/login").text
    assert client.get("/oidc/start").status_code == 404


def test_a_claim_may_lie_one_level_down_and_the_order_of_the_settings_counts() -> None:
    given = OidcSettings(
        issuer="https://id.example", client_id="c", roles={"b": "supervisor", "a": "viewer"}, role_claim="realm_access.roles"
    )
    assert role_of({"realm_access": {"roles": ["a", "b"]}}, given) == "supervisor"
    assert role_of({"realm_access": {"roles": "a"}}, given) == "viewer"
    assert role_of({"realm_access": "a"}, given) == role_of({}, given) == ""


@pytest.mark.parametrize(
    "written",
    [
        '[oidc]\nissuer = "http://id.example"\nclient_id = "c"\nroles = {a = "officer"}',
        '[oidc]\nissuer = "https://id.example"\nroles = {a = "officer"}',
        '[oidc]\nissuer = "https://id.example"\nclient_id = "c"',
        '[oidc]\nissuer = "https://id.example"\nclient_id = "c"\nroles = {a = "king"}',
        '[oidc]\nclient_secret = "in a file"',
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "sandan.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ConfigError, match="oidc"):
        load_settings(tmp_path)
