"""The Grafana dashboards as pictures without Grafana: every panel's queries asked of a real Prometheus, drawn plainly.

python deploy/demo/draw_dashboards.py --settings demo/settings.toml --out docs/images
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from metrics_history import NIGHT, fill, nights_of, written_out
from servers import DEPLOY, ask, running_prometheus

from sensors_data.settings import load

COLOURS = {"info": "#7f9fbf", "warning": "#e0a030", "critical": "#c8412f", "threshold": "#222233"}
STEP_S = 3600
MOST_LINES, MOST_ROWS = 8, 9
GREY = "#667"


def main() -> None:
    """Draw all dashboards of a store's nights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path())
    parser.add_argument("--until", help="the last day that is shown, such as one on which something was found")
    arguments = parser.parse_args()
    history = {
        at: s
        for at, s in nights_of(load(arguments.settings)).items()
        if str(at - NIGHT)[:10] <= (arguments.until or "9")
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), history)
        with running_prometheus(Path(name), "--query.lookback-delta=24h") as address:
            for path in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json")):
                out = arguments.out / f"dashboard-{path.stem}.png"
                board = json.loads(path.read_text())
                kinds = [v["name"] for v in board["templating"]["list"] if v["type"] == "query"] or ["family", "camera"]
                moments = [at for at, own in history.items() if any(kind in s.labels for s in own for kind in kinds)]
                draw(board, address, min(moments), max(moments), out)
                print(f"drew {out}")


def draw(board: dict[str, Any], address: str, first: datetime, last: datetime, out: Path) -> None:
    """One dashboard as a PNG; a variable takes its first value."""
    variables = {}
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = variable["definition"].removeprefix("label_values(").rstrip(")").split(", ")
            answer = ask(
                address, f"/api/v1/label/{label}/values", **{"match[]": metric, "start": str(first.timestamp())}
            )
            variables[variable["name"]] = answer["data"][-1]
    rows = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in board["panels"])
    figure = plt.figure(figsize=(15, rows * 0.36 + 0.7), facecolor="white")
    height = rows + 2
    shown = ", ".join(f"{name} {value}" for name, value in variables.items())
    figure.text(
        0.012, 1 - 0.9 / height, f"{board['title']}{f' ({shown})' if shown else ''}", fontsize=15, weight="bold"
    )
    for panel in board["panels"]:
        at = panel["gridPos"]
        left, bottom = at["x"] / 24 + 0.045, 1 - (at["y"] + at["h"] + 1.1) / height
        axes = figure.add_axes((left, bottom, at["w"] / 24 - 0.06, (at["h"] - 2.2) / height))
        axes.set_title(panel["title"], loc="left", fontsize=10, pad=16)
        series = [s for t in panel["targets"] for s in results(address, t, variables, first, last)]
        KINDS[panel["type"]](axes, panel, series)
    figure.savefig(out, dpi=80)
    plt.close(figure)


def results(
    address: str, target: dict[str, Any], variables: dict[str, str], first: datetime, last: datetime
) -> list[dict[str, Any]]:
    """A target's series: labels, legend, times and values."""
    query = written_out(target["expr"], **variables)
    if target["range"]:
        span = {"start": str(first.timestamp()), "end": str(last.timestamp() + 12 * 3600), "step": str(STEP_S)}
        series = ask(address, "/api/v1/query_range", query=query, **span)["data"]["result"]
    else:
        series = ask(address, "/api/v1/query", query=query, time=str(last.timestamp() + 60))["data"]["result"]
    for one in series:
        pairs = one.get("values", [one.get("value")])
        one["times"] = [datetime.fromtimestamp(float(at), UTC) for at, _ in pairs]
        one["numbers"] = [float(text) for _, text in pairs]
        one["legend"] = legend(target["legendFormat"], one["metric"])
    return sorted(series, key=lambda one: -one["numbers"][-1])


def legend(pattern: str, labels: dict[str, str]) -> str:
    """A legend's text with its labels filled in."""
    if pattern == "__auto":
        return " ".join(labels.values())
    for name in ("family", "camera", "severity", "command", "state", "part", "measure", "reason", "level"):
        pattern = pattern.replace(f"{{{{{name}}}}}", labels.get(name, ""))
    return pattern


def words(number: float, unit: str) -> str:
    """A number as Grafana would write it in a unit."""
    if unit == "percentunit":
        return f"{number:.1%}"
    if unit == "s":
        size, name = next((size, name) for size, name in ((86_400, " days"), (3600, " h"), (0, " s")) if number >= size)
        return f"{number / (size or 1):.1f}{name}"
    if unit == "bytes":
        return f"{number / 2**20:.1f} MiB"
    return f"{number:,.4g}"


def draw_lines(axes: Axes, panel: dict[str, Any], series: list[dict[str, Any]]) -> None:
    """Values over time, each night's until the next."""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    for one in series[:MOST_LINES]:
        colour, style = COLOURS.get(one["legend"]), "--" if one["legend"] == "threshold" else "-"
        axes.step(one["times"], one["numbers"], style, where="post", lw=1.6, label=one["legend"], color=colour)
    if "scaleDistribution" in panel["fieldConfig"]["defaults"]["custom"]:
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(lambda value, _: words(value, unit))
        axes.tick_params(which="minor", labelsize=7, colors=GREY)
    elif all(min(one["numbers"]) >= 0 for one in series):
        axes.set_ylim(0, max((max(one["numbers"]) for one in series), default=1) * 1.1 or 1)
    axes.yaxis.set_major_formatter(lambda value, _: words(value, unit))
    days = (axes.get_xlim()[1] - axes.get_xlim()[0]) if series else 1
    axes.xaxis.set_major_locator(mdates.DayLocator(interval=max(1, round(days / 6))))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%m-%d"))  # type: ignore[no-untyped-call]
    axes.tick_params(labelsize=8, colors=GREY)
    axes.grid(axis="y", color="#e4e6ea", lw=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if series and series[0]["legend"]:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.01, 0.97),
            ncols=4 if panel["gridPos"]["w"] < 12 else 6,
            borderpad=0.1,
            fontsize=7.5,
            frameon=False,
            labelcolor=GREY,
            handlelength=1.2,
            columnspacing=0.9,
        )


def draw_number(axes: Axes, panel: dict[str, Any], series: list[dict[str, Any]]) -> None:
    """The newest value, large, in the colour of its threshold."""
    axes.set_axis_off()
    defaults = panel["fieldConfig"]["defaults"]
    value = series[0]["numbers"][-1] if series else None
    steps = defaults["thresholds"]["steps"]
    colour = [s["color"] for s in steps if value is not None and (s["value"] is None or value >= s["value"])]
    shade = {"green": "#2f8f5b", "orange": "#d08a1d", "red": "#c8412f", "blue": "#4a78b0"}
    text = "no data" if value is None else words(value, defaults["unit"])
    axes.text(0.0, 0.45, text, fontsize=22, color=shade.get(colour[-1], GREY) if colour else GREY, va="center")


def draw_table(axes: Axes, panel: dict[str, Any], series: list[dict[str, Any]]) -> None:
    """The newest values with their labels."""
    axes.set_axis_off()
    names = sorted({name for one in series for name in one["metric"]} - {"__name__"})
    head = [*names, "value"]
    rows = [[*(one["metric"].get(n, "") for n in names), f"{one['numbers'][-1]:.4g}"] for one in series[:MOST_ROWS]]
    for number, row in enumerate([head, *rows]):
        for column, text in enumerate(row):
            weight = "bold" if number == 0 else "normal"
            place = (column / len(head), 1 - (number + 0.8) / (MOST_ROWS + 1))
            axes.text(*place, text[: 96 // len(head)], fontsize=8.5, weight=weight, color="#223", va="center")


KINDS: dict[str, Callable[[Axes, dict[str, Any], list[dict[str, Any]]], None]] = {
    "timeseries": draw_lines,
    "stat": draw_number,
    "table": draw_table,
}

if __name__ == "__main__":
    main()
