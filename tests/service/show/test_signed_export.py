"""An export with content credentials, as a user calls it."""

import hashlib
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from service.cli import exporting
from service.cli.app import app

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")


@pytest.fixture
def export(eye_settings, tmp_path):
    """export(*words): what the command ends with, of the camera's drawn pictures into the folder out."""

    def run(*words):
        which = ("--camera", "eye", "--day", "2026-03-10", "--out", tmp_path / "out", "--settings", eye_settings)
        return CliRunner().invoke(app, [*map(str, ("export-images", *which, *words))])

    return run


@pytest.fixture
def signer(authority, tmp_path):
    """The options that name a key and its certificate."""
    key = authority.new_key()
    files = authority.write(tmp_path, key, authority.issue(key, "Plant 7"))
    return ("--sign-with", files[0], "--certificate", files[1])


@pytest.mark.parametrize("table", ["synthetic_images", "painted_images"])
def test_every_picture_is_signed_and_can_still_be_made_again(export, signer, eye_settings, tmp_path, table):
    ended = export("--table", table, *signer)
    assert ended.exit_code == 0, ended.exception
    assert "each signed" in ended.output
    pictures = pd.read_csv(tmp_path / "out" / "manifest.csv").to_dict("records")
    for picture in pictures:
        file = tmp_path / "out" / picture["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == picture["sha256"]
        about = json.loads(c2pa.Reader(file).json())
        assert about["validation_state"] == "Valid"
        assert about["manifests"][about["active_manifest"]]["signature_info"]["common_name"] == "Plant 7"
    words = ["redraw-image", "--png", str(file), "--settings", str(eye_settings)]
    assert "every pixel the same" in CliRunner().invoke(app, words).output
    assert b"c2pa" not in b"".join(mask.read_bytes() for mask in tmp_path.rglob("*_mask.png"))
    assert "is not empty" in str(export("--table", table, *signer).exception)


def refusal(ended, tmp_path):
    """Why nothing was written."""
    assert not (tmp_path / "out").exists()
    return str(ended.exception)


def test_real_pictures_are_never_signed_as_synthetic(export, signer, tmp_path):
    ended = export("--table", "images", "--day", "2026-03-09", *signer)
    assert "in images are real and are never signed as synthetic; leave out --sign-with" in refusal(ended, tmp_path)


def test_a_wrong_key_or_address_leaves_nothing_half_written(export, signer, authority, tmp_path):
    assert "cannot sign" in refusal(export(*signer, "--timestamps", "http://127.0.0.1:9/"), tmp_path)
    authority.write(tmp_path, authority.new_key(), authority.issue(authority.new_key(), "Plant 7"))
    assert "is not that of the first certificate" in refusal(export(*signer), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chain.pem", "key.pem"]


def test_half_a_signature_and_one_without_the_extra_are_refused(export, signer, tmp_path, monkeypatch):
    assert "give both --sign-with and --certificate" in refusal(export(*signer[:2]), tmp_path)
    assert "give both" in refusal(export("--timestamps", "http://127.0.0.1:9/"), tmp_path)
    monkeypatch.setattr(exporting, "find_spec", lambda name: None)
    assert "--sign-with needs c2pa-python; run: pip install 'nightscore[c2pa]'" in refusal(export(*signer), tmp_path)
