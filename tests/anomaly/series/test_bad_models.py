"""Detector files that must never score: altered weights, scales, limits and cards, each with its right hash."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from anomaly.series.files import load_for, serving
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.errors import UnusableError
from sensors_data.model_files import metadata
from sensors_data.seal import sealed, with_seal
from sensors_data.store import Store

DAYS = [date(2026, 11, 18) + timedelta(days=d) for d in range(4)]
NIGHT = DAYS[3]
Tensors = dict[str, torch.Tensor]
Card = dict[str, object]
SMALL = {"shortest": 16, "longest": 16, "tokens": 8, "draws": 1, "lengths": [1.0], "hidden": 4, "draft_epochs": 1}


@pytest.fixture(scope="module")
def trained(tmp_path_factory, pump_settings, pump_days):
    """A pump whose detector was accepted, its path and bytes."""
    fast = {**SMALL, "recurrent_rows": 100, "max_windows": 40, "fit": {"epochs": 1}}
    settings = pump_settings(tmp_path_factory.mktemp("pump"), fast)
    pump_days(settings, DAYS)
    train_series(settings, NIGHT, "pump")
    path = serving(Store(settings.store), "pump", NIGHT).path
    return settings, path, Store(settings.store).read_bytes(path)


def with_value(part: str, value: float) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        for name in [name for name in tensors if name.endswith(part)]:
            tensors[name] = torch.full_like(tensors[name], value)

    return change


def without(part: str) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        for name in [name for name in tensors if name.endswith(part)]:
            del tensors[name]

    return change


def as_type(part: str, kind: torch.dtype) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        for name in [name for name in tensors if name.endswith(part)]:
            tensors[name] = tensors[name].to(kind)

    return change


def reshaped(part: str) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        for name in [name for name in tensors if name.endswith(part)]:
            tensors[name] = torch.cat([tensors[name], tensors[name]])

    return change


def of_card(**fields: object) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        card |= fields

    return change


def of_threshold(value: float) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        card["threshold"]["value"] = value

    return change


def of_network(**fields: object) -> Callable[[Tensors, Card], None]:
    def change(tensors: Tensors, card: Card) -> None:
        card["networks"][0] |= fields

    return change


def all_zero(tensors: Tensors, card: Card) -> None:
    for name in tensors:
        if ".model." in name:
            tensors[name] = torch.zeros_like(tensors[name])


def one_more(tensors: Tensors, card: Card) -> None:
    tensors["0.model.extra.weight"] = torch.ones(2, 2)


NAN, INF = float("nan"), float("inf")
CHANGES = {
    **{f"{value} {part}": with_value(part, value) for value in (NAN, INF) for part in (
        "to_code.weight", "linear_into", "log_scale", "scale.center", "scale.spread", "typical", "band",
        "coverage_factor", "level.variance", "draws", "evidence.weights",
    )},
    **{f"zero {part}": with_value(part, 0.0) for part in (
        "scale.spread", "level.variance", "coverage_factor", "pattern.scale",
    )},
    **{f"negative {part}": with_value(part, -1.0) for part in ("scale.spread", "level.variance", "cross.freedom")},
    **{f"no {part}": without(part) for part in (
        "to_code.weight", "scale.spread", "typical", "draws", "band", "level.center",
    )},
    **{f"longer {part}": reshaped(part) for part in ("to_code.weight", "scale.center", "band")},
    "weights of float64": as_type("to_code.weight", torch.float64),
    "weights of bfloat16": as_type("reader.weight_hh_l0", torch.bfloat16),
    "weights of int8": as_type("linear_into", torch.int8),
    "every weight zero": all_zero,
    "one more layer": one_more,
    "another family": of_card(family="press"),
    "a family that is a path": of_card(family="../../press"),
    "another day": of_card(trained_through="2026-11-01"),
    "a rejected one": of_card(accepted=False),
    "another kind": of_card(config={"kind": "magic"}),
    "a later format": of_card(format=99),
    "unknown sensors": of_card(modelled=["flow", "heat"]),
    "one asset more": of_card(assets=["p1", "p2"]),
    "no networks": of_card(networks=[]),
    "a limit of 1e308": of_threshold(1e308),
    "a limit of -1": of_threshold(-1.0),
    "a limit of zero": of_threshold(0.0),
    "a limit that is NaN": of_threshold(NAN),
    "a limit without end": of_threshold(INF),
    "a huge network": of_network(hidden=100_000_000),
    "a huge code": of_network(latent=2_000_000_000),
    "windows of other length": of_network(window=32),
    "a network of other sensors": of_network(sensors=3),
}  # fmt: skip


def altered(data: bytes, change: Callable[[Tensors, Card], None]) -> bytes:
    """The detector's bytes after a change, with the hash that belongs to them."""
    tensors, card = load_tensors(data), json.loads(metadata(data)["card"])
    change(tensors, card)
    return sealed(with_seal(save_tensors({n: t.contiguous() for n, t in tensors.items()}, {"card": json.dumps(card)})))


def test_sixty_kinds_of_bad_models_are_refused_with_the_files_name(trained):
    settings, path, whole = trained
    store, refused = Store(settings.store), {}
    for what, change in CHANGES.items():
        store.write_bytes(path, altered(whole, change))
        try:
            load_for(store, "pump", NIGHT)
        except UnusableError as error:
            refused[what] = str(error)
    store.write_bytes(path, whole)
    assert sorted(set(CHANGES) - set(refused)) == []
    assert len(refused) >= 60
    assert [what for what, message in refused.items() if path not in message] == []


@pytest.mark.parametrize("junk", [b"", b"x" * 100, b"\x80" + b"[" * 60_000, b"\xff" * 9, b"PK\x03\x04" * 20])
def test_what_is_no_model_is_refused_with_the_files_name(trained, junk):
    settings, path, whole = trained
    store = Store(settings.store)
    header = len(junk).to_bytes(8, "little") + junk
    for data in (junk, header):
        store.write_bytes(path, data)
        with pytest.raises(UnusableError, match=path):
            load_for(store, "pump", NIGHT)
    store.write_bytes(path, whole)


def test_a_night_under_a_bad_model_is_red_and_writes_no_score(trained):
    settings, path, whole = trained
    store = Store(settings.store)
    store.write_bytes(path, altered(whole, with_value("to_code.weight", NAN)))
    with pytest.raises(UnusableError, match=f"{path}: 0.model.to_code.weight holds numbers that are not finite"):
        score_series(settings, NIGHT, "pump")
    run = store.read("runs", day=NIGHT, run="score-series-pump-0").iloc[0]
    assert run["state"] == "failed"
    assert path in run["reason"]
    assert store.written("scores", [NIGHT], family="pump") == []
    store.write_bytes(path, whole)


def test_a_wild_reading_is_an_anomaly_and_leaves_every_row_a_score(trained, pump_days):
    settings, _, _ = trained
    store, day = Store(settings.store), NIGHT
    grid = store.read("grid", family="pump", day=day, shard=0)
    wild = grid["flow"].where(grid["time"].dt.hour != 12, float("inf"))
    store.write("grid", grid.assign(flow=wild), store.provenance(store.path("grid", family="pump", day=day, shard=0)),
                family="pump", day=day, shard=0)  # fmt: skip
    score_series(settings, day, "pump")
    find_anomalies(settings, day, "pump")
    scores = store.read("scores", family="pump", day=day, shard=0)
    assert scores["score"].between(0, 1e300).all()
    assert scores.loc[scores["time"].dt.hour == 12, "is_anomaly"].all()
    assert store.read("anomalies", family="pump", day=day)["peak_score"].max() < 1e300
    pump_days(settings, [day - timedelta(days=3 - n) for n in range(4)])


def test_completeness_counts_rows_without_a_score_and_names_silent_sensors(trained, pump_days):
    settings, _, _ = trained
    store, where = Store(settings.store), {"family": "pump", "day": NIGHT, "shard": 0}
    grid = store.read("grid", **where)
    gap = grid["time"].dt.hour < 12
    half = grid.assign(flow=grid["flow"].mask(gap), observed_flow=~gap, speed=float("nan"), observed_speed=False)
    store.write("grid", half,
                store.provenance(store.path("grid", **where)), **where)  # fmt: skip
    score_series(settings, NIGHT, "pump")
    (row,) = store.read("completeness", **where).to_dict("records")
    scores = store.read("scores", **where)
    assert row["measured"] == 48
    assert row["scored"] == scores["score"].notna().sum()
    assert row["silent_sensors"] == "speed"
    pump_days(settings, [NIGHT - timedelta(days=3 - n) for n in range(4)])
