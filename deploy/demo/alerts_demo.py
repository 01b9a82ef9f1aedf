"""`make alerts-demo`: from a score to a pager. A small plant's nights are pushed; a real Pushgateway, Prometheus and
Alertmanager carry an anomaly to a webhook, see it resolved, and notice that the nights have stopped. Times are short.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from servers import ask, chain, pushgateway
from small_plant import FAULTY, NIGHTS, one_night, take_in_history, write
from webhook import Received, listening

from sensors_data.settings import Settings

MARKER = "nightscore-alerts-demo"
PATIENCE_S = 120
FOUND = 'sum(nightscore_anomalies{family="oven"})'


@dataclass
class Timeline:
    """What happened when, in seconds since the faulty night was pushed; printed as it happens and kept."""

    started: float = field(default_factory=time.monotonic)
    events: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, what: str, text: str, at: float | None = None) -> None:
        """One event."""
        seconds = round((at or time.monotonic()) - self.started, 1)
        self.events.append({"seconds": seconds, "event": what, "text": text})
        print(f"{seconds:7.1f} s  {what:<10} {text}", flush=True)


def main() -> None:
    """Run the demonstration; exit code 1 when the chain breaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo-alerts"))
    folder = parser.parse_args().folder.resolve()
    torch.set_num_threads(1)
    fresh(folder)
    with pushgateway(folder) as gateway, listening(secrets.token_urlsafe(16)) as received:
        settings = write(folder, f"http://{gateway}")
        take_in_history(settings)
        began = time.monotonic()
        one_night(settings, NIGHTS[0])
        stale_s = round(15 + 3 * (time.monotonic() - began))
        with chain(folder, received.url, received.token, stale_s, gateway) as (prometheus, manager):
            print(f"Pushgateway {gateway}, Prometheus {prometheus}, Alertmanager {manager}, webhook {received.url}")
            print(f"a healthy night was pushed before; scores count as stale after {stale_s} s instead of 50 h")
            timeline = nights(settings, received, prometheus, manager, folder)
    (folder / "timeline.json").write_text(json.dumps(timeline.events, indent=1))
    print(f"the timeline, the alerts as Alertmanager showed them and all logs are in {folder}")


def fresh(folder: Path) -> None:
    """An empty folder; an earlier demonstration's gives way. ValueError when it holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise ValueError(f"{folder} holds something else than this demonstration; name another --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()


def nights(settings: Settings, received: Received, prometheus: str, manager: str, folder: Path) -> Timeline:
    """The faulty night, the healthy one after it, and none: what the chain makes of each."""
    wait_for(lambda: value(prometheus, FOUND) == 0, "the healthy night's scrape")
    lines = one_night(settings, FAULTY)
    timeline = Timeline()
    timeline.tell("pushed", next(line for line in lines if line.startswith("found in")))
    wait_for(lambda: (value(prometheus, FOUND) or 0) > 0, "a scrape")
    timeline.tell("scraped", f"nightscore_anomalies is {value(prometheus, FOUND):.0f}")
    wait_for(lambda: firing(prometheus, "AnomalyFound"), "AnomalyFound")
    timeline.tell("fired", firing(prometheus, "AnomalyFound")[0]["annotations"]["summary"])
    alert = wait_for(lambda: received.first("AnomalyFound", "oven", "firing"), "the webhook")
    timeline.tell("delivered", alert["annotations"]["description"], alert["at"])
    (folder / "alertmanager.json").write_text(json.dumps(ask(manager, "/api/v2/alerts"), indent=1))
    one_night(settings, NIGHTS[2])
    timeline.tell("pushed", f"the healthy night of {NIGHTS[2]}")
    alert = wait_for(lambda: received.first("AnomalyFound", "oven", "resolved"), "the resolved message")
    timeline.tell("resolved", alert["annotations"]["summary"], alert["at"])
    timeline.tell("stopped", "no more nights")
    alert = wait_for(lambda: received.first("ScoresStale", "oven", "firing"), "ScoresStale")
    timeline.tell("stale", alert["annotations"]["summary"], alert["at"])
    return timeline


def wait_for(look: Callable[[], Any], what: str) -> Any:
    """The first answer of `look` that is something. TimeoutError names what did not come."""
    deadline = time.monotonic() + PATIENCE_S
    while not (value := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {PATIENCE_S} s")
        time.sleep(0.1)
    return value


def value(prometheus: str, query: str) -> float | None:
    """A query's first value, or None where it has none."""
    result = ask(prometheus, "/api/v1/query", query=query)["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def firing(prometheus: str, name: str) -> list[dict[str, Any]]:
    """The alerts of a name that fire for the ovens."""
    alerts = ask(prometheus, "/api/v1/alerts")["data"]["alerts"]
    firing = [a for a in alerts if a["labels"].get("family") == "oven" and a["state"] == "firing"]
    return [a for a in firing if a["labels"]["alertname"] == name]


if __name__ == "__main__":
    try:
        main()
    except (LookupError, ValueError, TimeoutError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
