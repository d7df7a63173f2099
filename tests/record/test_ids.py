"""Keyed hashes, the key they need, and masks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.errors import ConfigError, OutputError
from sandan.record.ids import KEY_BYTES, Keyring, open_keyring
from sandan.record.masks import mask_address, mask_name, mask_telephone
from sandan.record.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("SANDAN_KEY_FILE", raising=False)
    return load_settings(tmp_path / "home")


def test_one_key_gives_one_hash_and_another_key_another() -> None:
    first, second = Keyring(b"a" * KEY_BYTES), Keyring(b"b" * KEY_BYTES)
    assert first.hash("identity", "x") == Keyring(b"a" * KEY_BYTES).hash("identity", "x")
    assert first.hash("identity", "x") != second.hash("identity", "x")


def test_a_hash_is_the_one_of_rfc_2104() -> None:
    # Pinned, so that the ids of an old lake stay: hmac.new(bytes(32), b"telephone\x1f13800138000", sha256), first half.
    assert Keyring(bytes(32)).hash("telephone", "13800138000") == "f8d55e597960bfa70a899c41aaf54e44"


@given(st.text(max_size=20), st.text(max_size=20))
def test_equal_texts_of_two_kinds_have_two_hashes(kind: str, text: str) -> None:
    keyring = Keyring(b"k" * KEY_BYTES)
    hashed = keyring.hash(kind, text)
    assert len(hashed) == 32
    assert int(hashed, 16) >= 0
    assert hashed != keyring.hash(kind + "2", text)


def test_the_key_is_made_once_and_only_its_owner_reads_it(settings: Settings) -> None:
    first = open_keyring(settings)
    path = settings.home / "secret.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.home.stat().st_mode & 0o777 == 0o700
    assert len(first.key) == KEY_BYTES
    assert open_keyring(settings) == first
    assert [p.name for p in settings.home.iterdir()] == ["secret.key"]


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    assert open_keyring(load_settings(tmp_path / "1")).key != open_keyring(load_settings(tmp_path / "2")).key


def test_a_key_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = load_settings(tmp_path / "h").model_copy(update={"key_file": tmp_path / "keys" / "k"})
    first = open_keyring(elsewhere)
    assert (tmp_path / "keys" / "k").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "h").exists()
    assert open_keyring(elsewhere) == first


@pytest.mark.parametrize("content", [b"", b"ab" * 31, b"ab" * 33, b"zz" * 32, b"\xff" * 32])
def test_a_broken_key_is_never_replaced(settings: Settings, content: bytes) -> None:
    settings.home.mkdir()
    (settings.home / "secret.key").write_bytes(content)
    with pytest.raises(ConfigError, match="backup"):
        open_keyring(settings)
    assert (settings.home / "secret.key").read_bytes() == content


def test_a_key_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        open_keyring(load_settings(tmp_path / "file"))


@pytest.mark.parametrize("mask", [mask_name, mask_telephone, mask_address])
@given(text=st.text("王李小明0123456789abc省市路号 -", min_size=1, max_size=30))
def test_a_mask_never_shows_the_whole_value(mask: Callable[[str | None], str], text: str) -> None:
    assert mask(text)
    assert text not in mask(text)


@pytest.mark.parametrize("mask", [mask_name, mask_telephone, mask_address])
@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_has_an_empty_mask(mask: Callable[[str | None], str], nothing: str | None) -> None:
    assert mask(nothing) == ""


def test_masks_keep_what_an_officer_needs() -> None:
    assert mask_name("王小明") == "王**"
    assert mask_telephone("13800138000") == "*******8000"
    assert mask_address("浙江省杭州市余杭区文一西路969号") == "浙江省杭州市***"
