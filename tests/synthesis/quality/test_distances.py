import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from synthesis.quality.distances import (
    class_entropy,
    diversity,
    frechet_distance,
    inception_style_score,
    kernel_distance,
    overlap,
)

RNG = np.random.default_rng(0)


def test_the_frechet_distance_is_the_closed_form_of_the_samples_own_moments():
    x, y = RNG.normal(size=(500, 4)), RNG.normal(1.0, 2.0, size=(600, 4))
    a, b = np.cov(x.T), np.cov(y.T)
    expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(a + b - 2 * sqrtm(a @ b).real)
    assert frechet_distance(x, y, 2) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(x, x, 2) == pytest.approx(0.0, abs=1e-6)


def test_shifted_features_are_as_far_as_the_shift_squared():
    x = RNG.normal(size=(400, 3))
    assert frechet_distance(x, x + np.array([3.0, 0, 4.0]), 2) == pytest.approx(25.0, rel=1e-6)


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance`:UserWarning")
@pytest.mark.filterwarnings("ignore:Metric `FrechetInceptionDistance`:UserWarning")
def test_distances_are_those_of_torchmetrics():
    from torchmetrics.image.fid import FrechetInceptionDistance
    from torchmetrics.image.kid import KernelInceptionDistance

    class Flat(torch.nn.Module):
        num_features = 12

        def forward(self, x):
            return x.flatten(1).double() / 50

    real, drawn = (torch.from_numpy(RNG.integers(0, top, (300, 3, 2, 2))).byte() for top in (256, 200))
    fid = FrechetInceptionDistance(feature=Flat(), normalize=False, input_img_size=(3, 2, 2)).set_dtype(torch.float64)
    kid = KernelInceptionDistance(feature=Flat(), subsets=1, subset_size=300)
    for metric in (fid, kid):
        metric.update(real, real=True)
        metric.update(drawn, real=False)
    x, y = (Flat()(part).numpy() for part in (real, drawn))
    assert frechet_distance(x, y, 2) == pytest.approx(float(fid.compute()), rel=1e-4)
    assert kernel_distance(x, y, 0, subsets=2, size=300).value == pytest.approx(float(kid.compute()[0]), rel=1e-6)


def test_the_kernel_distance_of_equal_distributions_has_nought_in_its_interval():
    x, y = RNG.normal(size=(2, 2000, 8))
    same = kernel_distance(x, y, 0, subsets=20, size=500)
    other = kernel_distance(x, y + 0.5, 0, subsets=20, size=500)
    assert same.low < 0 < same.high
    assert other.low > 0


def test_the_score_runs_from_one_to_the_number_of_classes():
    assert inception_style_score(np.full((50, 4), 0.25)) == pytest.approx(1.0)
    assert inception_style_score(np.eye(4)[np.arange(40) % 4]) == pytest.approx(4.0, rel=1e-6)
    assert class_entropy(np.eye(4)[np.arange(40) % 4]) == pytest.approx(np.log(4))
    assert class_entropy(np.eye(4)[np.zeros(40, int)]) == pytest.approx(0.0, abs=1e-9)


def test_two_samples_of_one_distribution_overlap_and_two_far_ones_do_not():
    x, y = RNG.normal(size=(2, 800, 4))
    near, far = overlap(x, y), overlap(x, y + 50)
    assert min(near.precision, near.recall, near.coverage) > 0.9
    assert near.density == pytest.approx(1.0, abs=0.1)
    assert (far.precision, far.recall, far.density, far.coverage) == (0, 0, 0, 0)


def test_a_generator_of_one_kind_is_precise_and_covers_little():
    left, right = RNG.normal(size=(400, 3)), RNG.normal(20, 1, size=(400, 3))
    shares = overlap(np.concatenate([left, right]), RNG.normal(size=(800, 3)))
    assert shares.precision > 0.9
    assert shares.recall == pytest.approx(0.5, abs=0.05)
    assert shares.coverage == pytest.approx(0.5, abs=0.05)


def test_coverage_counts_real_images_with_a_drawn_one_nearer_than_their_neighbours():
    real = np.array([[0.0], [1], [2], [10], [11], [12]])  # with one neighbour every radius is 1
    shares = overlap(real, np.array([[0.1], [0.2], [0.3]]), neighbours=1)
    assert shares.coverage == pytest.approx(2 / 6)  # 0 and 1 see one nearer than 1
    assert shares.precision == 1
    assert shares.density == pytest.approx(6 / 3)


def test_images_that_are_alike_have_no_diversity():
    x = RNG.normal(size=(500, 6))
    assert diversity(x, x) == pytest.approx(1.0, abs=0.02)
    assert diversity(x, x * 0.1) == pytest.approx(0.1, abs=0.01)
    assert diversity(x, np.ones((500, 6))) == 0


def test_a_distance_of_too_few_images_is_refused_unless_asked_for():
    x = RNG.normal(size=(2047, 2))
    with pytest.raises(ValueError, match="of 2,047 images is biased; draw at least 2,048, or use KID"):
        frechet_distance(x, x)
    assert frechet_distance(x, x, fewest=2) == pytest.approx(0.0, abs=1e-6)
