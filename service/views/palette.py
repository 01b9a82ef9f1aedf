"""The colours of pages, report and pictures, in light and in dark: one palette for all of them."""

from __future__ import annotations

COLOURS = {
    "paper": "#ffffff",
    "ink": "#24283b",
    "soft": "#5d6478",
    "line": "#dfe3ea",
    "wash": "#f6f7f9",
    "accent": "#1d5b8f",
    "critical": "#b3202a",
    "warning": "#a95c00",
    "info": "#3d6a8f",
    "planned": "#6b6f7b",
    "good": "#2c7a4b",
    "calm": "#dcebe2",
    "band": "#a8c8e4",
    "filled": "#b8860b",
    "on": "#ffffff",
}
DARK = {
    "paper": "#12151c",
    "ink": "#e6e9f0",
    "soft": "#a7afc0",
    "line": "#343c4b",
    "wash": "#1a1f29",
    "accent": "#7db7ea",
    "critical": "#ff7a7a",
    "warning": "#f0a840",
    "info": "#8ab6e0",
    "planned": "#9aa0ae",
    "good": "#6cc48f",
    "calm": "#22362c",
    "band": "#2c4a66",
    "filled": "#e0b040",
    "on": "#12151c",
}
"""The same names on dark paper; every text keeps a contrast of 4.5 with what it stands on."""


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


ROOT = f":root {{ {_variables(COLOURS)} }}"
"""The colours as CSS variables; a stylesheet begins with it."""
ROOT_OF_PAGES = f"""{ROOT}
:root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {_variables(DARK)} }} }}
:root[data-theme="dark"] {{ {_variables(DARK)} color-scheme: dark; }}
:root[data-theme="light"] {{ color-scheme: light; }}
"""
"""The same for pages, which follow the reader's system unless the reader chose."""
