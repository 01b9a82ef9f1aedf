"""What a few known defects are worth to a detector of patches, on splits that keep look-alikes on one side.

python -m benchmarks.images.known --data FILE.npz [--known 23] [--first 0] [--draws 5] [--steps 1000] [--mirrors 4]

FILE is as for benchmarks.images.defects, with masks. In each draw some defects are known, one of each group of
look-alikes, and no look-alike of theirs is tested. One training gives three rows: without known defects, with them by
their outlines, and by the upright rectangles around these, as a person draws places. The interval is Student's, paired
over draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from sklearn.metrics import roc_auc_score

from anomaly.evaluation.pixels import aupro
from anomaly.images.detector import PATCH_CONFIG, ImageDetectorConfig
from anomaly.images.features import Represent
from anomaly.images.image_scores import Worst, score_parts
from anomaly.images.known_defects import KnownDefects
from anomaly.images.known_gain import known_use, with_head
from anomaly.images.learning import ImageTraining, Learned, learn_and_hold_out
from anomaly.images.scoring import surprises
from anomaly.tails import student_quantile
from benchmarks.images.defects import remembered_features
from benchmarks.images.defects_data import Parts, read_parts, split
from benchmarks.images.methods import DAY
from benchmarks.images.splits import look_alikes
from benchmarks.outputs import make_folders, wide_console

MOST = 1 / 3
"""Of the groups of defects, the largest share that is known."""
MEASURES = ("auroc", "pixel_auroc", "aupro", "recall_at_1", "recall", "false_alarms")
console = wide_console()


def known_and_tested(parts: Parts, groups: np.ndarray, seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of known defects, one of each of `count` groups at most, and which images are tested, (N,) bool."""
    rng = np.random.default_rng(1000 + seed)
    marked = np.flatnonzero(parts.odd & parts.masks.any((1, 2)))
    own = rng.permutation(np.unique(groups[marked]))
    own = own[: min(count, int(len(own) * MOST))]
    known = np.array([rng.choice(marked[groups[marked] == group]) for group in own])
    return known, split(parts.odd, groups, seed)[1] & ~np.isin(groups, own)


def rows_of(
    parts: Parts, groups: np.ndarray, seed: int, count: int, config: ImageDetectorConfig, features: Represent
) -> Iterator[dict[str, object]]:
    """Three rows of a draw: the figures without known defects, with their outlines and with the rectangles around them,
    and what the training says of the gain by outlines.
    """
    train, _ = split(parts.odd, groups, seed)
    known, tested = known_and_tested(parts, groups, seed, count)
    defects = KnownDefects(parts.x[known], parts.masks[known])
    good = parts.x[train][np.random.default_rng(seed).permutation(int(train.sum()))]
    learned = learn_and_hold_out(
        ImageTraining("benchmark", good, DAY, config, seed, features=features, defects=defects)
    )
    head = learned.network.head
    if head is None:
        raise ValueError("the settings give no fine level, without which defects are not learned from")
    last = good[len(good) - learned.held_out :]
    use = known_use(learned.network, head, config, defects, last, features, seed)
    about = {"seed": seed, "known": len(defects), "stated_gain": use.gain, "stated_low": use.low}
    of_test = parts.x[tested], parts.odd[tested], parts.masks[tested]
    rough = KnownDefects(defects.images, rectangles(defects.masks))
    models = {
        "without": learned.without_head(),
        "with": learned,
        "by places": with_other(learned, good, rough, seed, features),
    }
    for name, model in models.items():
        yield {"method": name, **about, **figures(model, config, *of_test, features)}


def rectangles(masks: np.ndarray) -> np.ndarray:
    """The upright rectangle around all that is marked in each of some masks, both (D, H, W) bool."""
    around = np.zeros_like(masks)
    for mask, place in zip(masks, around, strict=True):
        rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
        place[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
    return around


def with_other(learned: Learned, good: np.ndarray, defects: KnownDefects, seed: int, features: Represent) -> Learned:
    """What was learned from good images (N, C, H, W), with a head of other known defects."""
    count = len(good) - learned.held_out
    network = with_head(replace(learned.network, head=None), good[:count], defects, seed, features)
    parts = torch.cat([surprise.parts for surprise in surprises(network, good[count:], features)])
    return replace(learned, network=network, parts=parts)


def figures(
    learned: Learned,
    config: ImageDetectorConfig,
    x: np.ndarray,
    odd: np.ndarray,
    masks: np.ndarray,
    features: Represent,
) -> dict[str, float]:
    """Each of MEASURES of a model on images (N, C, H, W)."""
    normaliser, normal = learned.normal_scores(config)
    limit = learned.threshold(normal, config.false_alarm_rate).value
    scores = score_parts(learned.network, x, normaliser, Worst(config.worst_share), features)
    cut = np.quantile(scores.score[~odd], 0.99, method="higher")
    known = ~odd | masks.any((1, 2))
    thin = scores.maps[known, ::2, ::2].ravel(), masks[known, ::2, ::2].ravel()
    values = (
        float(roc_auc_score(odd, scores.score)),
        float(roc_auc_score(thin[1], thin[0])),
        aupro(scores.maps[known], masks[known]),
        float((scores.score[odd] > cut).mean()),
        float((scores.score[odd] > limit).mean()),
        float((scores.score[~odd] > limit).mean()),
    )
    return dict(zip(MEASURES, values, strict=True))


def report(rows: pd.DataFrame) -> None:
    """Print each measure's mean without known defects, and with them its gain with a 95 % interval over draws."""
    without = rows[rows["method"] == "without"].set_index("seed")
    for measure in MEASURES:
        line = f"{measure}: {without[measure].mean():.3f} without"
        for name in ("with", "by places"):
            ours = rows[rows["method"] == name].set_index("seed")[measure]
            line += f", {ours.mean():.3f} {name}"
            gains = (ours - without[measure]).to_numpy(float)
            if len(gains) > 1:
                half = student_quantile(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
                line += f", gain {gains.mean():+.3f} ({gains.mean() - half:+.3f} to {gains.mean() + half:+.3f})"
        console.print(line)


def main(
    data: Annotated[Path, typer.Option(help="An npz with x, y and mask.")],
    known: Annotated[int, typer.Option(min=1, help="Groups of defects of which one picture is known.")] = 23,
    first: Annotated[int, typer.Option(min=0, help="Seed of the first draw.")] = 0,
    draws: Annotated[int, typer.Option(min=1, help="Draws of the split, a seed each.")] = 5,
    steps: Annotated[int, typer.Option(min=1, help="Training steps.")] = 1000,
    mirrors: Annotated[int, typer.Option(help="Mirror images over which features are averaged: 1, 2 or 4.")] = 4,
    out: Annotated[Path | None, typer.Option(help="CSV of the results, renewed at every draw.")] = None,
) -> None:
    """Train on normal images and a few known defects; the figures with the defects and without."""
    make_folders(out)
    parts = read_parts(data)
    groups = look_alikes(parts.x)
    features = PATCH_CONFIG.features.model_copy(update={"mirrors": mirrors})
    config = PATCH_CONFIG.model_copy(update={"features": features, "steps": steps, "folds": 1})
    remembered = remembered_features(parts.x, features)
    rows: list[dict[str, object]] = []
    for seed in range(first, first + draws):
        rows += rows_of(parts, groups, seed, known, config, remembered)
        for row in rows[-3:]:
            console.print("  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
        if out is not None:
            pd.DataFrame(rows).to_csv(out, index=False)
    report(pd.DataFrame(rows))


if __name__ == "__main__":
    typer.run(main)
