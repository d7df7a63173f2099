"""One bundle as a file: its contents as one text, who signed it, and the signature over that text."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandan.record.bundles.keys import is_signed, public_text, sign
from sandan.record.errors import InputError

FORMAT, VERSION = "sandan-bundle", 1
LARGEST_BYTES = 64 * 2**20
# Clocks of two offices differ by minutes; a bundle of tomorrow was made by a wrong one.
_CLOCKS = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a file said, when everything about it was in order.

    Attributes:
        signer: Under which name the settings trust its key.
        key: That key.
        serial: Number that its signer gave it; a later one is larger.
        made_at: When it was made.
        expires_at: Until when it may be imported.
        contents: Its parts by name.
    """

    signer: str
    key: str
    serial: int
    made_at: dt.datetime
    expires_at: dt.datetime
    contents: Mapping[str, Any]


def closed(key: Ed25519PrivateKey, serial: int, made_at: dt.datetime, expires_at: dt.datetime, contents: Mapping[str, Any]) -> str:
    """A bundle as the text of its file."""
    said = {"serial": serial, "made_at": made_at.isoformat(), "expires_at": expires_at.isoformat(), "contents": dict(contents)}
    signed = json.dumps(said, ensure_ascii=False, sort_keys=True)
    head = {"format": FORMAT, "version": VERSION, "key": public_text(key), "signature": sign(key, _bytes(VERSION, signed))}
    return json.dumps({**head, "signed": signed}, ensure_ascii=False, indent=1) + "\n"


def opened(text: bytes, trusted: Mapping[str, str], last: Mapping[str, int], now: dt.datetime) -> Bundle:
    """A bundle of which everything is in order.

    Args:
        text: The file.
        trusted: Name -> public key of those from whom bundles are taken.
        last: Public key -> serial of the last bundle that was taken from it.
        now: The clock.

    Raises:
        InputError: It is no bundle, of another version, signed by nobody who is trusted, altered, expired, or older than the last one of
            its signer; the message is one line and says how to go on.
        ConfigError: A trusted key cannot be read.
    """
    head = _head(text)
    names = [name for name, key in trusted.items() if key == head["key"]]
    if not names:
        raise InputError(
            f"it is signed with {head['key'][:60]}, which nobody in [sharing] trusted has; ask the sender for his key in another way, "
            "compare, and add it there"
        )
    signer = names[0]
    if not is_signed(head["key"], head["signature"], _bytes(head["version"], head["signed"])):
        raise InputError(f"it is not what {signer} signed: it was altered on the way; ask {signer} to send it again")
    try:
        said = json.loads(head["signed"])
        made_at, expires_at = (dt.datetime.fromisoformat(said[name]).astimezone(dt.UTC) for name in ("made_at", "expires_at"))
        found = Bundle(signer, head["key"], int(said["serial"]), made_at, expires_at, dict(said["contents"]))
    except (ValueError, KeyError, TypeError) as exc:
        raise InputError(f"{signer} signed something that is no bundle; ask {signer} to make it again with `sandan bundle export`") from exc
    if found.expires_at <= now:
        raise InputError(f"it ended on {found.expires_at:%Y-%m-%d %H:%M} UTC; ask {signer} for a new one")
    if found.made_at > now + _CLOCKS:
        raise InputError(
            f"it was made on {found.made_at:%Y-%m-%d %H:%M} UTC, which is to come; set the clock of this machine or of {signer}"
        )
    if found.serial < last.get(found.key, 0):
        raise InputError(
            f"it is number {found.serial} of {signer}, of whom number {last[found.key]} was imported before; ask {signer} for the newest"
        )
    return found


def _head(text: bytes) -> dict[str, Any]:
    again = "give the file that `sandan bundle export` wrote"
    if len(text) > LARGEST_BYTES:
        raise InputError(f"it is larger than {LARGEST_BYTES >> 20} MiB, which no bundle is; {again}")
    try:
        head = json.loads(text)
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise ValueError("another format")
    except (ValueError, RecursionError) as exc:
        raise InputError(f"it is no bundle; {again}") from exc
    if head.get("version") != VERSION:
        raise InputError(f"it is of version {str(head.get('version'))[:20]}, this sandan reads {VERSION}; update the older one of the two")
    if not all(isinstance(head.get(name), str) for name in ("key", "signature", "signed")):
        raise InputError(f"it is no whole bundle; {again}")
    return head


def _bytes(version: int, signed: str) -> bytes:
    """What the signature is over: a signature of another format or version is none here."""
    return f"{FORMAT}\n{version}\n{signed}".encode("utf-8", "surrogatepass")
