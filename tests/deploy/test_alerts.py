"""The alert rules: every one tried by promtool, explained in the runbook, and in the notation of what is exported."""

import re
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from anomaly.monitoring.prometheus import METRICS
from service.cli.app import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
GROUPS = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = [rule for rule in RULES if "alert" in rule]
TESTS = yaml.safe_load((DEPLOY / "alerts.test.yml").read_text())["tests"]
LINKED = {"summary", "description", "runbook_url", "page_url"}
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()


def run(*command):
    done = subprocess.run(command, cwd=DEPLOY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_rule_does_what_its_cases_say(program):
    assert "SUCCESS" in run(program("promtool"), "test", "rules", "alerts.test.yml")


def test_promtool_finds_nothing_wrong_with_rules_and_configuration(program, tmp_path):
    assert f"{len(RULES)} rules found" in run(program("promtool"), "check", "rules", "--lint-fatal", "alerts.yml")
    (tmp_path / "service_token").touch()  # what compose mounts under /run/secrets
    config = (DEPLOY / "prometheus.yml").read_text().replace("/run/secrets", str(tmp_path))
    (tmp_path / "prometheus.yml").write_text(config.replace("alerts.yml", str(DEPLOY / "alerts.yml")))
    told = run(program("promtool"), "check", "config", "--lint-fatal", str(tmp_path / "prometheus.yml"))
    assert "is valid prometheus config file syntax" in told


def test_amtool_finds_nothing_wrong_with_the_routes(program):
    assert "SUCCESS" in run(program("amtool"), "check-config", "alertmanager.yml")


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ("alertname=AnomalyFound family=pump severity=critical", "pagerduty,teams"),
        ("alertname=AnomalyFound family=pump severity=warning", "slack"),
        ("alertname=AnomalyFound family=pump severity=info", "record"),
        ("alertname=ModelStale family=pump severity=warning", "mail"),
    ],
)
def test_the_example_of_receivers_is_sound_and_names_the_links(program, labels, receivers):
    example = "alertmanager.receivers.example.yml"
    assert "SUCCESS" in run(program("amtool"), "check-config", example)
    words = (program("amtool"), "config", "routes", "test", f"--config.file={example}", *labels.split())
    assert run(*words).splitlines()[0] == receivers
    text = (DEPLOY / example).read_text()
    assert text.count("page_url") >= 4
    assert text.count("runbook_url") >= 3


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=AnomalyFound family=pump severity=critical", "pager"),
        ("alertname=AnomalyFound family=pump severity=warning", "team"),
        ("alertname=AnomalyFound family=pump severity=info", "record"),
        ("alertname=ScoresStale scope=everything severity=critical", "pager"),
        ("alertname=JobFailed camera=press severity=warning", "team"),
    ],
)
def test_an_alert_reaches_whom_its_severity_says(program, labels, receiver):
    words = (program("amtool"), "config", "routes", "test", "--config.file=alertmanager.yml", *labels.split())
    assert run(*words).splitlines()[0] == receiver


@pytest.mark.parametrize("alert", sorted({rule["alert"] for rule in ALERTS}))
def test_an_alert_is_tried_silent_firing_resolved_and_without_its_series(alert):
    cases = [case for test in TESTS for case in test["alert_rule_test"] if case["alertname"] == alert]
    fires = ["exp_alerts" in case for case in cases]
    whole = next(t for t in TESTS if t["name"] == alert)["alert_rule_test"]
    assert [("exp_alerts" in case) for case in whole[:3]] == [False, True, False], alert
    assert len(whole) >= 4
    assert len(fires) >= 4


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: f"{rule['alert']} {rule.get('for', '')}".strip())
def test_an_alert_has_severity_numbers_and_a_runbook_entry(rule):
    assert {"summary", "description", "runbook_url"} <= set(rule["annotations"]) <= LINKED
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page == "{{ $externalLabels.pages }}/pages/runbook"
    assert re.search(rf"^## {rule['alert']}$", RUNBOOK, re.MULTILINE)
    assert anchor == rule["alert"].lower()
    severity = rule.get("labels", {}).get("severity")
    assert severity in ("info", "warning", "critical") or (severity is None and "nightscore_anomalies" in rule["expr"])
    assert re.search(r"\d|\$value|value", rule["annotations"]["description"])


def test_the_runbook_knows_no_alert_that_there_is_not():
    assert sorted(set(re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE))) == sorted({rule["alert"] for rule in ALERTS})


def test_rules_and_templates_speak_of_exported_metrics_and_their_labels():
    records = {rule["record"] for rule in RULES if "record" in rule}
    for rule in RULES:
        text = " ".join([rule["expr"], *rule.get("annotations", {}).values()])
        for name in re.findall(r"(?<![:\w])nightscore_\w+", text):
            assert name in METRICS, f"{rule.get('alert', rule.get('record'))} speaks of {name}"
        for name in re.findall(r"\w+:nightscore_\w+:\w+|nightscore:\w+:\w+", text):
            assert name in records, name


def test_the_commands_of_the_runbook_exist():
    known = typer.main.get_command(app).commands
    for name in re.findall(r"`nightscore ([a-z-]+)", RUNBOOK):
        assert name in known, name
