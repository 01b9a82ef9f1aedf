"""What the tests share: random examples that are the same in every run, real data, and servers that run beside."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("same")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def real_series() -> Path:
    """A folder of real labelled series, where there is one beside the checkout."""
    folder = SHARED_DATA / "series"
    if not folder.is_dir():
        pytest.skip("no real series in ../shared/data/series; the same is proved on made-up ones")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of an installed program; the test is skipped without it, or fails where all have to be there."""

    def find(name: str) -> str:
        folders = [os.environ["PATH"], "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
        path = shutil.which(name, path=":".join(folders))
        if path is None:
            refuse = pytest.fail if os.environ.get("NIGHTSCORE_REQUIRE_SERVERS") else pytest.skip
            refuse(f"{name} is not installed; run: make tools")
        return path

    return find


@pytest.fixture(scope="session")
def authority():
    """A small certificate authority of its own."""
    pytest.importorskip("cryptography")
    pytest.importorskip("c2pa", reason="the extra c2pa is not installed")
    return Authority()


class Authority:
    """Makes keys, and certificates that C2PA takes or, with one thing changed, refuses."""

    def __init__(self) -> None:
        self.key = self.new_key()
        self.certificate = self.issue(self.key, "Root", is_ca=True)

    def new_key(self):
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.generate_private_key(ec.SECP256R1())

    def issue(
        self, key, name: str, days: tuple[int, int] = (-1, 30), purpose: str = "", *, is_ca=False, by_itself=False
    ):
        """A certificate for a key, valid from and until so many days from now; `purpose` is a dotted number."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        now, title = datetime.now(UTC), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = self.key if not by_itself else key
        usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
        usage |= {"encipher_only": False, "decipher_only": False, "key_cert_sign": is_ca, "crl_sign": is_ca}
        builder = (
            x509.CertificateBuilder(title if is_ca or by_itself else self.certificate.subject, title)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days[0]))
            .not_valid_after(now + timedelta(days[1]))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
        )
        if not is_ca:
            purposes = [x509.ObjectIdentifier(purpose or "1.3.6.1.5.5.7.3.4")]  # protection of e-mail
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        return builder.sign(issuer, hashes.SHA256())

    def write(self, folder, key, *certificates):
        """A key and certificates as the files key.pem and chain.pem of a folder."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        (folder / "key.pem").write_bytes(pem)
        (folder / "chain.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in certificates))
        return folder / "key.pem", folder / "chain.pem"
