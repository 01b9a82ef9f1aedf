"""A camera of large pictures from files to verdicts: ingested, learned, scored and evaluated in tiles."""

from datetime import date

import numpy as np
import pytest
from scipy import ndimage

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.jobs import score_images, train_images
from anomaly.images.learning import ImageTraining
from anomaly.images.stored_maps import stored_maps
from anomaly.images.tiled_learning import learn_camera
from sensors_data.camera import Camera
from sensors_data.camera_job import ingest_images
from sensors_data.errors import DamagedError, UnusableError
from sensors_data.images.files import encode_png
from sensors_data.places import stored_maps_path
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.show.images import show_day
from service.views.image_evaluation import evaluate_camera

LEARNED, SCORED = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(0)

    def put(day, label, name, image):
        place = folder / "inbox" / str(day) / label
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.png").write_bytes(encode_png(image.astype(np.uint8)))

    def texture():
        return np.clip(128 + 90 * ndimage.gaussian_filter(rng.normal(size=(1, 130, 190)), (0, 1.2, 1.2)), 0, 255)

    for number in range(12):
        put(LEARNED, "good", f"{number:02d}", texture())
    for number in range(3):
        put(SCORED, "good", f"{number}", texture())
        torn, mask = texture(), np.zeros((1, 130, 190))
        torn[:, 60:74, 100:114], mask[:, 60:74, 100:114] = 15, 255
        put(SCORED, "hole", f"{number}", torn)
        put(SCORED, "hole", f"{number}_mask", mask)
    detector = {"features": {"kind": "gradients"}, "steps": 30, "false_alarm_rate": 0.05}
    camera = Camera(inbox=str(folder / "inbox"), size=64, tiles=(3, 2), detector=detector)
    made = Settings(store=str(folder / "store"), cameras={"large": camera})
    for day in (LEARNED, SCORED):
        ingest_images(made, day, "large")
    train_images(made, SCORED, "large")
    score_images(made, SCORED, "large")
    return made


def test_pictures_are_kept_as_tiles_together_and_the_holes_are_the_worst(settings):
    scores = Store(settings.store).read("image_scores", camera="large", day=SCORED).sort_values("score")
    assert scores["image_id"].str.contains("hole").tolist() == [False] * 3 + [True] * 3


def test_the_holes_are_found_where_their_masks_are(settings):
    figures = evaluate_camera(settings, "large", SCORED).figures
    assert figures.auroc == 1.0
    assert figures.pixel_auroc > 0.9


def test_a_page_of_large_pictures_is_drawn(settings, tmp_path):
    assert "drew 4 images" in show_day(settings, SCORED, "large", None, 4, tmp_path / "worst.png")


def test_heat_maps_that_were_changed_at_rest_are_refused(settings):
    store, path = Store(settings.store), stored_maps_path("large", SCORED)
    whole = store.read_bytes(path)
    assert len(stored_maps(store, "large", SCORED).ids) == 6
    store.write_bytes(path, whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        with pytest.raises(DamagedError):
            stored_maps(store, "large", SCORED)
    finally:
        store.write_bytes(path, whole)


def test_tiles_of_a_camera_that_draws_images_are_refused():
    with pytest.raises(ValueError, match="leave out tiles or the generator"):
        Camera(inbox="x", size=64, tiles=(3, 2), generator={"preset": "plain"})


def test_copies_of_a_few_pictures_are_nothing_to_learn_from():
    few = np.random.default_rng(0).integers(0, 256, (3, 1, 28, 28), dtype=np.uint8)
    training = ImageTraining("eye", np.tile(few, (10, 1, 1, 1)), date(2026, 3, 1), ImageDetectorConfig(), 0)
    with pytest.raises(UnusableError, match="30 normal images of eye are copies of 3; at least 8 different ones"):
        learn_camera(training)
