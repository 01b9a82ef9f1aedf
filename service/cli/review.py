"""The service, and past nights under another threshold."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.jobs import JOBS
from sensors_data.settings import Settings
from service.cli.jobs import PANELS, add_job
from service.cli.options import (
    SETTINGS_PATH,
    DayOption,
    FamilyOption,
    FirstOption,
    LastOption,
    SettingsOption,
    StoreOption,
    add_command,
    settings_from,
    with_settings,
)
from service.cli.users import USERS_FILE
from service.console import add_cells, say, show, show_table
from service.schedule.request import day_from

SERVICE_PACKAGES = ("fastapi", "jinja2", "orjson", "python_multipart", "uvicorn")
"""What the extra `service` brings."""
BudgetOption = Annotated[
    float | None, typer.Option("--budget", help="False alarms per asset and week; by default as in the settings.")
]


def add_commands(app: typer.Typer) -> None:
    """Add them."""
    panel = PANELS["plant"]
    add_command(app, panel, serve, "serve --port 8080")
    add_command(app, panel, with_settings(replay), "replay --family pump --from 2026-11-14 --to 2026-11-21")
    add_job(app, JOBS["accept-threshold"], "--from 2026-11-14 --to 2026-11-21")(accept_threshold)
    add_job(app, JOBS["report"])(report)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; outside loopback every request needs a token.")
    ] = ("127.0.0.1"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes any free one.")
    ] = 8080,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File of the service's token; created if missing.")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="Further host name to answer to, such as the proxy's."),
    ] = None,
    users_file: Annotated[
        Path | None, typer.Option("--users-file", help="File of the users; see `nightscore users`.")
    ] = None,
    trust_header: Annotated[
        str | None, typer.Option("--trust-header", help="Header in which an authenticating proxy names the user.")
    ] = None,
    trust_from: Annotated[
        list[str] | None, typer.Option("--trust-from", help="Address or network of that proxy, like 10.0.0.0/24.")
    ] = None,
    log: Annotated[
        bool | None,
        typer.Option("--log/--no-log", help="Log each request on standard error; by default not on loopback."),
    ] = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Serve REST and web pages over a store, in one process, until Ctrl-C."""
    if missing := [package for package in SERVICE_PACKAGES if find_spec(package) is None]:
        raise NotThereError(
            f"the service needs packages that are not installed: {', '.join(missing)}",
            "install them with: pip install 'nightscore[service]'",
        )
    from service import server  # FastAPI takes seconds to import: only here
    from service.api.access import LOOPBACK, proxy_of

    taken = settings_from(settings, store)
    folder = settings.resolve().parent
    address = server.Address(
        host,
        port,
        tuple(name or ()),
        token_file or folder / "nightscore.token",
        users_file or folder / USERS_FILE,
        proxy_of(trust_header, tuple(trust_from or ())),
    )
    server.serve(taken, settings, address, show, is_logged=host not in LOOPBACK if log is None else log)


def replay(
    settings: Settings, family: FamilyOption, first: FirstOption, last: LastOption, budget: BudgetOption = None
) -> None:
    """Show what past nights would have reported under a threshold that is fitted again with today's verdicts."""
    from rich.table import Table

    from anomaly.series import replay as past
    from service.views.words import contributions, interval, replay_summary

    outcome = past.replay(settings, family, day_from(first), day_from(last), budget)
    show(replay_summary(outcome))
    table = Table("change", "severity", "asset", "when", "main sensors")
    for row in outcome.anomalies.to_dict("records"):
        steps = dict.fromkeys(filter(None, (row["severity_before"], row["severity_after"])))
        cells = (row["change"], " to ".join(steps), row["asset"], interval(row["start"], row["end"]))
        add_cells(table, *cells, contributions(row["sensors"]))
    show_table(table)
    again = f"nightscore accept-threshold --family {family} --from {first} --to {last}"
    say(f"to use it from the next night on: {again}{f' --budget {budget:g}' if budget is not None else ''}")


def accept_threshold(
    settings: Settings, family: FamilyOption, first: FirstOption, last: LastOption, budget: BudgetOption = None
) -> None:
    """Replay and save: the job `accept-threshold` of the last night."""
    from anomaly.series import replay as past

    say(past.accept_threshold(settings, day_from(last), family, day_from(first), budget))


def report(
    settings: Settings,
    day: DayOption,
    email: Annotated[bool, typer.Option("--email", help="Mail it as set in `sending` of the settings.")] = False,
    webhook: Annotated[bool, typer.Option("--webhook", help="Post it as set in `sending` of the settings.")] = False,
    mail_file: Annotated[
        Path | None, typer.Option("--mail-file", help="Write the mail to a file (.eml) instead of sending it.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Print it to a PDF with the installed browser.")] = None,
    week: Annotated[bool, typer.Option("--week", help="Write the digest of the seven nights up to the day.")] = False,
) -> None:
    """Write a night's report or the week's digest, and mail, post or print it on request."""
    from sensors_data.places import digest_path, report_path
    from sensors_data.store import Store
    from service import mail
    from service.digest import write_digest
    from service.paper import print_pdf
    from service.report import report as write
    from service.views.night import read_night
    from service.views.week import read_week

    last = day_from(day)
    if week and webhook:
        raise UnusableError("a webhook takes a night, not a week", "leave out --week or --webhook")
    seven = read_week(settings, last) if week else None
    say(write_digest(seven, settings) if seven else write(settings, last))
    if email or mail_file:
        if seven:
            message = mail.mail_of_week(settings, seven)
        else:
            message = mail.mail_of(Store(settings.store), settings, read_night(settings, last))
        if mail_file:
            mail_file.write_bytes(bytes(message))
            say(f"wrote {mail_file}")
        if email:
            say(mail.send(settings.sending, message))
    if webhook:
        say(mail.post(settings, read_night(settings, last)))
    if pdf:
        written = Store(settings.store).read_bytes(digest_path(last) if seven else report_path(last))
        say(print_pdf(written.decode(), pdf))
