"""A batch that is bad in one way fails for that; the same images without the fault pass."""

import math

import numpy as np
import pytest

from synthesis.quality.extractors import Extractor, extractor_for, features_of, has_classes
from synthesis.quality.gate import Batch, GateConfig, judge, quality_rows

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def real(digits):
    """Digits at 28 pixels, each a little moved and dimmed, so that there are enough of them: two real samples, and a
    third one in the place of a perfect generator's batch; and the classes of the first."""
    from scipy import ndimage

    images, numbers = digits
    index = RNG.permutation(np.tile(np.arange(len(images)), 3))[:4500]
    moved = np.stack(
        [ndimage.shift(images[i, 0].astype(float), RNG.uniform(-2, 2, 2), order=1) * RNG.uniform(0.7, 1) for i in index]
    )
    x = np.clip(np.rint(moved), 0, 255).astype(np.uint8)[:, None]
    return x[:1500], x[1500:2400], x[2400:], numbers[index[:1500]]


@pytest.fixture(scope="module")
def extractor(real) -> Extractor:
    learned, _, _, numbers = real
    return extractor_for(learned, numbers.astype(str), 0, shown=6000)


def verdict(real, extractor, drawn, **more):
    learned, held_out, _, _ = real
    return judge(Batch(drawn, learned, held_out, **{"one_class": False, **more}), extractor, GateConfig(), 0)


def test_images_as_good_as_real_ones_pass(real, extractor):
    found = {m.measure: m for m in verdict(real, extractor, real[2])}
    assert found["gate"].passed, found["gate"].reason
    assert found["kid"].low < found["kid"].value < found["kid"].high
    assert found["recall"].value > 0.7
    assert found["precision"].value > 0.7
    assert found["coverage"].value > 0.7
    assert found["copies"].value <= 0.01
    assert found["membership"].value == pytest.approx(0.5, abs=0.05)
    assert found["class_entropy"].value == pytest.approx(math.log(10), abs=0.05)
    assert float(extractor.name.split(", ")[1].removesuffix("% right")) > 95
    assert list(found)[-1] == "gate"


def failed(found) -> set[str]:
    return {m.measure for m in found if not m.passed} - {"gate"}


def test_one_image_repeated_fails_for_want_of_diversity(real, extractor):
    found = verdict(real, extractor, np.repeat(real[2][:1], 2048, axis=0))
    assert {"diversity", "class_entropy", "recall", "coverage", "frechet"} <= failed(found)
    assert "diversity 0 is past its limit" in found[-1].reason
    assert found[-1].value == 0


def test_noise_fails(real, extractor):
    noise = RNG.integers(0, 256, (2048, 1, 28, 28), dtype=np.uint8)
    assert {"frechet", "precision"} <= failed(verdict(real, extractor, noise))


def test_copied_training_images_fail_whatever_else_is_good(real, extractor):
    drawn = real[2][:2048].copy()
    drawn[:60] = real[0][:60]
    found = verdict(real, extractor, drawn)
    assert failed(found) == {"copies"}
    assert found[-1].reason.startswith("copies 0.03")


def test_a_batch_of_copies_alone_fails_for_its_members_too(real, extractor):
    assert {"copies", "membership"} <= failed(verdict(real, extractor, np.tile(real[0], (2, 1, 1, 1))))


def test_one_class_that_was_asked_for_is_not_blamed_for_being_one(real, extractor):
    drawn = real[2]
    zeros = drawn[features_of(extractor, drawn).classes.argmax(1) == 0]
    zeros = np.tile(zeros, (2, 1, 1, 1))[:400]
    assert failed(verdict(real, extractor, zeros)) & {"class_entropy", "coverage", "recall", "diversity"}
    assert failed(verdict(real, extractor, zeros, one_class=True)) == set()


def test_too_small_a_batch_is_refused_and_a_small_one_has_no_distance_to_fail_by(real, extractor):
    with pytest.raises(ValueError, match="255 drawn images cannot be judged; draw at least 256"):
        verdict(real, extractor, real[2][:255])
    found = {m.measure: m for m in verdict(real, extractor, RNG.integers(0, 256, (300, 1, 28, 28), dtype=np.uint8))}
    assert found["frechet"].passed
    assert "of 300 images it is biased and decides nothing" in found["frechet"].reason
    assert not found["gate"].passed


def test_rows_carry_what_was_measured_and_by_what(real, extractor):
    rows = quality_rows("eye@2026-03-09", verdict(real, extractor, real[2]))
    assert (rows["generator"] == "eye@2026-03-09").all()
    assert rows.set_index("measure")["features"]["frechet"] == extractor.name
    assert rows.set_index("measure")["features"]["copies"] == ""
    assert rows.set_index("measure")["images"]["gate"] == len(real[2])


def test_images_without_classes_are_compared_in_a_network_that_others_trained(real):
    learned, _, drawn, _ = real
    frozen = extractor_for(learned, np.full(len(learned), ""), 0)
    assert frozen.name == "EfficientNet-Lite0 579344248a93"
    found = features_of(frozen, drawn[:4])
    assert found.x.shape == (4, 304)
    assert found.classes is None
    assert features_of(frozen, np.repeat(drawn[:4], 3, axis=1)).x == pytest.approx(found.x, abs=1e-4)


def test_classes_want_two_names_and_enough_images_of_each():
    assert has_classes(np.repeat(["a", "b"], 20))
    assert not has_classes(np.repeat(["a", ""], 20))
    assert not has_classes(np.repeat(["a"], 40))
    assert not has_classes(np.array(["a"] * 20 + ["b"] * 19))
