"""The data sheet of a batch: what it was learned from, what was measured, what it is for, who may use it, its limits.

The questions are those of Gebru et al. 2021, "Datasheets for datasets" (arXiv:1803.09010), where a batch has answers.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from sensors_data.images.batches import USE
from sensors_data.images.table import labels_in_words
from sensors_data.places import data_sheet_path
from sensors_data.seal import BLANK
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.settings import GeneratorSettings, generator_settings

NOT_STATED = (
    "Not stated. Whoever may use the real images decides, for these show what those show. State it as `may_use` in "
    "the camera's generator settings."
)
MARKED = "Every image says in its own file that it is synthetic; `nightscore redraw-image` draws it again."
LIMITS = (
    "They are no evidence. Nothing may be accepted, refused or tested by them.",
    "How often something occurs in them says nothing of how often it occurs.",
    "What the real images lack or show too often, these lack or show too often as well.",
    "A person or a sign that the real images show may be recognised in them; `copies` and `membership` measure it.",
)


def keep_data_sheet(store: Store, settings: Settings, day: date, camera: str, generator: TrainedGenerator) -> None:
    """Write the data sheet of a judged batch beside its sheet of neighbours."""
    quality = store.read("quality", camera=camera, day=day)
    tables = ("synthetic_images", "rejected_synthetic_images")
    rows = pd.concat([store.read_days(table, [day], camera=camera) for table in tables])
    sheet = data_sheet(generator, rows, quality, generator_settings(settings, camera), day)
    store.write_bytes(data_sheet_path(camera, day), f"{sheet}\n<!-- {BLANK} -->\n".encode())


def data_sheet(
    generator: TrainedGenerator, rows: pd.DataFrame, quality: pd.DataFrame, settings: GeneratorSettings, day: date
) -> str:
    """The data sheet in Markdown: `rows` are the batch's images, `quality` what was measured of them."""
    card = generator.card
    seeds = ", ".join(map(str, sorted(set(rows["seed"]))))
    drawn = (
        f"Drawn by {generator.name}, weights {generator.fingerprint}, seed {seeds}. By class: {labels_in_words(rows)}."
    )
    parts = [
        f"# {len(rows):,} synthetic images of {card.camera}, {day}",
        f"{drawn} {MARKED}",
        "## Learned from",
        _learned_from(card, settings),
        "## What it is for",
        _use(quality),
        "## Who may use it",
        settings.may_use or NOT_STATED,
        "## Limits",
        "\n".join(f"- {limit}" for limit in LIMITS),
        "## Measured",
        _measured(quality),
    ]
    return "\n\n".join(parts) + "\n"


def _learned_from(card: GeneratorCard, settings: GeneratorSettings) -> str:
    shares = ", ".join(f"{name} {share:.0%}" for name, share in zip(card.classes, card.shares, strict=True))
    classes = f" Their classes: {shares}." if shares else " No class was learned."
    others = f"the weights of {card.start}, which learned from other images" if card.start else "no other data"
    return (
        f"{card.images:,} real images of the camera {card.camera}, taken in the {settings.days} days until "
        f"{card.trained_through}, and {others}.{classes} Preset {card.preset}, {card.shown:,} images shown. "
        f"{settings.held_out:.0%} of the camera's images were held out and never learned from."
    )


def _use(quality: pd.DataFrame) -> str:
    """What the batch is for, or why it is kept apart, as a sentence."""
    reasons = quality.set_index("measure")["reason"]
    if USE in reasons:
        return f"Published {reasons[USE]}."
    return f"It did not pass the gate and is kept apart: {reasons.get('gate', 'it was not judged')}."


def _measured(quality: pd.DataFrame) -> str:
    lines = ["| measure | value | limit | kept |", "|---|---|---|---|"]
    for row in quality[~quality["measure"].isin([USE])].to_dict("records"):
        limit = "" if pd.isna(row["limit"]) else f"{row['limit']:.4g}"
        lines.append(f"| {row['measure']} | {row['value']:.4g} | {limit} | {'yes' if row['passed'] else 'no'} |")
    return "\n".join(lines)
