"""Units, cron line and proxies: what they call is what the command knows."""

import re
import subprocess
from pathlib import Path

import pytest
import typer

from service.cli.app import app

DEPLOY = Path(__file__).parents[2] / "deploy"
CALLING = ["systemd/nightscore-serve.service", "systemd/nightscore-nightly.service", "systemd/crontab.example"]


@pytest.mark.parametrize("name", CALLING)
def test_every_command_and_option_in_it_exists(name):
    commands = typer.main.get_command(app).commands
    calls = re.findall(r"bin/nightscore (\S+)([^&'\n]*)", (DEPLOY / name).read_text())
    assert calls
    for command, words in calls:
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", words)) <= known, command


def test_the_day_that_the_units_and_cron_ask_for_is_yesterday_in_utc():
    for name in CALLING[1:]:
        asked = re.findall(r'"\$\((date [^)]*)\)"', (DEPLOY / name).read_text())
        assert len(asked) == 2
        for text in asked:
            command = text.replace("%%", "%").replace("\\%", "%")
            done = subprocess.run(command.split(), capture_output=True, text=True, check=True)
            wanted = subprocess.run(
                ["date", "-u", "-d", "1 day ago", "+%F"], capture_output=True, text=True, check=True
            )
            assert done.stdout == wanted.stdout


def test_the_proxies_take_what_the_service_takes_and_pass_the_host_on():
    nginx, caddy = ((DEPLOY / "proxy" / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    assert "client_max_body_size 32m;" in nginx
    assert "proxy_set_header Host $host;" in nginx
    assert "max_size 32MB" in caddy  # and it passes the host on by itself
    serve = (DEPLOY / "systemd/nightscore-serve.service").read_text()
    assert re.search(r"--name (\S+)", serve)[1] in nginx
