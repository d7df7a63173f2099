"""A bundle is taken as it was signed, or not at all, and the one line says why."""

import base64
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.bundles.envelope import Bundle, closed, opened
from sandan.record.bundles.keys import public_text, signing_key
from sandan.record.errors import ConfigError, InputError
from sandan.record.home import HomePaths

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUSTED = {"port-b": public_text(KEY)}
CONTENTS = {"watchlists": [{"kind": "brand", "value": "泡泡玛特"}]}


def _text(serial: int = 7, made: dt.datetime = NOW, days: float = 30, key: Ed25519PrivateKey = KEY, **contents: Any) -> bytes:
    return closed(key, serial, made, made + dt.timedelta(days=days), contents or CONTENTS).encode()


def _open(text: bytes, last: int = 0, now: dt.datetime = NOW, trusted: dict[str, str] | None = None) -> Bundle:
    return opened(text, TRUSTED if trusted is None else trusted, {public_text(KEY): last} if last else {}, now)


def test_what_was_closed_is_opened_as_it_was() -> None:
    found = _open(_text())
    assert (found.signer, found.serial, found.made_at, found.expires_at) == ("port-b", 7, NOW, NOW + dt.timedelta(days=30))
    assert found.contents == CONTENTS


@given(st.data())
def test_no_altered_character_is_taken(data: st.DataObject) -> None:
    text = _text().decode()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_characters=text[place], exclude_categories=("Cs",)))
    changed = (text[:place] + other + text[place + 1 :]).encode()
    try:
        found = _open(changed)
    except InputError as exc:
        assert "\n" not in str(exc) and ";" in str(exc)
    else:
        # White space outside of what is signed says nothing.
        assert (found.serial, found.contents, found.expires_at) == (7, CONTENTS, NOW + dt.timedelta(days=30))
        assert json.loads(changed)["signed"] == json.loads(text)["signed"]


@pytest.mark.parametrize(
    ("text", "last", "words"),
    [
        (_text(days=-1), 0, r"ended on 2026-02-28 12:00 UTC; ask port-b for a new one"),
        (_text(days=0), 0, "ended on"),
        (_text(made=NOW + dt.timedelta(hours=2)), 0, "is to come; set the clock"),
        (_text(serial=7), 8, "number 7 of port-b, of whom number 8 was imported before; ask port-b for the newest"),
        (_text(key=Ed25519PrivateKey.from_private_bytes(bytes(32))), 0, r"which nobody in \[sharing\] trusted has; ask the sender"),
        (_text().replace(b'"version": 1', b'"version": 2'), 0, "of version 2, this sandan reads 1; update"),
        (b"{}", 0, "no bundle; give the file"),
        (b"\xff", 0, "no bundle"),
        (b"[" * 100_000, 0, "no bundle"),
        (b"", 0, "no bundle"),
        (json.dumps({"format": "sandan-bundle", "version": 1}).encode(), 0, "no whole bundle"),
    ],
)  # fmt: skip
def test_it_is_refused_in_one_line_with_the_remedy(text: bytes, last: int, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        _open(text, last)
    assert "\n" not in str(caught.value)


def test_the_same_one_again_is_not_older() -> None:
    assert _open(_text(serial=7), 7).serial == 7


def test_a_signature_of_another_s_contents_is_none() -> None:
    mine, other = json.loads(_text()), json.loads(_text(watchlists=[]))
    with pytest.raises(InputError, match="altered on the way"):
        _open(json.dumps({**mine, "signature": other["signature"]}).encode())
    with pytest.raises(InputError, match="altered on the way"):
        _open(json.dumps({**mine, "signature": "no base 64"}).encode())


def test_a_signed_text_that_is_no_bundle_is_refused() -> None:
    head = json.loads(_text())
    signed = '{"serial": "x"}'
    signature = base64.b64encode(KEY.sign(f"sandan-bundle\n1\n{signed}".encode())).decode()
    with pytest.raises(InputError, match="signed something that is no bundle"):
        _open(json.dumps({**head, "signed": signed, "signature": signature}).encode())


def test_a_setting_that_is_no_key_is_named() -> None:
    head = json.loads(_text())
    with pytest.raises(ConfigError, match=r"\[sharing\] trusted: `ed25519:x` is no public key"):
        _open(json.dumps({**head, "key": "ed25519:x"}).encode(), trusted={"port-b": "ed25519:x"})


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path / "home")
    first, second = signing_key(paths), signing_key(paths)
    assert public_text(first) == public_text(second)
    assert paths.signing_key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in paths.root.iterdir()] == ["signing.key"]
    paths.signing_key.write_text("no key")
    with pytest.raises(ConfigError, match="restore it from the backup"):
        signing_key(paths)
