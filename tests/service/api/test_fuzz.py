"""The REST interface under requests that nobody thought of, made from its own description."""

import shutil

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from service.api.access import Access
from service.api.app import create_app
from service.api.guard import Limits

EXAMPLES = 6
TOKEN = "a-token-for-the-tests-only"  # noqa: S105


@pytest.fixture(scope="module")
def described(plant, tmp_path_factory):
    """The interface over a copy of the plant's store, which requests may write to."""
    store = tmp_path_factory.mktemp("fuzzed") / "store"
    shutil.copytree(plant.store, store)
    access = Access(TOKEN, ("localhost", "127.0.0.1", "testserver"), True)
    app = create_app(plant.model_copy(update={"store": str(store)}), access, Limits(rate=1e6, burst=10**6))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_no_request_made_from_the_description_is_a_fault_of_the_service(described):
    seen = {}
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case):
            label = case.operation.label
            answer = case.call(headers={"Authorization": f"Bearer {TOKEN}"})
            told = f"{label} {case.query} {case.body!r:.200}: {answer.text[:300]}"
            assert answer.status_code < 500 or (case.path == "/ready" and answer.status_code == 503), told
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == ["application/problem+json"], told
            seen[label] = seen.get(label, 0) + 1

        ask()
    assert len(seen) >= 20
    assert min(seen.values()) >= 1
