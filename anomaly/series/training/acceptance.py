"""A newly trained detector serves only if it is no worse than the one that serves now."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.stats import poisson

from anomaly.series.detector import Detector
from anomaly.series.limits.calibration import score_held_out
from anomaly.series.lstm_vae.gain import COVERED, mean_and_error
from anomaly.series.planted import LENGTHS, Fault, try_faults
from anomaly.series.span import MIN_ROWS, WEEK_S, Span, first_held_out

TOLERANCE = 0.1
"""Nats per value by which a challenger's draft may be worse: unlike the incumbent it learned from three quarters of
its span, and for half of the epochs."""


LARGE = 20.0
"""Standard deviations of a planted fault that no useful detector misses."""
PLANTED_ROWS = LENGTHS["level"]
MEASURED = 0.8
"""Share of its rows by which a planted fault is measured where it is first tried."""
TRIED = 3
"""Assets in which faults are planted."""


def judge(challenger: Detector, incumbent: Detector | None, spans: dict[str, Span]) -> Detector:
    """The challenger with its verdict: accepted unless it is flawed, breaks the false-alarm budget on the held-out
    normal rows, or explains them worse than the incumbent does."""
    if reason := flaw(challenger, spans):
        return _with(challenger, False, reason)
    alarms, most = held_out_alarms(challenger, spans)
    if alarms > most:
        return _with(challenger, False, f"{alarms} alarms on held-out normal rows, at most {most} fit the budget")
    if incumbent is None or incumbent.card.sensors != challenger.card.sensors:
        return _with(challenger, True, "the first with these sensors")
    (challenger_nats, own_error), (other, other_error) = (held_out_nats(one, spans) for one in (challenger, incumbent))
    error = COVERED * math.hypot(own_error, other_error)
    if not math.isfinite(error):
        return _with(challenger, True, "the held-out rows are too few to compare it")
    figures = (
        f"{challenger_nats:.3f} nats a value on held-out normal rows, {incumbent.name} has {other:.3f}, +- {error:.3f}"
    )
    if challenger_nats - other - error > TOLERANCE:
        return _with(challenger, False, f"worse: {figures}")
    return _with(challenger, True, figures)


def refused_if_flawed(detector: Detector, spans: dict[str, Span]) -> Detector:
    """The detector, rejected where the weights that are to serve are flawed though their draft was not."""
    reason = flaw(detector, spans) if detector.card.accepted else ""
    return _with(detector, False, reason) if reason else detector


def flaw(detector: Detector, spans: dict[str, Span]) -> str:
    """Why a detector cannot serve whatever it is compared with, in words; empty where it can.

    Its limit must be a positive number, its scores of measured rows numbers that differ, and faults of LARGE standard
    deviations planted in normal rows must reach the limit.
    """
    if not (np.isfinite(detector.threshold.value) and detector.threshold.value > 0):
        return f"its threshold is {detector.threshold.value}, no positive number"
    if not all((scale.spread > 0).all() and np.isfinite(scale.center).all() for scale in detector.scales.values()):
        return "the scale of a sensor is no positive number"
    faults, scores, rows, varied = [], [], 0, False
    for asset, span in list(spans.items())[:TRIED]:
        held_out, scored = score_held_out(detector, span, asset)
        scores.append(scored.score[np.isfinite(scored.score)])
        rows += int(held_out.usable().any(axis=1).sum())
        varied |= _varies(held_out)
        first = _measured_place(detector, span, detector.card.modelled_columns[0])
        faults += [Fault(span.grid, asset, kind, 0, first, LARGE) for kind in ("level", "noise")]
    known = np.concatenate(scores)
    if len(known) < min(rows / 2, MIN_ROWS):  # between many finds no window fits
        return f"only {len(known):,} of {rows:,} measured normal rows have a score that is a number"
    if len(known) > detector.context_rows and np.ptp(known) == 0 and varied:  # rows of one window have one score
        return f"every row has the same score, {known[0]:g}, though the readings change"
    trials = try_faults(detector, faults)
    with_score = [
        trial for trial in trials if math.isfinite(trial.ratio)
    ] or trials  # beside gaps no window says a thing
    missed = [trial for trial in with_score if not trial.found]
    if 2 * len(missed) > len(with_score):
        return (
            f"{len(missed)} of {len(with_score)} planted faults of {LARGE:g} standard deviations stay under its limit"
        )
    return ""


def _measured_place(detector: Detector, span: Span, sensor: int) -> int:
    """The held-out row from which on a fault is planted if that is measured, by MEASURED of its rows; else the row from
    which on most are. Rows without all that their score looks back on come last.
    """
    rows, most = span.usable()[:, sensor], len(span) - PLANTED_ROWS
    first = max(0, min(first_held_out(span) + detector.context_rows, most))
    usable = np.append(0, np.cumsum(rows))
    measured = usable[PLANTED_ROWS:] - usable[:-PLANTED_ROWS]
    if not len(measured) or measured[first] >= MEASURED * PLANTED_ROWS:
        return first
    known = max(0, min(detector.context_rows, most))
    return known + int(np.argmax(measured[known:]))


def _varies(span: Span) -> bool:
    """Whether the usable readings of some sensor are not all equal."""
    columns = zip(span.grid.values.T, span.usable().T, strict=True)
    return any(usable.any() and np.ptp(values[usable]) > 0 for values, usable in columns)


def _with(detector: Detector, accepted: bool, verdict: str) -> Detector:
    return replace(detector, card=detector.card.model_copy(update={"accepted": accepted, "verdict": verdict}))


def held_out_alarms(detector: Detector, spans: dict[str, Span]) -> tuple[int, int]:
    """Alarms on the held-out normal rows, and the most that the budget makes likely (99 % of a Poisson count).

    Rows over the threshold within the detector's reach of the first are one alarm; one that lasts is several.
    """
    alarms, rows = 0, 0
    for asset, span in spans.items():
        held_out, scores = score_held_out(detector, span, asset)
        over = (scores.score > detector.threshold.value * scores.coverage_factor) & ~held_out.abnormal
        blocks = np.arange(len(over)) // detector.context_rows
        alarms += len(np.unique(blocks[over]))
        rows += len(held_out)
    expected = detector.card.config.alarms_per_asset_week * rows * detector.card.step_s / WEEK_S
    return alarms, int(poisson.ppf(0.99, expected)) + 1


def held_out_nats(detector: Detector, spans: dict[str, Span]) -> tuple[float, float]:
    """Log loss of the held-out normal rows, nats a value in the sensors' own units, so that models compare; and its
    standard error, infinite where too few windows stand apart to tell.
    """
    columns, losses = detector.card.modelled_columns, []
    for asset, span in spans.items():
        held_out = span.rows(first_held_out(span), len(span))
        grid = detector.standardised(held_out.grid, asset, held_out.usable())
        unit = float(np.log(detector.scale_of(asset).spread[columns]).mean())
        losses.append(detector.log_loss(grid) + unit)
    return mean_and_error(losses, detector.loss_block)
