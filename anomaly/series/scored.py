"""Scored rows in memory: their anomalies, under this budget of false alarms or another, and their plot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from anomaly.series.night.anomalies import Rules, find_anomalies
from anomaly.series.plot import asset_figure
from anomaly.series.span import WEEK_S
from anomaly.thresholds import Threshold
from sensors_data.arrow_rows import as_table
from sensors_data.errors import NotThereError
from sensors_data.settings import Family


@dataclass(frozen=True)
class ScoredReadings:
    """Scored rows, in the form of the store's tables."""

    rows: pd.DataFrame
    """The columns of table `scores`: a row a time and asset."""
    sensors: pd.DataFrame
    """The columns of table `sensor_scores`: a row a time, asset and sensor."""
    spec: Family
    family: str
    thresholds: dict[str, Threshold]
    """Of each model that scored the rows, by its id as the column `model` has it."""

    def anomalies(self, rules: Rules | None = None) -> pd.DataFrame:
        """The anomalies in these rows, highest peak first, suppressed ones last: the columns of table `anomalies`."""
        rows = find_anomalies(self.rows, self.sensors, rules or Rules(), self.spec.step, self.family)
        anomalies = as_table("anomalies", rows)
        order = np.lexsort((-anomalies["peak_score"], anomalies["suppressed"]))
        return anomalies.iloc[order].reset_index(drop=True)

    def under(self, alarms_per_asset_week: float) -> ScoredReadings:
        """The same rows under another budget of false alarms: each threshold is moved along its own tail."""
        budget = alarms_per_asset_week * self.spec.step.total_seconds() / WEEK_S
        moved = {
            name: threshold.model_copy(update={"value": threshold.limit_for(budget), "budget": budget})
            for name, threshold in self.thresholds.items()
        }
        factor = {name: moved[name].value / threshold.value for name, threshold in self.thresholds.items()}
        limit = self.rows["threshold"] * self.rows["model"].map(factor)
        rows = self.rows.assign(threshold=limit, is_anomaly=self.rows["score"] > limit)
        return replace(self, rows=rows, thresholds=moved)

    def plot(self, asset: str | None = None, rules: Rules | None = None) -> Figure:
        """The picture of `nightscore show`: each sensor over its expected band, score and threshold, anomalies shaded.

        It shows `asset`, or by default the asset with the highest score. NotThereError names the scored assets.
        """
        names = self.rows["asset"].unique()
        chosen = asset if asset is not None else str(self.rows["asset"].iloc[self.rows["score"].fillna(0).argmax()])
        if chosen not in names:
            raise NotThereError(f"asset '{chosen}' was not scored", f"scored are {', '.join(names[:12])}")
        scores, sensors, anomalies = (
            part[part["asset"] == chosen] for part in (self.rows, self.sensors, self.anomalies(rules))
        )
        first, last = (f"{moment:%Y-%m-%d}" for moment in (scores["time"].min(), scores["time"].max()))
        days = first if first == last else f"{first} to {last}"
        return asset_figure(scores, sensors, anomalies, self.spec, f"{chosen} · {days}")
