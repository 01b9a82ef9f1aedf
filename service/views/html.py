"""The morning report as one HTML file: readable on a phone and on paper, nothing in it comes from outside."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from service.views.palette import ROOT, SEVERITY_WORDS

_STYLE = (
    f"\n{ROOT}"
    """
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 1.5rem 1rem 4rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header { border-bottom: 2px solid var(--ink); margin-bottom: 1.5rem; padding-bottom: .75rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .2rem 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 0 0 .2rem; }
p, ul { margin: .3rem 0; } ul { padding-left: 1.2rem; }
.soft, figcaption, footer { color: var(--soft); font-size: .88rem; }
section.finding { border: 1px solid var(--line); border-left: .35rem solid var(--info); border-radius: .4rem;
  padding: .8rem 1rem; margin: .9rem 0; break-inside: avoid; }
section.critical { border-left-color: var(--critical); } section.warning { border-left-color: var(--warning); }
.tag { display: inline-block; font-size: .78rem; font-weight: 600; padding: .05rem .5rem; border-radius: 1rem;
  color: #fff; background: var(--info); margin-right: .5rem; vertical-align: .1em; }
.tag.critical { background: var(--critical); } .tag.warning { background: var(--warning); }
figure { margin: .6rem 0 0; } img { max-width: 100%; height: auto; display: block; }
.row { display: flex; flex-wrap: wrap; gap: .4rem 1rem; }
.row figure { width: 15rem; max-width: 100%; break-inside: avoid; }
.row img { width: 100%; image-rendering: pixelated; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
th.number, td.number { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; }
code { font-size: .85em; background: var(--wash); padding: .05rem .3rem; border-radius: .2rem;
  overflow-wrap: anywhere; }
a { color: var(--accent); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .6rem; }
@media (max-width: 34rem) { thead { display: none; } tr { display: block; padding: .4rem 0;
    border-bottom: 1px solid var(--line); }
  td, td.number { display: block; border: 0; padding: .05rem 0; text-align: left; overflow-wrap: anywhere; }
  td:first-child { font-weight: 600; } td:empty { display: none; }
  td[data-head]:not(:first-child)::before { content: attr(data-head) ": "; color: var(--soft); } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } a { color: inherit; text-decoration: none; }
  h2 { break-after: avoid; } tr { break-inside: avoid; }
  .tag { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
@page { margin: 15mm; }
"""
)

_SOFT, _NUMBER = ' class="soft"', ' class="number"'


def page(title: str, over: str, body: str, foot: str) -> str:
    """A whole HTML document; `over` stands above its title."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(over)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n"
        f'<p class="soft">{escape(over)}</p>\n<h1>{escape(title)}</h1>\n</header>\n'
        f"<main>\n{body}\n</main>\n<footer>{foot}</footer>\n</body>\n</html>\n"
    )


def section(title: str, *parts: str) -> str:
    """A titled part of the page."""
    return f"<h2>{escape(title)}</h2>\n" + "\n".join(parts)


def finding(severity: str, title: str, *parts: str) -> str:
    """One finding, its severity as a coloured tag."""
    tag = f'<span class="tag {severity}">{escape(SEVERITY_WORDS[severity])}</span>'
    return f'<section class="finding {severity}">\n<h3>{tag}{escape(title)}</h3>\n' + "\n".join(parts) + "\n</section>"


def paragraph(text: str, soft: bool = False) -> str:
    """Words in a paragraph."""
    return f"<p{_SOFT if soft else ''}>{escape(text)}</p>"


def bullets(lines: Iterable[str]) -> str:
    """Words as a list."""
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> str:
    """Cells of text under a head; the columns in `numbers` stand to the right."""

    def cell(place: int, text: str) -> str:
        told = f' data-head="{escape(head[place], quote=True)}"' if head[place] else ""
        return f"<td{_NUMBER if place in numbers else ''}{told}>{escape(text)}</td>"

    body = "".join(f"<tr>{''.join(cell(n, text) for n, text in enumerate(row))}</tr>" for row in rows)
    top = "".join(f"<th{_NUMBER if n in numbers else ''}>{escape(name)}</th>" for n, name in enumerate(head))
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def picture(data: bytes, kind: str, alt: str, caption: str = "") -> str:
    """A picture inside the page; `kind` is svg+xml or png, `alt` says what it shows."""
    coded = base64.b64encode(data).decode()
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="data:image/{kind};base64,{coded}" alt="{escape(alt, quote=True)}">{below}</figure>'


def row_of(pictures: Iterable[str]) -> str:
    """Small pictures side by side, as many as there is room for."""
    return f'<div class="row">{"".join(pictures)}</div>'


def link(path: str) -> str:
    """A link from the report to a file of the store, named by its path."""
    return f'<a href="../{escape(path, quote=True)}"><code>{escape(path)}</code></a>'


def links(told: str, paths: Iterable[str]) -> str:
    """Files of the store, named and linked."""
    return f'<p class="soft">{escape(told)} ' + " ".join(map(link, paths)) + "</p>"
