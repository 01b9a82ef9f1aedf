"""Does the nightly self-test of a camera notice that the camera slowly defocuses, before real defects are missed?

python -m benchmarks.images.defocus --data FILE.npz [--nights 30] [--blur 3] [--learned 160] [--parts 24]
    [--defects 40] [--side 192] [--seed 0] [--out FILE.csv] [--picture FILE.png]

FILE is one that `benchmarks.images.defects` takes. The detector learns from sharp good parts. From the first night to
the last the picture is blurred more, up to a Gaussian of `--blur` pixels. Every night other good parts are scored,
defects are painted on them as `score-images` does, and the same real defects are scored for comparison. Metrics and
both alerts are computed as a plant has them. Needs nightscore[patches]. The exit status is 1 when no alert came before
the recall of real defects had halved, 2 when the file or an option is wrong.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from matplotlib.figure import Figure
from scipy import ndimage

from anomaly.images.detector import PATCH_CONFIG, ImageDetector
from anomaly.images.image_scores import score_images
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.looks import camera_drift
from anomaly.images.self_test import self_test
from anomaly.monitoring.camera_power import camera_power_samples
from benchmarks.images.defects_data import draws_of, read_parts, split
from benchmarks.images.methods import DAY
from benchmarks.images.splits import look_alikes
from benchmarks.outputs import make_folders, wide_console
from sensors_data.provenance import Provenance
from sensors_data.store import Store

CAMERA, FIRST = "benchmark", date(2026, 1, 1)
FELL = 0.7
"""CameraPowerFell: striking painted defects found, of the most in 28 days."""
DRIFTED = 1.0
"""CameraDrift: distance of a look from training, of that which nine in ten images kept."""
console = wide_console()


@dataclass(frozen=True)
class Night:
    """What one night saw, and what was told of it."""

    night: int
    blur: float
    """Standard deviation of the Gaussian, pixels."""
    recall: float
    """Of real defects over the threshold."""
    false_alarms: float
    """Of good parts over the threshold."""
    striking: float
    """Of the week's striking painted defects, found."""
    plain: float
    faint: float
    focus: float
    """Distance of the night's focus from training; 1 is the limit."""
    power_fell: bool
    drifted: bool


@dataclass(frozen=True)
class Line:
    """A camera's good parts and real defects as they would be seen sharply, (N, C, H, W) uint8 each."""

    good: np.ndarray
    defects: np.ndarray
    parts: int
    """Good parts of a night."""


def nights(detector: ImageDetector, line: Line, blurs: np.ndarray, store: Store, seed: int) -> Iterator[Night]:
    """A night for each of `blurs` (pixels), its self-tests and drift kept in a store as `score-images` keeps them."""
    most = 0.0
    for number, blur in enumerate(blurs):
        day = FIRST + timedelta(days=number)
        chosen = np.random.default_rng((seed, number)).permutation(len(line.good))[: line.parts]
        good, defects = blurred(line.good[chosen], blur), blurred(line.defects, blur)
        limit = detector.card.threshold.value
        over = score_images(detector, good).score > limit
        ids = [str(place) for place in chosen[~over]]
        source = Provenance(job="benchmark")
        tests = self_test(detector, good[~over], ids, day)
        store.write("image_self_tests", tests, source, camera=CAMERA, day=day)
        drift = camera_drift(detector.card.looks, good, detector.name)
        store.write("camera_drift", drift, source, camera=CAMERA, day=day)
        power = {tuple(sample.labels.values())[-1]: sample.value for sample in camera_power_samples(store, CAMERA, day)}
        striking = power.get("striking", float("nan"))
        most = max(most, striking)
        yield Night(
            night=number + 1,
            blur=float(blur),
            recall=float((score_images(detector, defects).score > limit).mean()),
            false_alarms=float(over.mean()),
            striking=striking,
            plain=power.get("plain", float("nan")),
            faint=power.get("faint", float("nan")),
            focus=power.get("focus", float("nan")),
            power_fell=striking < FELL * most,
            drifted=bool((drift["ratio"] > DRIFTED).any()),
        )


def blurred(images: np.ndarray, blur: float) -> np.ndarray:
    """Images (N, C, H, W) out of focus: a Gaussian of `blur` pixels."""
    soft = ndimage.gaussian_filter(images.astype(np.float32), (0, 0, blur, blur))
    return np.asarray(np.rint(soft).astype(np.uint8))


def first_night(rows: list[Night], alert: str) -> int | None:
    """The number of the first night of an alert, None where it never came."""
    return next((row.night for row in rows if getattr(row, alert)), None)


def halved(rows: list[Night]) -> int | None:
    """The first night on which at most half as many real defects were found as on the first, None where none was."""
    return next((row.night for row in rows if row.recall <= rows[0].recall / 2), None)


def picture(rows: list[Night]) -> bytes:
    """The shares found and the drift of focus over the nights, the first night of each alert marked, as PNG."""
    frame = pd.DataFrame([asdict(row) for row in rows])
    figure = Figure(figsize=(7.5, 4), layout="constrained")
    axis = figure.subplots()
    lines = (
        ("recall", "real defects found", "#c1272d", "-"),
        ("striking", "striking painted ones found, week", "#1d5b8f", "-"),
        ("plain", "plain painted ones", "#1d5b8f", "--"),
        ("false_alarms", "good parts over the threshold", "#888888", ":"),
    )
    for column, label, colour, style in lines:
        axis.plot(frame["night"], frame[column], style, color=colour, label=label)
    for alert, label in (("drifted", "CameraDrift"), ("power_fell", "CameraPowerFell")):
        if (night := first_night(rows, alert)) is not None:
            axis.axvline(night, color="#2b2d42", lw=0.8)
            axis.text(night + 0.2, 1.02, label, fontsize=8)
    axis.set(ylim=(0, 1.1), xlabel=f"night; blurred by 0 to {rows[-1].blur:.2g} pixels", ylabel="share")
    axis.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncol=2, frameon=False)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100)
    return out.getvalue()


def main(
    data: Annotated[Path, typer.Option(help="An npz with x, y and, where known, mask and classes.")],
    count: Annotated[int, typer.Option("--nights", min=2, help="Nights.")] = 30,
    blur: Annotated[float, typer.Option(min=0.1, help="Pixels on the last night.")] = 3.0,
    learned: Annotated[int, typer.Option(min=20, help="Good parts learned from.")] = 160,
    parts: Annotated[int, typer.Option(min=8, help="Good parts of a night.")] = 24,
    defects: Annotated[int, typer.Option(min=1, help="Real defects, the same every night.")] = 40,
    side: Annotated[int, typer.Option(min=64, help="Pixels at which the network looks at an image.")] = 192,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    out: Annotated[Path | None, typer.Option(help="CSV, a row a night.")] = None,
    page: Annotated[Path | None, typer.Option("--picture", help="PNG of the curves.")] = None,
) -> None:
    """Let a camera defocus over some nights and see which alert fires when."""
    torch.set_num_threads(1)
    make_folders(out, page)
    try:
        held = read_parts(data)
        plans, _ = draws_of(held.odd, look_alikes(held.x), seed + 1)
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    _, groups, draw = plans[seed]
    train, test = split(held.odd, groups, draw)
    rng = np.random.default_rng(seed)
    sharp = held.x[rng.permutation(np.flatnonzero(train))[:learned]]
    features = PATCH_CONFIG.features.model_copy(update={"side": side})
    config = PATCH_CONFIG.model_copy(update={"features": features})
    detector, _ = learn_image_detector(ImageTraining(CAMERA, sharp, DAY, config, seed))
    odd = rng.permutation(np.flatnonzero(test & held.odd))[:defects]
    line = Line(held.x[test & ~held.odd], held.x[odd], parts)
    rows: list[Night] = []
    with tempfile.TemporaryDirectory() as folder:
        for row in nights(detector, line, np.linspace(0, blur, count), Store(folder), seed):
            rows.append(row)
            console.print(", ".join(f"{key} {value:.3g}" for key, value in asdict(row).items()))
            if out is not None:
                pd.DataFrame([asdict(row) for row in rows]).to_csv(out, index=False)
    if page is not None:
        page.write_bytes(picture(rows))
    drifted, fell, half = first_night(rows, "drifted"), first_night(rows, "power_fell"), halved(rows)
    fired = min((night for night in (drifted, fell) if night), default=None)
    console.print(f"CameraDrift from night {drifted}, CameraPowerFell from {fell}; recall had halved on night {half}")
    if fired is None or (half is not None and fired >= half):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
