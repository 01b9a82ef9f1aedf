"""A signed PNG says what made it, in words that a changed pixel contradicts; its own text and pixels stay."""

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from sensors_data.errors import UnusableError
from sensors_data.images.files import decode_image, encode_png, png_text
from sensors_data.provenance import CODE
from synthesis.credentials.manifest import DRAWN, LEARNED_PAINTED, ORIGIN, PAINTED, manifest_of
from synthesis.defects.provenance import PaintingOrigin, painted_png
from synthesis.sampling import Origin, png_of

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")

from synthesis.credentials.identity import Identity, read_identity  # noqa: E402
from synthesis.credentials.signing import signing_by  # noqa: E402

PIXELS = np.random.default_rng(0).integers(0, 256, (1, 28, 28), np.uint8)
DRAWN_FROM = Origin(generator="eye@2026-03-09", fingerprint="0123456789abcdef", seed=7, index=12, label="good")
PAINTED_FROM = PaintingOrigin(
    camera="eye",
    kind="scratch",
    seed=7,
    number=3,
    attempt=0,
    good="a.png",
    good_day=date(2026, 3, 9),
    donor="b.png",
    donor_day=date(2026, 3, 8),
)
LEARNED_FROM = PAINTED_FROM.model_copy(update={"kind": "learned:pit", "donor": "ab" * 32, "donor_day": None})


@pytest.fixture(scope="module")
def identity(authority, tmp_path_factory) -> Identity:
    key = authority.new_key()
    files = authority.write(tmp_path_factory.mktemp("identity"), key, authority.issue(key, "Plant 7"))
    return read_identity(*files, datetime.now(UTC))


def read(png, anchors=b""):
    """What the library says of a PNG: state, codes of failures, the manifest."""
    trusted = {"trust": {"trust_anchors": anchors.decode()}} if anchors else {}
    reader = c2pa.Reader("image/png", io.BytesIO(png), context=c2pa.Context.from_dict(trusted))
    about = json.loads(reader.json())
    codes = [failure["code"] for failure in about["validation_results"]["activeManifest"]["failure"]]
    return about["validation_state"], codes, about["manifests"][about["active_manifest"]]


@pytest.mark.parametrize(
    ("png", "source", "origin"),
    [
        (png_of(PIXELS, DRAWN_FROM, "good"), DRAWN, DRAWN_FROM),
        (painted_png(PIXELS, PAINTED_FROM), PAINTED, PAINTED_FROM),
        (painted_png(PIXELS, LEARNED_FROM), LEARNED_PAINTED, LEARNED_FROM),
    ],
)
def test_a_signed_png_says_how_it_was_made_and_by_what(identity, authority, png, source, origin):
    from cryptography.hazmat.primitives.serialization import Encoding

    signed = signing_by(identity)(png)
    state, failures, manifest = read(signed, authority.certificate.public_bytes(Encoding.PEM))
    assert (state, failures) == ("Trusted", [])
    assertions = {one["label"]: one["data"] for one in manifest["assertions"]}
    (action,) = assertions["c2pa.actions.v2"]["actions"]
    assert (action["action"], action["digitalSourceType"]) == ("c2pa.created", source)
    assert action["softwareAgent"] == {"name": "nightscore", "version": CODE}
    assert manifest["claim_generator_info"][0]["name"] == "nightscore"
    assert manifest["signature_info"]["common_name"] == "Plant 7"
    assert assertions[ORIGIN] == origin.model_dump(mode="json")
    assert "thumbnail" not in manifest
    assert png_text(signed) == png_text(png)
    assert np.array_equal(decode_image(signed, 1), PIXELS)


def test_a_changed_pixel_is_noticed(identity):
    signed = signing_by(identity)(png_of(PIXELS, DRAWN_FROM))
    assert read(signed)[0] == "Valid"  # of an authority that the reader does not know
    other = PIXELS.copy()
    other[0, 5, 5] ^= 1
    plain = encode_png(other, png_text(signed))
    place = signed.index(b"caBX") - 4
    end = place + 12 + int.from_bytes(signed[place : place + 4], "big")
    spoilt = plain[:place] + signed[place:end] + plain[place:]  # the credentials, moved to another picture
    state, failures, _ = read(spoilt)
    assert state == "Invalid"
    assert "assertion.dataHash.mismatch" in failures


def test_a_real_picture_is_never_signed_as_synthetic(identity):
    with pytest.raises(UnusableError, match="does not say that it is synthetic"):
        signing_by(identity)(encode_png(PIXELS, {"source_size": "640x480"}))
    with pytest.raises(UnusableError, match="does not say that it is synthetic"):
        manifest_of(encode_png(PIXELS))


def test_what_the_library_refuses_is_told_with_its_reason(identity):
    png = png_of(PIXELS, DRAWN_FROM)
    with pytest.raises(UnusableError, match=r"Plant 7 cannot sign: .*http://127.0.0.1:9/.*; correct the key, the cert"):
        signing_by(identity, "http://127.0.0.1:9/")(png)
    with pytest.raises(UnusableError, match="Plant 7 cannot sign: "):
        signing_by(Identity(b"no key", identity.chain, "es256", "Plant 7"))(png)


LOADED = """
from synthesis.credentials import signing
signing._library()
print(next(line.split()[-1] for line in open("/proc/self/maps") if "libc2pa_c" in line))
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system does not list what a process loads")
def test_a_library_that_lies_in_the_working_folder_is_not_loaded(tmp_path):
    own = Path(c2pa.__file__).parent / "libs" / "libc2pa_c.so"
    shutil.copy(own, tmp_path)
    root = str(Path(__file__).parents[3])
    call = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": root},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(call.stdout.strip()).samefile(own)
