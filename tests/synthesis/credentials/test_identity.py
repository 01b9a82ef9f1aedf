"""A key and certificates that cannot sign are refused before anything is written, with the reason."""

from datetime import UTC, datetime, timedelta

import pytest

from sensors_data.errors import NotThereError, UnusableError

pytest.importorskip("c2pa", reason="the extra c2pa is not installed")

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from synthesis.credentials.identity import read_identity

NOW = datetime.now(UTC)


@pytest.fixture
def refused(authority, tmp_path):
    """refused(key, *certificates): why they cannot sign."""

    def reason(key, *certificates, now=NOW):
        with pytest.raises(UnusableError) as refusal:
            read_identity(*authority.write(tmp_path, key, *certificates), now)
        return str(refusal.value).replace(f"{tmp_path}/", "")

    return reason


def test_a_key_and_its_chain_are_read_and_the_root_stays_outside(authority, tmp_path):
    key = authority.new_key()
    files = authority.write(tmp_path, key, authority.issue(key, "Plant 7"), authority.certificate)
    identity = read_identity(*files, NOW)
    assert (identity.name, identity.algorithm) == ("Plant 7", "es256")
    assert identity.chain.count(b"BEGIN CERTIFICATE") == 1
    assert identity.key.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert "PRIVATE KEY" not in repr(identity)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
        (rsa.generate_private_key(65537, 2048), "ps256"),
    ],
)
def test_the_algorithm_is_that_of_the_key(authority, tmp_path, key, algorithm):
    from cryptography.hazmat.primitives.serialization import NoEncryption

    _, chain = authority.write(tmp_path, authority.new_key(), authority.issue(key, "Plant 7"))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert read_identity(tmp_path / "key.pem", chain, NOW).algorithm == algorithm


def test_what_c2pa_does_not_allow_is_refused(authority, refused):
    key, other = authority.new_key(), authority.new_key()
    good = authority.issue(key, "Plant 7")
    assert "the key key.pem is not that of the first certificate in chain.pem" in refused(other, good)
    itself = authority.issue(key, "Plant 7", by_itself=True)
    assert "of Plant 7, is signed by itself, which C2PA refuses; have an authority issue one" in refused(key, itself)
    assert "of Root, is signed by itself" in refused(authority.key, authority.certificate)
    server = authority.issue(key, "Plant 7", purpose="1.3.6.1.5.5.7.3.1")
    assert "not issued for signing documents; it needs the extended key usage emailProtection" in refused(key, server)
    second = authority.issue(other, "Cell 3")
    assert "the certificate of Plant 7 is not issued by the next one, of Cell 3" in refused(key, good, second)
    odd = ec.generate_private_key(ec.SECP256K1())
    assert "on the curve secp256k1, which C2PA does not take; use P-256" in refused(odd, authority.issue(odd, "Odd"))


def test_a_certificate_out_of_its_time_is_refused_with_the_day(authority, refused):
    key = authority.new_key()
    certificate = authority.issue(key, "Plant 7", (-20, -10))
    assert f"Plant 7 in chain.pem expired on {NOW - timedelta(10):%Y-%m-%d}; name a valid one" in refused(
        key, certificate
    )
    certificate = authority.issue(key, "Plant 7", (10, 20))
    assert f"is valid only from {NOW + timedelta(10):%Y-%m-%d} on" in refused(key, certificate)
    good = authority.issue(key, "Plant 7")
    assert "the certificate of Root in chain.pem expired" in refused(
        key, authority.issue(key, "Plant 7", (-1, 90)), authority.certificate, now=NOW + timedelta(60)
    )
    assert "expired" in refused(key, good, now=NOW + timedelta(60))


def test_files_that_are_something_else_are_refused(authority, tmp_path):
    key = authority.new_key()
    key_file, chain = authority.write(tmp_path, key, authority.issue(key, "Plant 7"))
    with pytest.raises(NotThereError, match=r"there is no file .*none.pem; name a PEM file"):
        read_identity(tmp_path / "none.pem", chain, NOW)
    with pytest.raises(UnusableError, match="holds no private key"):
        read_identity(chain, chain, NOW)
    with pytest.raises(UnusableError, match="holds no certificate"):
        read_identity(key_file, key_file, NOW)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    key_file.write_bytes(locked)
    with pytest.raises(UnusableError, match="is protected by a password; name an unprotected copy"):
        read_identity(key_file, chain, NOW)
