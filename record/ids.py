"""Keyed hashes: how personal data becomes an id without staying readable.

The same text gives the same id wherever the same key is used; without the key an id can neither be read nor guessed by trying
all identity numbers.
"""

import contextlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sandan.record.errors import ConfigError, OutputError
from sandan.record.home import HomePaths, make_private
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings

KEY_BYTES = 32
_RESTORE = "restore it from the backup, without it old and new ids do not meet"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Makes keyed hashes with one installation's key."""

    key: bytes
    _keyed: hmac.HMAC = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the key in once: millions of short texts are hashed with it."""
        object.__setattr__(self, "_keyed", hmac.new(self.key, digestmod="sha256"))

    def __reduce__(self) -> tuple[type["Keyring"], tuple[bytes]]:
        """Go to another process by the key alone."""
        return Keyring, (self.key,)

    def hash(self, kind: str, text: str) -> str:
        """Keyed hash of a text, 32 hexadecimal characters.

        Args:
            kind: What the text is (`identity`, `telephone`, ...); equal texts of two kinds get two hashes.
            text: The normal form.

        Source:
            HMAC, RFC 2104, with SHA-256, cut to 128 bits.
        """
        keyed = self._keyed.copy()
        keyed.update(f"{kind}\x1f{text}".encode())
        return keyed.hexdigest()[:32]

    @property
    def check(self) -> str:
        """What this key makes of a fixed word, kept in the ledger: another key makes another one of it."""
        return self.hash("check", "sandan")


def open_keyring(settings: Settings) -> Keyring:
    """The keyring of a home; its key is made for an empty lake, readable by its owner only.

    Raises:
        ConfigError: The key file cannot be used; or it is gone, or another than the one with which the lake was filled.
        DamagedFile: The ledger, which says which key it was, cannot be read.
        OutputError: No key is there and none can be written.
    """
    path = settings.key_file or HomePaths(settings.home).secret
    lake = Lake(HomePaths(settings.home).lake)
    if not path.exists() and lake.head is None:
        make_private(path.parent)
        _write_key(path)
    keyring = read_keyring(settings)
    if lake.key_check not in ("", keyring.check):
        raise ConfigError(f"{path}: is another key than the one with which this lake was filled; {_RESTORE}")
    return keyring


def read_keyring(settings: Settings) -> Keyring:
    """The keyring of a home whose key is there.

    Raises:
        ConfigError: It is not, or cannot be used.
    """
    path = settings.key_file or HomePaths(settings.home).secret
    if not path.exists():
        raise ConfigError(f"{path}: the key of the keyed hashes is missing; {_RESTORE}")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{path}: not a readable key; {_RESTORE}") from exc
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{path}: the key has {len(key)} bytes, not {KEY_BYTES}; restore it from the backup")
    return Keyring(key)


def _write_key(path: Path) -> None:
    """Write a new key whole or not at all; if another process was first, its key stays."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    except OSError as exc:
        raise OutputError(f"{path}: cannot write the key ({exc.strerror}); make the folder writable") from exc
