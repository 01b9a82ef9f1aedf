"""The reference of every job, made from the table of jobs."""

from __future__ import annotations

from inspect import signature
from typing import get_args

from sensors_data.jobs import JOBS, Job, Owner, function_of

INTRODUCTION = """# Jobs

A job works on one partition: one day of one family, of one camera or of the plant. It replaces what it wrote before, so
it may be run again. Its command, its Airflow task and its rows in [runs](../tables.md#runs) have its name.
[Airflow](../airflow.md) runs jobs by their rhythm; `nightscore nightly` and `nightscore backfill` run those of a night
without it. This page is made from the table of jobs each time the site is built.
"""

TITLES: dict[Owner, str] = {"family": "Jobs of a family", "camera": "Jobs of a camera", "plant": "Jobs of the plant"}
MODELS = {
    "series": "a series detector",
    "images": "an image detector",
    "generators": "a generator",
    "upscalers": "an upscaler",
}
"""What a person calls a model of each kind."""


def jobs_page() -> str:
    """The page as Markdown. LookupError names an owner or a kind of model that has no words here."""
    if missing := [owner for owner in get_args(Owner) if owner not in TITLES]:
        raise LookupError(f"the page of jobs has no title for {missing}; add it to TITLES")
    return "\n".join([INTRODUCTION, *(_of_owner(owner, title) for owner, title in TITLES.items())])


def _of_owner(owner: Owner, title: str) -> str:
    jobs = [job for job in JOBS.values() if job.owner == owner]
    rows = [f"| [{job.name}](#{job.name}) | {job.rhythm} | {_tables(job)} |" for job in jobs]
    overview = [f"## {title}\n", "| job | rhythm | tables that it writes |", "|---|---|---|", *rows, ""]
    return "\n".join([*overview, *map(_section, jobs)])


def _section(job: Job) -> str:
    facts = {
        "Command": f"[nightscore {job.name}](commands.md#nightscore-{job.name})",
        "Python": f"`{job.function.replace(':', '.')}({_arguments(job)})`",
        "Runs": job.rhythm + (", once for each shard of the family" if job.sharded else ""),
        "Longest run under Airflow": "" if job.rhythm == "by hand" else f"{job.hours:g} h",
        "Writes": _tables(job),
        "Trains": f"{_model(job.trains)}, which may serve from that day on" if job.trains else "",
        "Needs": f"{_model(job.needs)}; without one a schedule leaves the job out" if job.needs else "",
        "Watched": "its runs are [metrics](../metrics.md)" if job.is_watched else "",
    }
    lines = [f"- {name}: {text}" for name, text in facts.items() if text]
    return "\n".join([f"### {job.name}\n", job.help, "", *lines, ""])


def _arguments(job: Job) -> str:
    arguments = signature(function_of(job)).parameters.values()
    return ", ".join(one.name if one.default is one.empty else f"{one.name}={one.default!r}" for one in arguments)


def _model(kind: str) -> str:
    if kind not in MODELS:
        raise LookupError(f"the page of jobs has no word for a model of kind {kind}; add it to MODELS")
    return MODELS[kind]


def _tables(job: Job) -> str:
    return ", ".join(f"[{table}](../tables.md#{table})" for table in job.writes)
