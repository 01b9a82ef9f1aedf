"""The reference of every command, made from the command line itself."""

from __future__ import annotations

import re
from typing import Any

import typer

from service.cli.app import app

INTRODUCTION = """# Commands

`nightscore COMMAND --help` says the same in the terminal. This page is made from the code each time the site is built.
After `make`, the command is `.venv/bin/nightscore`. A command that fails prints one sentence with the remedy and ends
with exit code 2.

A command that works on a store takes `--settings FILE` (or `NIGHTSCORE_SETTINGS`; `settings.toml` unless set) and
`--store PLACE` (or `NIGHTSCORE_STORE`; the settings' own unless set). They are not repeated below. `--quiet`,
`--verbose` and `--version` stand before the command's name. `nightscore --install-completion` completes words in your
shell.
"""

SHARED = ("help", "settings", "store")


def commands_page() -> str:
    """The page as Markdown. LookupError names a command or an option without help."""
    return "\n".join([INTRODUCTION, *(_section(words, command) for words, command in commands().items())])


def commands() -> dict[str, Any]:
    """Every command by its words, groups left out."""

    def below(command: Any, words: str) -> dict[str, Any]:
        if not hasattr(command, "commands"):
            return {words: command}
        inner = [below(command.commands[name], f"{words} {name}") for name in sorted(command.commands)]
        return {name: one for part in inner for name, one in part.items()}

    return below(typer.main.get_command(app), "nightscore")


def _section(words: str, command: Any) -> str:
    if not command.help:
        raise LookupError(f"{words} has no help; write its docstring")
    lines = [f"## {words}", "", _plain(command.help), ""]
    if command.epilog:
        lines += [f"```\n{_plain(command.epilog).removeprefix('Example: ')}\n```", ""]
    options = [one for one in command.params if one.name not in SHARED and not getattr(one, "hidden", False)]
    if options:
        lines += ["| option | default | meaning |", "|---|---|---|"]
    for option in options:
        if not getattr(option, "help", None):
            raise LookupError(f"{words} {option.name} has no help; write it")
        lines.append(f"| {_names(option)} | {_default(option)} | {_plain(option.help)}{_environment(option)} |")
    return "\n".join(lines) + "\n"


def _names(option: Any) -> str:
    names = option.opts if option.param_type_name == "option" else [option.name.upper()]
    return ", ".join(f"`{name}`" for name in names)


def _default(option: Any) -> str:
    if option.required:
        return "**needed**"
    value = option.default
    return "" if value is None or value is False or value == () or callable(value) else f"`{value}`"


def _environment(option: Any) -> str:
    name = option.envvar
    return f" Or the environment's `{name}`." if isinstance(name, str) else ""


def _plain(text: str) -> str:
    """Help without its line breaks, and safe in a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
