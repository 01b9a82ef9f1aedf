"""A detector from start to end: a draft is judged by the newest rows, which it never saw, then all are learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from anomaly.series.acceptance import judge
from anomaly.series.calibration import calibrate, coverage_adjusted_scores, in_sample_optimism, with_threshold
from anomaly.series.card import DetectorConfig
from anomaly.series.detector import Detector
from anomaly.series.drift_reference import with_reference
from anomaly.series.kinds import KINDS
from anomaly.series.span import Span, TrainingPlan
from anomaly.vae.training import Epoch
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Progress

_OF_THE_DRAFT = ("held_out_rows", "in_sample", "accepted", "verdict")
"""What the draft alone can know: the final weights have no held-out rows."""


def train_detector(
    plan: TrainingPlan[DetectorConfig],
    spans: dict[str, Span],
    incumbent: Detector | None,
    progress: Callable[[str], Progress] | None = None,
    checkpoint: Callable[[str], Checkpoint] | None = None,
) -> tuple[Detector, dict[str, list[Epoch]]]:
    """A family's calibrated and judged detector, and the history of its networks.

    Band and verdict are the draft's, on rows that it never saw; the weights then learn those rows too, for the newest
    days say most about the next. The threshold is of the final weights' own scores, raised by what the draft's rose by
    on rows that it never saw. ValueError says how many normal rows are missing.
    """
    learn = KINDS[plan.config.kind].learn
    draft, history = learn(replace(plan, stage="draft"), spans, progress, checkpoint)
    draft, draft_adjusted = calibrate(draft, spans)
    draft = judge(draft, incumbent, spans)
    whole = {asset: replace(span, split=len(span)) for asset, span in spans.items()}
    final, later = learn(replace(plan, stage="final"), whole, progress, checkpoint)
    card = final.card.model_copy(update={part: getattr(draft.card, part) for part in _OF_THE_DRAFT})
    trained = replace(final, typical=draft.typical, band=draft.band, coverage_factor=draft.coverage_factor, card=card)
    adjusted, optimism = coverage_adjusted_scores(trained, whole), in_sample_optimism(spans, draft_adjusted)
    trained = with_threshold(trained, whole, adjusted, optimism)
    return with_reference(trained, spans, adjusted, draft_adjusted, optimism), history | later
