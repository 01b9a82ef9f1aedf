import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from benchmarks.series import __main__ as command
from benchmarks.series import run as series_run
from benchmarks.series.data import Listed, read_manifest, read_series
from benchmarks.series.methods import Method, check_name, method
from benchmarks.series.run import Row, Unit, read_rows, run_unit, run_units, write_rows
from benchmarks.series.tables import beaten_by_random, over_seeds

ROWS = 400


def table(n_values: int = 1) -> pd.DataFrame:
    """A sine of 20 rows with a bump in rows 300 to 310, labelled."""
    t = np.arange(ROWS)
    wave = np.sin(2 * np.pi * t / 20) + np.random.default_rng(0).normal(0, 0.05, ROWS)
    columns = {f"v{i}": wave + i for i in range(n_values)}
    frame = pd.DataFrame({"timestamp": t, **columns, "label": ((t >= 300) & (t < 310)).astype(int)})
    frame.loc[frame["label"] == 1, "v0"] += 3
    return frame


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good series, one with two values, one without an event, and five bad ones."""
    broken = table()
    broken.loc[7, "v0"] = np.nan
    frames = {
        "one": table(),
        "two": table(2),
        "quiet": table().assign(label=0),
        "holed": broken,
        "flat": table().assign(v0=1.0),
        "unlabelled": table().drop(columns="label"),
        "untrained": table(),
    }
    for name, frame in frames.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    manifest = pd.DataFrame({"name": [*frames, "absent"], "source": "plant", "train_end": 200, "features": 1})
    manifest.loc[manifest["name"] == "untrained", "train_end"] = 0
    manifest.to_csv(tmp_path / "manifest.csv", index=False)
    return tmp_path


def listed(folder: Path, name: str) -> Listed:
    return next(series for series in read_manifest(folder) if series.name == name)


def test_track_follows_the_number_of_value_columns(folder):
    assert [listed(folder, name).track for name in ("one", "two")] == ["U", "M"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "absent.parquet is missing"),
        ("holed", "1 values are not finite, the first in row 7, column v0"),
        ("flat", "no value ever changes"),
        ("unlabelled", "the column label must be there"),
        ("untrained", "train_end is 0 of 400 rows"),
    ],
)
def test_a_bad_series_gives_a_row_with_the_reason_and_no_figure(folder, name, reason):
    row = run_unit(Unit(listed(folder, name), "magnitude", 0))
    assert reason in row.reason
    assert np.isnan([row.vus_pr, row.f1, row.false_alarms_per_10k, row.fit_cpu_s]).all()


def test_a_series_without_an_event_keeps_its_false_alarms_alone(folder):
    row = run_unit(Unit(listed(folder, "quiet"), "magnitude", 0))
    assert row.reason == ""
    assert np.isnan([row.vus_pr, row.auc_pr, row.affiliation_f, row.precision, row.recall, row.f1]).all()
    assert row.false_alarms_per_10k >= 0


def test_a_row_holds_the_figures_of_a_bump_that_stands_out(folder):
    row = run_unit(Unit(listed(folder, "one"), "magnitude", 0))
    assert row.vus_pr > 0.5
    assert row.recall == row.event_recall == 1
    assert row.rows == ROWS
    assert row.train_rows == 200
    assert row.peak_mb > 10


def test_no_label_reaches_a_method(folder, monkeypatch):
    seen = []
    watched = series_run.method("magnitude")

    def fit(train, seed):
        seen.append(train)
        return watched.fit(train, seed)

    monkeypatch.setattr(series_run, "method", lambda name: Method(fit, watched.score))
    run_unit(Unit(listed(folder, "two"), "magnitude", 0))
    assert [train.shape for train in seen] == [(200, 2)]
    assert np.array_equal(seen[0], table(2)[["v0", "v1"]].to_numpy()[:200])


def test_a_method_that_fails_costs_a_row_with_its_error(folder, monkeypatch):
    def fit(train, seed):
        raise RuntimeError("no convergence after 3 epochs")

    monkeypatch.setattr(series_run, "method", lambda name: Method(fit, None))
    row = run_unit(Unit(listed(folder, "one"), "magnitude", 0))
    assert row.reason == "RuntimeError: no convergence after 3 epochs"


def test_a_score_of_the_wrong_length_is_a_failure(folder, monkeypatch):
    chosen = Method(lambda train, seed: None, lambda model, values: (np.zeros(3), 0.0))
    monkeypatch.setattr(series_run, "method", lambda name: chosen)
    assert "the score is (3,)" in run_unit(Unit(listed(folder, "one"), "magnitude", 0)).reason


def test_every_baseline_runs_as_a_method():
    values = read_frame()
    for name in ("random", "constant", "last-value", "magnitude", "ppca", "ppca-150", "pca", "kmeans"):
        chosen = method(name)
        score, threshold = chosen.score(chosen.fit(values[:200], 0), values)
        assert score.shape == (ROWS,), name
        assert np.isfinite(threshold), name


def read_frame() -> np.ndarray:
    return table(2)[["v0", "v1"]].to_numpy()


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(
        LookupError, match=r"no method is called prophet; there are nightscore, nightscore-told, plain-lstm-vae, random"
    ):
        check_name("prophet")


def test_rows_survive_the_file(tmp_path):
    rows = [Row("a", "U", "s", "ppca", 0, vus_pr=0.25, rows=7), Row("b", "M", "s", "ppca", 1, reason="no, not this")]
    write_rows(tmp_path / "out.csv", rows)
    again = read_rows(tmp_path / "out.csv")
    assert [str(row) for row in again] == [str(row) for row in rows]  # NaN differs from itself
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_holds_something_else_is_not_overwritten(tmp_path):
    (tmp_path / "out.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="is no result file of this version"):
        read_rows(tmp_path / "out.csv")


def test_the_manifest_is_checked_before_anything_runs(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no manifest\.csv in"):
        read_manifest(tmp_path)
    pd.DataFrame({"name": ["a", "a"], "train_end": 5}).to_csv(tmp_path / "manifest.csv")
    with pytest.raises(ValueError, match="lists a twice"):
        read_manifest(tmp_path)
    pd.DataFrame({"series": ["a"]}).to_csv(tmp_path / "manifest.csv")
    with pytest.raises(ValueError, match=r"lacks the columns \['name', 'train_end'\]"):
        read_manifest(tmp_path)


def test_a_time_index_in_the_file_is_no_value(folder):
    frame = table().set_index(pd.date_range("2026-01-01", periods=ROWS, freq="h", name="timestamp"))
    frame.drop(columns="timestamp").to_parquet(folder / "one.parquet")
    assert listed(folder, "one").track == "U"
    assert read_series(listed(folder, "one")).values.shape == (ROWS, 1)


def test_a_process_that_dies_costs_its_own_row_alone(folder, tmp_path, monkeypatch):
    module = tmp_path / "units_of_which_one_dies.py"  # a fresh process imports what it runs by name
    module.write_text(
        "import os\n"
        "from benchmarks.series.run import run_unit\n\n"
        "def run(unit):\n"
        "    return os._exit(9) if unit.listed.name == 'two' else run_unit(unit)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(series_run, "run_unit", importlib.import_module(module.stem).run)
    units = [Unit(listed(folder, name), "constant", 0) for name in ("one", "two", "quiet")]
    rows = {row.name: row.reason for row in run_units(units, 1)}
    assert rows == {"one": "", "quiet": "", "two": "the process died, most likely for want of memory"}


def test_spread_is_over_seeds_not_over_series():
    rows = pd.DataFrame({"seed": [0, 0, 1, 1], "vus_pr": [0.1, 0.9, 0.2, 1.0]})
    assert over_seeds(rows, "vus_pr") == "0.550 ± 0.071"
    assert over_seeds(rows[rows["seed"] == 0], "vus_pr") == "0.500"
    assert over_seeds(rows.assign(vus_pr=np.nan), "vus_pr") == "-"


def verdict(ours: float, random: float) -> list[str]:
    rows = [Row("a", "U", "s", "nightscore", 0, vus_pr=ours), Row("a", "U", "s", "random", 0, vus_pr=random)]
    return beaten_by_random(pd.DataFrame(rows))


def test_random_beats_nightscore_only_where_its_mean_is_not_lower():
    assert verdict(0.5, 0.1) == []
    assert verdict(0.1, 0.5) == ["U"]
    assert verdict(float("nan"), 0.5) == ["U"]
    assert beaten_by_random(pd.DataFrame([Row("a", "U", "s", "random", 0, vus_pr=0.5)])) == []


def invoke(*options: str):
    app = command.typer.Typer()
    app.command()(command.main)
    return CliRunner().invoke(app, options)


def test_the_command_prints_the_tables_and_resumes_from_its_file(folder, monkeypatch):
    monkeypatch.setattr(command, "run_units", lambda units, jobs: map(run_unit, units))
    pd.DataFrame({"name": ["one"], "track": "U", "method": "Sub-PCA", "vus_pr": 0.42}).to_csv(
        folder / "published_vus_pr.csv", index=False
    )
    options = ("--data", str(folder), "--methods", "magnitude,random", "--seeds", "2", "--out", str(folder / "r.csv"))
    first = invoke(*options)
    assert first.exit_code == 0, first.output
    assert "absent.parquet is missing" in first.output
    assert "Sub-PCA" in first.output
    assert len(read_rows(folder / "r.csv")) == 8 * 3
    done = []
    monkeypatch.setattr(command, "run_units", lambda units, jobs: done.extend(units) or [])
    assert invoke(*options).exit_code == 0
    assert {unit.listed.name for unit in done} == {"holed", "flat", "unlabelled", "untrained", "absent"}


def test_the_command_runs_its_units_in_processes_of_their_own(folder):
    out = folder / "r.csv"
    options = ["--data", folder, "--methods", "constant", "--out", out, "--jobs", "2"]
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-m", "benchmarks.series", *options], cwd=root, check=True, capture_output=True)
    scored = {row.name: row.auc_pr for row in read_rows(out) if not row.reason}
    assert scored == pytest.approx({"one": 10 / ROWS, "two": 10 / ROWS, "quiet": float("nan")}, nan_ok=True)


def test_the_command_fails_when_random_beats_nightscore(folder, monkeypatch):
    scores = {"nightscore": 0.1, "random": 0.2}

    def rows(units, jobs):
        return [Row(u.listed.name, "U", "s", u.method, u.seed, vus_pr=scores[u.method]) for u in units]

    monkeypatch.setattr(command, "run_units", rows)
    result = invoke("--data", str(folder), "--methods", "nightscore,random")
    assert result.exit_code == 1
    assert "random beats nightscore in track U" in result.output


@pytest.mark.parametrize("options", [("--data", "nowhere"), ("--data", ".", "--methods", "prophet")])
def test_a_wrong_folder_or_method_ends_with_status_2(options):
    assert invoke(*options).exit_code == 2
