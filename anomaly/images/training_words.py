"""A training of a camera's detector in one line of words."""

from __future__ import annotations

from datetime import date

from anomaly.images.detector import Choice, ImageCard, ImageDetector, KnownUse


def training_line(detector: ImageDetector, day: date, path: str) -> str:
    """What a training learned from, what it chose, its limit and its verdict."""
    card = detector.card
    verdict = "accepted" if card.accepted else "rejected"
    chosen = _chosen(card.choice)
    drawn = f" and {card.synthetic:,} synthetic ones" if card.synthetic else ""
    return (
        f"trained {card.camera} for {day}: {card.images:,} normal images{drawn}, "
        f"VAE over {card.config.features.kind}{_seen_by(card)}{chosen}{_known(card.known)}, "
        f"threshold {card.threshold.value:.1f} nats{_unsure(card)}, {verdict} ({card.verdict}), {path}"
    )


def _seen_by(card: ImageCard) -> str:
    """The network of the user's own that gives the patches, in words; empty where it is the usual one."""
    backbone = card.config.features.backbone
    return f" of your own network {backbone[:12]}" if backbone else ""


def _unsure(card: ImageCard) -> str:
    """How many false alarms there may really be, in words, where so few images were learned from that it matters."""
    if card.folds == 1 or card.false_alarms is None:
        return ""
    low, high = card.false_alarms
    stated = card.config.false_alarm_rate
    return f" (from so few images: {low:.1%} to {high:.1%} of good parts may be over it, {stated:.1%} are stated)"


def _chosen(choice: Choice | None) -> str:
    """By how much a kind of features was better than the next, in words; empty where kinds were not compared."""
    if choice is None or not choice.kinds:
        return ""
    others = ", ".join(f"{kind} {auc:.3f}" for kind, auc in zip(choice.kinds, choice.auroc, strict=True))
    return f" (AUROC of painted defects: {others})"


def _known(known: KnownUse | None) -> str:
    """What was made of known defects, in words; empty where there were none."""
    if known is None:
        return ""
    if known.note:
        return f" ({known.pictures} known defects not used: {known.note})"
    verdict = "used" if known.used else "not used"
    interval = f"AUROC {known.gain:+.3f}, {known.low:+.3f} to {known.high:+.3f}"
    return f" ({known.pictures} known defects {verdict}: {interval} on those left out)"
