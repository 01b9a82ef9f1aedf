"""The models of a store, by made files whose header is a safetensors one."""

import json
from datetime import date

import pytest

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.model_files import ModelCatalogue, ModelFile, card_in, unfinished


def model_bytes(**card: object) -> bytes:
    header = json.dumps({"__metadata__": {"card": json.dumps(card, separators=(",", ":"))}}).encode()
    return len(header).to_bytes(8, "little") + header


@pytest.fixture
def catalogue(store):
    catalogue = ModelCatalogue(store)
    for day, accepted in ((1, True), (8, True), (15, False)):
        catalogue.keep(ModelFile("series", "pump", date(2026, 3, day), accepted), model_bytes(format=3, rows=day))
    catalogue.keep(ModelFile("generators", "press", date(2026, 3, 8), accepted=True), model_bytes(format=2))
    store.write_bytes(unfinished("series", "pump"), b"half")
    store.write_bytes("models/series/pump/notes.safetensors", b"")
    return catalogue


def test_the_newest_accepted_model_trained_before_a_day_serves_it(catalogue):
    served = {day: catalogue.serving("series", "pump", date(2026, 3, day)) for day in (1, 2, 8, 9, 30)}
    assert [model and model.through.day for model in served.values()] == [None, 1, 1, 8, 8]
    assert [model.accepted for model in catalogue.trained_before("series", "pump", date(2026, 3, 30))] == [1, 1, 0]
    assert catalogue.serving("series", "oven", date(2026, 3, 30)) is None


def test_the_catalogue_lists_models_and_nothing_else(catalogue):
    assert [(m.kind, m.name, m.through.day, m.accepted) for m in catalogue.models()] == [
        ("generators", "press", 8, True),
        ("series", "pump", 1, True),
        ("series", "pump", 8, True),
        ("series", "pump", 15, False),
    ]
    assert [model.through.day for model in catalogue.models("series", "pump")] == [1, 8, 15]


def test_a_verdict_that_changes_takes_the_other_file_away(catalogue):
    again = ModelFile("series", "pump", date(2026, 3, 8), accepted=False)
    assert catalogue.keep(again, model_bytes(format=3)) == "models/series/pump/2026-03-08.rejected.safetensors"
    assert catalogue.trained_through("series", "pump", date(2026, 3, 8)) == again
    with pytest.raises(NotThereError, match="no accepted model pump@2026-03-08 of kind series"):
        catalogue.called("series", "pump@2026-03-08")
    assert catalogue.called("series", "pump@2026-03-01").through == date(2026, 3, 1)
    assert catalogue.serving("series", "pump", date(2026, 3, 30)).through == date(2026, 3, 1)


def test_a_model_that_is_missing_because_it_was_rejected_is_named(catalogue):
    catalogue.keep(ModelFile("generators", "press", date(2026, 3, 8), accepted=False), model_bytes(format=3))
    with pytest.raises(NotThereError, match=r"no accepted model of press .* \(that of 2026-03-08 was rejected\)"):
        catalogue.needed("generators", "press", date(2026, 3, 30))
    with pytest.raises(NotThereError, match=r"no accepted model of oven trained before 2026-03-30 in [^(]*$"):
        catalogue.needed("series", "oven", date(2026, 3, 30))


def test_where_any_day_would_do_the_remedy_names_none_that_is_not_there(catalogue):
    with pytest.raises(
        NotThereError,
        match=r"no accepted model of oven in .*; run: nightscore train-series --family oven --day DAY",
    ):
        catalogue.needed("series", "oven", date.max)


def test_a_card_of_any_kind_and_format_can_be_read(catalogue):
    cards = [catalogue.card(model) for model in catalogue.models()]
    assert [card["format"] for card in cards] == [2, 3, 3, 3]
    assert cards[1]["rows"] == 1


def test_what_is_no_model_or_of_another_format_is_refused_with_what_to_do(catalogue, store):
    model = catalogue.models("generators", "press")[0]
    with pytest.raises(UnusableError, match="has another format than 1; upgrade nightscore or train again"):
        card_in(store.read_bytes(model.path), model.path, "a generator", (1,), "train-dcgan")
    store.write_bytes(model.path, b"8" * 64)
    with pytest.raises(UnusableError, match=r"2026-03-08.safetensors is not a model; train again"):
        catalogue.card(model)
    with pytest.raises(NotThereError, match="no series model of pump trained through 2026-03-09"):
        catalogue.trained_through("series", "pump", date(2026, 3, 9))
