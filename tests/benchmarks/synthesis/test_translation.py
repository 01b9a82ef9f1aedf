"""The benchmark of translators on brushed parts, some steps long."""

import numpy as np
from typer.testing import CliRunner

from benchmarks.synthesis import translation as command
from benchmarks.synthesis.translation import errors, painted_pairs

GOOD = np.random.default_rng(0).integers(120, 126, (30, 1, 48, 48), dtype=np.uint8)


def test_a_pair_differs_inside_of_its_defect_alone():
    pairs = painted_pairs(GOOD, 13, 32, 0)
    assert pairs.good.shape == pairs.painted.shape == (13, 1, 32, 32)
    assert pairs.marked.any((1, 2)).all()
    assert np.array_equal(pairs.good[:, 0][~pairs.marked], pairs.painted[:, 0][~pairs.marked])
    assert errors(pairs.good, pairs) == "0.0 inside, 0.0 outside"
    assert errors(pairs.good + np.uint8(2), pairs) == "2.0 inside, 2.0 outside"


def test_both_translators_are_tried_and_shown(tmp_path):
    defects = GOOD[:6].copy()
    defects[:, :, 20:26, 20:26] = 0
    path, out = tmp_path / "parts.npz", tmp_path / "page.png"
    np.savez(path, x=np.concatenate([GOOD, defects]), y=np.repeat(["good", "pit"], [30, 6]))
    app = command.typer.Typer()
    app.command()(command.main)
    words = ["--data", str(path), "--out", str(out), "--side", "28", "--parts", "8", "--images", "16"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "60 painted parts as they are:" in done.output
    assert done.output.count("CPU-s:") == 2
    assert out.read_bytes()[:4] == b"\x89PNG"
    assert CliRunner().invoke(app, ["--data", str(tmp_path / "no.npz"), "--out", str(out)]).exit_code == 2
