"""The weekly digest: seven nights of the whole plant as one HTML file in the store, for whoever asks for it."""

from __future__ import annotations

from anomaly.series.evidence.in_words import what_is_odd
from sensors_data.counting import count
from sensors_data.places import digest_path
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.figures.findings import Drawing
from service.figures.week import week_picture
from service.views import html
from service.views.week import CameraWeek, FamilyWeek, Week
from service.views.words import interval

SHOWN = 30
"""Anomalies that get a row; the others are counted."""


def write_digest(week: Week, settings: Settings) -> str:
    """Write a week as one HTML file; what stands in it, in a sentence."""
    path = digest_path(week.last)
    Store(settings.store).write_bytes(path, digest_of(week, settings).encode())
    return f"digest {week.first} to {week.last}: {week_headline(week)}, {path}"


def week_headline(week: Week) -> str:
    """The week in one sentence, as `9 anomalies, 2 critical, 4 to judge`."""
    findings = week.findings
    if findings.empty:
        return "No anomaly in the sensors"
    critical, open_ones = int((findings["severity"] == "critical").sum()), int((findings["said"] == "").sum())
    return f"{count(len(findings), 'anomaly')}, {critical} critical, {open_ones} to judge"


def digest_of(week: Week, settings: Settings, drawing: Drawing = "svg") -> str:
    """The week as an HTML document; mail wants its drawing as PNG."""
    parts = [_nights(week, drawing)] if week.families else []
    parts += [_findings(week, settings), _alarms(week)] if week.families else []
    parts += [_images(week)] if week.cameras else []
    parts += [_models(week)]
    foot = "Nights and times are UTC. Planned work is left out. Made by nightscore."
    return html.page(week_headline(week), f"Week of {week.first} to {week.last}", "\n".join(parts), foot)


def _nights(week: Week, drawing: Drawing) -> str:
    alt = "new anomalies of each night by severity"
    kind = "svg+xml" if drawing == "svg" else "png"
    picture = html.picture(week_picture(week, drawing), kind, alt)
    silent = [
        f"{family.name} was not scored in the night of {row['day']}"
        for family in week.families
        for row in family.nights.to_dict("records")
        if not row["scored"]
    ]
    return html.section("Night by night", picture, *([html.bullets(silent)] if silent else []))


def _findings(week: Week, settings: Settings) -> str:
    findings = week.findings.to_dict("records")
    if not findings:
        return html.section("What was found", html.paragraph("No anomaly in what was scored."))
    head = ("severity", "machine", "what is odd", "when", "state", "what people said")
    rows = [
        (
            str(row["severity"]),
            f"{row['asset']} ({row['family']})",
            what_is_odd(row),
            interval(row["start"], row["end"]),
            str(row["age"]),
            str(row["said"]) or "nothing yet",
        )
        for row in findings[:SHOWN]
    ]
    parts = [html.table(head, rows)]
    parts += [html.paragraph(f"And {count(len(findings) - SHOWN, 'more anomaly')}.")] if len(findings) > SHOWN else []
    pages = settings.sending.pages
    parts += [html.paragraph(f"Judge them at {pages}/pages/review")] if pages else []
    return html.section("What was found, worst first", *parts)


def _alarms(week: Week) -> str:
    """False alarms that people named, beside what the detectors may give."""
    head = ("family", "machine-weeks", "false alarms allowed", "anomalies", "dismissed", "confirmed", "not yet judged")
    rows = [_alarm_row(family) for family in week.families]
    note = "More dismissed than allowed: replay these nights, and accept the threshold that comes of it."
    return html.section(
        "Alarms beside the budget", html.table(head, rows, (1, 2, 3, 4, 5, 6)), html.paragraph(note, True)
    )


def _alarm_row(family: FamilyWeek) -> tuple[str, ...]:
    verdicts = family.findings["said"].astype(str)
    allowed = "no detector" if family.budget is None else f"{family.budget * family.asset_weeks:.1f}"
    counts = (
        len(verdicts),
        verdicts.str.contains("dismissed").sum(),
        verdicts.str.contains("confirmed").sum(),
        (verdicts == "").sum(),
    )
    return family.name, f"{family.asset_weeks:.1f}", allowed, *(f"{int(many):,}" for many in counts)


def _images(week: Week) -> str:
    head = ("camera", "nights with images", "images scored", "odd", "odd in the last night")
    rows = [_camera_row(camera) for camera in week.cameras]
    return html.section("Images", html.table(head, rows, (1, 2, 3, 4)))


def _camera_row(camera: CameraWeek) -> tuple[str, ...]:
    images, odd = camera.nights["images"], camera.nights["odd"]
    counts = ((images > 0).sum(), images.sum(), odd.sum(), odd.iloc[-1])
    return camera.name, *(f"{int(many):,}" for many in counts)


def _models(week: Week) -> str:
    rows = [(name, str(through), "accepted" if taken else "refused", why) for name, through, taken, why in week.models]
    content = html.table(("", "learned through", "state", "why"), rows) if rows else html.paragraph("None.")
    return html.section("Models that were trained", content)
