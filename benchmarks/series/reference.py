"""Write what TSB_AD 1.5 says of 200 random cases: tests/benchmarks/series/evaluation_reference.json.

Run it in the benchmark environment, which alone has TSB_AD: python -m benchmarks.series.reference
"""

import argparse
import json
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).parents[2] / "tests" / "benchmarks" / "series" / "evaluation_reference.json"
N_CASES = 200
WINDOWS = (0, 1, 2, 3, 8, 25, 60, 125)


@dataclass(frozen=True)
class Case:
    """One series to evaluate: arrays (T,), the sliding window in rows, and a checksum of it all."""

    values: NDArray[np.float64]
    labels: NDArray[np.int64]
    score: NDArray[np.float64]
    alarms: NDArray[np.int64]
    window: int
    checksum: int


def random_case(seed: int) -> Case:
    """A random series with one to eleven events, some at a border or adjoining, every second one with tied scores."""
    # RandomState promises the same stream in every numpy; Generator does not
    rng = np.random.RandomState(seed)
    n = rng.randint(30, 900)
    labels = np.zeros(n, dtype=np.int64)
    for _ in range(rng.randint(1, 12)):
        start = rng.randint(0, n)
        labels[start : start + rng.randint(1, max(2, n // 8))] = 1
    labels[: 3 * (rng.rand() < 0.3)] = 1
    labels[n - 4 * (rng.rand() < 0.3) :] = 1
    labels[n // 2] = 0
    values: NDArray[np.float64] = np.sin(np.arange(n) * 2 * np.pi / rng.uniform(2, 320)) + rng.rand() * rng.randn(n)
    values = np.stack([values, np.round(values, 1), np.zeros(n), values])[seed % 4]
    score: NDArray[np.float64] = rng.randn(n) + 3 * rng.rand() * labels
    score = np.round(score, rng.randint(0, 2)) if seed % 2 else score
    alarms = (score >= np.sort(score)[rng.randint(n // 4, n)]).astype(np.int64)
    window = int(WINDOWS[rng.randint(len(WINDOWS))])
    checksum = zlib.crc32(labels.tobytes() + np.round(score, 9).tobytes() + alarms.tobytes() + bytes([window]))
    return Case(values, labels, score, alarms, window, checksum)


def reference_figures(case: Case) -> dict[str, float]:
    """What TSB_AD finds for a case, by name; ImportError outside the benchmark environment."""
    from TSB_AD.evaluation.affiliation.generics import convert_vector_to_events
    from TSB_AD.evaluation.affiliation.metrics import pr_from_events
    from TSB_AD.evaluation.basic_metrics import basic_metricor
    from TSB_AD.evaluation.metrics import get_metrics
    from TSB_AD.utils.slidingWindows import find_length_rank

    metrics = get_metrics(case.score, case.labels, slidingWindow=case.window, pred=None, version="opt", thre=250)
    recall, false_alarm_rate, precision, *_ = basic_metricor().RangeAUC_volume_opt(
        case.labels, case.score, case.window, 250
    )
    events = [convert_vector_to_events(flags) for flags in (case.alarms, case.labels)]
    affiliation = pr_from_events(*events, (0, len(case.labels)))
    return {
        "period": float(find_length_rank(case.values, 1)),
        "auc_pr": metrics["AUC-PR"],
        "auc_roc": metrics["AUC-ROC"],
        "vus_pr": metrics["VUS-PR"],
        "vus_roc": metrics["VUS-ROC"],
        "range_auc_pr": float(np.sum(np.diff(recall[-1, :-1]) * precision[-1, 1:])),
        "range_auc_roc": float(np.trapezoid(recall[-1], false_alarm_rate[-1])),
        "f1": basic_metricor().metric_PointF1(case.labels, case.score, preds=case.alarms),
        "affiliation_precision": affiliation["Affiliation_Precision"],
        "affiliation_recall": affiliation["Affiliation_Recall"],
        "best_affiliation_f": metrics["Affiliation-F"],
    }


def main() -> None:
    """Write the figures of every case, with its seed and checksum."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    if find_spec("TSB_AD") is None:
        raise SystemExit("TSB_AD is not installed here; benchmarks/README.md says how its environment is made")
    rows = []
    for seed in range(N_CASES):
        case = random_case(seed)
        figures = {name: round(float(value), 10) for name, value in reference_figures(case).items()}
        rows.append({"seed": seed, "checksum": case.checksum, **figures})
    lines = ",\n".join(json.dumps(row, allow_nan=False) for row in rows)
    FILE.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
