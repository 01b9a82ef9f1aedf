"""The weekly digest: every anomaly once, what people said, alarms beside the budget, and the mail."""

import email
import email.policy
import re
from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.errors import NotThereError
from sensors_data.places import digest_path
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import Incident, label
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service import mail
from service.digest import write_digest
from service.views.week import read_week

LAST = START + timedelta(days=8)
ROW = {"asset": "oven-1", "rows": 9, "model": "oven@2026-03-06", "suppressed": False, "severity": "warning"}
ROW |= {"sensors": [{"sensor": "power", "share": 1.0}], "peak_score": 3.0}


def put(settings, day, *rows):
    """Anomalies of a night: (id, begun, hour, what else)."""
    frame = []
    for name, begun, hour, more in rows:
        start = pd.Timestamp(begun, tz="UTC") + timedelta(hours=hour)
        frame.append(
            {
                **ROW,
                "start": start,
                "end": start + timedelta(hours=2),
                "peak_time": start,
                **more,
                "anomaly_id": name * 16,
            }
        )
    Store(settings.store).write("anomalies", pd.DataFrame(frame), Provenance(job="test"), family="oven", day=day)


@pytest.fixture
def week(copied):
    """A week: one anomaly over two nights that goes on, a dismissed one, one in planned work."""
    before, yesterday = LAST - timedelta(days=2), LAST - timedelta(days=1)
    critical = {"severity": "critical", "peak_score": 9.0}
    put(copied, before, ("a", before, 3, {}))
    put(copied, yesterday, ("b", yesterday, 20, critical), ("d", yesterday, 5, {"suppressed": True}))
    put(copied, LAST, ("b", yesterday, 20, critical))
    start = f"{before}T02:00Z"
    said = {"family": "oven", "asset": "oven-1", "start": start, "end": start.replace("T02", "T06")}
    label(
        Store(copied.store),
        Incident.model_validate({**said, "kind": "dismissed", "author": "Ann", "told": f"{LAST}T09:00Z"}),
    )
    return copied


def test_an_anomaly_of_several_nights_stands_once_and_counts_in_the_night_it_began(week):
    read = read_week(week, LAST)
    [oven] = read.families
    assert oven.findings["anomaly_id"].tolist() == ["b" * 16, "a" * 16]
    assert oven.findings["age"].tolist() == ["goes on", "ended"]
    assert oven.findings["said"].tolist() == ["", "dismissed by Ann"]
    assert oven.nights["critical"].tolist() == [0, 0, 0, 0, 0, 1, 0]
    assert oven.nights["warning"].tolist()[-3] == 1
    assert oven.nights["scored"].tolist()[-1] == 288
    assert oven.asset_weeks == pytest.approx(2 * (oven.nights["scored"] > 0).sum() / 7)
    assert [(name, accepted) for name, _, accepted, _ in read.models] == [("oven", True)] * len(read.models)


def test_the_digest_is_a_file_of_the_store_and_the_same_when_it_is_written_again(week):
    told = write_digest(read_week(week, LAST), week)
    assert told.startswith(f"digest {LAST - timedelta(days=6)} to {LAST}: 2 anomalies, 1 critical, 1 to judge")
    store = Store(week.store)
    page = store.read_bytes(digest_path(LAST))
    assert page.decode().count("power odd") == 2
    allowed = re.search(r'data-head="false alarms allowed">([\d.]+)<', page.decode())
    assert allowed is not None
    assert float(allowed[1]) == pytest.approx(0.25 * read_week(week, LAST).families[0].asset_weeks, abs=0.05)
    write_digest(read_week(week, LAST), week)
    assert store.read_bytes(digest_path(LAST)) == page


def test_the_digest_is_mailed_with_its_picture_inside(week):
    message = email.message_from_bytes(
        bytes(mail.mail_of_week(week, read_week(week, LAST))), policy=email.policy.default
    )
    assert message["Subject"] == f"nightscore week {LAST}: 2 anomalies, 1 critical, 1 to judge"
    html = message.get_body(("html",)).get_content()
    assert 'src="cid:picture-1"' in html
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<picture-1>"]
    assert "critical: oven-1 of oven" in message.get_body(("plain",)).get_content()


def test_a_week_without_a_scored_night_is_refused_with_the_command_that_scores_one(copied):
    with pytest.raises(NotThereError, match="no night from 2025"):
        read_week(copied, START.replace(year=2025))


def test_the_command_takes_a_week_and_refuses_it_for_a_webhook(ask, tmp_path):
    done = ask("report", "--week", "--day", LAST, "--mail-file", tmp_path / "week.eml")
    assert done.code == 0
    assert (tmp_path / "week.eml").read_bytes().startswith(b"Subject: nightscore week 2026")
    ask("report", "--week", "--webhook", "--day", LAST).assert_refused("a webhook takes a night")
