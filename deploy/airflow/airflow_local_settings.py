"""Airflow imports this when it starts, where this folder is on PYTHONPATH: what tasks need is then loaded once, before
tasks are forked (by the scheduler, by a Celery worker), and a task begins with its job instead of seconds of imports.
"""

import os
import sys
from importlib import import_module

__all__ = ()  # nothing here is a policy of Airflow's

WANTED = (
    "anomaly.series.night.score_job",
    "anomaly.series.night.find_job",
    "anomaly.series.night.drift_job",
    "anomaly.images.jobs",
    "service.report",
)

if {"scheduler", "worker"} & set(sys.argv):
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded: it must start no thread before a fork
    for name in WANTED:
        import_module(name)
