"""A batch of painted defects of a camera: rows, masks, provenance, painted again, like real ones."""

from datetime import timedelta

import numpy as np
import pytest

from sensors_data.camera import Camera
from sensors_data.defects.batch import painting_rng
from sensors_data.defects.paint import paint_defect
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import decode_image, encode_png
from sensors_data.places import painted_sheet_path
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.defects.job import paint_defects
from synthesis.defects.provenance import is_painted, painted_again, painted_png, painting_origin


@pytest.fixture(scope="module")
def painted(digits, tmp_path_factory, keep_images, day) -> Settings:
    folder = tmp_path_factory.mktemp("eye")
    settings = Settings(store=str(folder), cameras={"eye": Camera(inbox=str(folder), size=28)})
    scans = digits[0][digits[1] == 0][:40]
    keep_images(Store(settings.store), "eye", day - timedelta(days=1), scans, np.array(["good"] * 40))
    line = paint_defects(settings, day, "eye", count=30)
    assert line.startswith(f"painted eye {day}: 30 defects on 40 good parts, cut-paste 2, scar 2, blend 2")
    return settings


def test_every_row_has_its_mask_its_parts_and_its_visibility(painted, day):
    store = Store(painted.store)
    rows = store.read("painted_images", camera="eye", day=day)
    assert len(rows) == 30
    assert rows["visibility"].min() >= 0.9
    for row in rows.to_dict("records"):
        mask = decode_image(row["mask"], 1)[0] > 0
        assert np.sqrt(mask.sum()) == pytest.approx(row["size"])
        assert row["good"] != row["donor"]
        assert painting_origin(row["png"]).kind == row["label"]
    assert store.exists(painted_sheet_path("eye", day))


def test_each_is_painted_again_bit_for_bit(painted, day):
    store = Store(painted.store)
    for png in store.read("painted_images", camera="eye", day=day)["png"]:
        again = painted_again(store, painted.camera("eye"), png)
        assert np.array_equal(again, decode_image(png, 1))


def test_what_the_first_painters_made_is_painted_again_by_them(painted, day):
    store, camera = Store(painted.store), painted.camera("eye")
    for png in store.read("painted_images", camera="eye", day=day)["png"][:3]:
        origin = painting_origin(png).model_copy(update={"painters": "1"})
        good, donor = (
            decode_image(rows.loc[rows["image_id"] == name, "png"].iloc[0], 1)
            for rows in [store.read("images", camera="eye", day=origin.good_day)]
            for name in (origin.good, origin.donor)
        )
        rng = painting_rng(origin.seed, origin.number, origin.attempt)
        first = paint_defect(good, donor, origin.kind, rng, version="1")
        again = painted_again(store, camera, painted_png(first.image, origin))
        assert np.array_equal(again, first.image)
        assert np.array_equal(again, decode_image(png, 1)) == (origin.kind not in ("cut-paste", "scar", "hole"))


def test_a_png_of_another_hand_is_told_apart(digits):
    plain = encode_png(digits[0][0])
    assert not is_painted(plain)
    with pytest.raises(UnusableError, match="does not say how it was painted; name one that paint-defects made"):
        painting_origin(plain)


def test_a_few_real_defects_give_more_of_their_kind(painted, digits, tmp_path, day):
    for number in range(3):
        real, mask = digits[0][number + 40].copy(), np.zeros((1, 28, 28), np.uint8)
        mask[0, 10:16, 10:15] = 255
        real[mask > 0] = 255
        (tmp_path / "pit").mkdir(exist_ok=True)
        (tmp_path / "pit" / f"{number}.png").write_bytes(encode_png(real))
        (tmp_path / "pit" / f"{number}_mask.png").write_bytes(encode_png(mask))
    later = day + timedelta(days=1)
    assert "like:pit 12" in paint_defects(painted, later, "eye", count=12, like=tmp_path)
    rows = Store(painted.store).read("painted_images", camera="eye", day=later)
    assert set(rows["donor"]) == {"pit/0.png", "pit/1.png", "pit/2.png"}
    with pytest.raises(UnusableError, match="run paint-defects again with the same --day and --like"):
        painted_again(Store(painted.store), painted.camera("eye"), rows["png"].iloc[0])


def test_real_defects_without_masks_are_refused_with_what_to_do(painted, digits, tmp_path, day):
    (tmp_path / "a.png").write_bytes(encode_png(digits[0][0]))
    with pytest.raises(UnusableError, match=r"no picture in .* has a mask .*; put a mask beside each"):
        paint_defects(painted, day, "eye", like=tmp_path)
    with pytest.raises(NotThereError, match="there is no folder"):
        paint_defects(painted, day, "eye", like=tmp_path / "nowhere")


def test_a_count_out_of_range_is_refused(painted, day):
    with pytest.raises(UnusableError, match="between 1 and 20,000 painted images, found 0"):
        paint_defects(painted, day, "eye", count=0)


def test_the_schedule_paints_as_many_as_the_settings_say(painted, day):
    camera = painted.camera("eye").model_copy(update={"painted": 4})
    paint_defects(painted.model_copy(update={"cameras": {"eye": camera}}), day + timedelta(days=7), "eye")
    assert len(Store(painted.store).read("painted_images", camera="eye", day=day + timedelta(days=7))) == 4
