import pytest
from flask.testing import FlaskClient

from sandan.dashboard.app import make_app, serve
from sandan.dashboard.serving.security import is_loopback, require_loopback
from sandan.record.errors import ConfigError
from sandan.record.settings import Settings


@pytest.fixture
def client(empty_home: Settings) -> FlaskClient:
    client: FlaskClient = make_app(empty_home, demo=True).server.test_client()
    return client


def test_health_answers(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_a_strict_policy_stands_on_every_answer(client: FlaskClient) -> None:
    for path in ("/", "/alerts?lang=zh", "/assets/app.css", "/healthz"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe-eval" not in policy and "'sha256-" in policy, path
        script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
        assert "unsafe-inline" not in script and "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_by_the_browser_and_bundles_may_be(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"
    with client.get("/assets/app.css") as answer:
        assert answer.headers.get("Cache-Control") != "no-store"


def test_the_page_is_in_the_language_of_its_address(client: FlaskClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/alerts?lang=zh").text
    assert '<html lang="en">' in client.get("/alerts").text


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "guess"}, {"X-CSRFToken": "täuschen"}])
def test_a_post_without_the_cookie_s_token_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/_dash-update-component", json={}, headers=headers).status_code == 403
    client.get("/")
    assert client.post("/_dash-update-component", json={}, headers=headers).status_code == 403


def test_another_name_for_this_machine_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example:8050"}).status_code == 403
    for host in ("localhost:8050", "127.0.0.1", "[::1]:8050"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_only_this_machine_is_served(empty_home: Settings, host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(ConfigError, match="SSH tunnel"):
        serve(empty_home, host=host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_is_allowed(host: str) -> None:
    require_loopback(host)


def test_a_taken_port_says_so(empty_home: Settings, app_url: str) -> None:
    with pytest.raises(ConfigError, match="choose another"):
        serve(empty_home, port=int(app_url.rpartition(":")[2]))
