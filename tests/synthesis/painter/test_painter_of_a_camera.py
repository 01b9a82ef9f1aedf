"""A camera's painter by its commands: trained from a folder, painting a day's batch, painting it again."""

from datetime import timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.files import decode_image, encode_png
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.cli.app import app
from synthesis.defects.job import paint_defects
from synthesis.defects.painter_training import train_painter
from synthesis.defects.provenance import painted_again, painting_origin
from synthesis.painter.files import from_bytes, read_painter, to_bytes
from synthesis.painter.learning import PainterSettings

FEW = PainterSettings(images=40, batch=4, width=4, crop=24)
"""Ten steps, enough to see that bytes are the same."""


class KilledError(Exception):
    """Ends a training in its middle."""


@pytest.fixture(scope="module")
def eye(scratched, tmp_path_factory, keep_images, day):
    """A camera with good parts, a folder of real defects, and a painter learned from both."""
    folder = tmp_path_factory.mktemp("eye")
    settings = Settings(store=str(folder / "store"), cameras={"eye": Camera(inbox=str(folder), size=32)})
    examples = scratched()
    keep_images(Store(settings.store), "eye", day - timedelta(days=1), examples.goods, np.array(["good"] * 8))
    for defect in examples.defects:
        place = folder / "real" / defect.label / defect.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(encode_png(defect.image))
        mask = (defect.mask[None] * np.uint8(255)).astype(np.uint8)
        place.with_name(f"{place.stem}_mask.png").write_bytes(encode_png(mask))
    how = PainterSettings(images=120, batch=4, width=4, crop=24, learning_rate=3e-3)
    line = train_painter(settings, "eye", None, folder / "real", folder / "p.safetensors", how, 0)
    assert line.startswith("trained a painter of eye on real defects (pit 2, scratch 2) and 8 good parts: ")
    assert not (folder / "p.safetensors.unfinished").exists()
    return settings, folder


def test_a_batch_by_a_painter_is_painted_again_bit_for_bit_with_its_file_and_refused_without(eye, day):
    settings, folder = eye
    learned = read_painter(folder / "p.safetensors")
    line = paint_defects(settings, day, "eye", count=6, painter=folder / "p.safetensors")
    assert "learned:pit 3, learned:scratch 3" in line
    store, camera = Store(settings.store), settings.camera("eye")
    rows = store.read("painted_images", camera="eye", day=day)
    for row in rows.to_dict("records"):
        assert painting_origin(row["png"]).donor == learned.sha256
        assert np.array_equal(painted_again(store, camera, row["png"], learned), decode_image(row["png"], 1))
        assert decode_image(row["mask"], 1).any()
    png = rows["png"].iloc[0]
    with pytest.raises(UnusableError, match=f"SHA-256 is {learned.sha256}; name that file with --painter"):
        painted_again(store, camera, png)
    another = from_bytes(
        to_bytes(learned.network, learned.outlines, learned.card.model_copy(update={"seed": 9})), "another"
    )
    with pytest.raises(UnusableError, match=f"another painter painted this.*this one's is {another.sha256}"):
        painted_again(store, camera, png, another)
    with pytest.raises(UnusableError, match="--like and --painter are two ways to paint"):
        paint_defects(settings, day, "eye", like=folder / "real", painter=folder / "p.safetensors")


def test_a_training_of_a_camera_that_was_killed_continues_from_the_file_beside_to_the_same_bytes(eye, day):
    settings, folder = eye
    whole, broken, calls = folder / "whole.safetensors", folder / "broken.safetensors", []
    train_painter(settings, "eye", day, folder / "real", whole, FEW, 3)

    def killed(*progress):
        calls.append(progress)
        if len(calls) == 4:
            raise KilledError

    with pytest.raises(KilledError):
        train_painter(settings, "eye", day, folder / "real", broken, FEW, 3, killed)
    state = folder / "broken.safetensors.unfinished"
    assert state.is_file()
    assert not broken.exists()
    train_painter(settings, "eye", day, folder / "real", broken, FEW, 3, lambda *progress: calls.append(progress))
    assert broken.read_bytes() == whole.read_bytes()
    assert len(calls) == 10
    assert calls[-1][:2] == (40, 40)
    assert not state.exists()


def test_the_commands_train_paint_and_redraw(eye, day):
    settings, folder = eye
    text = f'store = "{settings.store}"\n[cameras.eye]\ninbox = "{folder}"\nsize = 32\n'
    (folder / "settings.toml").write_text(text)

    def run(*words):
        return CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "200", "NIGHTSCORE_SETTINGS": str(place)})

    place, out = folder / "settings.toml", folder / "q.safetensors"
    learned = run("train-painter", "--camera", "eye", "--like", folder / "real", "--out", out, "--images", 8)
    assert learned.exit_code == 0, learned.output
    assert "trained a painter of eye" in learned.output
    later = day + timedelta(days=1)
    paint_defects(settings, later, "eye", count=1, painter=folder / "p.safetensors")
    (folder / "one.png").write_bytes(
        Store(settings.store).read("painted_images", camera="eye", day=later)["png"].iloc[0]
    )
    again = run("redraw-image", "--png", folder / "one.png", "--painter", folder / "p.safetensors")
    assert "every pixel the same" in again.output
    assert "another painter painted this" in str(
        run("redraw-image", "--png", folder / "one.png", "--painter", out).exception
    )
