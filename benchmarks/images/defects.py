"""Defects on a texture: ours over patches beside the nearest patches, on splits that keep look-alikes on one side.

python -m benchmarks.images.defects --data FILE.npz [--draws 5] [--out FILE] [--page FILE.png]
    [--backbone FILE.onnx]

FILE holds x (N, H, W[, 3]), y (0, False or a word for normal, anything else is a defect) and, where known, mask of the
same size and the names `classes` of y. Needs nightscore[patches]. Where look-alikes cannot be shared out, as of a part
that always lies in the same place, the draws are at random. The exit status is 1 when ours is not above the nearest
patches, 2 when the file or an option is wrong.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from rich.table import Table
from sklearn.metrics import roc_auc_score
from torch.nn import functional as F

from anomaly.evaluation.pixels import aupro
from anomaly.images.backbone import open_backbone
from anomaly.images.detector import PATCH_CONFIG, ImageDetector, ImageDetectorConfig
from anomaly.images.features import FeatureConfig, Represent, represent
from anomaly.images.heat_maps import drawn_pair
from anomaly.images.image_scores import Worst, score_parts, worst_patches
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.scoring import FeatureScaler, nearest_mean
from benchmarks.images.defects_data import Parts, draws_of, read_parts, split
from benchmarks.images.methods import DAY, falls_short
from benchmarks.images.splits import look_alikes
from benchmarks.outputs import make_folders, wide_console
from service.figures.images import pairs_page

BANK = 5000
"""Normal patches that the baseline compares with."""
COLUMNS = ["method", "class", "seed", "auroc", "pixel_auroc", "aupro", "cpu_s"]
console = wide_console()


def remembered_features(x: np.ndarray, config: FeatureConfig) -> Represent:
    """What gives the features of all images, computed once for every draw and method."""
    blocks = represent(x, config)
    known = {image.tobytes(): place for place, image in enumerate(x)}

    def remembered(images: np.ndarray, _: FeatureConfig) -> list[torch.Tensor]:
        places = [known[image.tobytes()] for image in images]
        return [block[places] for block in blocks]

    return remembered


def seen_by(backbone: Path | None) -> ImageDetectorConfig:
    """The detector of patches, by the network in a file where one is named. Raises as `open_backbone`."""
    if backbone is None:
        return PATCH_CONFIG
    features = PATCH_CONFIG.features.model_copy(update={"backbone": open_backbone(backbone)})
    return PATCH_CONFIG.model_copy(update={"features": features})


def nearest_patches(
    train: np.ndarray, test: np.ndarray, seed: int, features: Represent
) -> tuple[np.ndarray, np.ndarray]:
    """Image scores and maps by the distance of each patch to the nearest normal ones: what a user would try first."""
    known = features(train, PATCH_CONFIG.features)[0]
    blocks = FeatureScaler.of([known], by_feature=True)
    flat = blocks.apply([known]).flatten(0, 1)
    bank = flat[torch.randperm(len(flat), generator=torch.Generator().manual_seed(seed))[:BANK]]
    scores, maps = [], []
    for first in range(0, len(test), 64):
        test_features = features(test[first : first + 64], PATCH_CONFIG.features)[0]
        apart = nearest_mean(blocks.apply([test_features]).flatten(0, 1), bank, 3).view(len(test_features), -1)
        scores.append(worst_patches(apart, apart[..., None], PATCH_CONFIG.worst_share)[0].numpy())
        side = int(apart.shape[1] ** 0.5)
        heat = F.interpolate(apart.view(-1, 1, side, side), test.shape[2:], mode="bilinear", align_corners=False)
        maps.append(heat[:, 0].numpy())
    return np.concatenate(scores), np.concatenate(maps)


def run(
    parts: Parts,
    groups: np.ndarray,
    name: str,
    seed: int,
    page: Path | None,
    features: Represent,
    config: ImageDetectorConfig = PATCH_CONFIG,
) -> list[dict[str, object]]:
    """A row per method of one draw of the split."""
    train, test = split(parts.odd, groups, seed)
    x, odd, masks = parts.x[test], parts.odd[test], parts.masks[test]
    learned = parts.x[train][np.random.default_rng(seed).permutation(int(train.sum()))]
    started = time.process_time()
    training = ImageTraining("benchmark", learned, DAY, config, seed, features=features)
    detector, _ = learn_image_detector(training)
    scores = score_parts(detector.network, x, detector.card.normaliser, Worst(config.worst_share), features)
    rows = [_row("nightscore", name, seed, scores.score, scores.maps, odd, masks, started)]
    if page is not None:
        _draw(page, detector, x, scores.score, scores.maps, odd)
    started = time.process_time()
    score, maps = nearest_patches(learned, x, seed, features)
    return [*rows, _row("knn", name, seed, score, maps, odd, masks, started)]


def _row(
    method: str,
    name: str,
    seed: int,
    score: np.ndarray,
    maps: np.ndarray,
    odd: np.ndarray,
    masks: np.ndarray,
    started: float,
) -> dict[str, object]:
    thin = maps[:, ::2, ::2].ravel(), masks[:, ::2, ::2].ravel()
    known = thin[1].any() and not thin[1].all()
    figures = (
        float(roc_auc_score(odd, score)),
        float(roc_auc_score(thin[1], thin[0])) if known else float("nan"),
        aupro(maps, masks),
        time.process_time() - started,
    )
    return dict(zip(COLUMNS, (method, name, seed, *figures), strict=True))


def _draw(
    page: Path, detector: ImageDetector, x: np.ndarray, score: np.ndarray, maps: np.ndarray, odd: np.ndarray
) -> None:
    rng = np.random.default_rng(0)
    chosen = np.concatenate([rng.permutation(np.flatnonzero(kind))[:20] for kind in (odd, ~odd)])
    pairs = [drawn_pair(detector, x[n], maps[n]) for n in chosen]
    limit = detector.card.threshold.value
    captions = [f"{'defect' if odd[n] else 'good'} {score[n]:.0f} nats" for n in chosen]
    title = f"20 defects and 20 good parts, red: over {limit:.0f} nats"
    page.write_bytes(pairs_page(pairs, captions, score[chosen] > limit, title))


def report(frame: pd.DataFrame, groups: int) -> None:
    """Print the mean and the standard deviation over draws of every split and method."""
    table = Table("split", "method", "image AUROC", "pixel AUROC", "AUPRO", "CPU-s", title=f"{groups:,} groups")
    for (split_name, method), own in frame.groupby(["class", "method"], sort=False):
        figures = [f"{own[c].mean():.4f} ± {own[c].std(ddof=0):.4f}" for c in ("auroc", "pixel_auroc", "aupro")]
        table.add_row(str(split_name), str(method), *figures, f"{own['cpu_s'].mean():.0f}")
    console.print(table)


def main(
    data: Annotated[Path, typer.Option(help="An npz with x, y and, where known, mask and classes.")],
    draws: Annotated[int, typer.Option(min=1, help="Draws of the split, a seed each.")] = 5,
    out: Annotated[Path | None, typer.Option(help="CSV of the results, renewed at every draw.")] = None,
    page: Annotated[Path | None, typer.Option(help="PNG of heat maps of 20 defects and 20 good parts.")] = None,
    backbone: Annotated[Path | None, typer.Option(help="ONNX file of a network in place of the usual one.")] = None,
) -> None:
    """Train on normal images alone; image AUROC, pixel AUROC and AUPRO, and the leaky random split beside."""
    make_folders(out, page)
    try:
        config = seen_by(backbone)
        parts = read_parts(data)
        groups = look_alikes(parts.x)
        plans, why = draws_of(parts.odd, groups, draws)
        started = time.process_time()
        features = remembered_features(parts.x, config.features)
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    spent = time.process_time() - started
    console.print(f"features of {len(groups):,} images: {spent:.0f} CPU-s, once for all draws and methods")
    if why:
        console.print(f"look-alikes cannot be kept apart ({why}): every draw is at random")
    if not parts.masks.any():
        console.print("no pixel is masked: pixel AUROC and AUPRO stay empty")
    rows: list[dict[str, object]] = []
    for name, split_groups, seed in plans:
        rows += run(parts, split_groups, name, seed, page if not rows else None, features, config)
        for row in rows[-2:]:
            console.print(f"{row['method']} {name} {seed}: image {row['auroc']:.4f}, pixel {row['pixel_auroc']:.4f}")
        if out is not None:
            pd.DataFrame(rows, columns=COLUMNS).to_csv(out, index=False)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    report(frame, len(set(groups)))
    means = frame[frame["class"] == plans[0][0]].groupby("method")["auroc"].mean()
    if falls_short(means["nightscore"], means["knn"]):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
