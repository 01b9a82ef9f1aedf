from dataclasses import replace

import numpy as np
import pytest

from synthesis.quality import augmentation
from synthesis.quality.augmentation import (
    ARMS,
    Arms,
    Plan,
    evened,
    of_both,
    of_real,
    resized,
    rightly,
    selected,
)
from synthesis.quality.classifier_trial import (
    ClassifierTrial,
    Result,
    check_counts,
    chosen_plan,
    shown_beside,
    with_fewer,
)
from synthesis.quality.gate import use_of
from synthesis.quality.ordinary import Ordinary
from synthesis.quality.usefulness import Labelled

PLAN = Plan(Ordinary(), 0.5)


def arms(*gains: float, tested: int = 1000) -> Arms:
    """Trials in which ordinary augmentation has 60 % right, and the batch with it so much more."""
    right = np.zeros((len(gains), len(ARMS), tested), bool)
    for trial, gain in zip(right, gains, strict=True):
        trial[ARMS.index("ordinary"), : round(0.6 * tested)] = True
        trial[ARMS.index("both"), : round((0.6 + gain) * tested)] = True
    return Arms(right, np.repeat(["a", "b"], tested // 2))


def test_the_gain_is_over_ordinary_augmentation_with_students_interval_over_seeds():
    mean, low, high = arms(0.05, 0.10, 0.03).gain()
    assert mean == pytest.approx(0.06)
    half = 4.302653 * np.std([0.05, 0.10, 0.03], ddof=1) / 3**0.5
    assert (low, high) == pytest.approx((mean - half, mean + half))
    assert arms(0.05, 0.10, 0.03).gain(over="real")[0] == pytest.approx(0.66)


def test_few_test_images_widen_an_interval_that_seeds_alone_would_make_narrow():
    mean, low, high = arms(0.04, 0.04, 0.04, tested=100).gain()
    assert mean == pytest.approx(0.04)
    assert high - low == pytest.approx(2 * 1.984217 * np.std([1] * 4 + [0] * 96, ddof=1) / 10)


def test_a_batch_is_for_augmentation_only_if_the_lower_end_is_above_zero():
    sure, chance = (Result("classifier_all", arms(*gains), PLAN, 50) for gains in ((0.05, 0.05), (0.05, -0.03)))
    assert "it helps; by class from" in sure.verdict
    assert "no difference can be shown" in chance.verdict
    assert use_of(sure.measures[0]).reason.startswith("for augmentation: its gain is +0.0500 [+0.0")
    assert use_of(sure.measures[0], sure.plan.words).reason.endswith("] with 50% of each step drawn")
    refused = use_of(chance.measures[0])
    assert not refused.passed
    assert refused.reason.startswith("to look at: its gain is +0.0100 [-0.")


def test_a_batch_must_beat_the_better_of_the_two_ways_without_it():
    trials = arms(0.05, 0.05)
    trials.right[:, ARMS.index("real"), :630] = True  # ordinary augmentation has harmed
    result = Result("classifier_all", trials, PLAN, 50)
    assert result.gain()[0] == pytest.approx(0.02)
    assert "the batch adds +0.0200" in result.verdict
    assert "to real images alone over 2 seeds" in result.verdict
    trials.right[:, ARMS.index("real"), :660] = True
    assert not use_of(Result("classifier_all", trials, PLAN, 50).measures[0]).passed


def test_each_class_has_a_row_of_its_own():
    measures = Result("classifier_all", arms(0.1, 0.1), PLAN, 50).measures
    assert [m.measure for m in measures[1:]] == ["augmentation_classifier_all:a", "augmentation_classifier_all:b"]
    assert [m.value for m in measures] == pytest.approx([0.1, 0.0, 0.2])  # the gain lies among the images of b


def test_images_of_a_rare_class_are_repeated_until_each_has_as_many():
    real = Labelled(np.arange(13)[:, None, None, None], np.repeat(["often", "rare"], [10, 3]))
    some = evened(real, 0)
    assert dict(zip(*np.unique(some.label, return_counts=True), strict=True)) == {"often": 10, "rare": 10}
    counts = np.unique(some.x[some.label == "rare"], return_counts=True)[1]
    assert sorted(counts.tolist()) == [3, 3, 4]


def test_images_are_resized_to_as_many_of_each_class():
    some = resized(Labelled(np.arange(5)[:, None, None, None], np.array(["b", "a", "b", "b", "b"])), 2.5, 0)
    assert some.label.tolist() == ["a", "a", "b", "b"]
    assert some.x.ravel()[:2].tolist() == [1, 1]
    assert not len(resized(some.at(np.arange(0)), 3, 0).x)


def test_where_only_rare_classes_are_drawn_every_class_is_still_shown_as_often(monkeypatch):
    real = Labelled(np.zeros((110, 1, 28, 28), np.uint8), np.repeat(["often", "rare"], [100, 10]))
    drawn = Labelled(np.zeros((60, 1, 28, 28), np.uint8), np.repeat(["often", "rare"], [20, 40]))
    seen = {}

    def train_on_both(x, numbers, batch, *others):
        seen.update(real=np.bincount(numbers), drawn=batch.probability.sum(0), share=batch.share)

    monkeypatch.setattr(augmentation, "train_on_both", train_on_both)
    plan = replace(PLAN, part="rare")
    of_both(real, selected(drawn, real, None, "rare"), 0, plan)
    assert seen["real"].tolist() == [100, 50]
    assert seen["drawn"].tolist() == [0, 40]
    assert seen["share"] == 0.25  # of 200 images in steps 100 are of each class
    of_both(real, drawn, 0, PLAN)
    assert seen["drawn"].tolist() == [30, 30]
    of_both(real, drawn.at(np.arange(0)), 0, plan)
    assert (seen["real"].tolist(), seen["share"]) == ([100, 100], 0)


def test_the_verdict_tells_which_part_of_the_batch_was_used():
    assert Plan(Ordinary(), 0.25).words == "25% of each step drawn"
    assert Plan(Ordinary(), 0.5, part="rare").words == "50% of each rare class drawn"
    assert "agrees with and is unsure of" in Result("all", arms(0.1, 0.1), replace(PLAN, part="hard"), 50).verdict


@pytest.fixture(scope="module")
def scans(digits) -> Labelled:
    return Labelled(digits[0][:, :, ::2, ::2], digits[1].astype(str))


def test_other_images_of_the_classes_add_to_ordinary_augmentation_and_wrong_ones_do_not(scans):
    real, more, test = (scans.at(np.arange(*part)) for part in ((0, 900), (900, 1400), (1400, 1797)))
    some = ClassifierTrial(real, more, test, 2).on_few(3).sampled(0)
    plan, names = Plan(Ordinary(shift=1, mix=0), 0.5, shown=2500), np.unique(real.label)
    wrong = Labelled(more.x, np.repeat("1", 500))
    networks = of_real(some, 0, plan), of_both(some, more, 0, plan), of_both(some, wrong, 0, plan)
    alone, helped, harmed = (rightly(network, names, test).mean() for network in networks)
    assert helped > alone + 0.02
    assert harmed < alone - 0.02


def test_held_out_real_images_choose_the_least_of_a_batch_that_says_nothing(scans):
    real, more = scans.at(np.arange(400)), scans.at(np.arange(400, 700))
    assert chosen_plan(real, Labelled(more.x, np.repeat("1", 300)), shown=640).share == 0.1
    few = real.at(np.arange(30))
    assert chosen_plan(few, more, shown=640) == Plan(Ordinary(), 0.5, 640)  # too few to choose by


@pytest.mark.parametrize(("real", "shown"), [(200, 12_000), (1_000, 20_000), (30_000, 40_000)])
def test_classifiers_of_many_real_images_are_trained_longer(real, shown):
    assert shown_beside(12_000, real) == shown


def test_fewer_drawn_images_are_tried_by_the_same_plan_against_the_same_ordinary_training(scans):
    real, more, test = (scans.at(np.arange(*part)) for part in ((0, 900), (900, 1400), (1400, 1797)))
    trial = ClassifierTrial(real, more, test, 2, per_class=3, shown=640)
    plan = Plan(Ordinary(shift=1, mix=0), 0.5, shown=640)
    right = np.zeros((2, len(ARMS), 397), bool)
    right[:, ARMS.index("ordinary"), :100] = True
    result = with_fewer(Result("classifier_3", Arms(right, test.label), plan, 500), trial, 50)
    assert result.whole.measure == "augmentation_classifier_3_of_50"
    network = of_both(trial.sampled(1), more.at(np.arange(50)), 1, plan)
    assert result.arms.right[1, 3].tolist() == rightly(network, np.unique(real.label), test).tolist()
    assert result.gain_in_words.startswith(f"50 of them add {result.arms.accuracy('both') - 100 / 397:+.4f} [")
    assert not right[:, 3].any()
    with pytest.raises(ValueError, match=r"the batch has 500 drawn images, found --count 900; try fewer"):
        check_counts((10, 900), 500)
    check_counts((), 0)
