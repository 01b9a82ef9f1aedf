"""The colours and severity words that the report, the API's page and the Gradio pages share."""

from __future__ import annotations

COLOURS = {
    "ink": "#24283b",
    "soft": "#5d6478",
    "line": "#dfe3ea",
    "wash": "#f6f7f9",
    "accent": "#1d5b8f",
    "critical": "#b3202a",
    "warning": "#a95c00",
    "info": "#3d6a8f",
    "good": "#2c7a4b",
}
ROOT = ":root { " + " ".join(f"--{name}: {colour};" for name, colour in COLOURS.items()) + " }"
"""The colours as CSS variables; a stylesheet begins with it."""
SEVERITY_WORDS = {"critical": "critical", "warning": "warning", "info": "minor"}
"""What people read for each severity of the tables."""
