"""Hooks of the documentation site: pages made from the code, and links to files outside docs/ checked."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.hooks.commands_page import commands_page
from docs.hooks.jobs_page import jobs_page
from docs.hooks.presets_page import presets_page
from docs.hooks.rest_page import rest_page
from docs.hooks.settings_page import settings_page

ROOT = Path(__file__).parents[2]
PAGES = {
    "reference/settings.md": settings_page,
    "reference/commands.md": commands_page,
    "reference/jobs.md": jobs_page,
    "reference/presets.md": presets_page,
    "reference/rest.md": rest_page,
}
"""Pages that are made anew for every build, so that they are never stale."""
LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)#]+)(#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code."""
    for path, page in PAGES.items():
        files.append(File.generated(config, path, content=page()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Name a file of the repository instead of linking to it, for the site does not hold it. PluginError if missing."""
    folder = (Path(config.docs_dir) / page.file.src_uri).parent

    def named(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if target.is_relative_to(config.docs_dir):
            return link[0]
        if not target.exists():
            raise PluginError(f"{page.file.src_uri} links to {link[2]}, which does not exist; correct the link")
        path = target.relative_to(ROOT).as_posix()
        return f"`{path}`" if link[1].strip("`") == path else f"{link[1]} (`{path}`)"

    return LINK.sub(named, markdown)
