"""What the store holds of a week: its nights counted, every anomaly once, alarms beside the budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from anomaly.series import files as detector_files
from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.model_files import ModelCatalogue
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.views.night import card_or_fault, opinions_on, worst_first

NIGHTS = 7


@dataclass(frozen=True)
class FamilyWeek:
    """One family's week."""

    name: str
    nights: pd.DataFrame
    """day, scored (rows), assets, and how many anomalies of each severity began that night; a row a day."""
    findings: pd.DataFrame
    """Every anomaly outside planned work once, as of its last night, worst first; with `age` and `said`."""
    budget: float | None
    """False alarms an asset-week that the serving detector allows; None without one."""

    @property
    def asset_weeks(self) -> float:
        """Machines scored times nights scored, in weeks."""
        return float(self.nights["assets"].sum()) / NIGHTS


@dataclass(frozen=True)
class CameraWeek:
    """One camera's week: day, images and odd ones; a row a day."""

    name: str
    nights: pd.DataFrame


@dataclass(frozen=True)
class Week:
    """Seven days of the whole plant, `first` to `last`."""

    first: date
    last: date
    families: tuple[FamilyWeek, ...]
    cameras: tuple[CameraWeek, ...]
    models: list[tuple[str, date, bool, str]]
    """What was trained: family or camera, learned through, accepted, why."""

    @property
    def findings(self) -> pd.DataFrame:
        """All families' anomalies, worst first, with a column `family`."""
        parts = [week.findings.assign(family=week.name) for week in self.families if len(week.findings)]
        return worst_first(pd.concat(parts)) if parts else pd.DataFrame({"severity": [], "said": []})


def read_week(settings: Settings, last: date) -> Week:
    """The week that ends with a day. NotThereError when none of its nights was scored."""
    store = Store(settings.store)
    days = [last - timedelta(days=n) for n in range(NIGHTS)][::-1]
    families = tuple(_family(store, name, days) for name in sorted(settings.families))
    cameras = tuple(_camera(store, name, days) for name in sorted(settings.cameras))
    scored = sum(int(week.nights["scored"].sum()) for week in families)
    if not scored and not sum(int(week.nights["images"].sum()) for week in cameras):
        raise NotThereError(f"no night from {days[0]} to {last} was scored", f"run: nightscore nightly --day {last}")
    return Week(days[0], last, families, cameras, _trained(store, settings, days))


def _family(store: Store, family: str, days: list[date]) -> FamilyWeek:
    before = set(store.read_days("anomalies", [days[0] - timedelta(days=1)], family=family)["anomaly_id"])
    nights, parts, known = [], [], before
    for day in days:
        anomalies = store.read_days("anomalies", [day], family=family)
        anomalies = anomalies[~anomalies["suppressed"].astype(bool)]
        new = anomalies[~anomalies["anomaly_id"].isin(known)]
        known = known | set(anomalies["anomaly_id"])
        paths = store.written("scores", [day], family=family)
        counts = {severity: int((new["severity"] == severity).sum()) for severity in ("critical", "warning", "info")}
        rows = sum(store.provenance(path).rows for path in paths)
        nights.append({"day": day, "scored": rows, "assets": len(store.assets_in(paths)), **counts})
        parts.append(anomalies.assign(age="goes on" if day == days[-1] else "ended"))
    findings = pd.concat(parts).drop_duplicates("anomaly_id", keep="last")
    findings = findings.assign(said=opinions_on(store, family, findings))
    return FamilyWeek(family, pd.DataFrame(nights), worst_first(findings), _budget(store, family, days[-1]))


def _budget(store: Store, family: str, day: date) -> float | None:
    card, _ = card_or_fault(store, detector_files.read_card, detector_files.serving(store, family, day))
    return card.config.alarms_per_asset_week if card else None


def _camera(store: Store, camera: str, days: list[date]) -> CameraWeek:
    nights = []
    for day in days:
        rows = store.read_days("image_scores", [day], camera=camera)
        nights.append({"day": day, "images": len(rows), "odd": int(rows["is_anomaly"].sum())})
    return CameraWeek(camera, pd.DataFrame(nights))


def _trained(store: Store, settings: Settings, days: list[date]) -> list[tuple[str, date, bool, str]]:
    catalogue = ModelCatalogue(store)
    wanted = [("series", name) for name in sorted(settings.families)]
    wanted += [("images", name) for name in sorted(settings.cameras)]
    models = [model for kind, name in wanted for model in catalogue.models(kind, name) if model.through in days]
    trained = []
    for model in models:
        try:
            why = str(catalogue.card(model).get("verdict") or "")
        except NightscoreError as error:
            why = error.reason
        trained.append((model.name, model.through, model.accepted, why))
    return trained
