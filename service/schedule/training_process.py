"""One training as a process of its own: `python -m service.schedule.training_process`, what is request on its input."""

from __future__ import annotations

import logging
import os
import sys

import torch

from sensors_data.errors import NightscoreError
from sensors_data.jobs import function_of
from service.log import LogForm, start_log
from service.schedule.train_now import TrainingRequest, job_of

NICE = 10
"""By how much it gives way to the pages and the nights."""
log = logging.getLogger("nightscore")


def main() -> None:
    """Run the job; a refusal is one line of log, and the run's row has it too."""
    start_log(logging.INFO, LogForm.text)
    request = TrainingRequest.model_validate_json(sys.stdin.read())
    os.nice(NICE)
    torch.set_num_threads(1)
    try:
        function_of(job_of(request.kind))(request.settings, request.day, request.name)
    except NightscoreError as error:
        log.error("not trained %s for %s: %s", request.name, request.day, error)
        sys.exit(2)


if __name__ == "__main__":
    main()
