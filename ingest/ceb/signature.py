"""Says whether the signature of a message can be relied on: whether it fits the bytes, and whether its signer is one whom we trust.

The certificate inside a signature carries its holder's identity number. Nothing of it is kept, logged or put into an error text.
"""

import base64
import datetime as dt
import functools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from sandan.ingest.ceb.encoding import override
from sandan.record.errors import ConfigError
from sandan.record.settings import Settings
from sandan.record.values.moment import parse_time

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_C14N = frozenset(method.value for method in CanonicalizationMethod)
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
    }
)  # fmt: skip
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_CERTIFICATE_HASHES = frozenset({"sha256", "sha384", "sha512"})
# What lxml must never do with a stranger's message.
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_MOST_CERTIFICATES = 8
# The library writes what it digests into its debug log: all of the message and the certificate.
logging.getLogger("signxml").setLevel(logging.INFO)


class _Unsupported(Exception):
    """The signature uses a method that is not accepted here."""


class _Broken(Exception):
    """The signature is malformed, or does not cover the message."""


@dataclass(frozen=True, slots=True)
class SignatureChecker:
    """Checks signatures against the anchors of one installation; plain data, so that worker processes can be given it.

    Attributes:
        anchors: DER bytes of the trusted certificates; none: nothing is checked.
        max_bytes: A larger message is not checked.
        allow_sha1: Whether RSA with SHA-1 counts.
        require: Whether only `valid` messages may be loaded; for the caller to act on.
    """

    anchors: tuple[bytes, ...] = ()
    max_bytes: int = 16 * 2**20
    allow_sha1: bool = False
    require: bool = False

    @classmethod
    def from_settings(cls, settings: Settings) -> "SignatureChecker":
        """The checker of a home.

        Raises:
            ConfigError: A pattern of `[signatures] trusted` finds no file, a file holds no certificate, or signatures are
                required and there is nobody to trust.
        """
        section = settings.signatures
        if section.require and not section.trusted:
            raise ConfigError("signatures.require is set but signatures.trusted is empty; name the certificates to trust")
        files = [file for pattern in section.trusted for file in _found(settings.home, pattern)]
        anchors = dict.fromkeys(der for file in files for der in _certificates_of(file))
        return cls(tuple(anchors), int(section.max_mib * 2**20), section.allow_sha1, section.require)

    def state(self, message: bytes) -> str:
        """The state of the signature of one business message; never raises.

        The signature must stand directly below the root, alone, and cover the whole message but itself. Its certificate must be an
        anchor, or be issued by one, directly or through certificates that the signature brings along, and all of them must have
        been valid at the times at which the message says it was sent (`appTime`, `returnTime`; today where it says nothing): files
        are read years later. Revocation lists and name constraints are not looked at.

        Args:
            message: The message as it was received, without its transport envelope.

        Returns:
            `unchecked`: no anchors, or too large. `valid`. `untrusted`: it fits, but its signer is nobody whom we trust.
            `invalid`: it does not fit, is malformed, or leaves a part of the message uncovered. `unsupported`: it uses a method
            that is not accepted, such as SM2, or names no certificate.

        Source:
            XML Signature Syntax and Processing 1.1 (W3C); certificates: RFC 5280.
        """
        if not self.anchors or len(message) > self.max_bytes:
            return "unchecked"
        try:
            return self._judged(message)
        except (_Unsupported, UnsupportedAlgorithm):
            return "unsupported"
        except Exception:
            # Bytes from strangers make the parsers below fail in ways of their own; whatever they say, it is no good signature.
            return "invalid"

    def _judged(self, message: bytes) -> str:
        root = _parsed(message)
        signature = _only_signature(root)
        _refuse_other_methods(signature, self._methods, self._digests)
        certificates = _brought(signature)
        signer = self._signer(root, certificates)
        trusted = _is_trusted(signer, certificates, _loaded(self.anchors), _times(root), self._hashes)
        return "valid" if trusted else "untrusted"

    def _signer(self, root: etree._Element, certificates: list[x509.Certificate]) -> x509.Certificate:
        """The certificate whose key made the signature: the first or, where a chain is written from its root on, the last.

        Raises:
            Exception: Neither did, or a digest does not fit.
        """
        for certificate in dict.fromkeys((certificates[0], certificates[-1])):
            config = SignatureConfiguration(
                location="./",
                signature_methods=self._methods,
                digest_algorithms=self._digests,
                # Validity is judged later, for the times of the message.
                verification_time=certificate.not_valid_before_utc,
            )
            try:
                XMLVerifier().verify(root, x509_cert=certificate, expect_config=config)
            except Exception:
                if certificate is certificates[-1]:
                    raise
            else:
                return certificate
        raise _Broken

    @property
    def _methods(self) -> frozenset[SignatureMethod]:
        return _METHODS | {SignatureMethod.RSA_SHA1} if self.allow_sha1 else _METHODS

    @property
    def _digests(self) -> frozenset[DigestAlgorithm]:
        return _DIGESTS | {DigestAlgorithm.SHA1} if self.allow_sha1 else _DIGESTS

    @property
    def _hashes(self) -> frozenset[str]:
        return _CERTIFICATE_HASHES | {"sha1"} if self.allow_sha1 else _CERTIFICATE_HASHES


def _found(home: Path, pattern: str) -> list[Path]:
    """Files that fit a pattern; a relative one is looked up from the home."""
    path = Path(pattern)
    try:
        base, rest = (Path(path.anchor), path.relative_to(path.anchor)) if path.is_absolute() else (home, path)
        files = sorted(file for file in base.glob(str(rest)) if file.is_file())
    except (ValueError, IndexError, NotImplementedError, OSError):  # what `glob` says of patterns that are none
        files = []
    if not files:
        raise ConfigError(f"signatures.trusted: no file fits {pattern!r}, seen from {home}; put the PEM files there or correct the setting")
    return files


def _certificates_of(file: Path) -> list[bytes]:
    """DER bytes of the certificates in a PEM file."""
    try:
        return [certificate.public_bytes(Encoding.DER) for certificate in x509.load_pem_x509_certificates(file.read_bytes())]
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{file}: not a readable PEM certificate; replace the file, or name others in signatures.trusted") from exc


@functools.lru_cache(4)
def _loaded(anchors: tuple[bytes, ...]) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_der_x509_certificate(der) for der in anchors)


def _parsed(message: bytes) -> etree._Element:
    root = etree.fromstring(message, etree.XMLParser(encoding=override(message), **_SAFE))
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        raise _Broken
    return root


def _only_signature(root: etree._Element) -> etree._Element:
    """The one signature directly below the root.

    Raises:
        _Broken: There is none or a second one, or a comment cuts a value in two: a signature does not cover comments, and whoever
            adds one changes what is read.
    """
    found = [child for child in root if isinstance(child.tag, str) and etree.QName(child).localname == "Signature"]
    if len(found) != 1 or found[0].tag != f"{_DS}Signature":
        raise _Broken
    for comment in root.iter(etree.Comment):
        parent = comment.getparent()
        if parent is not None and (parent.text or "").strip() + "".join(child.tail or "" for child in parent).strip():
            raise _Broken
    return found[0]


def _refuse_other_methods(signature: etree._Element, methods: frozenset[SignatureMethod], digests: frozenset[DigestAlgorithm]) -> None:
    """Only plain ways to sign a whole document go on to the library.

    Raises:
        _Unsupported: An algorithm or transform is not among those accepted.
        _Broken: A part is missing, or the signature covers something else than the document.
    """
    info = _one(signature, "SignedInfo")
    reference = _one(info, "Reference")
    if _algorithm(_one(info, "CanonicalizationMethod")) not in _C14N:
        raise _Unsupported
    if _algorithm(_one(info, "SignatureMethod")) not in {method.value for method in methods}:
        raise _Unsupported
    if _algorithm(_one(reference, "DigestMethod")) not in {digest.value for digest in digests}:
        raise _Unsupported
    transforms = [_algorithm(transform) for transform in _one(reference, "Transforms")]
    if any(transform not in _C14N and transform != _ENVELOPED for transform in transforms):
        raise _Unsupported
    if reference.get("URI") != "" or transforms[:1] != [_ENVELOPED] or len(transforms) > 2:
        raise _Broken


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{_DS}{name}")
    if len(found) != 1:
        raise _Broken
    return found[0]


def _algorithm(element: etree._Element) -> str:
    return element.get("Algorithm", "")


def _brought(signature: etree._Element) -> list[x509.Certificate]:
    """The certificates that the signature brings along.

    Raises:
        _Unsupported: There is none: whose key it is would have to be guessed.
        _Broken: One cannot be read, or there are too many.
    """
    texts = [element.text or "" for element in signature.iterfind(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate")]
    if not texts:
        raise _Unsupported
    if len(texts) > _MOST_CERTIFICATES:
        raise _Broken
    return [x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True)) for text in texts]


def _times(root: etree._Element) -> list[dt.datetime]:
    """The times at which the records say they were sent; now if none says so."""
    texts = {element.text for element in root.iter("{*}appTime", "{*}returnTime") if element.text}
    return list(_readable(texts)) or [dt.datetime.now(dt.UTC)]


def _readable(texts: set[str]) -> Iterator[dt.datetime]:
    for text in texts:
        try:
            yield parse_time(text)
        except ValueError:
            continue


def _is_trusted(
    signer: x509.Certificate,
    brought: list[x509.Certificate],
    anchors: tuple[x509.Certificate, ...],
    times: list[dt.datetime],
    accepted: frozenset[str],
) -> bool:
    """Whether the signer is an anchor or a chain of issuers leads from it to one."""
    if not _was_valid(signer, times) or not _may(signer, "digital_signature", "content_commitment"):
        return False
    reached, below, seen = [signer], 0, {signer}
    while reached:
        if any(certificate in anchors for certificate in reached):
            return True
        issuers = {
            issuer
            for issuer in (*anchors, *brought)
            if issuer not in seen and _may_issue(issuer, below) and _was_valid(issuer, times)
            if any(_issued(certificate, issuer, accepted) for certificate in reached)
        }
        seen |= issuers
        reached, below = list(issuers), below + 1
    return False


def _was_valid(certificate: x509.Certificate, times: list[dt.datetime]) -> bool:
    return certificate.not_valid_before_utc <= min(times) and max(times) <= certificate.not_valid_after_utc


def _may(certificate: x509.Certificate, *uses: str) -> bool:
    """Whether the certificate allows one of the uses; one that names no use allows all."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return any(getattr(usage, use) for use in uses)


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    """Whether it is an authority's; a trusted company's own certificate must not vouch for others."""
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    return basic.ca and (basic.path_length is None or basic.path_length >= below) and _may(certificate, "key_cert_sign")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, accepted: frozenset[str]) -> bool:
    try:
        algorithm = certificate.signature_hash_algorithm
        if algorithm is not None and algorithm.name not in accepted:
            return False
        if algorithm is not None and algorithm.name == "sha1":
            # Allowed by the settings, and refused by the library whatever they say.
            _verify_sha1(certificate, issuer)
        else:
            certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _verify_sha1(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """Check what an issuer signed with SHA-1.

    Raises:
        InvalidSignature: It did not.
        ValueError, TypeError, UnsupportedAlgorithm: It cannot have: another issuer is named, or its key is of another kind.
    """
    if certificate.issuer != issuer.subject:
        raise ValueError
    key = issuer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), hashes.SHA1())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA1()))
    else:
        raise TypeError
