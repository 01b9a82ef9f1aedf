"""The first page: how the last nights went, family by family, and which machines to look at."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import gradio as gr
import pandas as pd

from service.pages import look
from service.views.feedback import labels_of
from service.views.night import Night, read_night, worst_first
from service.views.state import Service
from service.views.words import (
    carried_by,
    count,
    counted_findings,
    drift_told,
    headline,
    interval,
    leading,
    model_told,
    quality_told,
)

NIGHTS = 14
"""Nights in a family's strip, and those whose anomalies are listed."""


def overview_page(service: Service, root: gr.Blocks) -> None:
    """The components of the page; they are filled when it is opened."""
    shown = gr.HTML()

    def fill() -> str:
        return overview(service)

    button = gr.Button("Read again", size="sm", variant="secondary")
    button.click(fill, None, shown, api_visibility="private")

    root.load(fill, None, shown, api_visibility="private")


def newest_night(service: Service) -> date | None:
    """The newest day that any family or camera was scored."""
    days = [day for name in service.settings.families for day in service.store.days("scores", family=name)[-1:]]
    days += [day for name in service.settings.cameras for day in service.store.days("image_scores", camera=name)[-1:]]
    return max(days, default=None)


def overview(service: Service) -> str:
    """The page as HTML."""
    day = newest_night(service)
    if day is None:
        return look.heading("Nothing was scored yet", "This store is empty.") + what_next(service)
    night = read_night(service.settings, day)
    parts = [look.heading(headline(night), f"Last night: {day}, UTC. A score says how unlikely what was measured is.")]
    if len(night.failed):
        told = ", ".join(f"{r['job']} of {r['partition']}: {r['reason']}" for r in night.failed.to_dict("records"))
        parts.append(look.note(f"Failed: {told}", bad=True))
    made = [_family_card(service, night, place) for place in range(len(night.families))]
    made += [_camera_card(service, name) for name in sorted(service.settings.cameras)]
    return look.whole([*parts, look.cards(made), _to_look_at(service, day)])


def what_next(service: Service) -> str:
    """What to do with a store that holds nothing yet."""
    if not service.settings.families and not service.settings.cameras:
        return look.note("The settings have no family. Next: nightscore init --from YOUR-FILE.csv")
    return look.note("Next: nightscore backfill, then read this page again. Why nothing is scored: nightscore doctor")


def _family_card(service: Service, night: Night, place: int) -> str:
    family = night.families[place]
    days = service.store.days("scores", family=family.name)[-NIGHTS:]
    newest = f"{count(family.assets, 'machine')} scored" if family.scored else "not scored last night"
    told = [f"<p>{escape(counted_findings(family.findings) if family.scored else newest)}</p>"]
    told.append(_strip(service, family.name, days))
    more = [newest, *quality_told(family), drift_told(family), f"model {model_told(family, night.day)}"]
    items = "".join(f"<li>{escape(line)}</li>" for line in more)
    told.append(f'<details><summary>more</summary><ul class="ns-soft">{items}</ul></details>')
    return look.card(family.name, *told)


def _strip(service: Service, family: str, days: list[date]) -> str:
    """A box a night, coloured by its worst anomaly, holding how many there were; it leads to the worst machine."""
    boxes = []
    for day in days:
        found = service.store.read_days("anomalies", [day], family=family)
        found = worst_first(found[~found["suppressed"]])
        worst = str(found["severity"].iloc[0]) if len(found) else ""
        asset = str(found["asset"].iloc[0]) if len(found) else ""
        told = f"{day}: {counted_findings(found)}"
        address = look.asset_link(family, asset, day, "").split('"')[1]
        text = str(len(found)) if len(found) else ""
        boxes.append(
            f'<a class="{worst}" href="{address}" title="{escape(told)}" aria-label="{escape(told)}">{text}</a>'
        )
    return f'<div class="ns-strip">{"".join(boxes)}</div><p class="ns-soft">last {count(len(days), "night")}</p>'


def _camera_card(service: Service, camera: str) -> str:
    days = service.store.days("image_scores", camera=camera)
    if not days:
        return look.card(camera, "<p>no image was scored yet</p>")
    rows = service.store.read("image_scores", camera=camera, day=days[-1])
    odd = int(rows["is_anomaly"].sum())
    told = f"{count(odd, 'odd image')} of {len(rows):,} on {days[-1]}"
    return look.card(camera, f'<p><a href="/pages/images?camera={camera}">{escape(told)}</a></p>')


def _to_look_at(service: Service, day: date) -> str:
    """The anomalies of the last nights, worst first, with what people said."""
    parts = []
    for family in sorted(service.settings.families):
        known = [d for d in service.store.days("anomalies", family=family) if d > day - timedelta(days=NIGHTS)]
        parts.append(labels_of(service.store, family, known).assign(family=family))
    found = pd.concat(parts) if parts else pd.DataFrame({"suppressed": []})
    found = worst_first(found[~found["suppressed"]]) if len(found) else found
    if found.empty:
        return look.note(f"No anomaly in the last {NIGHTS} nights.")
    rows = []
    for row in found.head(25).to_dict("records"):
        asset = look.asset_link(row["family"], row["asset"], row["start"].date(), row["asset"])
        said = row["said"] if isinstance(row["said"], str) else ""
        named = ", ".join(leading(row["sensors"]))
        sensors = f'<span title="{escape(carried_by(row["sensors"]))}">{escape(named or "several")}</span>'
        rows.append(
            (look.tag(row["severity"]), asset, escape(interval(row["start"], row["end"])), sensors, escape(said))
        )
    title = f"<h3>What to look at, last {NIGHTS} nights</h3>"
    return title + look.table(("", "machine", "when", "carried by", "said"), rows)
