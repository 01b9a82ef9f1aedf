"""The tables that record how models were trained and what ran."""

from __future__ import annotations

from sensors_data.tables.table import COUNT, FLAG, REAL, TEXT, TIME, Column, Table

RECORDS = (
    Table(
        "training",
        "How a model's networks were fitted: one row a network and epoch. `model` is the last day it learned from.",
        partition=("kind", "name", "model"),
        order=("network", "epoch"),
        columns=(
            Column("network", TEXT, "which of the model's networks"),
            Column("epoch", COUNT, "from 1"),
            Column("train_loss", REAL, "the loss on the examples it learns from", "nats an example"),
            Column("valid_loss", REAL, "the loss on held-out examples; NaN where there are none", "nats an example"),
            Column("kl", REAL, "its divergence part; near 0 the network has collapsed", "nats an example"),
            Column("beta", REAL, "the weight of that part in this epoch"),
            Column("best", FLAG, "whether this epoch's weights were kept"),
        ),
    ),
    Table(
        "generator_training",
        "How a camera's generator was trained: one row a snapshot.",
        partition=("camera", "model"),
        order=("epoch",),
        columns=(
            Column("epoch", COUNT, "number of the snapshot, from 1"),
            Column("images", COUNT, "real images shown until then"),
            Column("discriminator_loss", REAL, "mean since the snapshot before", "the loss's"),
            Column("generator_loss", REAL, "mean since the snapshot before", "the loss's"),
            Column("distance", REAL, "Frechet distance to validation images, or NaN", "squared feature units"),
            Column("class_entropy", REAL, "entropy of the mean class probabilities, NaN without labels", "nats"),
            Column("diversity", REAL, "mean distance of drawn images over that of real ones"),
            Column("state", TEXT, "`training`, `done`, `collapsed` or `diverged`"),
            Column("best", FLAG, "whether it was the best so far; the last of them serves"),
            Column("gain", REAL, "what its images add to a classifier's accuracy; NaN unless that chooses", since=2),
        ),
    ),
    Table(
        "runs",
        "What ran: one row a job and partition, the last run of each.",
        partition=("day", "run"),
        order=("job",),
        is_record=True,
        columns=(
            Column("job", TEXT, "the job's command"),
            Column("partition", TEXT, "family or camera, with the shard where there is one, as `pump-0`"),
            Column("family", TEXT, "family or camera"),
            Column("seconds", REAL, "how long it took", "s"),
            Column("finished", TIME, "when it ended"),
            Column("rows", COUNT, "rows written"),
            Column("state", TEXT, "done or failed"),
            Column("reason", TEXT, "why it failed; of one that was done what is to be known of it, or empty"),
        ),
    ),
)
