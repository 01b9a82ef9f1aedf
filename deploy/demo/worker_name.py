"""The name under which a Celery worker's tasks stand on the web page: `hostname_callable` of the demonstration."""

import os
import socket


def worker_name() -> str:
    """NIGHTSCORE_WORKER, else the machine's own name."""
    return os.environ.get("NIGHTSCORE_WORKER") or socket.gethostname()
