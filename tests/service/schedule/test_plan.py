import json
import re
from datetime import timedelta

import pytest

from sensors_data.errors import UnusableError
from sensors_data.settings import parse
from service.schedule import speed
from service.schedule.costs import SAMPLE_S, costs_of
from service.schedule.plan import Fleet, plan

MINUTE = timedelta(minutes=1)


def fleet(assets: int, sensors: int = 6, **more: int) -> Fleet:
    return Fleet(assets=assets, sensors=sensors, step=MINUTE, **more)


@pytest.mark.parametrize("assets", [10, 1000, 10_000, 1_000_000])
@pytest.mark.parametrize("memory", [1000, 2000, 8000])
def test_no_task_takes_more_memory_than_it_may(assets, memory):
    night = plan(fleet(assets, memory_mb=memory, cores=16))
    assert night.peak_mb <= memory
    assert night.shards <= 1024


def test_the_work_grows_with_the_values_and_not_faster():
    small, large = (plan(fleet(assets)).cpu_s for assets in (10_000, 1_000_000))
    assert large / small == pytest.approx(100, rel=0.05)


def test_a_small_fleet_is_one_family_of_one_shard_and_a_large_one_is_cut():
    assert (plan(fleet(20)).families, plan(fleet(20, cores=64)).shards) == (1, 1)
    large = plan(fleet(10_000, cores=64))
    assert large.families > 1
    assert large.shards > 1
    assert plan(fleet(10_000, memory_mb=200_000)).families == 1


def test_more_cores_make_the_night_shorter_and_a_faster_machine_too():
    minutes = [plan(fleet(10_000, cores=cores)).minutes for cores in (1, 4, 16)]
    assert minutes[0] > 3.5 * minutes[1] > 3 * minutes[2]
    assert plan(fleet(10_000), speed=2).cpu_s == pytest.approx(plan(fleet(10_000)).cpu_s / 2)


def test_a_machine_that_takes_twice_as_long_for_the_sample_is_half_as_fast(monkeypatch):
    monkeypatch.setattr(speed, "sample_s", lambda: 2 * SAMPLE_S)
    assert speed.speed_here() == pytest.approx(0.5)


def test_the_cost_of_a_job_is_that_of_its_tasks_rows_and_values():
    cpu = costs_of(linear=False)[0].cpu_us
    assert cpu.of(1e6, 6) == pytest.approx(cpu.task + 1e6 * cpu.row + 6e6 * cpu.value)
    assert cpu.of(1e6, 6, tasks=4) - cpu.of(1e6, 6) == pytest.approx(3 * cpu.task)


def test_scoring_costs_less_where_the_linear_path_serves_alone_and_nothing_else_does():
    both = [plan(Fleet(assets=1000, sensors=6, step=MINUTE, linear=linear)) for linear in (False, True)]
    cheaper = [job.name for job, other in zip(both[0].jobs, both[1].jobs, strict=True) if other.cpu_s < job.cpu_s]
    assert cheaper == ["score-series"]


def test_an_asset_too_large_for_a_task_is_refused_with_what_it_needs():
    with pytest.raises(UnusableError, match=r"an asset of 8,640,000 values a day does not fit 1,000 MB"):
        plan(Fleet(assets=1, sensors=100, step=timedelta(seconds=1), memory_mb=1000))
    with pytest.raises(UnusableError, match="does not divide the day"):
        parse(Fleet, {"assets": 1, "sensors": 1, "step": "7h"}, "the plan")


def test_the_command_tells_the_night_and_measures_the_machine_when_asked(nightscore):
    words = nightscore("plan", "--assets", 10_000, "--sensors", 6).out
    assert re.search(r"a night takes [\d,]+ min on 2 cores, [\d,]+ CPU-s", words)
    assert "86.4 million values a day" in words
    (measured,) = json.loads(nightscore("plan", "--assets", 100, "--measure", "--json").out)
    assert 0.02 < measured["speed"] < 50
    assert measured["jobs"][0]["name"] == "ingest"
