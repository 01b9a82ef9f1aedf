"""The store on object storage: moto's server speaks S3 on the loopback interface."""

from datetime import date

import pytest

from sensors_data.errors import StorageError
from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.upkeep.backup import backup, restore

pytest.importorskip("s3fs", reason="the extra s3 is not installed")
server = pytest.importorskip("moto.server", reason="moto's server is not installed")

DAY = date(2026, 11, 21)
WHERE = {"family": "pump", "day": DAY}
JOB = Provenance(job="ingest", inputs="abc")


@pytest.fixture(scope="module")
def bucket():
    import s3fs

    with pytest.MonkeyPatch.context() as environment:
        here = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        here.start()
        host, port = here.get_host_and_port()
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("plant")
        yield "s3://plant"
        s3fs.S3FileSystem.clear_instance_cache()
        here.stop()


def test_a_partition_in_s3_has_the_bytes_it_has_on_a_local_disk(bucket, store, make_readings):
    remote = Store(f"{bucket}/same")
    for place in (remote, store):
        path = place.write("readings", make_readings().sample(frac=1, random_state=1), JOB, **WHERE)
    assert remote.read_bytes(path) == store.read_bytes(path)
    assert remote.provenance(path) == store.provenance(path)
    assert remote.digest([path]) == store.digest([path])
    assert remote.read("readings", **WHERE).equals(store.read("readings", **WHERE))


def test_partitions_in_s3_are_listed_replaced_and_taken_away(bucket, make_readings):
    store = Store(f"{bucket}/life")
    assert store.partitions("readings") == []
    assert not store.exists(store.path("readings", **WHERE))
    for rows in (3, 5):
        path = store.write("readings", make_readings(rows=rows), JOB, **WHERE)
    assert len(store.read("readings", **WHERE)) == 15
    assert store.days("readings", family="pump") == [DAY]
    assert store.files("readings") == [path]
    with pytest.raises(LookupError, match="no readings for family pump day 2026-11-22"):
        store.read("readings", family="pump", day=date(2026, 11, 22))
    store.remove(path)
    assert store.files("") == []


def test_what_another_process_writes_to_s3_is_seen_at_once(bucket, make_readings):
    import boto3

    store = Store(f"{bucket}/seen")
    path = store.write("readings", make_readings(), JOB, **WHERE)
    assert store.days("readings") == [DAY]
    other = path.replace("2026-11-21", "2026-11-22")
    body = store.read_bytes(path)
    boto3.client("s3").put_object(Bucket="plant", Key=f"seen/{other}", Body=body)  # not through this store's cache
    assert store.days("readings") == [DAY, date(2026, 11, 22)]
    assert store.exists(other)


def test_a_bucket_that_is_not_there_says_so(make_readings, bucket):
    with pytest.raises(StorageError, match="bucket does not exist"):
        Store("s3://elsewhere/x").write("readings", make_readings(), JOB, **WHERE)


def test_backups_in_s3_of_a_store_on_disk_and_of_one_in_s3_are_restored_to_their_bytes(bucket, store, make_readings):
    for number, origin in enumerate((store, Store(f"{bucket}/backed-up"))):
        for rows in (3, 5):
            origin.write("readings", make_readings(rows=rows), JOB, family="pump", day=DAY.replace(day=rows))
        place = f"{bucket}/backups-{number}"
        assert backup(origin, place).copied == 2
        changed = origin.write("readings", make_readings(rows=9), JOB, family="pump", day=DAY.replace(day=3))
        assert backup(origin, place).copied == 1
        whole = {path: origin.read_bytes(path) for path in origin.files("")}
        back = Store(f"{bucket}/back-{number}")
        assert restore(place, back, None, False, print) == (2, 0)
        assert {path: back.read_bytes(path) for path in back.files("")} == whole
        origin.write_bytes(changed, b"nightscore-sha256:x")
        assert backup(origin, place).damaged == (changed,)
        assert restore(place, origin, None, False, print) == (1, 1)
        assert origin.read_bytes(changed) == whole[changed]
