"""The report as a mail: two parsers read it, a mail server and a webhook take it."""

import email
import email.policy
import http.server
import json
import re
import socket
import threading
from datetime import timedelta

import pandas as pd
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from sensors_data.errors import StorageError, UnusableError
from sensors_data.provenance import Provenance
from sensors_data.sending import Sending
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service import mail
from service.views.night import read_night

DAY = START + timedelta(days=8)
ROW = {"asset": "oven-1", "rows": 9, "model": "oven@2026-03-06", "suppressed": False, "severity": "critical"}
ROW |= {"sensors": [{"sensor": "power", "share": 1.0}], "peak_score": 3.0}


def put(settings, day, *rows):
    """Anomalies of a night: (id, day, hour)."""
    frame = []
    for name, begun, hour in rows:
        start = pd.Timestamp(begun, tz="UTC") + timedelta(hours=hour)
        times = {"start": start, "end": start + timedelta(hours=2), "peak_time": start}
        frame.append({**ROW, **times, "anomaly_id": name * 16})
    Store(settings.store).write("anomalies", pd.DataFrame(frame), Provenance(job="test"), family="oven", day=day)


@pytest.fixture
def night(copied):
    """Settings with links, and a night with a new anomaly, one that continues, and one that ended."""
    before = DAY - timedelta(days=1)
    put(copied, before, ("a", before, 3), ("b", before, 22))
    put(copied, DAY, ("b", before, 22), ("c", DAY, 5))
    settings = copied.model_copy(update={"sending": Sending(pages="http://plant:8080", to=("ops@plant.example",))})
    return settings, read_night(settings, DAY)


def test_a_mail_has_text_and_html_whose_pictures_are_inside(night):
    settings, read = night
    raw = bytes(mail.mail_of(Store(settings.store), settings, read))
    modern = email.message_from_bytes(raw, policy=email.policy.default)
    classic = email.message_from_bytes(raw)  # the parser of old: other classes, the same parts
    assert modern.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in classic.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", *["image/png"] * 2]
    html = modern.get_body(("html",)).get_content()
    wanted = re.findall(r'src="cid:([^"]+)"', html)
    pictures = {part["Content-ID"].strip("<>"): part.get_content() for part in modern.walk() if part["Content-ID"]}
    assert sorted(wanted) == sorted(pictures)
    assert all(png.startswith(b"\x89PNG") for png in pictures.values())
    assert 'src="data:' not in html
    assert max(map(len, raw.splitlines())) <= 998  # RFC 5322
    text = modern.get_body(("plain",)).get_content()
    assert "Since the night before: 1 new, 1 continuing, 1 ended" in text
    assert f"http://plant:8080/pages/review?family=oven&id={'c' * 16}" in text
    assert f"http://plant:8080/pages/review?family=oven&amp;id={'c' * 16}" in html
    assert text.count("ended: critical: oven-1 of oven, power odd") == 1


class Inbox(Message):
    """Keeps what came."""

    def __init__(self):
        super().__init__()
        self.mails = []

    def handle_message(self, message):
        self.mails.append(message)


def test_a_mail_server_takes_it(night):
    settings, read = night
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        sending = settings.sending.model_copy(update={"smtp": f"127.0.0.1:{port}", "starttls": False})
        assert mail.send(sending, mail.mail_of(Store(settings.store), settings, read)) == "mailed to ops@plant.example"
    finally:
        server.stop()
    [taken] = inbox.mails
    assert taken["Subject"] == f"nightscore {DAY}: 2 anomalies, 2 critical: oven-1 power"
    assert taken["X-RcptTo"] == "ops@plant.example"
    with pytest.raises(StorageError, match="did not accept the mail"):
        mail.send(sending, mail.mail_of(Store(settings.store), settings, read))  # it has gone


def test_a_webhook_gets_the_night_as_json(night):
    settings, read = night
    bodies = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/hook?key=secret"
        sending = settings.sending.model_copy(update={"webhook": address})
        told = mail.post(settings.model_copy(update={"sending": sending}), read)
    assert told == f"posted to http://127.0.0.1:{server.server_port}/hook: 204"
    [body] = bodies
    assert (body["day"], [one["state"] for one in body["anomalies"]]) == (str(DAY), ["continuing", "new"])


def test_nothing_is_sent_where_nothing_is_stated(copied, night):
    with pytest.raises(UnusableError, match=r"set smtp and to under \[sending\]"):
        mail.send(copied.sending, mail.mail_of(Store(copied.store), copied, night[1]))
    with pytest.raises(UnusableError, match=r"set webhook under \[sending\]"):
        mail.post(copied, night[1])
