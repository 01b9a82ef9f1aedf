"""What a training knows of confirmed pictures stands in its card, and no evaluation counts what was learned from."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.images.files import load_for
from anomaly.images.jobs import train_images
from anomaly.images.known_defects import pixel_hash
from anomaly.images.known_pictures import known_defects
from sensors_data.images.files import encode_png
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings, load
from sensors_data.store import Store
from sensors_data.verdicts import PictureVerdict, keep_picture_verdict, verdict_by_image
from service.views.image_evaluation import unlearned_pictures

DAY = date(2026, 3, 5)
SETTINGS = """
store = "store"
[cameras.press]
inbox = "inbox"
size = 16
[cameras.press.detector]
steps = 5
folds = 1
widths = [8, 8]
latent = 2
features = { kind = "gradients" }
"""
OUTLINE = np.zeros((1, 16, 16), np.uint8)
OUTLINE[0, 2:5, 2:5] = 255


def picture(number: int) -> np.ndarray:
    """Noise that is the number's own, (1, 16, 16)."""
    return np.random.default_rng(number).integers(0, 256, (1, 16, 16), dtype=np.uint8)


def verdict(store: Store, image: str, kind: str, place: str | None = None) -> None:
    keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image=image, kind=kind, place=place))


@pytest.fixture(scope="module")
def press(tmp_path_factory) -> Settings:
    """A camera with a trained detector, 14 good pictures, and faulty ones of which some were judged."""
    folder = tmp_path_factory.mktemp("press")
    (folder / "settings.toml").write_text(SETTINGS)
    settings = load(folder / "settings.toml")
    store, start = Store(settings.store), datetime(2026, 3, 5, tzinfo=UTC)
    labels = {f"good-{n}": "good" for n in range(14)}
    faulty = ("outlined", "placed", "unplaced", "excused", "unjudged")
    labels |= dict.fromkeys(faulty, "pit") | {"found": "good"}
    rows = [
        {
            "image_id": name,
            "time": start + timedelta(minutes=n),
            "asset": "",
            "label": label,
            "png": encode_png(picture(n)),
            "split": "",
            "mask": encode_png(OUTLINE) if name == "outlined" else None,
        }
        for n, (name, label) in enumerate(labels.items())
    ]
    store.write("images", pd.DataFrame(rows), Provenance(job="test"), camera="press", day=DAY)
    verdict(store, "outlined", "confirmed")
    verdict(store, "outlined", "confirmed", "9,9,3,3")  # the outline says better where it is
    verdict(store, "placed", "confirmed", "4,0,2,3")
    verdict(store, "placed", "confirmed", "10,10,6,6")
    verdict(store, "placed", "dismissed", "0,8,2,2")
    verdict(store, "unplaced", "confirmed")
    verdict(store, "excused", "dismissed", "1,1,2,2")
    verdict(store, "found", "confirmed", "1,1,2,2")
    with pytest.MonkeyPatch.context() as patch:  # no defect is seen on noise: half of the time would go into trying
        patch.setattr("anomaly.images.jobs.judged", lambda learned, *_: learned)
        train_images(settings, DAY + timedelta(days=1), "press")
    return settings


def test_confirmed_pictures_are_known_by_their_outline_or_else_by_their_places(press):
    store = Store(press.store)
    known = known_defects(
        store, "press", press.camera("press"), DAY + timedelta(days=1), 7, verdict_by_image(store, "press")
    )
    places = np.zeros((16, 16), bool)
    places[0:3, 4:6], places[10:, 10:] = True, True
    assert (known.images == np.stack([picture(14), picture(15), picture(19)])).all()
    assert (known.masks[:2] == np.stack([OUTLINE[0] > 0, places])).all()


def test_the_card_names_the_known_pictures_and_what_was_made_of_them(press):
    card = load_for(Store(press.store), "press", date.max).card
    assert card.known.hashes == tuple(pixel_hash(picture(number)) for number in (14, 15, 19))
    assert (card.known.pictures, card.known.used) == (3, False)
    assert card.images == 15  # the good ones without the one that was confirmed, and the excused one


def test_no_evaluation_counts_a_picture_that_was_known_or_whose_label_was_contradicted(press):
    card = load_for(Store(press.store), "press", date.max).card
    pictures = unlearned_pictures(press, "press", None, card)
    assert pictures.only_held_out
    assert pictures.rows["image_id"][pictures.odd].tolist() == ["unplaced", "unjudged"]
    assert pictures.rows["label"][~pictures.odd].unique().tolist() == ["good"]
    without = unlearned_pictures(press, "press", None, card.model_copy(update={"known": None}))
    assert without.rows["image_id"][without.odd].tolist() == ["outlined", "placed", "unplaced", "unjudged"]
