"""The runbook as a page of the service, so that an alert's link works: `python -m service.pages.runbook_page`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE, TARGET = ROOT / "docs/runbook.md", Path(__file__).parent / "templates/runbook_body.html"
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def runbook_html(text: str) -> str:
    """The runbook's Markdown as HTML; each alert's heading has its name as anchor, links to other pages are words."""
    from markdown import markdown  # type: ignore[import-untyped]  # of the extra `docs`

    html = markdown(_LINK.sub(r"\1", text), extensions=["tables", "fenced_code"])
    anchored = re.sub(r"<h2>(\w+)</h2>", lambda heading: f'<h2 id="{heading[1].lower()}">{heading[1]}</h2>', html)
    return f"{{% raw %}}{anchored}{{% endraw %}}\n"


if __name__ == "__main__":
    TARGET.write_text(runbook_html(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
