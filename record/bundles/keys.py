"""The key with which a home signs its bundles, and the public keys of others.

Source:
    Ed25519, RFC 8032, by `cryptography`.
"""

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from sandan.record.errors import ConfigError, OutputError
from sandan.record.home import HomePaths, make_private

_KIND = "ed25519:"


def signing_key(paths: HomePaths) -> Ed25519PrivateKey:
    """The home's own key; made at first use, readable by its owner only.

    Raises:
        ConfigError: What lies in its place is no such key.
        OutputError: It cannot be written.
    """
    path = paths.signing_key
    if not path.exists():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as exc:
        raise ConfigError(
            f"{path}: not a readable key; restore it from the backup, or remove it and give others the new public key"
        ) from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path}: is no Ed25519 key; restore it from the backup, or remove it and give others the new public key")
    return key


def _make(path: Path) -> None:
    """Write a new key whole or not at all; if another process was first, its key stays."""
    make_private(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            os.link(part, path)
    except FileExistsError:
        pass
    except OSError as exc:
        raise OutputError(f"{path}: cannot write the key ({exc.strerror}); make the folder writable") from exc
    finally:
        part.unlink(missing_ok=True)


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as others write it into their settings: `ed25519:` and 32 bytes in Base64."""
    return _KIND + base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(key: Ed25519PrivateKey, data: bytes) -> str:
    """Signature of bytes, Base64."""
    return base64.b64encode(key.sign(data)).decode()


def is_signed(public: str, signature: str, data: bytes) -> bool:
    """Whether a signature over bytes is that of a public key.

    Args:
        public: As `public_text` gives it.
        signature: As `sign` gives it; any other text is no signature.
        data: What was signed.

    Raises:
        ConfigError: The public key cannot be read.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix(_KIND), validate=True))
    except (ValueError, binascii.Error) as exc:
        raise ConfigError(
            f"[sharing] trusted: `{public[:60]}` is no public key; write what `sandan bundle key` prints at the sender's"
        ) from exc
    try:
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
