"""An inbox on object storage: moto's server speaks S3 on the loopback interface."""

from datetime import date

import pytest

from sensors_data.errors import NotThereError
from sensors_data.series.files.remote import copies
from sensors_data.series.sources.kinds import days_in
from sensors_data.settings import Family

s3fs = pytest.importorskip("s3fs", reason="the extra s3 is not installed")
server = pytest.importorskip("moto.server", reason="moto's server is not installed")

DAY = date(2026, 2, 14)


@pytest.fixture
def bucket(monkeypatch):
    """A bucket of its own; a writer of objects in it."""
    here = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    here.start()
    host, port = here.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("inbox")
    yield s3fs.S3FileSystem().pipe_file
    s3fs.S3FileSystem().rm("inbox", recursive=True)  # the next server would have it too
    s3fs.S3FileSystem.clear_instance_cache()
    here.stop()


@pytest.mark.parametrize("inbox", ["s3://inbox/plant/plant-{day}.csv", "s3://inbox/plant", "s3://inbox/*/*.csv"])
def test_s3_gives_the_partition_that_the_csv_gives(plant, bucket, tmp_path, inbox):
    bucket(f"inbox/plant/plant-{DAY}.csv", (tmp_path / "csv" / f"plant-{DAY}.csv").read_bytes())
    assert plant.take_in(inbox=inbox) == plant.expected
    family = {"inbox": inbox, "step": "5min", "layout": {"kind": "long", "asset": "asset"}, "sensors": {"flow": {}}}
    assert days_in(Family.model_validate(family)) == [DAY]


def test_a_file_is_fetched_again_only_when_it_has_changed(bucket):
    bucket("inbox/a.csv", b"time,flow\n")
    (first,) = copies("s3://inbox/a.csv", (".csv",))
    (same,) = copies("s3://inbox", (".csv",))
    assert same == first
    bucket("inbox/a.csv", b"time,flow\n1,2\n")
    (again,) = copies("s3://inbox/a.csv", (".csv",))
    assert again != first
    assert again.name == "a.csv"
    assert again.read_bytes() == b"time,flow\n1,2\n"


@pytest.mark.parametrize("url", ["s3://inbox/none.csv", "s3://nowhere/a.csv", "s3://inbox/*.csv"])
def test_a_place_without_files_says_so(bucket, url):
    bucket("inbox/picture.png", b"x")
    with pytest.raises(NotThereError, match="no file at s3://"):
        copies(url, (".csv", ".parquet"))
