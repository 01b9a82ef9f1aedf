"""Run methods over series, one process a unit of work, and keep a row for each."""

import csv
import multiprocessing
import resource
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anomaly.evaluation import scores as evaluation
from anomaly.evaluation.affiliation import affiliation
from anomaly.series.lstm_vae.period import period_length
from benchmarks.series.data import Listed, Series, read_series
from benchmarks.series.methods import method

NAN = float("nan")
CLEAR_REFS = Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Unit:
    """One method on one series with one seed."""

    listed: Listed
    method: str
    seed: int

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells the rows of a result file apart."""
        return self.listed.name, self.method, self.seed


@dataclass(frozen=True)
class Row:
    """What one unit gave; NaN where a figure is not defined, and `reason` where the unit failed."""

    name: str
    track: str
    source: str
    method: str
    seed: int
    vus_pr: float = NAN
    auc_pr: float = NAN
    affiliation_f: float = NAN
    precision: float = NAN
    recall: float = NAN
    f1: float = NAN
    false_alarms_per_10k: float = NAN
    fit_cpu_s: float = NAN
    score_cpu_s: float = NAN
    rows: int = 0
    train_rows: int = 0
    event_recall: float = NAN
    peak_mb: float = NAN
    reason: str = ""


COLUMNS = [field.name for field in fields(Row)]


def run_unit(unit: Unit) -> Row:
    """Fit, score and evaluate one unit; whatever goes wrong becomes the row's reason and the run goes on."""
    try:
        series = read_series(unit.listed)
        return _measured(unit, series)
    except Exception as error:
        return failed(unit, f"{type(error).__name__}: {error}")


def failed(unit: Unit, reason: str) -> Row:
    """A row without figures."""
    listed = unit.listed
    return Row(listed.name, listed.track, listed.source, unit.method, unit.seed, reason=" ".join(reason.split())[:300])


def _measured(unit: Unit, series: Series) -> Row:
    chosen, cut = method(unit.method), unit.listed.train_end
    _forget_peak()
    start = time.process_time()
    model = chosen.fit(series.values[:cut], unit.seed)
    fitted = time.process_time()
    score, threshold = chosen.score(model, series.values)
    scored = time.process_time()
    peak = _peak_mb()
    score = np.asarray(score, dtype=np.float64)
    if score.shape != series.labels.shape or not np.isfinite(score).all():
        raise ValueError(f"the score is {score.shape} with {np.isfinite(score).sum()} finite of {len(series.labels)}")
    row = Row(unit.listed.name, unit.listed.track, unit.listed.source, unit.method, unit.seed)
    timed = replace(row, fit_cpu_s=fitted - start, score_cpu_s=scored - fitted, rows=len(score), train_rows=cut)
    figures = _areas(series, score) | _alarm_figures(series.labels[cut:], score[cut:] > threshold)
    return Row(**(asdict(timed) | figures | {"peak_mb": peak}))


def _areas(series: Series, score: NDArray[np.float64]) -> dict[str, float]:
    """Threshold-free figures over the whole series, as published; none without both kinds of row."""
    if series.labels.all() or not series.labels.any():
        return {}
    window = period_length(series.values[:, 0])
    return {
        "vus_pr": evaluation.vus(series.labels, score, window).pr,
        "auc_pr": evaluation.auc_pr(series.labels, score),
    }


def _alarm_figures(labels: NDArray[np.int64], alarms: NDArray[np.bool_]) -> dict[str, float]:
    """Figures at the method's own threshold over the rows that it was not fitted on."""
    figures = {"false_alarms_per_10k": evaluation.false_alarms_per_10k(labels, alarms)}
    if not labels.any():
        return figures
    agreement = evaluation.row_agreement(labels, alarms)
    return figures | {
        "affiliation_f": affiliation(labels, alarms).f1,
        "precision": agreement.precision,
        "recall": agreement.recall,
        "f1": agreement.f1,
        "event_recall": evaluation.event_recall(labels, alarms),
    }


def _forget_peak() -> None:
    """Let the process's peak memory start anew; elsewhere than on Linux it cannot, and the peak is the process's."""
    if CLEAR_REFS.exists():
        CLEAR_REFS.write_text("5")


def _peak_mb() -> float:
    """Peak resident memory of this process in MB, the interpreter and its libraries included."""
    if CLEAR_REFS.exists():
        status = CLEAR_REFS.with_name("status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_units(units: Iterable[Unit], jobs: int) -> Iterator[Row]:
    """A row per unit, as they finish, from `jobs` processes; a process that dies costs one row, not the run."""
    waiting = deque(units)
    while waiting:
        suspects = yield from _pool_rows(waiting, jobs)
        for unit in suspects:
            alone = deque([unit])
            died = yield from _pool_rows(alone, 1)
            if died:
                yield failed(unit, "the process died, most likely for want of memory")


def _pool_rows(waiting: deque[Unit], jobs: int) -> Generator[Row, None, list[Unit]]:
    """Rows until nothing waits; returns the units that ran while a process died."""
    running: dict[Future[Row], Unit] = {}
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        while waiting or running:
            try:
                while waiting and len(running) < jobs:
                    future = pool.submit(run_unit, waiting[0])
                    running[future] = waiting.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    row = future.result()
                    del running[future]
                    yield row
            except BrokenProcessPool:
                return list(running.values())
    return []


def read_rows(path: Path) -> list[Row]:
    """The rows of a result file, none where there is no file; ValueError where it is no result file."""
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise ValueError(f"{path} is no result file of this version; move it or give another --out")
        return [_row(record) for record in reader]


def _row(record: dict[str, str]) -> Row:
    values: dict[str, Any] = {
        field.name: field.type(record[field.name]) for field in fields(Row) if isinstance(field.type, type)
    }
    return Row(**values)


def write_rows(path: Path, rows: list[Row]) -> None:
    """Replace a result file in one rename, so that a run cut short leaves whole rows."""
    part = path.with_name(path.name + ".part")
    with part.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    part.replace(path)
