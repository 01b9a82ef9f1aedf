"""A camera that sees digits at 16 pixels: its generator trained once, then days drawn and judged."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import decode_image
from sensors_data.places import sheet_path
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.generator_files import load_for
from synthesis.jobs import draw_images, judge_images, read_material, train_dcgan
from synthesis.learning import learning_task, material_of
from synthesis.sampling import draw, drawn_again
from synthesis.settings import GeneratorSettings, recipe_of

TRAINING = {"learning_rate": 2e-3, "batch": 32}
GENERATOR = {
    "learns_from": "all",
    "images": 8000,
    "snapshots": 2,
    "classifier_images": 5000,
    "count": 300,
    "training": TRAINING,
}


@pytest.fixture(scope="module")
def scans(digits) -> tuple[np.ndarray, np.ndarray]:
    return resize(digits[0], 16), digits[1]


@pytest.fixture(scope="module")
def trained(scans, tmp_path_factory, keep_images, day) -> Settings:
    folder = tmp_path_factory.mktemp("eye")
    settings = Settings(store=str(folder), cameras={"eye": Camera(inbox=str(folder), size=16, generator=GENERATOR)})
    keep_images(Store(settings.store), "eye", day - timedelta(days=1), *scans)
    line = train_dcgan(settings, day, "eye")
    assert f"trained a generator of eye for {day}: 1,617 images, default" in line
    assert "done, accepted" in line
    return settings


def with_generator(settings: Settings, **changes) -> Settings:
    spec = settings.camera("eye")
    changed = spec.model_copy(update={"generator": {**spec.generator, **changes}})
    return settings.model_copy(update={"cameras": {"eye": changed}})


def test_a_trained_generator_knows_its_classes_and_left_its_history_and_sheets(trained, day):
    store = Store(trained.store)
    card = load_for(store, "eye", day).card
    assert card.classes == tuple("0123456789")
    assert sum(card.shares) == pytest.approx(1)
    assert card.features.startswith("classifier of 10 classes")
    history = store.read("generator_training", camera="eye", model=card.trained_through)
    assert history["images"].tolist() == [4000, 8000]
    assert history["state"].tolist() == ["training", "done"]
    assert card.distance == pytest.approx(history.loc[history["best"], "distance"].iloc[-1])
    assert store.exists(sheet_path("eye", card.trained_through, 2))
    assert not store.files("models/unfinished")


def test_a_batch_waits_until_it_is_judged_and_is_published_when_it_passes(trained, day):
    lenient = with_generator(trained, gate={"frechet_share": 9.0, "precision": 0, "recall": 0, "coverage": 0})
    store = Store(trained.store)
    assert "drew eye 2026-03-10: 300 images by eye@2026-03-09, to be judged" in draw_images(lenient, day, "eye")
    assert not store.exists(store.path("synthetic_images", camera="eye", day=day))
    assert "300 images published" in judge_images(lenient, day, "eye")
    rows = store.read("synthetic_images", camera="eye", day=day)
    assert len(rows) == 300
    assert rows["label"].value_counts().to_dict() == pytest.approx(dict.fromkeys("0123456789", 30), abs=4)
    png = rows["png"].iloc[123]
    assert np.array_equal(drawn_again(store, png), decode_image(png, 1))
    quality = store.read("quality", camera="eye", day=day).set_index("measure")
    assert quality.loc["gate", "value"] == 1
    assert quality.loc["copies", "value"] == 0


def test_a_batch_that_fails_is_kept_apart_and_one_published_before_is_taken_back(trained, day):
    store = Store(trained.store)
    store.write(
        "synthetic_images",
        store.read_files("synthetic_images", []),
        store.provenance(store.path("generator_training", camera="eye", model=day - timedelta(days=1))),
        camera="eye",
        day=day,
    )
    strict = with_generator(trained, gate={"precision": 1.0})
    draw_images(strict, day, "eye")
    assert "300 images kept apart: precision" in judge_images(strict, day, "eye")
    assert not store.exists(store.path("synthetic_images", camera="eye", day=day))
    assert len(store.read("rejected_synthetic_images", camera="eye", day=day)) == 300
    assert "past its limit 1" in store.read("quality", camera="eye", day=day).set_index("measure").loc["gate", "reason"]


def test_an_fid_wants_the_published_weights_and_enough_images(trained, day, tmp_path):
    draw_images(trained, day, "eye")
    with pytest.raises(LookupError, match=r"no .*weights.pth; name the file pt_inception-2015-12-05"):
        judge_images(trained, day, "eye", tmp_path / "weights.pth")
    named = with_generator(trained, inception=str(tmp_path / "weights.pth"))
    with pytest.raises(LookupError, match=r"no .*weights.pth"):
        judge_images(named, day, "eye")


def test_the_same_day_drawn_twice_gives_the_same_bytes_and_another_day_other_images(trained, day):
    store, later = Store(trained.store), day + timedelta(days=1)
    path = store.path("drawn_images", camera="eye", day=day)
    draw_images(trained, day, "eye", 70)
    before = store.read_bytes(path)
    draw_images(trained, day, "eye", 70)
    assert store.read_bytes(path) == before
    draw_images(trained, later, "eye", 70, "7", 0.5)
    rows = store.read("drawn_images", camera="eye", day=later)
    assert set(rows["label"]) == {"7"}
    assert rows["seed"].iloc[0] != store.read("drawn_images", camera="eye", day=day)["seed"].iloc[0]


@pytest.mark.parametrize(
    ("count", "message"), [(0, "between 1 and 100,000 images, found 0"), (10_000_000, "any number into a folder")]
)
def test_none_or_ten_million_images_are_no_batch(trained, day, count, message):
    with pytest.raises(ValueError, match=message):
        draw_images(trained, day, "eye", count)
    runs = Store(trained.store).read("runs", day=day, run="draw-images-eye")
    assert runs["state"].iloc[0] == "failed"


def test_what_is_missing_says_what_to_run(trained, day):
    first = day - timedelta(days=5)
    with pytest.raises(LookupError, match="run: nightscore train-dcgan --camera eye"):
        draw_images(trained, first, "eye")
    with pytest.raises(LookupError, match="run: nightscore draw-images"):
        judge_images(trained, first, "eye")
    with pytest.raises(LookupError, match="run: nightscore ingest-images --camera eye"):
        train_dcgan(trained, first, "eye")


def camera_of(folder: Path, keep_images, day, seen, labels, **generator) -> Settings:
    spec = Camera(inbox=str(folder), size=16, generator={**GENERATOR, **generator})
    settings = Settings(store=str(folder), cameras={"eye": spec})
    keep_images(Store(settings.store), "eye", day - timedelta(days=1), seen, labels)
    return settings


@pytest.mark.parametrize(
    ("take", "message"),
    [
        (lambda x: x[:63], "eye has 63 images to learn from; a generator needs at least 64"),
        (lambda x: np.repeat(x[:1], 500, axis=0), "only 1 of 500 images of eye differ, 64 must; is the camera stuck"),
        (lambda x: resize(x[:200], 20), "are stored at 20x20 pixels, the settings say 16x16; ingest their days again"),
    ],
)
def test_images_that_cannot_be_learned_from_are_named(tmp_path, keep_images, day, scans, take, message):
    images = take(scans[0])
    settings = camera_of(tmp_path, keep_images, day, images, np.full(len(images), "good"))
    with pytest.raises(ValueError, match=message):
        train_dcgan(settings, day, "eye")


def test_days_of_several_sizes_are_named(tmp_path, keep_images, day, scans):
    settings = camera_of(tmp_path, keep_images, day, scans[0][:100], scans[1][:100])
    keep_images(Store(settings.store), "eye", day - timedelta(days=2), resize(scans[0][:100], 20), scans[1][:100])
    with pytest.raises(ValueError, match=r"are stored at .* pixels, the settings say 16x16; ingest their days again"):
        train_dcgan(settings, day, "eye")


def test_defects_are_not_learned_from_unless_they_are_asked_for(tmp_path, keep_images, day, scans):
    labels = np.where(scans[1] == 0, "good", "scratch")
    short = {"images": 600, "watch": {"diversity": 0.0, "d_accuracy": 1.0}}
    settings = camera_of(tmp_path, keep_images, day, scans[0], labels, learns_from="normal", **short)
    assert "160 images" in train_dcgan(settings, day, "eye")
    card = load_for(Store(settings.store), "eye", day).card
    assert card.classes == ()
    assert card.features == "EfficientNet-Lite0 579344248a93"


CAMERA = Camera(inbox="inbox")


@pytest.mark.parametrize(("usual", "drawn"), [("", "normal"), ("good", "good")])
def test_unlabelled_images_and_defects_are_classes_where_all_are_learned_from(scans, usual, drawn):
    labels = np.where(scans[1] == 0, "crack", usual)
    rows = pd.DataFrame({"image_id": [f"{n}.png" for n in range(len(labels))], "label": labels})
    given = GeneratorSettings(learns_from="all")
    material = material_of("eye", CAMERA, rows, scans[0], given)
    assert material.conditional
    assert set(material.labels) == {"crack", drawn}
    few = rows["label"].where((rows["label"] != "crack") | (rows.index % 20 == 0), usual)
    with pytest.raises(ValueError, match=r"each needs 20 images; found \d of 'crack', [\d]+ of"):
        material_of("eye", CAMERA, rows.assign(label=few), scans[0], given)
    alone = material_of("eye", CAMERA, rows.assign(label="crack"), scans[0], given)
    assert alone.conditional  # so that what is drawn carries its name
    assert not material_of("eye", CAMERA, rows.assign(label="ok"), scans[0], given).conditional


def test_twenty_images_of_a_class_suffice_as_they_are_counted_before_some_are_held_out(scans):
    labels = np.where(np.arange(len(scans[0])) < 20, "crack", "good")
    rows = pd.DataFrame({"image_id": [f"{n}.png" for n in range(len(labels))], "label": labels})
    material = material_of("eye", CAMERA, rows, scans[0], GeneratorSettings(learns_from="all"))
    assert (material.labels == "crack").sum() == 20
    assert (material.labels[material.is_learned] == "crack").sum() < 20
    rows.loc[0, "label"] = "good"
    with pytest.raises(ValueError, match=r"found 19 of 'crack', .*leave rare ones out by name \(leave_out"):
        material_of("eye", CAMERA, rows, scans[0], GeneratorSettings(learns_from="all"))


def test_a_class_left_out_by_name_is_not_learned_from(tmp_path, keep_images, day, scans):
    labels = np.where(np.arange(len(scans[0])) < 5, "crack", np.where(scans[1] < 5, "dent", "good"))
    settings = camera_of(tmp_path, keep_images, day, scans[0], labels, learns_from="all", leave_out=["crack"])
    material = read_material(Store(settings.store), settings, day - timedelta(days=1), "eye")
    assert set(material.labels) == {"dent", "good"}
    assert len(material.images) == len(labels) - 5


def test_a_label_to_leave_out_that_no_image_has_is_reported(tmp_path, keep_images, day, scans, caplog):
    labels = np.where(scans[1] < 5, "dent", "good")
    settings = camera_of(tmp_path, keep_images, day, scans[0], labels, learns_from="all", leave_out=["dnet"])
    read_material(Store(settings.store), settings, day - timedelta(days=1), "eye")
    assert "eye: leave_out names 'dnet', and no image has that label" in caplog.text


def test_a_camera_whose_every_image_is_left_out_is_told_where_to_look(tmp_path, keep_images, day, scans):
    labels = np.where(scans[1] < 5, "dent", "good")
    settings = camera_of(tmp_path, keep_images, day, scans[0], labels, learns_from="normal", leave_out=["good"])
    expected = f"none of {len(labels):,} images of eye .* is learned from; look at leave_out and learns_from in"
    with pytest.raises(LookupError, match=expected):
        read_material(Store(settings.store), settings, day - timedelta(days=1), "eye")


def test_an_image_that_comes_late_moves_no_other_between_learned_and_held_out(scans):
    rows = pd.DataFrame({"image_id": [f"{n}.png" for n in range(1000)], "label": "good"})
    before = material_of("eye", CAMERA, rows, scans[0][:1000], GeneratorSettings())
    assert (~before.is_learned).sum() == 100
    late = pd.concat([rows, pd.DataFrame({"image_id": ["late.png"], "label": "good"})])
    after = material_of("eye", CAMERA, late, scans[0][:1001], GeneratorSettings(held_out=0.5), before.holdout_cutoff)
    assert {x.tobytes() for x in before.held_out} <= {x.tobytes() for x in after.held_out}
    assert {x.tobytes() for x in before.learned} <= {x.tobytes() for x in after.learned}
    assert len(after.images) == 1001


def test_a_gain_to_choose_by_needs_classes(scans):
    images = scans[0]
    rows = pd.DataFrame({"image_id": [f"{n:05d}" for n in range(len(images))], "label": ""})
    spec = Camera(inbox=".", size=16, generator={"chosen_by": "gain"})
    settings = Settings(store=".", cameras={"eye": spec})
    material = material_of("eye", spec, rows, images, GeneratorSettings())
    with pytest.raises(UnusableError, match='chosen_by = "gain" needs several classes'):
        learning_task(settings, "eye", date(2026, 3, 9), material)


def test_a_preset_that_cannot_have_classes_says_so(trained):
    with pytest.raises(ValueError, match=r"preset ebgan cannot have classes, and eye learns from all labels"):
        recipe_of(with_generator(trained, preset="ebgan"), "eye", 3)


def test_a_preset_that_wants_classes_says_so(trained):
    with pytest.raises(ValueError, match=r"preset conditional needs the class .* set learns_from = \"all\""):
        recipe_of(with_generator(trained, preset="conditional"), "eye", 0)


def test_a_wrong_key_or_size_in_the_settings_is_named(trained, day):
    with pytest.raises(ValueError, match=r"\[cameras.eye.generator\]: presett"):
        train_dcgan(with_generator(trained, presett="default"), day, "eye")
    with pytest.raises(ValueError, match=r"\[cameras.eye.generator.training\]: los: Extra"):
        train_dcgan(with_generator(trained, training={"los": "hinge"}), day, "eye")
    spec = trained.camera("eye").model_copy(update={"size": 20})
    odd = trained.model_copy(update={"cameras": {"eye": spec}})
    with pytest.raises(
        ValueError, match=r"cannot draw 20 pixels a side; set size of \[cameras.eye\] to 28, 32, 64, 128"
    ):
        recipe_of(odd, "eye", 0)


def test_a_pair_that_learns_from_every_size_at_once_takes_no_augmentation_from_the_settings(trained):
    settings = with_generator(trained, preset="msg", training={"augmentation": ["shift"]})
    with pytest.raises(ValueError, match=r"generator.training\]: .* a multi-scale pair .* leave augmentation empty"):
        recipe_of(settings, "eye", 0)


def test_a_preset_that_cannot_draw_the_size_names_those_that_it_draws(trained):
    spec = with_generator(trained, preset="dcgan-64").camera("eye").model_copy(update={"size": 28})
    with pytest.raises(ValueError, match=r"dcgan-64 cannot draw 28 .* set size of \[cameras.eye\] to 32, 64, 128"):
        recipe_of(trained.model_copy(update={"cameras": {"eye": spec}}), "eye", 0)


def test_a_training_may_begin_with_the_generator_of_another_camera(trained, day, scans, tmp_path, keep_images):
    other = trained.camera("eye").model_copy(update={"generator": {**GENERATOR, "start_from": "eye", "images": 64}})
    settings = trained.model_copy(update={"cameras": {**trained.cameras, "lens": other}})
    keep_images(Store(settings.store), "lens", day - timedelta(days=1), *(part[::2] for part in scans))
    train_dcgan(settings, day, "lens")
    known, begun = (load_for(Store(settings.store), camera, day) for camera in ("eye", "lens"))
    assert begun.card.start == f"{known.name} {known.fingerprint}"
    images = (draw(generator, 100, 0).astype(float) for generator in (known, begun))
    assert np.corrcoef(*(x.ravel() for x in images))[0, 1] > 0.9  # two steps change little
    fewer = other.model_copy(update={"generator": {**other.generator, "leave_out": ["9"]}})
    with pytest.raises(UnusableError, match="which start_from of lens names, is of another network"):
        train_dcgan(settings.model_copy(update={"cameras": {"lens": fewer}}), day, "lens")


def test_more_devices_than_there_are_cost_nothing_that_was_there(trained, day):
    before = load_for(Store(trained.store), "eye", day).card
    with pytest.raises(ValueError, match=r"devices is 64, but this machine has \d+ (cores|GPUs)"):
        train_dcgan(with_generator(trained, devices=64), day, "eye")
    assert load_for(Store(trained.store), "eye", day).card == before


def test_a_killed_training_goes_on_to_the_same_generator(trained, day, scans, tmp_path, keep_images):
    settings = camera_of(tmp_path, keep_images, day, *scans)

    def killed(done: int, most: int, note: str) -> None:
        if done > 5000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_dcgan(settings, day, "eye", lambda camera: killed)
    assert Store(settings.store).files("models/unfinished")
    train_dcgan(settings, day, "eye")
    whole, resumed = (load_for(Store(s.store), "eye", day) for s in (trained, settings))
    assert resumed.fingerprint == whole.fingerprint
