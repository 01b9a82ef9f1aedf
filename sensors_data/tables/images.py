"""The tables of images: what a camera sent, its scores, what a generator drew and how the gate judged it."""

from __future__ import annotations

from sensors_data.tables.table import BYTES, COUNT, FLAG, REAL, TEXT, TIME, Column, Table

_MEASURES = "the measure's"
_SYNTHETIC = (
    Column("image_id", TEXT, "generator, seed and number of the image"),
    Column("time", TIME, "start of the day that it was drawn for"),
    Column("asset", TEXT, "empty"),
    Column("label", TEXT, "the class that was asked for, or empty"),
    Column("png", BYTES, "the image as PNG, of the camera's size"),
    Column("generator", TEXT, "id of the model that drew it"),
    Column("seed", COUNT, "with the number, what it takes to draw it again"),
)

IMAGES = (
    Table(
        "images",
        "A camera's images of a day, brought to one size.",
        partition=("camera", "day"),
        order=("time", "image_id"),
        columns=(
            Column("image_id", TEXT, "its path below the inbox"),
            Column("time", TIME, "when it was taken, by its name"),
            Column("asset", TEXT, "the machine, empty where the path names none"),
            Column("label", TEXT, "empty, or good, normal, ok, pass and the like: normal; else the defect's name"),
            Column("png", BYTES, "the image as PNG, brought to the camera's size"),
            Column("split", TEXT, "train, valid or test as its folders say, or empty; only train is learned", since=2),
            Column("mask", BYTES, "PNG of the same size, 255 where its mask marks a defect; null without", since=2),
        ),
    ),
    Table(
        "drawn_images",
        "A batch that a generator drew for a camera's day and that waits for the gate. Nothing else reads it.",
        partition=("camera", "day"),
        order=("image_id",),
        columns=_SYNTHETIC,
    ),
    Table(
        "synthetic_images",
        "Images that a generator drew for a camera's day and that passed the gate. The PNG says itself, in its text "
        "chunks, that it is synthetic.",
        partition=("camera", "day"),
        order=("image_id",),
        columns=_SYNTHETIC,
    ),
    Table(
        "rejected_synthetic_images",
        "Synthetic images that the gate did not let through: for people to look at, never learned from. `quality` says "
        "what failed.",
        partition=("camera", "day"),
        order=("image_id",),
        columns=_SYNTHETIC,
    ),
    Table(
        "painted_images",
        "Good parts of a camera with one painted defect each. The PNG says itself, in its text chunks, that it is "
        "synthetic and how it was painted. Nothing is learned from them as normal.",
        partition=("camera", "day"),
        order=("image_id",),
        columns=(
            Column("image_id", TEXT, "camera, seed and number of the painting"),
            Column("time", TIME, "start of the day that it was painted for"),
            Column("asset", TEXT, "empty"),
            Column(
                "label",
                TEXT,
                "the kind of defect, as `scratch`; with `like:` or `learned:`, the label of the real ones",
            ),
            Column("png", BYTES, "the image as PNG, of the camera's size"),
            Column("mask", BYTES, "PNG of the same size, 255 where the defect is"),
            Column("good", TEXT, "image_id of the good part that was painted on"),
            Column(
                "donor",
                TEXT,
                "image_id of the good part drawn from, file of the real defect, or SHA-256 of the learned painter",
            ),
            Column("seed", COUNT, "of the batch"),
            Column("number", COUNT, "of the painting in the batch, from 0"),
            Column("size", REAL, "square root of the mask's area", "pixels"),
            Column("strength", REAL, "how much of the painter's full contrast was laid on, 0 to 1"),
            Column("visibility", REAL, "contrast over the part's own structure; 1 is just seen"),
        ),
    ),
    Table(
        "quality",
        "What was measured of a batch of synthetic images, one row a measure. The row `gate` is the gate's verdict, "
        "the row `use` says whether a published batch is for augmentation or to look at.",
        partition=("camera", "day"),
        order=("generator", "measure"),
        columns=(
            Column("generator", TEXT, "the generator's id"),
            Column(
                "measure", TEXT, "what was measured, as `frechet`, `recall`, `copies`; `gate` is the verdict on all"
            ),
            Column("value", REAL, "the measured value; 1 or 0 for `gate`", _MEASURES),
            Column("low", REAL, "lower end of its 95 % interval, NaN where there is none", _MEASURES),
            Column("high", REAL, "its upper end", _MEASURES),
            Column("limit", REAL, "the limit it is compared with, NaN where it is for information", _MEASURES),
            Column("passed", FLAG, "whether it is within its limit"),
            Column("images", COUNT, "how many synthetic images it was measured on"),
            Column("features", TEXT, "name and hash of the extractor, empty where none was used"),
            Column("reason", TEXT, "what is wrong, in words; empty where nothing is"),
        ),
    ),
    Table(
        "image_rejects",
        "Files that could not be used.",
        partition=("camera", "day"),
        order=("source", "reason"),
        columns=(
            Column("source", TEXT, "its path below the inbox"),
            Column("reason", TEXT, "why it was not used, or what is odd about it"),
            Column("used", FLAG, "true where it is an image all the same and the row is a note", since=2),
        ),
    ),
    Table(
        "camera_drift",
        "How a camera's images of a day look beside those that its detector learned from: light, contrast, focus, "
        "shift. What is wrong with a part hardly moves these medians.",
        partition=("camera", "day"),
        order=("look",),
        columns=(
            Column("look", TEXT, "light, contrast, focus, across or down"),
            Column("value", REAL, "median of the day's images", _MEASURES),
            Column("low", REAL, "5 % quantile of the training images", _MEASURES),
            Column("middle", REAL, "their median", _MEASURES),
            Column("high", REAL, "their 95 % quantile", _MEASURES),
            Column("ratio", REAL, "distance from the middle over that of the band's end"),
            Column("drifted", FLAG, "whether the ratio is over 1: half of the images look as few did in training"),
            Column("images", COUNT, "how many images the day has"),
            Column("model", TEXT, "the model's id: camera and the last day it learned from"),
        ),
    ),
    Table(
        "image_self_tests",
        "Defects painted on a night's good parts: would they have been found? They are never scored as images.",
        partition=("camera", "day"),
        order=("number",),
        columns=(
            Column("number", COUNT, "of the painted defect in the night, from 0"),
            Column("kind", TEXT, "the kind of defect, as `scratch`"),
            Column("good", TEXT, "image_id of the part that was painted on"),
            Column("size", REAL, "square root of the mask's area", "pixels"),
            Column("visibility", REAL, "contrast over the part's own structure; 1 is just seen"),
            Column("score", REAL, "higher is worse", "nats"),
            Column("threshold", REAL, "the limit", "nats"),
            Column("found", FLAG, "whether the score is over the threshold"),
            Column("model", TEXT, "the model's id: camera and the last day it learned from"),
        ),
    ),
    Table(
        "image_scores",
        "How unlikely each image is. Heat maps of those over the threshold lie beside as PNG.",
        partition=("camera", "day"),
        order=("time", "image_id"),
        columns=(
            Column("image_id", TEXT, "as in `images`"),
            Column("time", TIME, "as in `images`"),
            Column("score", REAL, "higher is worse", "nats"),
            Column("threshold", REAL, "the limit", "nats"),
            Column("p_value", REAL, "probability of such a score or a higher one among normal images"),
            Column("is_anomaly", FLAG, "whether the score is over the threshold"),
            Column("model", TEXT, "the model's id: camera and the last day it learned from"),
        ),
    ),
)
