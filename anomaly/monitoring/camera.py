"""A camera's night as samples: its images and scores, its detector, its generator and what the gate said of a batch."""

from __future__ import annotations

from datetime import date

import pandas as pd

from anomaly.images.files import KIND, read_card
from anomaly.monitoring.camera_power import camera_power_samples
from anomaly.monitoring.family import QUANTILES
from anomaly.monitoring.prometheus import MOST_VALUES, Sample, sample
from anomaly.monitoring.runs import camera_subject, job_samples, model_samples, newest_day, store_samples
from sensors_data.images.batches import USE
from sensors_data.model_files import ModelCatalogue
from sensors_data.store import Store

GENERATOR_STATES = ("training", "done", "collapsed", "diverged")
GATE = "gate"
"""The row of `quality` that holds the verdict on the whole batch."""


def camera_samples(store: Store, camera: str, day: date) -> list[Sample]:
    """All samples of a camera's night of `day`; the findings are those of the newest scored day up to `day`."""
    subject = camera_subject(camera)
    scored = newest_day(store, "image_scores", day, camera=camera)
    return [
        *(_found(store, camera, scored) if scored else []),
        *(camera_power_samples(store, camera, scored) if scored else []),
        *_generator(store, camera, day),
        *_batch(store, camera, day),
        *model_samples(store, subject, KIND, day),
        *_verdict(store, camera, day),
        *job_samples(store, subject, day),
        *store_samples(store, subject, day),
    ]


def _found(store: Store, camera: str, day: date) -> list[Sample]:
    """What a scored day says: images, those over the threshold, the worst of them, quantiles, files not used."""
    rows = store.read("image_scores", camera=camera, day=day)
    refused = store.read_days("image_rejects", [day], camera=camera)
    samples = [
        sample("scored_images", len(rows), camera=camera),
        sample("scored_day_timestamp_seconds", pd.Timestamp(day, tz="UTC").timestamp(), camera=camera),
        sample("anomalous_images", rows["is_anomaly"].astype(bool).sum(), camera=camera),
        sample("rejected_images", len(refused), camera=camera),
    ]
    if len(rows):
        worst = rows.sort_values(["score", "image_id"]).iloc[-1]
        samples.append(sample("worst_image_nats", worst["score"], camera=camera, image=str(worst["image_id"])))
        samples.append(sample("threshold_nats", rows["threshold"].median(), camera=camera))
        samples += [sample("score_nats", rows["score"].quantile(q), camera=camera, level=f"{q:g}") for q in QUANTILES]
    return samples


def _generator(store: Store, camera: str, day: date) -> list[Sample]:
    """How the newest training of the camera's generator that was done before the day ended."""
    models = [date.fromisoformat(part["model"]) for part in store.partitions("generator_training", camera=camera)]
    through = max((model for model in models if model < day), default=None)
    if through is None:
        return []
    rows = store.read("generator_training", camera=camera, model=through)
    state = str(rows["state"].iloc[-1]) if len(rows) else "training"
    samples = [sample("generator_state", known == state, camera=camera, state=known) for known in GENERATOR_STATES]
    samples.append(sample("generator_age_seconds", (day - through).days * 86_400, camera=camera))
    best = rows.loc[rows["best"].astype(bool), "distance"].dropna()
    return [*samples, *(sample("generator_distance", distance, camera=camera) for distance in best.tail(1))]


def _batch(store: Store, camera: str, day: date) -> list[Sample]:
    """What the gate said of the newest judged batch up to a day: its verdict, its measures, how many it let through."""
    judged = newest_day(store, "quality", day, camera=camera)
    if judged is None:
        return []
    rows = store.read("quality", camera=camera, day=judged)
    accepted = len(store.read_days("synthetic_images", [judged], camera=camera))
    refused = len(store.read_days("rejected_synthetic_images", [judged], camera=camera))
    samples = [
        sample("synthetic_images", accepted, camera=camera, state="accepted"),
        sample("synthetic_images", refused, camera=camera, state="rejected"),
    ]
    samples += [
        sample("synthetic_gate_passed", p, camera=camera) for p in rows.loc[rows["measure"] == GATE, "passed"].tail(1)
    ]
    for row in rows[~rows["measure"].isin([GATE, USE])].drop_duplicates("measure").head(MOST_VALUES).to_dict("records"):
        labels = {"camera": camera, "measure": str(row["measure"])}
        samples += [sample("synthetic_quality", row["value"], **labels)] if pd.notna(row["value"]) else []
        samples += [sample("synthetic_quality_limit", row["limit"], **labels)] if pd.notna(row["limit"]) else []
    return samples


def _verdict(store: Store, camera: str, day: date) -> list[Sample]:
    """Why the newest trained detector was rejected; nothing where it was not."""
    newest = ModelCatalogue(store).trained_before(KIND, camera, day)[-1:]
    cards = [read_card(store, model) for model in newest if not model.accepted]
    return [sample("rejected_model_info", 1, camera=camera, verdict=card.verdict) for card in cards]
