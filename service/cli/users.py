"""`nightscore users`: who may use the service, and what they may do there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import SETTINGS_PATH, JsonOption, SettingsOption
from service.console import add_cells, say, show, show_json, show_table

USERS_FILE = "nightscore.users.json"
"""The file beside the settings that holds the users."""
app = typer.Typer(help="Who may use the service: viewers, reviewers and admins.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The user's name.")]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=3650, help="Days for which the token is valid.")]
UsersOption = Annotated[
    Path | None, typer.Option("--users-file", help="File of the users; by default beside the settings.")
]


def _file(settings: Path, users_file: Path | None) -> Path:
    return users_file or settings.resolve().parent / USERS_FILE


@app.command("add", epilog="Example: nightscore users add ana --role reviewer --days 90")
def add(
    name: NameArgument,
    role: Annotated[str, typer.Option("--role", help="viewer, reviewer or admin.")] = "viewer",
    days: DaysOption = 90,
    users_file: UsersOption = None,
    settings: SettingsOption = SETTINGS_PATH,
) -> None:
    """Add a user and print the token, which is shown only once and stored nowhere."""
    from sensors_data.errors import UnusableError
    from service.api.users import ROLES, add_user

    known = next((one for one in ROLES if one == role), None)
    if known is None:
        raise UnusableError(f"there is no role '{role}'", f"known are {', '.join(ROLES)}")
    token = add_user(_file(settings, users_file), name, known, days)
    say(f"added {name}, {known}, for {days} days; the token:")
    show(token)


@app.command("rotate", epilog="Example: nightscore users rotate ana")
def rotate(
    name: NameArgument,
    days: DaysOption = 90,
    users_file: UsersOption = None,
    settings: SettingsOption = SETTINGS_PATH,
) -> None:
    """Print a new token for a user; the old one and every session end at once."""
    from service.api.users import rotate_token

    token = rotate_token(_file(settings, users_file), name, days)
    say(f"the new token of {name}, for {days} days:")
    show(token)


@app.command("revoke", epilog="Example: nightscore users revoke ana")
def revoke(name: NameArgument, users_file: UsersOption = None, settings: SettingsOption = SETTINGS_PATH) -> None:
    """Revoke a user's token and sessions at once, without a restart."""
    from service.api.users import revoke_user

    revoke_user(_file(settings, users_file), name)
    say(f"revoked {name}")


@app.command("list", epilog="Example: nightscore users list --json")
def list_users(
    as_json: JsonOption = False, users_file: UsersOption = None, settings: SettingsOption = SETTINGS_PATH
) -> None:
    """List the users, their roles and when their tokens expire."""
    from datetime import UTC, datetime

    from rich.table import Table

    from service.api.users import Users

    users = Users(_file(settings, users_file)).all().values()
    if as_json:
        show_json([user.model_dump(mode="json", exclude={"digest"}) for user in users])
        return
    table, now = Table("name", "role", "good until", "state"), datetime.now(UTC)
    for user in users:
        state = "good" if user.is_welcome(now) else "revoked" if user.revoked else "expired"
        add_cells(table, user.name, user.role, f"{user.expires:%Y-%m-%d}", state)
    show_table(table)
