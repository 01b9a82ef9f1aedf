"""Jobs killed while their store is a bucket: each file is the old or the new one, the next run ends as on a disk."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from bucket import NAME, Bucket, md5s, on_each_request, s3_server
from victims import UNDER_WAY, Action, Stage, ended, faults, killed_after, lasting, victim

from sensors_data.settings import Settings

boto3 = pytest.importorskip("boto3", reason="the extra s3 is not installed")
pytest.importorskip("s3fs", reason="the extra s3 is not installed")
pytest.importorskip("moto.server", reason="moto's server is not installed")


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3_server() as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", url)
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket=NAME)
        yield Bucket(client)


def requests_of(action: Action, settings: Settings, told: Path) -> int:
    """Run a job to its end; how often it could be killed before or after a request."""

    def run() -> None:
        seen: list[None] = []
        on_each_request(lambda: seen.append(None))
        action(settings)
        told.write_text(str(len(seen)))

    assert ended(victim(run)) == 0
    return int(told.read_text())


def killed_at_request(action: Action, settings: Settings, number: int) -> bool:
    """Run a job that is killed before or after a request; False where it had ended before."""

    def run() -> None:
        left = number

        def count() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        on_each_request(count)
        action(settings)

    return ended(victim(run)) == -signal.SIGKILL


def harm_of(stage: Stage, bucket: Bucket, settings: Settings, told: Path) -> list[str]:
    """What a killed job did to its store, and the run after it did not mend."""
    before, after, now = md5s(stage.before / "store"), md5s(stage.after / "store"), bucket.files("store/")
    whole = {path: digest for path, digest in lasting(now).items() if not path.startswith(UNDER_WAY)}
    harm = [f"torn {path}" for path, digest in whole.items() if digest not in (before.get(path), after.get(path))]
    harm += [f"gone {path}" for path in lasting(before) if path in after and path not in now]

    def run() -> None:
        stage.action(settings)
        told.write_text(json.dumps(faults(settings)))

    if ended(victim(run)) != 0:
        return [*harm, "the next run failed"]
    wanted, got = lasting(after), lasting(bucket.files("store/"))
    harm += [f"other {path}" for path in sorted({*wanted, *got}) if wanted.get(path) != got.get(path)]
    return [*harm, *json.loads(told.read_text())]


def test_a_job_over_s3_killed_at_any_moment_loses_and_leaves_nothing(
    stages, plant, bucket, tmp_path, sized, chance, tell
):
    rng, settings = chance("kills over S3"), plant.model_copy(update={"store": f"s3://{NAME}/store"})
    requests: dict[str, int] = {}
    killed, early, lost, first = 0, 0, [], rng.randrange(len(stages))
    for number in range(sized(44)):
        stage = stages[(number + first) % len(stages)]
        bucket.become(stage.before)
        by_time = rng.random() < 0.3
        if by_time:
            hit = killed_after(stage.action, settings, rng.uniform(0, 2 * stage.seconds + 1))
        else:
            if stage.name not in requests:
                requests[stage.name] = requests_of(stage.action, settings, tmp_path / "told")
                bucket.become(stage.before)
            hit = killed_at_request(stage.action, settings, rng.randint(1, requests[stage.name]))
        killed, early = killed + hit, early + (not hit)
        if harm := harm_of(stage, bucket, settings, tmp_path / "told"):
            lost.append(f"{stage.name} {'by time' if by_time else 'at a request'}: {harm[:4]}")
    tell(
        f"kills over S3: {killed} of {len(stages)} jobs, {early} came too late; {killed + early - len(lost)} survived, "
        f"{len(lost)} lost"
    )
    assert lost == []
