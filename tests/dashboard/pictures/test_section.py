"""The pictures of a parcel on its page, with those that look like them, for those who may look."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from sandan.dashboard.address import Address
from sandan.dashboard.app import make_app
from sandan.dashboard.i18n import Language
from sandan.dashboard.pictures.section import pictures_of
from sandan.record.home import HomePaths
from sandan.record.pictures.store import Picture, Pictures
from sandan.record.settings import Settings, load_settings


def _content(side: int) -> bytes:
    picture = Image.new("L", (200, 200), 20)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 40, 90, 150), fill=220)
    draw.rectangle((120, 20, 180, 70), fill=140)
    target = io.BytesIO()
    picture.resize((side, side)).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "home")


@pytest.fixture
def kept(home: Settings) -> Picture:
    pictures = Pictures(HomePaths(home.home))
    pictures.keep(_content(150), "W2.png", "W2")
    return pictures.keep(_content(200), "W1.png", "W1")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Pictures of the parcel", "Other parcels that look like it")), ("zh", ("包裹图像", "图像相似的其他包裹"))],
)
def test_they_stand_on_the_page_with_words_for_those_who_do_not_see(
    home: Settings, kept: Picture, language: Language, words: tuple[str, str]
) -> None:
    [section] = pictures_of(home, "W1", Address(language))
    said = str(section)
    assert f"/picture/{kept.sha256}" in said and "W2" in said and all(one in said for one in words)
    assert "alt=" in said


def test_a_parcel_without_pictures_has_no_section(home: Settings, kept: Picture) -> None:
    assert pictures_of(home, "W9", Address("en")) == [] and pictures_of(home, "", Address("en")) == []


def test_a_picture_comes_to_those_who_have_signed_in(home: Settings, kept: Picture) -> None:
    demo: FlaskClient = make_app(home, demo=True).server.test_client()
    demo.get("/")
    answer = demo.get(f"/picture/{kept.sha256}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", _content(200))
    for name in ("0" * 64, "x", "..%2f..%2fsecret.key"):
        assert demo.get(f"/picture/{name}").status_code == 404
    assert make_app(home).server.test_client().get(f"/picture/{kept.sha256}").status_code in (302, 401)
