"""The notebook runs as it is committed, and five lines of a user's own are typed."""

import json
import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "quickstart.ipynb"
EXECUTE = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=250, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(notebook, sys.argv[2] + "/executed.ipynb")
"""
SCRIPT = """import pandas as pd

import anomaly

detector: anomaly.SeriesDetector = anomaly.fit(pd.DataFrame(), step="5min")
scored: anomaly.ScoredReadings = detector.score(pd.DataFrame())
found: pd.DataFrame = scored.anomalies(anomaly.Rules(k=3, n=5))
detector.save("pump.safetensors")
areas: anomaly.evaluation.Areas = anomaly.evaluation.vus([0, 1], [0.1, 0.9], 1)
wrong: str = anomaly.load("pump.safetensors")
"""


def outputs(path: Path) -> list[list[tuple[str, ...]]]:
    """Of each cell of code what kinds of output it has; a stream may come in one piece or in several."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kinds = [[(one["output_type"], *sorted(one.get("data", {}))) for one in cell.get("outputs", [])] for cell in cells]
    code = [kind for kind, cell in zip(kinds, cells, strict=True) if cell["cell_type"] == "code"]
    return [[kind for kind, _ in groupby(cell)] for cell in code]


def test_the_quickstart_runs_and_shows_what_it_is_committed_with(tmp_path):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", EXECUTE, str(NOTEBOOK), str(tmp_path)], check=True, env=env, timeout=280)
    executed = tmp_path / "executed.ipynb"
    assert outputs(executed) == outputs(NOTEBOOK)
    assert any(("execute_result", "image/png", "text/plain") in cell for cell in outputs(executed))
    last = json.loads(executed.read_text(encoding="utf-8"))["cells"][-1]["outputs"]
    assert last[0]["data"]["text/plain"] == ["True"]
    assert "/home/" not in NOTEBOOK.read_text(encoding="utf-8")


def test_five_lines_of_a_user_are_typed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    words = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), str(script)]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=280).stdout.splitlines()
    assert len(told) == 2, told
    assert told[0].endswith(
        'script.py:10: error: Incompatible types in assignment (expression has type "SeriesDetector", '
        'variable has type "str")  [assignment]'
    )
    assert all((ROOT / package / "py.typed").is_file() for package in ("anomaly", "sensors_data"))
