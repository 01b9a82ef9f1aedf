"""Model files in the store: where one stands, which serves a day, what its header says. The same for every kind."""

from __future__ import annotations

import json
from datetime import date

from sensors_data.store import Store

_ACCEPTED, _REJECTED = ".safetensors", ".rejected.safetensors"


def keep_model(store: Store, kind: str, name: str, through: date, accepted: bool, data: bytes) -> str:
    """Keep a model of a family or camera, a rejected one beside and marked; what it was before gives way. Its path."""
    stem = f"models/{kind}/{name}/{through}"
    path, other = (stem + suffix for suffix in ((_ACCEPTED, _REJECTED) if accepted else (_REJECTED, _ACCEPTED)))
    store.write_bytes(path, data)
    store.remove(other)
    return path


def trained_before(store: Store, kind: str, name: str, day: date) -> dict[date, str]:
    """The models trained strictly before `day`, accepted or not: the last day of their span and their path."""
    paths = store.files(f"models/{kind}/{name}", suffix=_ACCEPTED)
    dated = {date.fromisoformat(path.rsplit("/", 1)[-1].split(".")[0]): path for path in paths}
    return {through: path for through, path in dated.items() if through < day}


def accepted_before(store: Store, kind: str, name: str, day: date) -> str | None:
    """The path of the newest accepted model trained strictly before `day`, or None."""
    trained = trained_before(store, kind, name, day)
    accepted = [through for through, path in trained.items() if not path.endswith(_REJECTED)]
    return trained[max(accepted)] if accepted else None


def metadata(data: bytes) -> dict[str, str]:
    """The text that stands in a safetensors file's header. ValueError when it has no such header."""
    length = int.from_bytes(data[:8], "little")
    header: dict[str, dict[str, str]] = json.loads(data[8 : 8 + length])
    return header.get("__metadata__", {})


def card_text(data: bytes, where: str, what: str, revisions: int | tuple[int, ...], command: str) -> str:
    """The card in a model file's bytes. ValueError when it is not `what` was looked for, or of another format."""
    try:
        text = metadata(data)["card"]
    except (ValueError, KeyError, AttributeError) as error:
        raise ValueError(f"{where} is not {what}; train again with: nightscore {command}") from error
    readable = revisions if isinstance(revisions, tuple) else (revisions,)
    if not any(f'"format":{revision},' in text for revision in readable):
        raise ValueError(f"{where} is of another format than {readable[-1]}; upgrade nightscore or train again")
    return text
