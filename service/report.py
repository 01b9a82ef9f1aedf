"""The morning report's job: a night of the whole plant as one HTML file in the store."""

from __future__ import annotations

from datetime import date

import pandas as pd

from anomaly.series.evidence.in_words import what_is_odd
from sensors_data.counting import count
from sensors_data.places import report_path
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.figures.findings import Drawing, drawn_images, finding_picture, odd_images, rows_around
from service.views import html
from service.views.night import CameraNight, FamilyNight, Night, read_night
from service.views.together import together_in_words
from service.views.words import (
    Row,
    contributions,
    drift_sentence,
    family_state,
    headline,
    interval,
    model_sentence,
    number,
    quality_sentences,
    seen_and_expected,
    since_yesterday,
    synthesis_sentences,
)

PICTURES = 12
"""Anomalies that get a picture; the ones after them are rows of a table."""
FAMILY_TABLES = ("anomalies", "scores", "sensor_scores", "grid", "readings", "rejects", "drift")
CAMERA_TABLES = ("images", "image_scores", "image_rejects", "synthetic_images", "quality")


def report(settings: Settings, day: date) -> str:
    """Job: a night of all families and cameras as one self-contained HTML file; what stands in it, in a sentence.

    What was not scored, or failed, is in the report too. LookupError when no job of the day ever ran.
    """
    store = Store(settings.store)
    return run_job(store, "report", day, "all", lambda: _write(store, settings, day))


def _write(store: Store, settings: Settings, day: date) -> Done:
    night = read_night(settings, day)
    path = report_path(day)
    store.write_bytes(path, report_of(store, settings, night).encode())
    return Done(len(night.findings), f"reported {day}: {headline(night)}, {path}")


def report_of(store: Store, settings: Settings, night: Night, drawing: Drawing = "svg") -> str:
    """The night as an HTML document; mail wants its drawings as PNG."""
    parts = [_findings(store, settings, night, drawing)]
    parts += [_images(store, settings, night.day, camera) for camera in night.cameras if len(camera.scores)]
    parts += [_state(night), _data(night), _models(night)]
    parts += [_synthesis(settings, camera) for camera in night.cameras if synthesis_sentences(camera)]
    parts += [_files(store, night)] if drawing == "svg" else []
    foot = "Times are UTC. A score says how unlikely what was measured is (nats; higher is worse). Made by nightscore."
    return html.page(headline(night), f"Night of {night.day}", "\n".join(parts), foot)


def _findings(store: Store, settings: Settings, night: Night, drawing: Drawing) -> str:
    findings = night.findings.to_dict("records")
    shown: dict[str, list[Row]] = {}
    for row in findings[:PICTURES]:
        shown.setdefault(str(row["family"]), []).append(row)
    around = {family: rows_around(store, family, night.day, rows) for family, rows in shown.items()}
    others = {id_: line for _, rows in _by_family(findings) for id_, line in together_in_words(rows).items()}
    parts = [
        _finding(settings, night.day, row, around[str(row["family"])], others.get(str(row["anomaly_id"]), ""), drawing)
        for row in findings[:PICTURES]
    ]
    if not findings:
        scored = any(family.scored for family in night.families)
        parts = [html.paragraph("No anomaly in what was scored." if scored else "No sensor was scored.")]
    if len(findings) > PICTURES:
        rest = [_short(row) for row in findings[PICTURES:]]
        parts += [html.paragraph(f"And {len(rest):,} more:"), _table(rest)]
    planned = [row for family in night.families for row in family.planned.to_dict("records")]
    if planned:
        parts += [html.paragraph("In planned work, so nobody is alarmed:"), _table([_short(row) for row in planned])]
    ended = night.ended.to_dict("records")
    if ended:
        parts += [html.paragraph("Ended since the night before:"), _table([_short(row) for row in ended])]
    return html.section("What was found", html.paragraph(since_yesterday(night)), *parts)


def _by_family(findings: list[Row]) -> list[tuple[str, list[Row]]]:
    names = sorted({str(row["family"]) for row in findings})
    return [(name, [row for row in findings if row["family"] == name]) for name in names]


def _finding(
    settings: Settings, day: date, row: Row, around: tuple[pd.DataFrame, pd.DataFrame], others: str, drawing: Drawing
) -> str:
    spec, family = settings.family(row["family"]), str(row["family"])
    title = f"{row['asset']} ({family}), {interval(row['start'], row['end'])}, {row['age']}"
    peak = number(row["peak_score"])
    sentences = [
        f"{what_is_odd(row).capitalize()}. Main sensors: {contributions(row['sensors'])}; highest score {peak} nats"
    ]
    sentences[0] += f" at {row['peak_time']:%H:%M}"
    sentences += seen_and_expected(spec, around[1], row)
    sentences += [others] if others else []
    sentences += [str(row["said"]).capitalize()] if row["said"] else []
    drawn = finding_picture(spec, day, row, around, drawing)
    alt = f"{row['asset']} around the anomaly: measured values over the expected band, score over threshold"
    kind = "svg+xml" if drawing == "svg" else "png"
    links = html.pages_of(settings.sending.pages, family, str(row["asset"]), str(row["anomaly_id"]), day)
    return html.finding(str(row["severity"]), title, html.bullets(sentences), links, html.picture(drawn, kind, alt))


def _short(row: Row) -> tuple[str, ...]:
    words = str(row["severity"])
    return words, str(row["asset"]), interval(row["start"], row["end"]), contributions(row["sensors"])


def _table(rows: list[tuple[str, ...]]) -> str:
    return html.table(("severity", "asset", "when", "main sensors"), rows)


def _images(store: Store, settings: Settings, day: date, camera: CameraNight) -> str:
    odd = int(camera.scores["is_anomaly"].sum())
    counts = html.paragraph(f"{count(len(camera.scores), 'image')} scored, {odd:,} over the threshold.")
    if not odd:
        return html.section(f"Images of {camera.name}", counts)
    alt = "the image, and beside it what is unexpected in it, coloured"
    odd_ones = odd_images(store, settings.camera(camera.name), camera.name, day, camera.scores)
    pictures = html.row_of(html.picture(image.png, "png", alt, image.caption) for image in odd_ones)
    return html.section(f"Images of {camera.name}", counts, pictures)


def _state(night: Night) -> str:
    rows = [
        (family.name, family_state(family), f"{family.assets:,}", f"{family.scored:,}") for family in night.families
    ]
    rows += [(camera.name, _camera_state(camera), "", f"{len(camera.scores):,}") for camera in night.cameras]
    parts = [html.table(("family or camera", "state", "assets", "rows scored"), rows, numbers=(2, 3))]
    if len(night.failed):
        failed = [(str(r["job"]), str(r["partition"]), str(r["reason"])) for r in night.failed.to_dict("records")]
        parts += [html.paragraph("Jobs that failed:"), html.table(("job", "of", "why"), failed)]
    return html.section("How the night went", *parts)


def _camera_state(camera: CameraNight) -> str:
    if not camera.images:
        return "no images of the day"
    if camera.scores.empty:
        return f"{count(camera.images, 'image')}, not scored: no detector was accepted yet"
    return f"{count(int(camera.scores['is_anomaly'].sum()), 'odd image')} of {len(camera.scores):,}"


def _data(night: Night) -> str:
    rows = [(family.name, ". ".join(quality_sentences(family)), drift_sentence(family)) for family in night.families]
    for camera in night.cameras:
        reasons = ", ".join(f"{reason} ({many:,})" for reason, many in camera.rejects.items())
        rows.append((camera.name, f"refused: {reasons}" if reasons else "no image was refused", ""))
    return html.section("Data quality and drift", html.table(("", "data of the day", "drift"), rows))


def _models(night: Night) -> str:
    both: list[FamilyNight | CameraNight] = [*night.families, *night.cameras]
    rows = [(one.name, model_sentence(one, night.day)) for one in both]
    return html.section("Models in service", html.table(("", "model"), rows))


def _synthesis(settings: Settings, camera: CameraNight) -> str:
    parts = [html.bullets(synthesis_sentences(camera))]
    if len(camera.drawn):
        title = f"{camera.name} · drawn by {camera.drawn['generator'].iloc[0]}"
        sheet = drawn_images(settings.camera(camera.name), camera.drawn, title)
        parts.append(html.picture(sheet, "png", f"images that a generator drew for {camera.name}"))
    return html.section(f"Synthetic images for {camera.name}", *parts)


def _files(store: Store, night: Night) -> str:
    parts = []
    for where, name, tables in [
        *(({"family": f.name}, f.name, FAMILY_TABLES) for f in night.families),
        *(({"camera": c.name}, c.name, CAMERA_TABLES) for c in night.cameras),
    ]:
        files = [path for table in tables for path in store.written(table, [night.day], **where)]
        parts += [html.links(f"{name}:", files)] if files else []
    return html.section("The tables behind this", *parts)
