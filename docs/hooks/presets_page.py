"""The reference of every preset, made from the recipes themselves."""

from __future__ import annotations

from itertools import groupby

from service.views.presets import CLASSES, described, preset_rows
from synthesis.presets.catalogue import PRESETS, preset, sides_of
from synthesis.presets.families import OTHER_COMMANDS

INTRODUCTION = """# Presets

`nightscore presets show --name NAME` says the same in the terminal, for any side, and with classes. This page is made
from the recipes each time the site is built. Layers are for the images that a preset was made for.
"""


def presets_page() -> str:
    """The page as Markdown, a section a family."""
    parts = [INTRODUCTION]
    for family, members in groupby(preset_rows(), key=lambda row: row["family"]):
        rows = list(members)
        title = str(family).capitalize()
        link = f"[What they do, and what they draw]({page_of(str(family))})."
        parts.append(f"## {title}\n\n{link}\n\n{_overview(rows)}\n")
        parts += [_preset(str(row["preset"]), str(row["about"]), str(row["good_for"])) for row in rows]
    parts.append(
        "## From a picture, not from a code\n\n| system | source | what it does | command |\n|---|---|---|---|"
    )
    parts += [
        f"| {name} | {source} | {about} | `nightscore {command}` |" for name, (command, about, source) in _others()
    ]
    return "\n".join(parts) + "\n"


def page_of(family: str) -> str:
    """The page about a family, from this one."""
    if family == "ours":
        return "../synthesis/default.md"
    return f"../synthesis/families/{family.replace(' ', '-')}.md"


def _overview(rows: list[dict[str, object]]) -> str:
    """A family as a table: year, paper, parameters of both networks, the image that they are counted for, sides."""
    lines = [
        "| preset | year | source | generator | discriminator | for images of | sides |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        name = str(row["preset"])
        sides = ", ".join(map(str, sides_of(name)))
        counts = f"{row['generator']:,} | {row['discriminator']:,}"
        lines.append(f"| [{name}](#{name}) | {row['year']} | {row['source']} | {counts} | {row['image']} | {sides} |")
    return "\n".join(lines)


def _preset(name: str, about: str, good_for: str) -> str:
    chosen = PRESETS[name]
    lines = "\n".join(described(preset(name, chosen.own, CLASSES if chosen.conditional else 0)))
    return f"### {name}\n\n{about[0].upper()}{about[1:]}. For {good_for}.\n\n```\n{lines}\n```\n"


def _others() -> list[tuple[str, tuple[str, str, str]]]:
    return sorted(OTHER_COMMANDS.items(), key=lambda item: item[1][2][-4:])
