"""A detector from start to end: a draft is judged by the newest rows, which it never saw, then all are learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from anomaly.series.card import DetectorConfig
from anomaly.series.detector import Detector
from anomaly.series.drift_reference import with_reference
from anomaly.series.kinds import KINDS
from anomaly.series.limits.calibration import (
    LEAST_NATS,
    calibrate,
    coverage_adjusted_scores,
    in_sample_optimism,
    with_threshold,
)
from anomaly.series.limits.carry import carried
from anomaly.series.limits.control import NightAlarms, controlled
from anomaly.series.limits.flat_limit import with_flat_limits
from anomaly.series.limits.noise import with_noise
from anomaly.series.limits.row_limit import with_row_limit
from anomaly.series.limits.unseen import with_unseen
from anomaly.series.profile import Rhythm, find_rhythm, profile_of, without_rhythm
from anomaly.series.routines import Routines
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.acceptance import judge, refused_if_flawed
from anomaly.series.training.cleaning import SetAside, cleaned, rows_set_aside, values_hidden, without_faults
from anomaly.series.training.holiday_search import find_holidays, with_holidays
from anomaly.series.training.routine_search import without_routines
from anomaly.series.training.trimming import trimmed
from anomaly.vae.training import Epoch
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Progress

NO_ROUTINES = Routines()
_CALIBRATED = ("typical", "band", "coverage_factor", "evidence")


def train_detector(
    plan: TrainingPlan[DetectorConfig],
    spans: dict[str, Span],
    incumbent: Detector | None,
    progress: Callable[[str], Progress] | None = None,
    checkpoint: Callable[[str], Checkpoint] | None = None,
    unseen: np.ndarray | None = None,
    nights: list[NightAlarms] | None = None,
    routines: Routines = NO_ROUTINES,
) -> tuple[Detector, dict[str, list[Epoch]]]:
    """A family's calibrated and judged detector, and the history of its networks.

    Band and verdict are the draft's, on rows that it never saw, and so is whether the LSTM adds anything; the weights
    then learn those rows too, for the newest days say most about the next. The threshold is of the final weights' own
    scores, raised by what the draft's rose by on rows that it never saw; or, where there are enough of them, of
    `unseen` scores (T,) that past models gave to nights they had not seen. The alarms of the `nights` since the
    incumbent was trained move both limits. Values that `routines` explain are not learned. ValueError says how many
    normal rows are missing.
    """
    all_values, spans = spans, without_routines(spans, routines)
    recurring = values_hidden(all_values, spans)
    spans, hidden = cleaned(spans)
    rhythm = find_rhythm(spans, plan.step_s)
    holidays = find_holidays(spans, rhythm, plan.calendar, plan.step_s)
    rhythm = with_holidays(rhythm, holidays)
    plain, spans = spans, trimmed(spans, profile_of(_whole(spans), rhythm, plan.step_s))
    aside = SetAside(hidden, values_hidden(plain, spans), rows_set_aside(plain, spans), recurring_values=recurring)
    draft, history = _learned(replace(plan, stage="draft"), spans, rhythm, routines, progress, checkpoint)
    draft, draft_adjusted = calibrate(draft, spans)
    spans, surprising = without_faults(spans, draft_adjusted)
    aside = replace(aside, surprising_rows=surprising)
    if surprising:
        draft, draft_adjusted = calibrate(draft, spans)
    draft = judge(draft, incumbent, spans)
    whole = _whole(spans)
    chosen = replace(plan, stage="final", config=draft.card.config)
    final, later = _learned(chosen, whole, rhythm, routines, progress, checkpoint)
    of_the_draft = {part: getattr(draft.card, part) for part in draft.card.OF_THE_DRAFT}
    about = of_the_draft | aside.on_card(final.card.rows) | {"holidays": holidays}
    card = final.card.model_copy(update=about)
    trained = replace(final, card=card, **{part: getattr(draft, part) for part in _CALIBRATED})
    trained = with_flat_limits(with_row_limit(trained, whole), whole)
    noisy = with_noise(trained, plain, whole)
    adjusted, optimism = coverage_adjusted_scores(trained, noisy), in_sample_optimism(spans, draft_adjusted)
    trained = with_threshold(trained, noisy, adjusted, optimism)
    trained = with_unseen(trained, np.empty(0) if unseen is None else unseen, LEAST_NATS)
    trained = controlled(trained, incumbent, nights or [], LEAST_NATS)
    trained = carried(trained, incumbent, LEAST_NATS)
    trained = refused_if_flawed(trained, whole)
    return with_reference(trained, spans, adjusted, draft_adjusted, optimism), history | later


def _whole(spans: dict[str, Span]) -> dict[str, Span]:
    """The spans with nothing held out."""
    return {asset: replace(span, split=len(span)) for asset, span in spans.items()}


def _learned(
    plan: TrainingPlan[DetectorConfig],
    spans: dict[str, Span],
    rhythm: Rhythm | None,
    routines: Routines,
    progress: Callable[[str], Progress] | None,
    checkpoint: Callable[[str], Checkpoint] | None,
) -> tuple[Detector, dict[str, list[Epoch]]]:
    """A detector of spans without their rhythm, which it takes off itself from then on."""
    profile = profile_of(spans, rhythm, plan.step_s)
    detector, history = KINDS[plan.config.kind].learn(plan, without_rhythm(spans, profile), progress, checkpoint)
    card = detector.card.model_copy(update={"profile": profile.kind if profile else "", "routines": routines})
    return replace(detector, card=card, profile=profile), history
