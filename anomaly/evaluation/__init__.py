"""Scores against labels: one call for a table of incidents, and the measures that it is made of."""

from anomaly.evaluation.affiliation import affiliation
from anomaly.evaluation.incidents import Evaluation, evaluate, row_labels
from anomaly.evaluation.scores import (
    Agreement,
    Areas,
    auc_pr,
    auc_roc,
    event_recall,
    false_alarms,
    false_alarms_per_day,
    nab_score,
    range_auc,
    row_agreement,
    vus,
)

__all__ = [
    "Agreement",
    "Areas",
    "Evaluation",
    "affiliation",
    "auc_pr",
    "auc_roc",
    "evaluate",
    "event_recall",
    "false_alarms",
    "false_alarms_per_day",
    "nab_score",
    "range_auc",
    "row_agreement",
    "row_labels",
    "vus",
]
