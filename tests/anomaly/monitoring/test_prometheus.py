"""What Prometheus is told: one table of metrics, labels that cannot grow, text that cannot be misread."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from anomaly.monitoring.prometheus import LONGEST_LABEL, METRICS, most_frequent, plain, registry_of, sample, text_of

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"


def test_the_documented_metrics_are_the_exposed_ones():
    lines = [line for line in DOCS.read_text().splitlines() if line.startswith("| nightscore_")]
    documented = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert documented == [[m.name, m.kind, ", ".join(m.labels), m.unit, m.text] for m in METRICS.values()]


def test_a_units_suffix_agrees_with_the_documented_unit():
    units = {"ratio": ("0 to 1", "times"), "nats": ("nats",), "seconds": ("seconds",), "bytes": ("bytes",)}
    for metric in METRICS.values():
        suffix = metric.name.rsplit("_", 1)[1]
        assert metric.unit.startswith(units.get(suffix, ("",))), metric.name
        known = {unit.split()[0] for unit in sum(units.values(), ()) if unit != "0 to 1"}
        assert suffix in units or metric.unit not in known, metric.name


def test_samples_come_out_as_text_with_their_kind_and_meaning():
    samples = [
        sample("anomalies", 2, family="pump", severity="critical"),
        sample("push_failures_total", 3, family="pump"),
    ]
    text = text_of(registry_of(samples)).decode()
    assert text.splitlines() == [
        "# HELP nightscore_anomalies Anomalies that touch the day, planned work left out.",
        "# TYPE nightscore_anomalies gauge",
        'nightscore_anomalies{family="pump",severity="critical"} 2.0',
        "# HELP nightscore_push_failures_total Pushes that no Pushgateway took.",
        "# TYPE nightscore_push_failures_total counter",
        'nightscore_push_failures_total{family="pump"} 3.0',
    ]


@pytest.mark.parametrize("wrong", [{"name": "anomalys"}, {"name": "anomalies", "asset": "p1"}])
def test_a_metric_or_label_that_is_not_in_the_table_is_refused(wrong):
    with pytest.raises(LookupError, match="is no metric of ours; add it to METRICS"):
        registry_of([sample(wrong.pop("name"), 1, **wrong)])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Pumpe-Süd 3", "Pumpe-Süd 3"),
        ('"} 1\nup 0', "__ 1_up 0"),
        ("{{ query `up` }}", "__ query _up_ __"),
        ("<script>alert(1)</script>", "_script_alert(1)_/script_"),
        ("a\u202eb\\c", "a_b_c"),
        ("x" * 200, "x" * 77 + "..."),
        ("", ""),
    ],
)
def test_a_hostile_name_becomes_plain_text(name, told):
    assert plain(name) == told
    (family,) = text_string_to_metric_families(
        text_of(registry_of([sample("rejected_rows", 1, family="pump", reason=name)])).decode()
    )
    assert family.samples[0].labels == {"family": "pump", "reason": told}


def test_a_hundred_thousand_reasons_are_ten_and_the_rest():
    counts = {f"reason {number}": number for number in range(100_000)}
    kept = most_frequent(counts, "other reasons")
    assert len(kept) == 11
    assert kept["reason 99999"] == 99_999
    assert sum(kept.values()) == sum(counts.values())


def test_reasons_that_read_the_same_when_plain_are_one():
    assert most_frequent({"a<": 1, "a>": 2}, "other reasons") == {"a_": 3}


def test_labels_are_those_that_the_docs_explain():
    explained = DOCS.read_text().split("## Labels")[1]
    for label in {label for metric in METRICS.values() for label in metric.labels} - {
        "asset",
        "sensor",
        "image",
        "verdict",
    }:
        assert re.search(rf"`{label}`|`family, camera`", explained), label


def test_the_longest_label_is_as_long_as_the_docs_say():
    assert f"{LONGEST_LABEL} characters at most" in DOCS.read_text()
