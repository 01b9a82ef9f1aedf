"""Detectors at rest: one safetensors file each, the card in its metadata; which one serves a day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from anomaly.checkpoint import metadata
from anomaly.detector import FORMAT, Card, Detector, Network
from anomaly.levels import LevelPrior
from anomaly.lstm_vae import LSTMVAE
from sensors_data.grid import Scale
from sensors_data.store import Store

_ARRAYS = ("typical", "band", "unsteady")
_REJECTED = ".rejected.safetensors"


def to_bytes(detector: Detector) -> bytes:
    """The detector as the bytes of a safetensors file; the same detector gives the same bytes."""
    tensors = {part: torch.as_tensor(getattr(detector, part)) for part in _ARRAYS}
    for part in ("center", "spread"):
        rows = [getattr(detector.scales[asset], part) for asset in detector.card.assets]
        tensors[f"scale.{part}"] = torch.as_tensor(np.stack(rows))
    for number, network in enumerate(detector.networks):
        own = {f"model.{name}": tensor for name, tensor in network.model.state_dict().items()}
        own |= {"level.center": torch.as_tensor(network.prior.center), "draws": network.draws}
        own |= {"level.variance": torch.as_tensor(network.prior.variance)}
        own |= {"typical": torch.tensor(network.typical, dtype=torch.float64)}
        tensors |= {f"{number}.{name}": tensor for name, tensor in own.items()}
    kept = {name: tensor.contiguous() for name, tensor in sorted(tensors.items())}
    return save_tensors(kept, {"card": detector.card.model_dump_json()})


def from_bytes(data: bytes, where: str) -> Detector:
    """The detector in a file's bytes. ValueError when they are none, or of a newer format."""
    card = card_of(data, where)
    try:
        tensors = load_tensors(data)
    except SafetensorError as error:
        raise ValueError(f"{where} is cut short; train again with: nightscore train-series") from error
    networks = []
    for number, config in enumerate(card.networks):
        own = {n.removeprefix(f"{number}."): t for n, t in tensors.items() if n.startswith(f"{number}.")}
        model = LSTMVAE(config)
        model.load_state_dict({n.removeprefix("model."): t for n, t in own.items() if n.startswith("model.")})
        prior = LevelPrior(own["level.center"].numpy(), own["level.variance"].numpy())
        model.eval()
        networks.append(Network(model, prior, own["draws"], float(own["typical"])))
    centers, spreads = tensors["scale.center"].numpy(), tensors["scale.spread"].numpy()
    scales = {asset: Scale(centers[i], spreads[i]) for i, asset in enumerate(card.assets)}
    typical, band, unsteady = (tensors[part].numpy() for part in _ARRAYS)
    return Detector(tuple(networks), scales, typical, band, unsteady, card)


def card_of(data: bytes, where: str) -> Card:
    """The card in a detector file's bytes. ValueError when it is no detector file, or of a newer format."""
    try:
        text = metadata(data)["card"]
    except (SafetensorError, ValueError, KeyError) as error:
        raise ValueError(f"{where} is not a detector file; train again with: nightscore train-series") from error
    found = Card.model_validate_json(text) if f'"format":{FORMAT},' in text else None
    if found is None:
        raise ValueError(f"{where} is of another format than {FORMAT}; upgrade nightscore or train again")
    return found


def path_of(card: Card) -> str:
    """Where a detector stands in the store; a rejected one beside, marked."""
    suffix = ".safetensors" if card.accepted else _REJECTED
    return f"models/series/{card.family}/{card.trained_through}{suffix}"


def save(store: Store, detector: Detector) -> str:
    """Keep a detector; what it was before, accepted or rejected, gives way. The path written."""
    path = path_of(detector.card)
    store.write_bytes(path, to_bytes(detector))
    store.remove(path_of(detector.card.model_copy(update={"accepted": not detector.card.accepted})))
    return path


def accepted_before(store: Store, family: str, day: date) -> str | None:
    """The path of the newest accepted detector trained strictly before `day`, or None."""
    trained = trained_before(store, family, day)
    accepted = [through for through, path in trained.items() if not path.endswith(_REJECTED)]
    return trained[max(accepted)] if accepted else None


def trained_before(store: Store, family: str, day: date) -> dict[date, str]:
    """The detectors trained strictly before `day`, accepted or not: the last day of their span and their path."""
    paths = store.files(f"models/series/{family}", suffix=".safetensors")
    dated = {date.fromisoformat(path.rsplit("/", 1)[-1].split(".")[0]): path for path in paths}
    return {through: path for through, path in dated.items() if through < day}


def load_for(store: Store, family: str, day: date) -> Detector:
    """The detector that serves a day. LookupError when none was trained before it."""
    path = accepted_before(store, family, day)
    if path is None:
        remedy = f"run: nightscore train-series --family {family} --day {day}"
        raise LookupError(f"no accepted model of {family} trained before {day} in {store.root}; {remedy}")
    return from_bytes(store.read_bytes(path), path)


def card_by_name(store: Store, name: str) -> Card:
    """The card of an accepted model by its id, as `scores` carries it."""
    family, through = name.split("@")
    path = f"models/series/{family}/{date.fromisoformat(through)}.safetensors"
    return card_of(store.read_bytes(path), path)


def eve(day: date) -> date:
    """The day before."""
    return day - timedelta(days=1)
