"""The jobs of cameras: train on a camera's normal images, score a day's images."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from anomaly.images.backbone import keep_backbone, open_backbone
from anomaly.images.detector import ImageDetector, ImageDetectorConfig, parse_config
from anomaly.images.feature_cache import FeatureCache
from anomaly.images.files import KIND, load_for, read_detector, save, serving
from anomaly.images.heat_maps import heat_map_png
from anomaly.images.image_scores import ImageScores, score_frame
from anomaly.images.image_scores import score_images as scores_of
from anomaly.images.known_pictures import known_defects
from anomaly.images.learning import ImageTraining
from anomaly.images.looks import camera_drift
from anomaly.images.self_test import A_NIGHT, self_test
from anomaly.images.stored_maps import keep_maps
from anomaly.images.tiled_learning import judged, learn_camera, learned_tiles, paintable
from anomaly.images.training_words import training_line
from anomaly.vae.training import Epoch
from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.batches import for_augmentation
from sensors_data.images.days import SOURCE_SIZE
from sensors_data.images.table import MIN_IMAGES, normal_images, normal_rows, pixels_of
from sensors_data.lease_holder import Holder, hold_lease
from sensors_data.model_files import unfinished
from sensors_data.nets.checkpoint import Checkpoint, stored_checkpoint
from sensors_data.nets.training import Hooks, Progress
from sensors_data.places import heat_map_path
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.verdicts import verdict_by_image


def image_detector_config(settings: Settings, camera: str) -> ImageDetectorConfig:
    """The detector section of a camera's settings, with its own network opened where it has one.

    UnusableError names a wrong key; both as `open_backbone` raises them.
    """
    spec, where = settings.camera(camera), f"[cameras.{camera}.detector]"
    stated = spec.detector.get("features", {})
    if not spec.backbone or not isinstance(stated, dict):
        return parse_config(spec.detector, where)
    features = {"kind": "patches", **stated, "backbone": open_backbone(Path(spec.backbone))}
    return parse_config({**spec.detector, "features": features}, where)


def train_images(settings: Settings, day: date, camera: str, progress: Callable[[str], Progress] | None = None) -> str:
    """Job: learn a camera's detector from its normal images of the days before `day`, accept or reject it.

    A training that was killed continues; another one of the camera is waited for. LookupError when there is no image,
    ValueError when there are too few, StoppedError when somebody stopped it.
    """
    store = Store(settings.store)
    with hold_lease(store, KIND, camera, day) as holder:
        reported = holder.telling(progress)
        return run_job(
            store, "train-images", day, camera, lambda: _train(store, settings, day, camera, reported, holder)
        )


def _train(
    store: Store, settings: Settings, day: date, camera: str, progress: Callable[[str], Progress], holder: Holder
) -> Done:
    spec, config = settings.camera(camera), image_detector_config(settings, camera)
    if spec.backbone:
        keep_backbone(store, Path(spec.backbone), config.features.backbone)
    verdicts = verdict_by_image(store, camera)
    rows = normal_images(store, camera, spec, day, config.days, verdicts)
    every = len(rows)
    rows, size = (rows, "") if spec.any_size else _of_newest_size(rows, camera)
    images, through = pixels_of(rows, spec), day - timedelta(days=1)
    synthetic = _synthetic(store, spec, camera, day, config, len(images))
    checkpoint = checkpoint_of(store, settings, day, camera, images, synthetic)
    cache = FeatureCache(store, camera, config.kept_features)
    defects = None if spec.tile else known_defects(store, camera, spec, day, config.days, verdicts)
    training = ImageTraining(camera, images, through, config, settings.seed, synthetic, cache, spec.tile, defects)
    learned, history = learn_camera(training, Hooks(progress(camera), checkpoint))
    cache.forget_others(learned_tiles(training)[0] if training.tile else images, learned.card.config.features)
    before = serving(store, camera, through)
    incumbent = read_detector(store, before) if before else None
    detector = judged(learned, incumbent, training)
    card = detector.card.model_copy(update={"settings": settings_hash(spec), "source_size": size})
    detector = replace(detector, card=card)
    holder.go_on()
    path = save(store, detector)
    _keep_history(store, camera, through, history)
    store.remove(unfinished(KIND, camera))
    left_out = f"; {every - len(rows):,} older images of another size left out" if every > len(rows) else ""
    return Done(len(images), training_line(detector, day, path) + left_out)


def _of_newest_size(rows: pd.DataFrame, camera: str) -> tuple[pd.DataFrame, str]:
    """The rows of the size that the camera sent last, and that size. ValueError when they are too few since."""
    sizes = np.array([source_size(bytes(png)) for png in rows["png"]])
    newest = sizes == sizes[-1]
    if newest.sum() < min(MIN_IMAGES, len(rows)):
        since = rows["time"].iloc[int(np.argmax(newest))]
        raise UnusableError(
            f"{camera} has {newest.sum()} normal images to learn from",
            f"at least {MIN_IMAGES} are needed: it sends "
            f"{sizes[-1]} pixels since {since:%Y-%m-%d}, of another size before",
        )
    return rows[newest], str(sizes[-1])


def checkpoint_of(
    store: Store, settings: Settings, day: date, camera: str, images: np.ndarray, drawn: np.ndarray
) -> Checkpoint:
    """The checkpoint of a training; other images, settings or another seed begin anew."""
    digest = hashlib.sha256(np.ascontiguousarray(images).data)
    digest.update(np.ascontiguousarray(drawn).data)
    seen = digest.hexdigest()[:16]
    known = settings_hash(settings.camera(camera), image_detector_config(settings, camera))
    return stored_checkpoint(store, unfinished(KIND, camera), f"{known} {day} {settings.seed} {len(drawn)} {seen}")


def _synthetic(
    store: Store, spec: Camera, camera: str, day: date, config: ImageDetectorConfig, real: int
) -> np.ndarray:
    """Synthetic images without a defect of the days before `day` whose batch was published for augmentation, at most
    the camera's `max_synthetic_share` of all training images.
    """
    most = int(real * spec.max_synthetic_share / (1 - spec.max_synthetic_share))
    if not most:
        return pixels_of(pd.DataFrame(), spec)
    days = [day - timedelta(days=back) for back in range(1, config.days + 1)]
    rows = store.read_days("synthetic_images", for_augmentation(store, camera, days), camera=camera)
    return pixels_of(normal_rows(rows, spec).head(most), spec)


def _keep_history(store: Store, camera: str, through: date, history: list[Epoch]) -> None:
    frame = pd.DataFrame([{"network": "vae", **epoch.model_dump()} for epoch in history])
    store.write("training", frame, Provenance(job="train-images"), kind=KIND, name=camera, model=through)


def score_images(settings: Settings, day: date, camera: str) -> str:
    """Job: a day's images into `image_scores`, with a heat map of each anomaly, by the detector that serves the day.

    LookupError when there is no such detector or no image, ValueError when the camera's size changed since.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    return run_job(store, "score-images", day, camera, lambda: _score(store, spec, day, camera))


def _score(store: Store, spec: Camera, day: date, camera: str) -> Done:
    detector = load_for(store, camera, day)
    rows = store.read("images", camera=camera, day=day)
    check_source(detector, bytes(rows["png"].iloc[0]), day)
    images = pixels_of(rows, spec)
    scores = scores_of(detector, images)
    frame = score_rows(detector, rows, scores)
    check_finite(frame, camera, day)
    for number in np.flatnonzero(frame["is_anomaly"]):
        png = heat_map_png(detector, images[number], scores.maps[number])
        store.write_bytes(heat_map_path(camera, day, str(frame["image_id"].iloc[number])), png)
    source = store.made_from(
        [store.path("images", camera=camera, day=day)],
        Provenance(job="score-images", model=detector.name, settings=settings_hash(spec)),
    )
    store.write("image_scores", frame, source, camera=camera, day=day)
    drift = _keep_night(store, detector, images, scores, frame, day, source)
    over, worst = int(frame["is_anomaly"].sum()), frame["score"].max()
    line = f"scored {camera} {day}: {len(frame):,} images, {over:,} over the threshold {frame['threshold'].iloc[0]:.1f}"
    moved = ", ".join(drift.loc[drift["drifted"].astype(bool), "look"])
    change = f", the camera itself has changed: {moved}" if moved else ""
    return Done(len(frame), f"{line}, worst {worst:.1f} nats{change}, model {detector.name}")


def check_finite(frame: pd.DataFrame, camera: str, day: date) -> None:
    """UnusableError when an image's score is no number: it must not pass for normal."""
    lost = frame.loc[~np.isfinite(frame["score"]), "image_id"]
    if len(lost):
        reason = f"{len(lost):,} images of {camera} {day} have no score, the first is {lost.iloc[0]}"
        raise UnusableError(reason, f"train again with: nightscore train-images --camera {camera}")


def _keep_night(
    store: Store,
    detector: ImageDetector,
    images: np.ndarray,
    scores: ImageScores,
    frame: pd.DataFrame,
    day: date,
    source: Provenance,
) -> pd.DataFrame:
    """Keep what a night leaves beside its scores: the worst heat maps, the self-test, and the camera's drift, which is
    given back.
    """
    camera, ids = detector.card.camera, frame["image_id"].tolist()
    keep_maps(store, camera, day, ids, scores.score, scores.maps, detector.name)
    good = ~frame["is_anomaly"].to_numpy(dtype=bool)
    tests = self_test(*paintable(detector, images[good], frame.loc[good, "image_id"].tolist(), A_NIGHT), day)
    store.write("image_self_tests", tests, source, camera=camera, day=day)
    drift = camera_drift(detector.card.looks, images, detector.name)
    store.write("camera_drift", drift, source, camera=camera, day=day)
    return drift


def score_rows(detector: ImageDetector, images: pd.DataFrame, scores: ImageScores) -> pd.DataFrame:
    """Rows of the `image_scores` table."""
    return pd.concat([images[["image_id", "time"]].reset_index(drop=True), score_frame(detector, scores)], axis=1)


def source_size(png: bytes) -> str:
    """The pixels that the camera sent, as 640x480, from a stored image's text."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        return str(image.info.get(SOURCE_SIZE, ""))


def check_source(detector: ImageDetector, png: bytes, day: date) -> None:
    """ValueError when the camera sends images of another size than the detector's training images."""
    size, known = source_size(png), detector.card.source_size
    if known and size != known:
        camera = detector.card.camera
        raise UnusableError(
            f"{camera} sent {size} pixels on {day}, model {detector.name} learned from {known}",
            f"repair the camera or retrain once there are enough images: nightscore train-images --camera {camera}",
        )
