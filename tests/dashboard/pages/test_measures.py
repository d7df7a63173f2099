"""The page of the indexes: what the daily report says, for supervisors and analysts."""

import datetime as dt
import json

import pytest
from flask.testing import FlaskClient

from sandan.algorithms.measurement.daily_report import keep_measures, open_measures
from sandan.dashboard.address import Address
from sandan.dashboard.app import make_app
from sandan.dashboard.i18n import Language
from sandan.dashboard.routing import page_at
from sandan.dashboard.serving.access import services_of
from sandan.dashboard.serving.security import TOKEN_COOKIE, TOKEN_FIELD
from sandan.jobs.terminal.measure import keep_report
from sandan.record.app.roles import ROLES, Permission
from sandan.record.app.services import SYSTEM
from sandan.record.errors import DamagedFile
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

PASSWORD = "correct horse battery"


def _shown(settings: Settings, language: Language) -> str:
    made = page_at(settings, "/measures", Address(language))
    return json.dumps(made, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_without_a_report_it_says_how_to_make_one(empty_home: Settings) -> None:
    assert "sandan measure --keep" in _shown(empty_home, "en")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Share inspected", "inspection share", "completeness")), ("zh", ("查验率", "完整率", "来源："))],
)
def test_every_figure_is_on_it_with_what_it_rests_on(own_home: Settings, language: Language, words: tuple[str, ...]) -> None:
    keep_report(own_home)
    page = _shown(own_home, language)
    assert all(word in page for word in words)
    for row in open_measures(HomePaths(own_home.home)).rows[language]:
        assert row["definition"] in page and row["quality"] in page and row["method"] in page


def test_a_damaged_report_is_said_and_not_shown(own_home: Settings) -> None:
    keep_measures(HomePaths(own_home.home), {"en": [], "zh": []}, dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    path = HomePaths(own_home.home).measures
    path.write_text(path.read_text().replace("2025-01-01", "2026-01-01"))
    with pytest.raises(DamagedFile, match="sandan measure --keep"):
        open_measures(HomePaths(own_home.home))
    assert "This could not be shown" in _shown(own_home, "en")


@pytest.mark.parametrize("role", ROLES)
def test_it_is_taken_out_by_those_who_may(own_home: Settings, role: str) -> None:
    keep_report(own_home)
    services_of(own_home).accounts.add(SYSTEM, "one", role, PASSWORD)
    client: FlaskClient = make_app(own_home).server.test_client()
    client.get("/login")
    token = client.get_cookie(TOKEN_COOKIE)
    assert token is not None
    assert client.post("/login", data={"name": "one", "password": PASSWORD, TOKEN_FIELD: token.value}).status_code == 302
    permitted = Permission.MEASURE in ROLES[role]
    for kind, begin in (("html", b"<!doctype html>"), ("pdf", b"%PDF")):
        answer = client.get(f"/measures-report.{kind}?lang=zh")
        assert answer.status_code == (200 if permitted else 403)
        assert not permitted or (answer.data.startswith(begin) and "attachment" in answer.headers["Content-Disposition"])
    assert client.get("/measures-report.exe").status_code == (404 if permitted else 403)


def test_supervisors_and_analysts_may_see_it() -> None:
    assert {role for role, may in ROLES.items() if Permission.MEASURE in may} == {"supervisor", "analyst"}
