"""The report as a mail that common programs show: text beside HTML, its pictures inside; sent by SMTP or posted."""

from __future__ import annotations

import base64
import json
import re
import smtplib
import urllib.request
from datetime import UTC, date, datetime, time
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from anomaly.series.evidence.in_words import what_is_odd
from sensors_data.errors import StorageError, UnusableError
from sensors_data.sending import Sending
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.digest import digest_of, week_headline
from service.report import report_of
from service.views.night import Night
from service.views.week import Week
from service.views.words import headline, interval, since_yesterday

SECONDS = 30
"""How long a mail server or a webhook may take to answer."""
_PICTURE = re.compile(r'src="data:image/png;base64,([^"]+)"')


def mail_of(store: Store, settings: Settings, night: Night) -> EmailMessage:
    """A night's report as a mail."""
    subject, text = f"nightscore {night.day}: {headline(night)}", text_of(settings, night)
    return _mail(settings.sending, night.day, "report", subject, text, report_of(store, settings, night, "png"))


def mail_of_week(settings: Settings, week: Week) -> EmailMessage:
    """A week's digest as a mail."""
    headline = week_headline(week)
    subject = f"nightscore week {week.last}: {headline}"
    lines = [headline, "", *(_line(row) for row in week.findings.to_dict("records")), ""]
    return _mail(settings.sending, week.last, "digest", subject, "\n".join(lines), digest_of(week, settings, "png"))


def _mail(sending: Sending, day: date, what: str, subject: str, text: str, html: str) -> EmailMessage:
    """A multipart/alternative: plain text, and HTML with its PNGs inside by content id."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"], mail["To"] = sending.sender, ", ".join(sending.to) or sending.sender
    mail["Date"] = format_datetime(datetime.combine(day, time(23, 59, 59), UTC))
    mail["Message-ID"] = f"<{day}.{what}@nightscore>"
    mail.set_content(text)
    pictures: list[bytes] = []

    def by_id(match: re.Match[str]) -> str:
        pictures.append(base64.b64decode(match[1]))
        return f'src="cid:picture-{len(pictures)}"'

    mail.add_alternative(_PICTURE.sub(by_id, html), subtype="html")
    body = mail.get_body(("html",))
    assert isinstance(body, MIMEPart)  # noqa: S101
    for number, picture in enumerate(pictures, start=1):
        body.add_related(picture, "image", "png", cid=f"<picture-{number}>", filename=f"picture-{number}.png")
    return mail


def text_of(settings: Settings, night: Night) -> str:
    """The night as plain text: what was found, each with its link."""
    lines = [headline(night), since_yesterday(night), ""]
    for row in night.findings.to_dict("records"):
        lines.append(_line(row))
        lines += [f"  {_link(settings.sending, row)}"] if settings.sending.pages else []
    lines += [f"ended: {_line(row)}" for row in night.ended.to_dict("records")]
    return "\n".join([*lines, ""])


def _line(row: dict[Any, Any]) -> str:
    when = interval(row["start"], row["end"])
    verdict = f"; {row['said']}" if row.get("said") else ""
    return f"{row['severity']}: {row['asset']} of {row['family']}, {what_is_odd(row)}, {when}{verdict}"


def _link(sending: Sending, row: dict[Any, Any]) -> str:
    return f"{sending.pages}/pages/review?{urlencode({'family': row['family'], 'id': row['anomaly_id']})}"


def send(sending: Sending, mail: EmailMessage) -> str:
    """Hand a mail to the mail server; to whom it went.

    UnusableError where no server is stated, StorageError where it does not take the mail.
    """
    if not sending.smtp or not sending.to:
        raise UnusableError("no mail server or nobody to mail to is stated", "set smtp and to under [sending]")
    host, _, port = sending.smtp.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=SECONDS) as server:
            if sending.starttls:
                server.starttls()
            if sending.user:
                server.login(sending.user, _password(sending))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise StorageError(f"{sending.smtp} did not accept the mail: {error}", "see smtp under [sending]") from error
    return f"mailed to {', '.join(sending.to)}"


def _password(sending: Sending) -> str:
    if sending.password_file is None:
        raise UnusableError(f"no password is set for {sending.user}", "set password_file under [sending]")
    return sending.password_file.read_text(encoding="utf-8").strip()


def post(settings: Settings, night: Night) -> str:
    """Post a night to the webhook as JSON. UnusableError where none is stated, StorageError where it fails."""
    sending = settings.sending
    if not sending.webhook:
        raise UnusableError("no webhook is set", "set webhook under [sending]")
    anomalies = [
        {
            "anomaly_id": row["anomaly_id"],
            "family": row["family"],
            "asset": row["asset"],
            "severity": row["severity"],
            "state": row["age"],
            "start": row["start"].isoformat(),
            "end": row["end"].isoformat(),
            "told": what_is_odd(row),
            "page": _link(sending, row) if sending.pages else "",
        }
        for row in night.findings.to_dict("records")
    ]
    about = {"day": str(night.day), "headline": headline(night), "since": since_yesterday(night)}
    body = json.dumps({**about, "text": text_of(settings, night), "anomalies": anomalies}).encode()
    request = urllib.request.Request(sending.webhook, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return f"posted to {sending.webhook.split('?')[0]}: {answer.status}"
    except OSError as error:
        raise StorageError(f"the webhook did not accept the night: {error}", "see webhook under [sending]") from error
