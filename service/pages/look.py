"""The pages' look: colours, fonts of the host, cards and strips as HTML; nothing is asked of another host."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape as escape
from urllib.parse import urlencode

import gradio as gr

from service.pages.render import PAGES
from service.views.palette import COLOURS, DARK, DARK_OF_GRADIO, ROOT

CSS = (
    f"\n{ROOT}\n{DARK_OF_GRADIO}"
    """
.gradio-container { width: 100%; max-width: 72rem !important; margin: 0 auto !important; }
main.fillable { width: 100%; }
.grid-wrap { max-height: none !important; }
.grid-container { grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)) !important; }
.thumbnail-item { aspect-ratio: 1.7 !important; }
.thumbnail-item img { height: calc(100% - 1.6rem) !important; object-fit: contain !important; object-position: top; }
.thumbnail-item .caption-label { left: 0; right: 0; max-width: none !important; border: 0 !important; }
.prose h1 { font-size: 1.5rem; margin: 0 0 .2rem; }
.ns-soft { color: var(--soft); font-size: .9rem; margin: .1rem 0 .8rem; }
.ns-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; margin: .8rem 0; }
.ns-card { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; background: var(--paper); }
.ns-card h3 { margin: 0 0 .2rem; font-size: 1.02rem; }
.ns-strip { display: flex; gap: 3px; margin: .6rem 0 .2rem; flex-wrap: wrap; }
.ns-strip a { display: block; width: 1.35rem; height: 1.35rem; border-radius: .2rem; background: var(--calm);
  color: #fff !important; font-size: .72rem; line-height: 1.35rem; text-align: center; text-decoration: none; }
.ns-strip a:focus-visible { outline: 3px solid var(--accent); }
.ns-strip .critical { background: var(--critical); } .ns-strip .warning { background: var(--warning); }
.ns-strip .info { background: var(--info); } .ns-strip .none { background: var(--wash); }
.ns-scroll { overflow-x: auto; max-width: 100%; }
.prose a { margin: 0 !important; }
.ns-grid { display: grid; grid-template-columns: minmax(0, 1fr); }
.ns-table { border-collapse: collapse; width: 100%; font-size: .92rem; }
.ns-table, .ns-table tr, .ns-table th, .ns-table td { border: 0 !important; }
.ns-table tr { border-bottom: 1px solid var(--line) !important; }
.ns-table th, .ns-table td { text-align: left; padding: .4rem .7rem .4rem 0; }
.ns-table th { color: var(--soft); font-weight: 600; }
.ns-bar { display: flex; flex-wrap: wrap; gap: .1rem .9rem; padding: .2rem 0 .5rem;
  border-bottom: 1px solid var(--line); }
.ns-bar a { text-decoration: none; color: var(--ink) !important; padding: .2rem 0;
  border-bottom: 2px solid transparent; }
.ns-bar a[aria-current] { border-color: var(--accent); font-weight: 600; }
.ns-tag { display: inline-block; color: var(--on); border-radius: 1rem; padding: 0 .55rem; font-size: .8rem;
  font-weight: 600; background: var(--info); white-space: nowrap; }
.ns-tag.critical { background: var(--critical); } .ns-tag.warning { background: var(--warning); }
.ns-note { border-left: .3rem solid var(--accent); background: var(--wash); color: var(--ink); padding: .6rem .9rem;
  border-radius: .2rem; }
.ns-bad { border-left-color: var(--critical); }
footer, .nav-holder { display: none !important; }
@media (max-width: 640px) { .gradio-container { padding: .6rem !important; }
  .grid-container { grid-template-columns: repeat(2, 1fr) !important; }
  .ns-table tr { display: block; padding: .5rem 0; } .ns-table tr:first-child, .ns-table td:empty { display: none; }
  .ns-table td { display: block; padding: .05rem 0; }
  .ns-table td[data-head]::before { content: attr(data-head) ": "; color: var(--soft); } }
"""
)


def theme() -> gr.themes.Base:
    """The pages' theme, in the fonts that the reader's machine has."""
    fonts = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
    made = gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        font=[gr.themes.Font(name) for name in fonts],
        font_mono=[gr.themes.Font(name) for name in ("ui-monospace", "monospace")],
        radius_size="sm",
    )
    return made.set(
        body_background_fill=COLOURS["paper"],
        body_background_fill_dark=DARK["paper"],
        button_primary_background_fill=COLOURS["accent"],
        button_primary_background_fill_hover="#17496f",
        slider_color=COLOURS["accent"],
        block_label_text_weight="600",
    )


def bar(here: str) -> str:
    """The bar of pages on top, as the other pages have it."""
    links = (
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{escape(name)}</a>' for name, path in PAGES
    )
    return f'<nav class="ns-bar" aria-label="Pages">{"".join(links)}</nav>'


def whole(parts: Iterable[str]) -> str:
    """Parts below each other, none of them wider than the page."""
    return f'<div class="ns-grid">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def heading(title: str, about: str) -> str:
    """A page's title and what it is for."""
    return f'<h1>{escape(title)}</h1><p class="ns-soft">{escape(about)}</p>'


def note(text: str, bad: bool = False) -> str:
    """A sentence that stands out."""
    return f'<div class="ns-note{" ns-bad" if bad else ""}" role="status">{escape(text)}</div>'


def tag(severity: str) -> str:
    """A severity as a coloured word."""
    return f'<span class="ns-tag {escape(severity)}">{escape(severity)}</span>'


def cards(made: Iterable[str]) -> str:
    """Cards side by side, as many as there is room for."""
    return f'<div class="ns-cards">{"".join(made)}</div>'


def card(title: str, *parts: str) -> str:
    """One card; its parts are HTML."""
    return f'<div class="ns-card"><h3>{escape(title)}</h3>{"".join(parts)}</div>'


def table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    """A table whose cells are HTML already; on a phone each row stands alone, its cells under each other."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    named = [f' data-head="{escape(name)}"' if name else "" for name in head]
    body = "".join(
        f"<tr>{''.join(f'<td{name}>{cell}</td>' for name, cell in zip(named, row, strict=True))}</tr>" for row in rows
    )
    return f'<div class="ns-scroll"><table class="ns-table"><tr>{top}</tr>{body}</table></div>'


def asset_link(family: str, asset: str, day: object, shown: str) -> str:
    """A link to an asset's night."""
    query = urlencode({"family": family, "asset": asset, "day": str(day)})
    return f'<a href="/pages/asset?{escape(query)}">{escape(shown)}</a>'
