"""A private key and the certificates that vouch for it, checked before anything is signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sensors_data.errors import NotThereError, UnusableError

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
"""The algorithm for a curve."""
PURPOSES = {
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # document signing
    x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1"),  # C2PA's own
}
"""Extended key usages, of which C2PA wants one."""


@dataclass(frozen=True)
class Identity:
    """Who signs."""

    key: bytes = field(repr=False)
    """PKCS #8, PEM."""
    chain: bytes
    """PEM: the signer's certificate, then those between it and the root."""
    algorithm: str
    name: str
    """The common name in the certificate, or its whole subject."""


def read_identity(key_file: Path, chain_file: Path, now: datetime) -> Identity:
    """The key and the certificates of two PEM files, the signer's certificate first.

    NotThereError for a file that is not there, UnusableError, with the reason, for two that cannot sign at `now`.
    """
    key, chain = _key_in(key_file), _chain_in(chain_file)
    signer = chain[0]
    if _public(key.public_key()) != _public(signer.public_key()):
        raise UnusableError(
            f"the key {key_file} is not that of the first certificate in {chain_file}",
            "name the two that belong together",
        )
    for certificate in chain:
        _check_dates(certificate, chain_file, now)
    _check_signer(signer, chain_file)
    _check_order(chain, chain_file)
    between = [certificate for certificate in chain if certificate.issuer != certificate.subject]  # readers have roots
    return Identity(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        b"".join(certificate.public_bytes(Encoding.PEM) for certificate in between),
        _algorithm_of(key, key_file),
        _name_of(signer),
    )


def _bytes_of(path: Path) -> bytes:
    if not path.is_file():
        raise NotThereError(f"there is no file {path}", "name a PEM file")
    return path.read_bytes()


def _key_in(path: Path) -> PrivateKey:
    try:
        key = load_pem_private_key(_bytes_of(path), None)
    except TypeError as error:
        raise UnusableError(f"the key {path} is protected by a password", "name an unprotected copy") from error
    except ValueError as error:
        raise UnusableError(f"{path} holds no private key", "name a PEM file with one") from error
    if not isinstance(key, PrivateKey):
        raise UnusableError(f"the key {path} is of a kind that C2PA does not take", "use one for ES256")
    return key


def _chain_in(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_bytes_of(path))
    except ValueError as error:
        raise UnusableError(
            f"{path} holds no certificate", "name a PEM file, the signer's certificate first"
        ) from error


def _algorithm_of(key: PrivateKey, path: Path) -> str:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if key.curve.name not in CURVES:
        raise UnusableError(f"the key {path} is on the curve {key.curve.name}, which C2PA does not take", "use P-256")
    return CURVES[key.curve.name]


def _public(key: object) -> bytes:
    """A public key as bytes that compare."""
    encoded: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return encoded


def _check_dates(certificate: x509.Certificate, path: Path, now: datetime) -> None:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= now <= last:
        when = f"expired on {last:%Y-%m-%d}" if now > last else f"is valid only from {first:%Y-%m-%d} on"
        raise UnusableError(f"the certificate of {_name_of(certificate)} in {path} {when}", "name a valid one")


def _check_signer(signer: x509.Certificate, path: Path) -> None:
    """UnusableError when C2PA allows no signature by a certificate."""
    where = f"the first certificate in {path}, of {_name_of(signer)},"
    if signer.issuer == signer.subject:
        raise UnusableError(f"{where} is signed by itself, which C2PA refuses", "have an authority issue one")
    try:
        purposes = set(signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = set()
    if not purposes & PURPOSES:
        raise UnusableError(
            f"{where} is not issued for signing documents", "it needs the extended key usage emailProtection"
        )


def _check_order(chain: list[x509.Certificate], path: Path) -> None:
    """UnusableError unless each certificate is issued by the next."""
    for certificate, issuer in pairwise(chain):
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError) as error:
            names = f"the certificate of {_name_of(certificate)} is not issued by the next one, of {_name_of(issuer)}"
            raise UnusableError(f"in {path} {names}", "put the signer's first, then that of its issuer") from error


def _name_of(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
