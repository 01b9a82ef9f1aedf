import json
from datetime import date

import pytest
import torch
from safetensors.torch import save as save_tensors

from sensors_data.store import Store
from synthesis.generator_files import (
    GeneratorCard,
    TrainedGenerator,
    from_bytes,
    load_by_name,
    load_for,
    save,
    to_bytes,
)
from synthesis.networks.dcgan import Generator
from synthesis.presets.catalogue import preset

RECIPE = preset("default", (1, 28, 28))


def made(through: str = "2026-03-09", accepted: bool = True) -> TrainedGenerator:
    torch.manual_seed(0)
    card = GeneratorCard(
        camera="eye",
        trained_through=date.fromisoformat(through),
        preset="default",
        network=RECIPE.generator,
        images=100,
        shown=1000,
        seed=0,
        accepted=accepted,
    )
    return TrainedGenerator(Generator(RECIPE.generator).eval(), card)


def test_a_generator_survives_its_file_and_the_same_one_gives_the_same_bytes():
    generator = made()
    data = to_bytes(generator)
    again = from_bytes(data, "here")
    assert to_bytes(again) == data == to_bytes(made())
    assert again.card == generator.card
    assert again.fingerprint == generator.fingerprint
    assert again.name == "eye@2026-03-09"
    assert not again.network.training


def test_a_file_of_revision_2_is_read_with_its_holdout_cutoff_under_the_old_name():
    generator = made()
    fields = json.loads(generator.card.model_dump_json(exclude={"holdout_cutoff"}))
    old = {**fields, "format": 2, "held_out_through": 2**40 + 1}
    tensors = generator.network.state_dict()
    card = from_bytes(save_tensors(tensors, {"card": json.dumps(old, separators=(",", ":"))}), "here").card
    assert card == generator.card.model_copy(update={"holdout_cutoff": 2**40 + 1})
    assert card.format == 3


def test_the_newest_accepted_one_trained_strictly_before_the_day_serves(tmp_path):
    store = Store(str(tmp_path))
    for through, accepted in (("2026-03-01", True), ("2026-03-05", True), ("2026-03-07", False)):
        save(store, made(through, accepted))
    assert load_for(store, "eye", date(2026, 3, 5)).name == "eye@2026-03-01"
    assert load_for(store, "eye", date(2026, 3, 6)).name == "eye@2026-03-05"
    assert load_for(store, "eye", date(2026, 3, 30)).name == "eye@2026-03-05"
    with pytest.raises(LookupError, match="run: nightscore train-dcgan --camera eye --day 2026-03-01"):
        load_for(store, "eye", date(2026, 3, 1))


def test_a_generator_that_is_rejected_later_serves_no_more(tmp_path):
    store = Store(str(tmp_path))
    save(store, made())
    save(store, made(accepted=False))
    with pytest.raises(LookupError, match="no accepted model eye@2026-03-09"):
        load_by_name(store, "eye@2026-03-09")


def without_hash(data: bytes) -> bytes:
    """A model file as nightscore wrote it before files carried their hash."""
    return data.replace(b"nightscore-sha256:", b"nightscore-sha999:").replace(b":sealed", b":unsaid")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a generator"),
        (b"no file of ours at all", "is not a generator"),
        (without_hash(to_bytes(made()).replace(b'"format\\":3,', b'"format\\":9,')), "has another format than 3"),
        (
            without_hash(to_bytes(made()).replace(b'latent\\":16,', b'latent\\":17,')),
            "has other layers than its card says",
        ),
        (to_bytes(made())[:-100], "is damaged"),
        (without_hash(to_bytes(made())[:-100]), "is cut short; train again with: nightscore train-dcgan"),
    ],
    ids=["empty", "other", "newer", "layers", "damaged", "cut"],
)
def test_a_file_that_is_no_generator_of_this_version_is_named(data, message):
    with pytest.raises(ValueError, match=message):
        from_bytes(data, "models/generators/eye/2026-03-09.safetensors")
