"""The signature of a declaration, made with a key that everybody has: it shows the form, and proves nothing."""

import base64
import functools
import hashlib
from importlib import resources

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

_DS = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def enveloped_signature(document: bytes) -> bytes:
    """The signature that goes directly before the end of the document's root.

    Args:
        document: From the root's first byte to its last, in its canonical form: the namespace before the attributes, no comments, no empty
            elements in one tag, line ends as line feeds. It is hashed as it is.

    Source:
        XML Signature Syntax and Processing 1.1 (W3C), RSA with SHA-256. The customs' own messages use RSA with SHA-1 or SM2 with SM3.
    """
    digest = base64.b64encode(hashlib.sha256(document).digest()).decode()
    root = document[: document.index(b" guid=")].decode()
    # A part of a document has, canonically, the namespaces that are in force around it.
    around = root[root.index(" xmlns:ceb=") :]
    info = (
        f'<ds:CanonicalizationMethod Algorithm="{_C14N}"></ds:CanonicalizationMethod>'
        '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>'
        '<ds:Reference URI=""><ds:Transforms>'
        f'<ds:Transform Algorithm="{_DS}enveloped-signature"></ds:Transform></ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )
    key, certificate = _demonstration()
    value = key.sign(f'<ds:SignedInfo{around} xmlns:ds="{_DS}">{info}</ds:SignedInfo>'.encode(), PKCS1v15(), hashes.SHA256())
    return (
        f'<ds:Signature xmlns:ds="{_DS}"><ds:SignedInfo>{info}</ds:SignedInfo>'
        f"<ds:SignatureValue>{base64.b64encode(value).decode()}</ds:SignatureValue>"
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    ).encode()


@functools.cache
def _demonstration() -> tuple[RSAPrivateKey, str]:
    """The key, and its certificate in base 64."""
    folder = resources.files("sandan.synthetic.output")
    key = load_pem_private_key((folder / "demonstration.key.pem").read_bytes(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the demonstration key is no RSA key")
    certificate = x509.load_pem_x509_certificate((folder / "demonstration.crt.pem").read_bytes())
    return key, base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
