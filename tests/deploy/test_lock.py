"""deploy/lock: what it prints installs by its hashes, and a file that was changed since is refused."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


def wheel(folder: Path, name: str, needs: str = "") -> Path:
    """A package of one module, perhaps in need of another, as a file that pip installs."""
    path, about = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "x = 1\n")
        archive.writestr(
            f"{about}/METADATA", METADATA.format(name=name) + (f"Requires-Dist: {needs}\n" if needs else "")
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path, monkeypatch) -> Path:
    """The only place where pip looks."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return tmp_path


def test_what_is_locked_is_installed_by_its_hashes_and_nothing_else_is(index):
    files = {name: wheel(index, name, needs) for name, needs in (("plantone", "planttwo"), ("planttwo", ""))}
    lock = [sys.executable, str(ROOT / "deploy/lock"), "plantone"]
    lines = subprocess.run(lock, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines == [f"{n}==1.0 --hash=sha256:{hashlib.sha256(p.read_bytes()).hexdigest()}" for n, p in files.items()]
    locked = index / "requirements.lock"
    locked.write_text("\n".join(lines))
    install = [sys.executable, "-m", "pip", "install", "--dry-run", "--require-hashes", "-r", str(locked)]
    assert "Would install" in subprocess.run(install, capture_output=True, text=True, check=True).stdout
    with zipfile.ZipFile(files["planttwo"], "a") as archive:
        archive.writestr("planttwo_more.py", "x = 2\n")
    refused = subprocess.run(install, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
