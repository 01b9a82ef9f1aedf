"""The documentation is in plain words: short sentences, every term in the glossary, every link and command alive."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 25
"""Words of a sentence, at most."""
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "CODE_OF_CONDUCT.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def sentences(text: str) -> list[str]:
    """The sentences of a page; code, tables, headings, formulas set apart and pictures are none."""
    text = LINK.sub(r"\1", PICTURE.sub("", CODE.sub("\n\n", text)))
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]+`", "code", text)
    lines = ["" if re.match(r"\s*\||#|    \S.* = ", line) else line for line in text.splitlines()]
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", "\n".join(lines))
    parts = [part for block in blocks for part in re.split(r"(?<=[.!?])[)\"*]*\s+", " ".join(block.split()))]
    return [part for part in parts if re.search(r"\w", part)]


def words(sentence: str) -> list[str]:
    """The words of a sentence; a figure is one, a lone sign is none."""
    return [word for word in sentence.split() if re.search(r"\w", word)]


def test_a_sentence_ends_at_a_full_stop_and_not_inside_a_figure_or_code():
    text = (
        "# A heading\n\nOne `a. b` of 0.5 nats. Two (see\n[the page](x.md)).\n\n| a table |\n\n- Item\n- Another. End"
    )
    assert sentences(text) == ["One code of 0.5 nats.", "Two (see the page).", "- Item", "- Another.", "End"]
    assert [len(words(s)) for s in sentences(text)] == [5, 4, 1, 1, 1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_sentence_is_longer_than_a_reader_can_hold(page):
    long = [s for s in sentences(page.read_text(encoding="utf-8")) if len(words(s)) > LONGEST]
    assert long == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_picture_and_every_linked_file_of_the_repository_exists(page):
    made = {"settings.md", "commands.md", "presets.md", "rest.md"}  # built with the site
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", CODE.sub("", page.read_text(encoding="utf-8")))
    local = [t for t in targets if "://" not in t and Path(t).name not in made]
    assert [t for t in local if not (page.parent / t).exists()] == []


def test_the_glossary_is_sorted_and_says_each_word_once():
    terms = re.findall(r"^\| \*\*(.+?)\*\* \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(terms) >= 25
    assert terms == sorted(set(terms), key=str.lower)
