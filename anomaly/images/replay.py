"""What a camera's past nights would have reported under a limit that is fitted again with today's verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from anomaly.images.jobs import image_detector_config
from anomaly.images.limits import false_alarm_interval, predictive_threshold
from anomaly.thresholds import Threshold
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.paths.roles import is_normal
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.verdicts import verdict_by_image

FEWEST = 50
"""Scores of normal pictures that a limit is fitted on, at least."""


@dataclass(frozen=True)
class ImageReplay:
    """Past nights of a camera under the limit that they had, and under the one fitted again."""

    camera: str
    model: str
    """Whose scores are compared: those of the model that scored the last night."""
    days: tuple[date, ...]
    """The nights that it scored."""
    rate: float
    """Of false alarms, as stated."""
    before: float
    """The limit that the last night had, nats."""
    after: Threshold
    normal: int
    """Pictures that the limit is fitted on."""
    unjudged: int
    """Pictures over their limit of which nobody said anything, so that they are left out of the fit."""
    pictures: pd.DataFrame
    """day, image_id, label, verdict ('' where none), score, change: kept, gone or new; the worst first."""

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures over a limit are kept, gone and new."""
        return {change: int((self.pictures["change"] == change).sum()) for change in ("kept", "gone", "new")}

    def __str__(self) -> str:
        """The outcome in words."""
        counts, (low, high) = self.counts, false_alarm_interval(self.after)
        nights = f"{self.days[0]} to {self.days[-1]}" if len(self.days) > 1 else str(self.days[0])
        left_out = f", without {self.unjudged:,} over the limit that nobody judged" if self.unjudged else ""
        return (
            f"{self.camera} {nights}, {self.model}: limit {self.before:.1f} to {self.after.value:.1f} nats, from "
            f"{self.normal:,} normal pictures{left_out}; {counts['kept']:,} kept, {counts['gone']:,} gone, "
            f"{counts['new']:,} new; {low:.1%} to {high:.1%} of good parts may be over it, {self.rate:.1%} are stated"
        )


def replay_images(
    settings: Settings, camera: str, first: date, last: date, false_alarm_rate: float | None = None
) -> ImageReplay:
    """The nights of [first, last] as they were, and under a limit fitted again on their normal pictures; nothing is
    written.

    Normal are pictures under their limit without the label of a defect, and dismissed ones; what was confirmed is not.
    With another rate of false alarms where one is given. NotThereError when no night was scored, UnusableError for
    nights in the wrong order or too few normal pictures.
    """
    if last < first:
        raise UnusableError(f"the last night {last} lies before the first {first}", "exchange the two")
    store, spec = Store(settings.store), settings.camera(camera)
    rate = false_alarm_rate or image_detector_config(settings, camera).false_alarm_rate
    days = [day for day in store.days("image_scores", camera=camera) if first <= day <= last]
    nights = {day: store.read("image_scores", camera=camera, day=day) for day in days}
    if not any(map(len, nights.values())):
        raise NotThereError(f"no picture of {camera} from {first} to {last} was scored", "run: nightscore score-images")
    model = str(next(rows["model"].iloc[-1] for rows in reversed(nights.values()) if len(rows)))
    scored = {day: rows[rows["model"] == model] for day, rows in nights.items() if (rows["model"] == model).any()}
    rows = pd.concat([_with_labels(store, camera, day, rows) for day, rows in scored.items()])
    normal_labels = {label for label in rows["label"].unique() if is_normal(label, spec)}
    return _refitted(camera, model, rows, normal_labels, verdict_by_image(store, camera), rate)


def _with_labels(store: Store, camera: str, day: date, scores: pd.DataFrame) -> pd.DataFrame:
    """A night's rows of `image_scores` with the day and the label of each picture."""
    path = store.path("images", camera=camera, day=day)
    pictures = store.columns("images", path, ["image_id", "label"]).to_pydict()
    labels = dict(zip(pictures["image_id"], pictures["label"], strict=True))
    return scores.assign(day=day, label=[labels.get(name, "") for name in scores["image_id"]])


def _refitted(
    camera: str, model: str, scores: pd.DataFrame, normal_labels: set[str], verdicts: Mapping[str, str], rate: float
) -> ImageReplay:
    """The replay of rows of `image_scores` with `day` and `label`, all of one model."""
    rows = scores.assign(verdict=[verdicts.get(name, "") for name in scores["image_id"]])
    dismissed = rows["verdict"] == "dismissed"
    may_be_normal = rows["label"].isin(normal_labels) & (rows["verdict"] == "")
    normal = dismissed | (may_be_normal & ~rows["is_anomaly"])
    if normal.sum() < FEWEST:
        raise UnusableError(
            f"{camera} has {normal.sum()} normal pictures that {model} scored in these nights",
            f"at least {FEWEST} are needed: name more nights",
        )
    after = predictive_threshold(rows.loc[normal, "score"].to_numpy(), rate)
    over = rows["score"] > after.value
    change = np.select([rows["is_anomaly"] & over, rows["is_anomaly"], over], ["kept", "gone", "new"], "")
    shown = rows.assign(change=change)[change != ""]
    return ImageReplay(
        camera=camera,
        model=model,
        days=tuple(rows["day"].drop_duplicates()),
        rate=rate,
        before=float(rows["threshold"].iloc[-1]),
        after=after,
        normal=int(normal.sum()),
        unjudged=int((may_be_normal & rows["is_anomaly"]).sum()),
        pictures=shown[["day", "image_id", "label", "verdict", "score", "change"]].sort_values(
            "score", ascending=False, kind="stable", ignore_index=True
        ),
    )
