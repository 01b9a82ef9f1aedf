"""What the pages make of a file or an example, without a browser."""

from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.simulate import START
from sensors_data.store import Store
from service.views.state import new_service

pytest.importorskip("gradio")

from service.pages.tried import FIT, examples, scored
from service.pages.try_it import as_parquet, drawn

DAY = START + timedelta(days=7)


def test_an_example_and_an_uploaded_file_have_the_scores_of_the_night(plant, inbox):
    service = new_service(plant)
    path = next(inbox.glob(f"inbox/oven/*{DAY}*"))
    paths = [Store(plant.store).path("scores", family="oven", day=DAY, shard=shard) for shard in (0, 1)]
    night = Store(plant.store).read_files("scores", paths).sort_values(["asset", "time"], ignore_index=True)
    for tried in (
        scored(service, None, f"oven {DAY}", "the detector of oven", 0.6),
        scored(service, str(path), None, "the detector of oven", 0.6),
    ):
        pd.testing.assert_frame_equal(tried.scored.rows, night, check_exact=True)
        pd.testing.assert_frame_equal(pd.read_parquet(as_parquet(tried)), night, check_exact=True)
        limit = tried.scored.under(0.25).rows["threshold"]
        assert limit.to_numpy() == pytest.approx(night["threshold"].to_numpy(), rel=1e-9)
        assert (tried.scored.under(5.0).rows["threshold"] < limit).all()
        assert "<p><strong>" in drawn(tried, 0.25)[1]
    assert f"oven {DAY}" in examples(service)


def test_a_file_of_no_known_family_is_scored_by_a_detector_fitted_to_its_first_part(plant, inbox, tmp_path):
    days = [next(inbox.glob(f"inbox/oven/*{START + timedelta(days=n)}*")) for n in range(3)]
    rows = pd.concat([pd.read_csv(day) for day in days])
    rows = rows[rows["asset"] == "oven-1"].rename(columns={"power": "load"}).drop(columns="asset")
    path = tmp_path / "mine.csv"
    rows.to_csv(path, index=False)
    tried = scored(new_service(plant), str(path), None, FIT, 0.6)
    assert tried.about.startswith(f"{len(tried.scored.rows):,} rows scored; learned from those until")
    assert tried.scored.rows["score"].notna().mean() > 0.8
    assert set(tried.scored.sensors["sensor"]) <= set(rows.columns)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv.gz", b"x", "is neither .csv nor .parquet; unpack it first"),
        ("a.parquet", b"PAR1", "not a readable Parquet file"),
        ("a.csv", b"time,x\n2026-01-01,1\n", "rows with a readable time; two are needed"),
    ],
)
def test_a_file_that_cannot_be_tried_says_why(plant, tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises((ValueError, LookupError), match=message):
        scored(new_service(plant), str(path), None, FIT, 0.6)


def test_nothing_to_score_is_told(plant):
    with pytest.raises(ValueError, match="upload a file or pick an example"):
        scored(new_service(plant), None, None, FIT, 0.6)
