"""How the last night went, a card a family and camera: what the overview shows below the lane."""

from __future__ import annotations

from datetime import date

from sensors_data.counting import count
from sensors_data.errors import NightscoreError
from service.views.night import read_night
from service.views.state import Service
from service.views.words import counted_findings, drift_sentence, family_state, model_sentence, quality_sentences


def newest_night(service: Service) -> date | None:
    """The newest night that any family or camera was scored."""
    days = [day for name in service.settings.families for day in service.store.days("scores", family=name)[-1:]]
    days += [day for name in service.settings.cameras for day in service.store.days("image_scores", camera=name)[-1:]]
    return max(days, default=None)


def night_cards(service: Service) -> list[dict[str, object]]:
    """How the last night went, one card per family and camera; the first one lists failures."""
    day = newest_night(service)
    if day is None:
        remedy = "nightscore backfill" if service.settings.families or service.settings.cameras else "nightscore init"
        return [{"name": "Nothing was scored yet", "line": f"Next: {remedy}. For why: nightscore doctor", "more": []}]
    try:
        night = read_night(service.settings, day)
    except NightscoreError as error:
        return [{"name": str(day), "line": error.reason, "more": [error.remedy]}]
    failed = [f"{row['job']} of {row['partition']}: {row['reason']}" for row in night.failed.to_dict("records")]
    cards: list[dict[str, object]] = (
        [{"name": "Failed", "line": count(len(failed), "job"), "more": failed}] if failed else []
    )
    for family in night.families:
        line = counted_findings(family.findings) if family.scored else family_state(family)
        more = [f"{count(family.assets, 'machine')} scored", *quality_sentences(family), drift_sentence(family)]
        cards.append({"name": family.name, "line": line, "more": [*more, f"model {model_sentence(family, day)}"]})
    for camera in night.cameras:
        odd = int(camera.scores["is_anomaly"].sum())
        line = f"{count(odd, 'odd image')} of {len(camera.scores):,}" if len(camera.scores) else "no image was scored"
        cards.append({"name": camera.name, "line": line, "more": [f"model {model_sentence(camera, day)}"]})
    return cards
