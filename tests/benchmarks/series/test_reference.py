import json
import warnings

import numpy as np
import pytest

from anomaly.evaluation.affiliation import affiliation
from anomaly.evaluation.scores import auc_pr, auc_roc, range_auc, row_agreement, vus
from anomaly.series.lstm_vae.period import period_length
from benchmarks.series.reference import FILE, N_CASES, Case, random_case, reference_figures


def figures(case: Case) -> dict[str, float]:
    volume = vus(case.labels, case.score, case.window)
    area = range_auc(case.labels, case.score, case.window)
    near = affiliation(case.labels, case.alarms)
    thresholds = np.linspace(case.score.min(), case.score.max(), 100)
    return {
        "period": period_length(case.values),
        "auc_pr": auc_pr(case.labels, case.score),
        "auc_roc": auc_roc(case.labels, case.score),
        "vus_pr": volume.pr,
        "vus_roc": volume.roc,
        "range_auc_pr": area.pr,
        "range_auc_roc": area.roc,
        "f1": row_agreement(case.labels, case.alarms).f1,
        "affiliation_precision": near.precision,
        "affiliation_recall": near.recall,
        "best_affiliation_f": max(affiliation(case.labels, case.score > threshold).f1 for threshold in thresholds),
    }


def test_every_figure_equals_the_reference_on_200_stored_cases():
    expected = json.loads(FILE.read_text())
    assert [row["seed"] for row in expected] == list(range(N_CASES))
    for row in expected:
        case = random_case(row["seed"])
        assert case.checksum == row["checksum"], "the cases changed: run python -m benchmarks.series.reference"
        found = figures(case)
        assert found == pytest.approx({name: row[name] for name in found}, abs=1e-6), f"seed {row['seed']}"


def test_the_stored_cases_cover_borders_ties_windows_and_many_events():
    cases = [random_case(seed) for seed in range(N_CASES)]
    assert {case.window for case in cases} == {0, 1, 2, 3, 8, 25, 60, 125}
    assert sum(bool(case.labels[0]) for case in cases) > 40
    assert sum(bool(case.labels[-1]) for case in cases) > 40
    assert sum(len(np.unique(case.score)) < len(case.score) / 2 for case in cases) > 40
    assert sum(np.sum(np.diff(case.labels) == 1) >= 4 for case in cases) > 40


def test_new_random_cases_equal_tsb_ad_where_it_is_installed():
    pytest.importorskip("TSB_AD", reason="only in the benchmark environment; the stored cases are checked everywhere")
    for seed in range(1000, 1020):
        case = random_case(seed)
        found = figures(case)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the reference divides by zero on a constant series
            assert found == pytest.approx(reference_figures(case), abs=1e-6), f"seed {seed}"
