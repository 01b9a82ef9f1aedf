"""The wheel installs alone: every module, template and mark of typing is inside, and the command runs from it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("sensors_data", "anomaly", "synthesis", "service")
ALONE = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NIGHTSCORE_SETTINGS")}


def files_of(root: Path) -> set[str]:
    """The packages' files below a folder, bytecode left out."""
    found = [path for package in PACKAGES for path in (root / package).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix() for path in found if path.suffix != ".pyc"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a copy of the sources, as pip builds it, without an index."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    words = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", copy / "dist", copy]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, env=ALONE, timeout=200)
    return next((copy / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel alone; what it depends on is borrowed from the tests' own environment."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=False)
    words = ["--python", folder, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, env=ALONE, timeout=200)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder


def run(*words: object, cwd: Path) -> str:
    """What a program prints, far from the sources. CalledProcessError when it fails."""
    asked = [str(word) for word in words]
    return subprocess.run(asked, cwd=cwd, env=ALONE, check=True, capture_output=True, text=True, timeout=200).stdout


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == files_of(ROOT)
    assert {f"{package}/py.typed" for package in PACKAGES} <= inside


def test_the_command_runs_from_the_wheel_alone(installed, tmp_path):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert run(installed / "bin/nightscore", "--version", cwd=tmp_path) == f"nightscore {version}\n"
    where = run(installed / "bin/python", "-c", "import service; print(service.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed)


def test_the_readme_s_first_command_runs_from_the_wheel(installed, tmp_path):
    rows = "".join(f"2026-03-{d:02d}T{h:02d}:00:00Z,{50 + h % 7}\n" for d in range(1, 4) for h in range(24))
    (tmp_path / "machine.csv").write_text(f"time,temperature\n{rows}")
    said = run(installed / "bin/nightscore", "init", "--from", "machine.csv", cwd=tmp_path)
    assert "machine: 72 values" in said
    assert (tmp_path / "settings.toml").exists()
