"""Where metrics go: a text file that is replaced whole, and a Pushgateway that may be away."""

from __future__ import annotations

import logging
from http.client import HTTPException

from prometheus_client import CollectorRegistry, push_to_gateway
from prometheus_client.parser import text_string_to_metric_families

from anomaly.monitoring.prometheus import PREFIX, Sample, registry_of, sample, text_of
from sensors_data.seal import BLANK
from sensors_data.store import Store

log = logging.getLogger(__name__)

FAILURES = "push_failures_total"


def export(store: Store, path: str, samples: list[Sample], gateway: str | None, **group: str) -> bool:
    """Write samples to a text file in the store and push them where a gateway is set; whether one took them.

    `group` is the one label that all samples have; what was pushed under it before gives way. A push that fails is
    logged and counted, and its samples remain in the text file.
    """
    failures = sample(FAILURES, failures_so_far(store, path), **group)
    registry = registry_of([*samples, failures])
    store.write_bytes(path, _to_be_sealed(registry))
    if gateway is None:
        return False
    try:
        push_to_gateway(gateway, job="nightscore", registry=registry, grouping_key=group, timeout=10)
    except (OSError, HTTPException, ValueError) as error:  # no answer, a wrong answer, no URL
        log.warning("the Pushgateway at %s did not take the metrics (%s); they are in %s", gateway, error, path)
        counted = sample(FAILURES, failures.value + 1, **group)
        store.write_bytes(path, _to_be_sealed(registry_of([*samples, counted])))
        return False
    return True


def _to_be_sealed(registry: CollectorRegistry) -> bytes:
    """The registry's text; its last line is a comment with room for the file's hash."""
    return text_of(registry) + f"# {BLANK}\n".encode()


def failures_so_far(store: Store, path: str) -> float:
    """The count of failed pushes in a text file; 0 if there is no such file, or nightscore did not write it."""
    if not store.exists(path):
        return 0.0
    try:
        families = text_string_to_metric_families(store.read_bytes(path).decode())
        return next((s.value for family in families for s in family.samples if s.name == PREFIX + FAILURES), 0.0)
    except ValueError as error:
        log.warning("%s is no metrics file (%s); failed pushes are counted from 0 again", path, error)
        return 0.0
