"""Which anomaly is the worst, where none was named."""

from __future__ import annotations

from datetime import date
from typing import Any

from sensors_data.store import Store


def worst_anomaly(
    store: Store, families: list[str], day: date | None = None, asset: str | None = None
) -> dict[str, Any] | None:
    """The anomaly with the highest peak score outside planned work, its columns and `family`; None without one.

    Of all nights, or of one `day`; of all assets, or of one.
    """
    rows: list[dict[str, Any]] = []
    for family in families:
        days = [day] if day else store.days("anomalies", family=family)
        anomalies = store.read_days("anomalies", days, family=family)
        anomalies = anomalies[~anomalies["suppressed"].astype(bool)]
        anomalies = anomalies if asset is None else anomalies[anomalies["asset"] == asset]
        worst = anomalies.sort_values("peak_score", kind="stable").tail(1).assign(family=family)
        rows += [{str(name): value for name, value in row.items()} for row in worst.to_dict("records")]
    return max(rows, key=lambda row: float(row["peak_score"]), default=None)
