import pickle

import pytest

from sensors_data.errors import (
    DivergedError,
    NightscoreError,
    NotThereError,
    StorageError,
    UnreadableError,
    UnusableError,
)

BUILT_IN = [
    (NotThereError, LookupError),
    (UnusableError, ValueError),
    (UnreadableError, ValueError),
    (DivergedError, ArithmeticError),
    (StorageError, OSError),
]


@pytest.mark.parametrize(("kind", "built_in"), BUILT_IN)
def test_a_refusal_is_one_sentence_with_its_remedy_apart(kind: type[NightscoreError], built_in: type[Exception]):
    error = kind("no grid of pump", "run: nightscore impute")
    assert (str(error), error.remedy) == ("no grid of pump; run: nightscore impute", "run: nightscore impute")
    assert str(kind("a.csv is empty")) == "a.csv is empty"
    assert isinstance(error, NightscoreError)
    assert isinstance(error, built_in)


@pytest.mark.parametrize("kind", [kind for kind, _ in BUILT_IN])
def test_a_refusal_comes_whole_out_of_another_process(kind: type[NightscoreError]):
    error = pickle.loads(pickle.dumps(kind("it is full", "free some space")))  # noqa: S301
    assert (type(error), str(error), error.remedy) == (kind, "it is full; free some space", "free some space")
