"""What a command loads before it has anything to do: nothing that takes seconds."""

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "matplotlib", "sklearn", "scipy", "pandas", "pyarrow", "fastapi", "jinja2")
CALL = f"""
import json, sys
from service.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


def loaded(*words):
    """The heavy packages that a command loads."""
    call = [sys.executable, "-c", CALL, *map(str, words)]
    return json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("ingest", "--help"), ("datasets", "list")])
def test_help_and_lists_load_nothing_heavy(words):
    assert loaded(*words) == []


def test_ingest_and_impute_load_neither_torch_nor_what_draws(inbox, copied):
    where = ("--settings", inbox / "settings.toml", "--store", copied.store, "--family", "oven", "--day", "2026-03-08")
    assert loaded("ingest", *where) == ["pandas", "pyarrow"]
    assert loaded("impute", *where) == ["pandas", "pyarrow"]
