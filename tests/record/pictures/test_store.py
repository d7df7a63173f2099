"""Pictures are kept once, found by parcel and by likeness; what is no picture is refused and leaves nothing."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from sandan.record.errors import DamagedFile, InputError, OutputError, UnknownId
from sandan.record.home import HomePaths
from sandan.record.pictures import store as store_module
from sandan.record.pictures.store import Pictures


def content(seed: int, form: str = "PNG", side: int = 120, **how: int) -> bytes:
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(240, 240)), 20)
    grey = ((noise - noise.min()) / (noise.max() - noise.min()) * 255).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(grey).resize((side, side)).save(target, form, **how)
    return target.getvalue()


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(HomePaths(tmp_path / "home"))


def test_a_picture_is_kept_once_under_its_sha_256(pictures: Pictures, tmp_path: Path) -> None:
    data = content(1)
    first = pictures.keep(data, "W1.png", "W1")
    assert pictures.keep(data, "again.png", "W1") and len(pictures.of_parcel("W1")) == 1
    assert first.sha256 == hashlib.sha256(data).hexdigest() and pictures.content(first.sha256) == ("image/png", data)
    path = tmp_path / "home" / "pictures" / first.sha256[:2] / first.sha256
    assert path.read_bytes() == data and path.parent.stat().st_mode & 0o77 == 0
    path.write_bytes(data[:-1])
    with pytest.raises(DamagedFile, match="restore it from the backup"):
        pictures.content(first.sha256)
    pictures.keep(data, "W1.png", "W1")
    assert pictures.content(first.sha256)[1] == data


def test_pictures_of_other_parcels_that_look_alike_are_found(pictures: Pictures) -> None:
    own = pictures.keep(content(1), "W1.png", "W1")
    pictures.keep(content(1, "JPEG", 90, quality=50), "W2.jpg", "W2")
    pictures.keep(content(1, side=60), "W1_2.png", "W1")  # its own parcel's
    pictures.keep(content(2), "W3.png", "W3")
    assert [one.logistics_no for one in pictures.like(own, 5)] == ["W2"]
    assert pictures.like(own, 0) == []


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", content(1)[:200], b"<svg/>"])
def test_what_is_no_picture_is_refused(pictures: Pictures, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.png: is no PNG or JPEG that can be read; export the picture again"):
        pictures.keep(data, "x.png", "W1")
    assert not (tmp_path / "home").exists()


def test_sizes_have_a_limit(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MOST_PIXELS", 120 * 120 - 1)
    with pytest.raises(InputError, match="million pixels"):
        pictures.keep(content(1), "x.png", "W1")
    with pytest.raises(InputError, match="10 MiB"):
        pictures.keep(content(1) + b"\0" * store_module.MOST_BYTES, "x.png", "W1")


def test_without_a_parcel_a_folder_or_a_picture_it_says_so(pictures: Pictures, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names no parcel"):
        pictures.keep(content(1), ".png", "")
    with pytest.raises(UnknownId):
        pictures.content("0" * 64)
    assert pictures.of_parcel("W1") == []
    (tmp_path / "home").write_text("a file")
    with pytest.raises(OutputError):
        pictures.keep(content(1), "W1.png", "W1")
