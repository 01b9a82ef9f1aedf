"""What an address of a machine names, checked: whatever it names wrongly is refused with what there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from urllib.parse import urlencode

from anomaly.series.night.anomalies import SEVERITIES
from sensors_data.errors import NightscoreError
from service.views.course import MOST_DAYS
from service.views.lane import anomalies_of, machines_of
from service.views.state import Service

SHOWN = 24
"""Names that are offered in place of a wrong one."""


class WrongAddressError(NightscoreError):
    """An address that names what is not there; `offers` are addresses that are, by what they lead to."""

    def __init__(self, reason: str, remedy: str, offers: dict[str, str]) -> None:
        super().__init__(reason, remedy)
        self.offers = offers


@dataclass(frozen=True)
class MachineView:
    """A machine and a range [start, end)."""

    family: str
    asset: str
    start: datetime
    end: datetime

    @property
    def address(self) -> str:
        """The page's address."""
        times = {"from": _text(self.start), "to": _text(self.end)}
        return f"/pages/asset?{urlencode({'family': self.family, 'asset': self.asset, **times})}"

    def moved(self, by: timedelta) -> MachineView:
        """The same machine, some time later."""
        return MachineView(self.family, self.asset, self.start + by, self.end + by)

    def lasting(self, span: timedelta) -> MachineView:
        """The same end, another length."""
        return MachineView(self.family, self.asset, self.end - span, self.end)


def view_of(service: Service, query: dict[str, str]) -> MachineView:
    """What an address names; of what it leaves out, the worst machine of the newest night.

    WrongAddressError for a family, machine, night or range that is not there.
    """
    family = _family(service, query.get("family"))
    scored = service.store.days("scores", family=family)
    if not scored:
        raise WrongAddressError(f"nothing of {family} was scored yet", "run: nightscore backfill", {})
    start, end = _range(family, query, scored)
    asset = query.get("asset") or _worst(service, family, start, end, scored)
    _check_asset(service, family, asset, (start, end), scored)
    return MachineView(family, asset, start, end)


def _family(service: Service, name: str | None) -> str:
    known = sorted(service.settings.families)
    if not known:
        raise WrongAddressError("the settings have no family", "run: nightscore init --from YOUR-FILE.csv", {})
    if name is None:
        scored = [family for family in known if service.store.days("scores", family=family)]
        return next(iter(scored), known[0])
    if name not in known:
        offers = {family: f"/pages/asset?{urlencode({'family': family})}" for family in known}
        raise WrongAddressError(f"there is no family '{name[:80]}'", "choose one of these", offers)
    return name


def _range(family: str, query: dict[str, str], scored: list[date]) -> tuple[datetime, datetime]:
    """The range of `from` and `to`, or of `day` and the `days` that end with it; else the newest night."""
    try:
        if "from" in query and "to" in query:
            start, end = (_moment(query[name]) for name in ("from", "to"))
        else:
            day = date.fromisoformat(query.get("day", str(scored[-1])))
            end = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
            start = end - timedelta(days=int(query.get("days", "1")))
    except (ValueError, OverflowError) as error:
        raise WrongAddressError("the range cannot be read", "write days like 2026-11-21", {}) from error
    if not timedelta(0) < end - start <= timedelta(days=MOST_DAYS):
        reason = f"the range {_text(start)} to {_text(end)} cannot be shown"
        raise WrongAddressError(reason, f"it ends after it starts and lasts at most {MOST_DAYS} days", {})
    if not any(start.date() <= day <= (end - timedelta(microseconds=1)).date() for day in scored):
        near = sorted(scored, key=lambda day: abs(day - start.date()))[:SHOWN]
        asset = {"asset": query["asset"]} if query.get("asset") else {}
        offers = {
            str(day): f"/pages/asset?{urlencode({'family': family, **asset, 'day': str(day)})}" for day in sorted(near)
        }
        reason = f"no night of {family} was scored from {_text(start)} to {_text(end)}"
        raise WrongAddressError(reason, f"{len(scored)} nights were, {scored[0]} to {scored[-1]}; the nearest", offers)
    return start, end


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def nights_in(start: datetime, end: datetime) -> list[date]:
    """The UTC days that a range touches."""
    last = (end - timedelta(microseconds=1)).date()
    return [start.date() + timedelta(days=n) for n in range((last - start.date()).days + 1)]


def _worst(service: Service, family: str, start: datetime, end: datetime, scored: list[date]) -> str:
    """The machine of the range's worst anomaly, else the first."""
    rows = [row for row in anomalies_of(service, family, nights_in(start, end)) if not row["suppressed"]]
    if rows:
        return str(max(rows, key=lambda row: (SEVERITIES.index(row["severity"]), row["peak_score"]))["asset"])
    return machines_of(service, family, scored[-1:])[0]


def _check_asset(
    service: Service, family: str, asset: str, span: tuple[datetime, datetime], scored: list[date]
) -> None:
    known = machines_of(service, family, nights_in(*span)) or machines_of(service, family, scored[-1:])
    if asset in known:
        return
    near = get_close_matches(asset, known, SHOWN, 0.5) or known[:SHOWN]
    times = {"from": _text(span[0]), "to": _text(span[1])}
    offers = {name: f"/pages/asset?{urlencode({'family': family, 'asset': name, **times})}" for name in near}
    reason = f"no machine '{asset[:80]}' of {family} was scored in this range"
    raise WrongAddressError(reason, f"{len(known):,} machines were; the nearest names", offers)
