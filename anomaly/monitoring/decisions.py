"""How good a family's decisions are, as samples: would faults be found, and does the alarm budget hold."""

from __future__ import annotations

from datetime import date, timedelta

from anomaly.monitoring.power import share_by_kind
from anomaly.monitoring.prometheus import Sample, sample
from anomaly.series.files import read_card, serving
from sensors_data.store import Store

WEEK = 7
BUDGET_DAYS = 28


def decision_samples(store: Store, family: str, day: date) -> list[Sample]:
    """Detection power by kind of fault, and anomalies compared with the budget; nothing if no night was scored."""
    return [*_power(store, family, day), *_budget(store, family, day)]


def _power(store: Store, family: str, day: date) -> list[Sample]:
    """Of each kind of planted fault the share that was found in the week to the day."""
    trials = store.read_days("self_tests", [day - timedelta(days=back) for back in range(WEEK)], family=family)
    return [
        sample("self_test_found_ratio", share, family=family, kind=kind)
        for kind, share in share_by_kind(trials).items()
    ]


def _budget(store: Store, family: str, day: date) -> list[Sample]:
    """The number of reported anomalies per false alarm that the budget allows; planned work does not count."""
    days = [day - timedelta(days=back) for back in range(BUDGET_DAYS)]
    scored = [d for d in days if store.written("scores", [d], family=family)]
    model = serving(store, family, day)
    if not scored or model is None:
        return []
    anomalies = store.read_days("anomalies", scored, family=family)
    count = anomalies[~anomalies["suppressed"].astype(bool)]["anomaly_id"].nunique()
    asset_days = sum(len(store.assets_in(store.written("scores", [d], family=family))) for d in scored)
    allowed = read_card(store, model).config.alarms_per_asset_week * asset_days / WEEK
    return [sample("anomalies_budget_ratio", count / allowed, family=family)] if allowed else []
