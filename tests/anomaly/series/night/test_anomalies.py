"""Anomalies of hand-made scores, row by row."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.night.anomalies import Rules, find_anomalies, severity
from sensors_data.settings import parse
from sensors_data.tables import TABLES

STEP = timedelta(minutes=5)
NIGHT = pd.Timestamp("2026-11-21T23:45Z")


def scored(over: str, start: pd.Timestamp = NIGHT, asset: str = "p1", **columns: object) -> pd.DataFrame:
    """One row a mark: `x` over the threshold, `s` over it in planned work, `.` under it, ` ` no row at all."""
    rows = pd.DataFrame({"time": [start + i * STEP for i in range(len(over))], "mark": list(over)})
    rows = rows[rows["mark"] != " "]
    loud = rows["mark"].isin(["x", "s"])
    rows = rows.assign(asset=asset, score=loud * 2.0 + 0.5, threshold=1.0, p_value=1 - loud * 0.999, is_anomaly=loud)
    rows = rows.assign(suppressed=rows["mark"] == "s", top_sensor="flow", model="p@1", **columns)
    return rows.drop(columns="mark")


def sensed(rows: pd.DataFrame, deviation: float = 0.0) -> pd.DataFrame:
    """Two sensors beside the rows: flow carries 0.75 of the score and reads `deviation` more than expected."""
    flow = rows[["time", "asset"]].assign(sensor="flow", value=10 + deviation, expected=10.0, share=0.75)
    flow = flow.assign(pattern=np.nan, cross=np.nan, observed=True)
    return pd.concat([flow, flow.assign(sensor="speed", share=0.25)])


def found(rows: pd.DataFrame, deviation: float = 0.0, **rules: object) -> pd.DataFrame:
    section = parse(Rules, {"merge_gap": "5min", **rules}, "[rules]")
    return find_anomalies(rows, sensed(rows, deviation), section, STEP, "pump")


def spans(anomalies: pd.DataFrame) -> list[tuple[int, int]]:
    """Start and end of each, in steps after NIGHT."""
    return [tuple(int((row[at] - NIGHT) / STEP) for at in ("start", "end")) for row in anomalies.to_dict("records")]


@pytest.mark.parametrize(
    ("over", "k", "n", "expected"),
    [
        (".....", 2, 3, []),
        ("..x..", 2, 3, []),
        ("..x..", 1, 1, [(2, 3)]),
        (".xx..", 2, 3, [(1, 3)]),
        (".x.x.", 2, 3, [(1, 2), (3, 4)]),
        (".x..x", 2, 3, []),
        ("xx.xx", 3, 3, []),
        ("xxx.x", 3, 3, [(0, 3)]),
        ("xx   ", 2, 3, [(0, 2)]),
    ],
)
def test_an_anomaly_needs_k_rows_within_n_steps(over, k, n, expected):
    assert spans(found(scored(over), k=k, n=n)) == expected


def test_rows_on_both_sides_of_a_gap_are_not_near_each_other():
    assert spans(found(scored("x     x"), k=2, n=3)) == []
    assert spans(found(scored("x x"), k=2, n=3, merge_gap="10min")) == [(0, 3)]


@pytest.mark.parametrize(("gap", "expected"), [("10min", [(0, 2), (5, 7)]), ("20min", [(0, 7)])])
def test_runs_no_further_apart_than_the_gap_are_one(gap, expected):
    assert spans(found(scored("xx...xx"), merge_gap=gap)) == expected
    assert spans(found(scored("xx...xx"), quiet_period=gap)) == expected


@pytest.mark.parametrize(("minutes", "near"), [(5, 60), (10, 60), (60, 360)])
def test_runs_within_an_hour_or_six_steps_are_one_unless_the_rules_say_otherwise(minutes, near):
    assert Rules().gap(timedelta(minutes=minutes)) == timedelta(minutes=near)
    assert Rules(merge_gap=timedelta(hours=2)).gap(timedelta(minutes=minutes)) == timedelta(hours=2)


def test_an_anomaly_is_described_by_its_peak():
    rows = scored(".xx..")
    rows.loc[2, "score"] = 20.0
    row = found(rows).iloc[0]
    assert list(found(rows).columns) == TABLES["anomalies"].schema.names
    assert (row["peak_time"], row["peak_score"], row["rows"]) == (NIGHT + 2 * STEP, 20.0, 2)
    assert row["sensors"] == [{"sensor": "flow", "share": 0.75}, {"sensor": "speed", "share": 0.25}]
    assert (row["severity"], row["model"]) == ("critical", "p@1")


def test_an_anomaly_across_midnight_keeps_its_id_from_day_to_day():
    evening, whole = scored("xxx"), scored("xxxxx")
    assert whole["time"].iloc[-1].date() == date(2026, 11, 22)
    before, after = found(evening).iloc[0], found(whole).iloc[0]
    assert before["anomaly_id"] == after["anomaly_id"]
    assert (before["end"], after["end"]) == (NIGHT + 3 * STEP, NIGHT + 5 * STEP)


def test_ids_are_of_family_asset_and_start():
    one = pd.concat([scored("xx"), scored("xx", asset="p2"), scored("xx", start=NIGHT + timedelta(days=1))])
    found_ones = found(one)
    assert found_ones["anomaly_id"].nunique() == len(found_ones) == 3
    again = find_anomalies(one, sensed(one), Rules(merge_gap=STEP), STEP, "pump")
    assert list(again["anomaly_id"]) == list(found_ones["anomaly_id"])
    other = find_anomalies(one, sensed(one), Rules(merge_gap=STEP), STEP, "oven")
    assert not set(other["anomaly_id"]) & set(found_ones["anomaly_id"])


def test_assets_do_not_mix_and_rows_may_come_in_any_order():
    rows = pd.concat([scored("x.x.x", asset="p1"), scored(".x.x.", asset="p2")])
    assert found(rows, k=2, n=2).empty
    shuffled = rows.sample(frac=1.0, random_state=0)
    pd.testing.assert_frame_equal(found(shuffled, k=1, n=1), found(rows, k=1, n=1))


def test_planned_work_suppresses_only_what_lies_all_in_it():
    assert found(scored("ss..."))["suppressed"].tolist() == [True]
    assert found(scored("ssx.."))["suppressed"].tolist() == [False]


@pytest.mark.parametrize(
    ("deviation", "rules", "count"),
    [
        (2.0, {"min_deviation": {"flow": 1.9}}, 1),
        (2.0, {"min_deviation": {"flow": 2.1}}, 0),
        (-2.0, {"min_deviation": {"flow": 1.9}}, 1),
        (0.1, {"min_deviation": {"speed": 5.0}}, 1),
        (2.0, {"direction": {"flow": "above"}}, 1),
        (2.0, {"direction": {"flow": "below"}}, 0),
        (-2.0, {"direction": {"flow": "below"}}, 1),
        (-2.0, {"direction": {"flow": "above"}, "min_deviation": {"flow": 1.0}}, 0),
        (2.0, {"direction": {"speed": "below"}}, 1),
    ],
)
def test_the_leading_sensor_must_deviate_enough_on_a_side_that_matters(deviation, rules, count):
    assert len(found(scored(".xx.."), deviation, **rules)) == count


@pytest.mark.parametrize(
    ("times_over", "expected"),
    [(1.0, "info"), (2.1, "info"), (2.2, "warning"), (4.1, "warning"), (4.3, "critical"), (1e9, "critical")],
)
def test_severity_is_by_how_few_false_alarms_peak_as_far_over_the_threshold(times_over, expected):
    assert severity(times_over, Rules()) == expected
    assert severity(times_over, Rules(warning=1.0, critical=1e-20)) == "warning"


def test_nothing_scored_is_nothing_found():
    rows = scored("xx").iloc[:0]
    assert list(found(rows).columns) == TABLES["anomalies"].schema.names
    assert found(rows).empty


def test_a_wrong_rule_is_named():
    with pytest.raises(ValueError, match=r"\[rules\]: quiet: Extra inputs"):
        parse(Rules, {"quiet": "1h"}, "[rules]")
    with pytest.raises(ValueError, match="4 rows can never lie within 3 steps"):
        parse(Rules, {"k": 4}, "[rules]")
    with pytest.raises(ValueError, match=r"merge_gap: .*'soon' is not a duration"):
        parse(Rules, {"merge_gap": "soon"}, "[rules]")
