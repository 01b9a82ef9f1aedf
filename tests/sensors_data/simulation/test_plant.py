from datetime import date

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.intake.readings import days_in, read_day
from sensors_data.settings import load
from sensors_data.simulation.faults import FAULTS
from sensors_data.simulation.plant import DAY_ROWS, FAMILIES, last_days, plant_settings, simulate_plant, write_plant

KINDS = sorted(set(FAULTS) - {"planned outage"})


@pytest.fixture(scope="module")
def plant():
    return simulate_plant(7)


@pytest.fixture(scope="module")
def written(plant, tmp_path_factory):
    """The plant's folder, as a user would have it."""
    folder = tmp_path_factory.mktemp("plant")
    write_plant(plant, folder, seed=7)
    (folder / "settings.toml").write_text(plant_settings())
    return folder


def asset_of(plant, fault):
    rows = plant.readings[fault["family"]]
    return rows[rows["asset"] == fault["asset"]].set_index("time")


def parts(plant, kind):
    """Every fault of a kind with its sensor's values inside and in the two days before it, missing ones left out."""
    for fault in plant.faults[plant.faults["kind"] == kind].to_dict("records"):
        values = asset_of(plant, fault)[fault["sensor"] or FAMILIES[fault["family"]][0][0]]
        inside = values[(values.index >= fault["start"]) & (values.index < fault["end"])]
        before = values[(values.index >= fault["start"] - pd.Timedelta("2D")) & (values.index < fault["start"])]
        yield fault, inside.dropna(), before.dropna()


def test_a_seed_gives_one_plant_and_another_seed_another(plant):
    again, other = simulate_plant(7), simulate_plant(8)
    for family in FAMILIES:
        pd.testing.assert_frame_equal(plant.readings[family], again.readings[family])
        assert not plant.readings[family].equals(other.readings[family])
    pd.testing.assert_frame_equal(plant.faults, again.faults)
    assert not plant.faults.equals(other.faults)


def test_every_asset_measures_all_its_sensors_on_every_day(plant):
    for family, (sensors, assets) in FAMILIES.items():
        frame = plant.readings[family]
        assert list(frame) == ["time", "asset", *sensors]
        assert len(frame) == 30 * DAY_ROWS * assets
        share = frame[list(sensors)].notna().mean()
        assert share.between(0.9, 0.999).all()


@pytest.mark.parametrize("seed", range(2))
def test_every_kind_of_fault_occurs_two_or_three_an_asset_in_the_last_days(seed):
    made = simulate_plant(seed)
    assert sorted(made.faults["kind"].unique()) == KINDS
    assert len(KINDS) == 8
    assert made.faults.groupby("asset").size().between(2, 3).all()
    assert made.faults["asset"].nunique() == 7
    assert (made.faults["start"] >= pd.Timestamp("2026-03-23", tz="UTC")).all()
    assert (made.faults["end"] <= pd.Timestamp("2026-04-01", tz="UTC")).all()
    assert (made.faults["end"] > made.faults["start"]).all()


def test_faults_of_an_asset_do_not_touch_each_other_nor_planned_work(plant):
    for _, mine in pd.concat([plant.faults, plant.maintenance]).groupby("asset"):
        ordered = mine.sort_values("start")
        assert (ordered["start"].iloc[1:].to_numpy() > ordered["end"].iloc[:-1].to_numpy()).all()


def test_a_stuck_value_never_moves_while_it_did_before(plant):
    for _, inside, before in parts(plant, "stuck value"):
        assert inside.nunique() == 1
        assert before.nunique() > 100


def test_a_noise_burst_jumps_more_from_row_to_row(plant):
    for _, inside, before in parts(plant, "noise burst"):
        assert inside.diff().std() > 1.5 * before.diff().std()


@pytest.mark.parametrize(("kind", "least"), [("spike", 2.5), ("level shift", 1.2), ("drift", 1.0)])
def test_a_moved_level_is_far_from_what_that_time_of_day_read_before(plant, kind, least):
    for fault, inside, _ in parts(plant, kind):
        values = asset_of(plant, fault)[fault["sensor"]]
        normal = values[values.index < pd.Timestamp("2026-03-23", tz="UTC")]
        assert abs(inside.mean() - normal.mean()) / normal.std() > least / 2
        assert np.abs(inside - normal.mean()).max() / normal.std() > least


def test_an_outage_brings_every_sensor_near_zero(plant):
    count = 0
    for fault, _, _ in parts(plant, "outage"):
        rows = asset_of(plant, fault)
        sensors = list(FAMILIES[fault["family"]][0])
        inside = rows[(rows.index >= fault["start"]) & (rows.index < fault["end"])][sensors].dropna()
        assert (inside.abs().max() < 0.1 * rows[sensors].mean()).all()
        count += len(inside)
    assert count > 20


def test_a_frequency_change_shortens_the_machines_cycle(plant):
    for fault, inside, before in parts(plant, "frequency change"):
        slow = period(before)
        assert period(inside) < 0.75 * slow, fault


def period(values):
    """Rows of the strongest cycle between half an hour and six hours."""
    x = values.to_numpy() - values.rolling(72, center=True, min_periods=1).mean().to_numpy()
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    rows = len(x) / np.maximum(np.arange(len(power)), 1)
    power[(rows < 6) | (rows > 72)] = 0
    return rows[power.argmax()]


def test_a_lost_correlation_leaves_the_sensor_plausible_and_the_relation_broken(plant):
    for fault, inside, _ in parts(plant, "lost correlation"):
        rows = asset_of(plant, fault)
        others = [s for s in FAMILIES[fault["family"]][0] if s != fault["sensor"]]
        known = rows[rows.index < pd.Timestamp("2026-03-23", tz="UTC")].dropna(subset=[*others, fault["sensor"]])
        fitted = np.linalg.lstsq(with_one(known[others]), known[fault["sensor"]].to_numpy(), rcond=None)[0]
        usual = (known[fault["sensor"]] - with_one(known[others]) @ fitted).std()
        during = rows.loc[inside.index].dropna(subset=others)
        found = (during[fault["sensor"]] - with_one(during[others]) @ fitted).std()
        assert found > 1.3 * usual, fault
        low, high = known[fault["sensor"]].quantile([0.001, 0.999])
        assert inside.between(low - 0.2 * (high - low), high + 0.2 * (high - low)).all()


def with_one(frame):
    return np.column_stack([frame.to_numpy(), np.ones(len(frame))])


def test_the_written_plant_is_read_back_value_for_value(plant, written):
    settings = load(written / "settings.toml")
    for name, family in settings.families.items():
        readings, rejects = read_day(family, date(2026, 3, 10))
        reasons = sorted(rejects["reason"].unique())
        assert "below the plausible range" in reasons
        assert "not a number" in reasons
        assert "duplicate of a later row" in reasons
        frame = plant.readings[name]
        today = frame[frame["time"].dt.date == date(2026, 3, 10)].melt(["time", "asset"], var_name="sensor").dropna()
        assert len(today) - 2 <= len(readings) <= len(today)
        both = today.merge(readings, on=["time", "asset", "sensor"], suffixes=("", "_read"))
        assert len(both) == len(readings)
        np.testing.assert_allclose(both["value_read"], both["value"], atol=1e-9)
    assert (written / "faults.csv").is_file()
    assert list(pd.read_csv(written / "faults.csv")["kind"]) == list(plant.faults["kind"])


def test_the_last_days_of_a_plant_are_counted_from_its_end():
    assert last_days(30, 9)[0] == date(2026, 3, 23)
    assert last_days(30, 9)[-1] == date(2026, 3, 31)


def test_a_plant_without_room_for_its_faults_is_refused():
    with pytest.raises(ValueError, match="at least"):
        simulate_plant(0, days=9, faulty_days=9)
    with pytest.raises(ValueError, match="at least"):
        simulate_plant(0, days=30, faulty_days=5)


def test_the_inbox_of_the_plant_holds_every_day(written):
    assert days_in(load(written / "settings.toml").family("oven"))[::29] == [date(2026, 3, 2), date(2026, 3, 31)]
