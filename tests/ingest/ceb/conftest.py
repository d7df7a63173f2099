"""Those who sign messages: their keys and certificates."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

START, END = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Holder:
    """Somebody with a key and a certificate for it."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def _holder(name: str, issuer: Holder | None = None, *, authority: bool = False, path_length: int | None = None, curve: bool = False,
            start: dt.datetime = START, end: dt.datetime = END, digest: hashes.HashAlgorithm | None = None) -> Holder:  # fmt: skip
    key: PrivateKey = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.certificate.subject if issuer else subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(True, path_length), critical=True)
    return Holder(key, builder.sign(issuer.key if issuer else key, digest or hashes.SHA256()))


@pytest.fixture(scope="module")
def holder() -> Callable[..., Holder]:
    """Makes somebody with a key: name, issuer, and what the certificate says."""
    return _holder


@pytest.fixture(scope="module")
def root() -> Holder:
    return _holder("e-port", authority=True)


@pytest.fixture(scope="module")
def company(root: Holder) -> Holder:
    return _holder("company", root)


@pytest.fixture(scope="module")
def stranger() -> Holder:
    return _holder("stranger")
