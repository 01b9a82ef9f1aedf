"""A detector from start to end: a draft is judged by the newest rows, which it never saw, then all are learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from anomaly.series.acceptance import judge
from anomaly.series.calibration import calibrate, coverage_adjusted_scores, in_sample_optimism, with_threshold
from anomaly.series.detector import Detector
from anomaly.series.drift_reference import with_reference
from anomaly.series.learning import Span, TrainingPlan, learn_detector
from anomaly.vae.training import Epoch
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Progress


def train_detector(
    plan: TrainingPlan,
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
    few = plan.config.fit.model_copy(update={"epochs": min(plan.config.draft_epochs, plan.config.fit.epochs)})
    first = replace(plan, config=plan.config.model_copy(update={"fit": few}), stage="draft")
    draft, history = learn_detector(first, spans, progress, checkpoint)
    draft, draft_adjusted = calibrate(draft, spans)
    draft = judge(draft, incumbent, spans)
    whole = {asset: replace(span, split=len(span)) for asset, span in spans.items()}
    final, later = learn_detector(replace(plan, stage="final"), whole, progress, checkpoint)
    card = draft.card.model_copy(update={"networks": final.card.networks, "config": plan.config})
    trained = replace(final, typical=draft.typical, band=draft.band, coverage_factor=draft.coverage_factor, card=card)
    adjusted, optimism = coverage_adjusted_scores(trained, whole), in_sample_optimism(spans, draft_adjusted)
    trained = with_threshold(trained, whole, adjusted, optimism)
    return with_reference(trained, spans, adjusted, draft_adjusted, optimism), history | later
