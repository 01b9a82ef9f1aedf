"""How well a camera sees, as samples: has it drifted, and would defects be found."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from anomaly.images.planted import PLAIN
from anomaly.monitoring.power import plain, share_by_kind
from anomaly.monitoring.prometheus import Sample, sample
from sensors_data.store import Store

WEEK = 7
EDGES, BANDS = (0.0, PLAIN, 15.0, float("inf")), ("faint", "plain", "striking")
"""Visibilities between which a painted defect is called so."""


def camera_power_samples(store: Store, camera: str, day: date) -> list[Sample]:
    """The newest scored day's drift, and detection power by kind and visibility over the week to it."""
    drift = store.read_days("camera_drift", [day], camera=camera)
    tests = store.read_days("image_self_tests", [day - timedelta(days=back) for back in range(WEEK)], camera=camera)
    samples = [
        sample("camera_drift_ratio", float(row["ratio"]), camera=camera, look=str(row["look"]))
        for row in drift.to_dict("records")
    ]
    for kind, share in share_by_kind(plain(tests)).items():
        samples.append(sample("image_self_test_found_ratio", share, camera=camera, kind=kind))
    bands = pd.cut(tests["visibility"], EDGES, labels=BANDS, right=False)
    for band, rows in tests.groupby(bands, observed=True):
        share = float(rows["found"].astype(bool).mean())
        samples.append(sample("image_self_test_power_ratio", share, camera=camera, visibility=str(band)))
    return samples
