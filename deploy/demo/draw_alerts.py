"""What `make alerts-demo` left as a picture: its timeline, and the alert as Alertmanager showed it.

python deploy/demo/draw_alerts.py --folder demo-alerts --out docs/images/alerts-timeline.png
"""

from __future__ import annotations

import argparse
import json
import textwrap
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

COLOURS = {"fired": "#c8412f", "delivered": "#c8412f", "stale": "#c8412f", "resolved": "#2f8f5b"}
GREY = "#667"


def main() -> None:
    """Draw one demonstration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo-alerts"))
    parser.add_argument("--out", type=Path, default=Path("alerts-timeline.png"))
    arguments = parser.parse_args()
    events = json.loads((arguments.folder / "timeline.json").read_text())
    alerts = json.loads((arguments.folder / "alertmanager.json").read_text())
    figure, (above, below) = plt.subplots(2, 1, figsize=(10, 6.2), height_ratios=[1.3, 1])
    draw_events(above, events)
    draw_alert(below, next(a for a in alerts if a["labels"].get("family") == "oven"))
    figure.tight_layout(pad=1.5)
    figure.savefig(arguments.out, dpi=90)
    print(f"drew {arguments.out}")


def draw_events(axes: Axes, events: list[dict[str, Any]]) -> None:
    """A line an event, from the top, at its second; the scale is evenly spaced and the seconds are told."""
    axes.set_title("From a score to a pager: seconds since the faulty night was pushed", loc="left", weight="bold")
    axes.set_axis_off()
    axes.set_ylim(len(events) - 0.5, -0.7)
    axes.set_xlim(0, 1)
    axes.plot([0.085] * 2, [0, len(events) - 1], color="#d4d8de", lw=2, zorder=0)
    for row, event in enumerate(events):
        colour = COLOURS.get(event["event"], "#4a78b0")
        axes.plot(0.085, row, "o", color=colour, ms=8)
        axes.text(0.07, row, f"{event['seconds']:.1f} s", ha="right", va="center", color=GREY, fontsize=10)
        axes.text(0.1, row, event["event"], va="center", color=colour, weight="bold", fontsize=10)
        axes.text(0.19, row, event["text"], va="center", fontsize=10, color="#223")


def draw_alert(axes: Axes, alert: dict[str, Any]) -> None:
    """An alert of Alertmanager's list: name, labels, annotations, receivers."""
    axes.set_title("As Alertmanager shows it (GET /api/v2/alerts)", loc="left", weight="bold")
    axes.set_axis_off()
    receivers = ", ".join(receiver["name"] for receiver in alert["receivers"])
    fields = {
        "labels": "   ".join(f"{name}={text}" for name, text in sorted(alert["labels"].items())),
        "state": f"{alert['status']['state']}, since {alert['startsAt'][:19]} UTC, sent to {receivers}",
        **alert["annotations"],
    }
    lines = [(name, line) for name, text in fields.items() for line in textwrap.wrap(text, 120)]
    for row, (name, line) in enumerate(lines):
        height = 1 - (row + 0.8) / (len(lines) + 0.6)
        new = row == 0 or lines[row - 1][0] != name
        axes.text(0.0, height, name if new else "", fontsize=10, color=GREY, va="center", transform=axes.transAxes)
        axes.text(0.1, height, line, fontsize=10, color="#223", va="center", transform=axes.transAxes)


if __name__ == "__main__":
    main()
