"""The models of a store, of every kind: the paths of their files, the model that serves a day, their cards.

A kind is `series`, `images`, `generators` or `features`; a model is called after its family or camera and the last day
that it learned from. A rejected one is stored beside it under a marked name, and never serves.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sensors_data.documents import json_in
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.jobs import JOBS, Job
from sensors_data.seal import check
from sensors_data.store import Store

_ACCEPTED, _REJECTED = ".safetensors", ".rejected.safetensors"


@dataclass(frozen=True)
class ModelFile:
    """One model in the store; `path` is relative to the store's root."""

    kind: str
    name: str
    through: date
    accepted: bool

    @property
    def path(self) -> str:
        """The path of its file."""
        return f"models/{self.kind}/{self.name}/{self.through}{_ACCEPTED if self.accepted else _REJECTED}"


@dataclass(frozen=True)
class ModelCatalogue:
    """The models of a store, of every kind."""

    store: Store

    def keep(self, model: ModelFile, data: bytes) -> str:
        """Write a model, in place of an earlier one of the same day with either verdict; its path."""
        self.store.write_bytes(model.path, data)
        self.store.remove(ModelFile(model.kind, model.name, model.through, not model.accepted).path)
        return model.path

    def read(self, model: ModelFile) -> bytes:
        """A model file's bytes."""
        return self.store.read_bytes(model.path)

    def models(self, kind: str = "", name: str = "") -> list[ModelFile]:
        """Every model, or those of one kind, or of one family or camera, by kind, name and day; other files are passed
        over.
        """
        folder = "/".join(part for part in ("models", kind, name) if part)
        models = [model for path in self.store.files(folder, suffix=_ACCEPTED) if (model := model_at(path))]
        return sorted(models, key=lambda model: (model.kind, model.name, model.through))

    def trained_before(self, kind: str, name: str, day: date) -> list[ModelFile]:
        """The models trained strictly before `day`, accepted or not, the oldest first."""
        return [model for model in self.models(kind, name) if model.through < day]

    def serving(self, kind: str, name: str, day: date) -> ModelFile | None:
        """The model that serves a day: the newest accepted one trained strictly before it, or None."""
        accepted = [model for model in self.trained_before(kind, name, day) if model.accepted]
        return accepted[-1] if accepted else None

    def needed(self, kind: str, name: str, day: date, what: str = "model") -> ModelFile:
        """The model that serves a day. NotThereError names the job that trains `what` where there is none."""
        if (model := self.serving(kind, name, day)) is not None:
            return model
        job = next(job for job in JOBS.values() if job.trains == kind)
        rejected = self.trained_before(kind, name, day)
        why = f" (that of {rejected[-1].through} was rejected)" if rejected else ""
        before = f" trained before {day}" if day != date.max else ""
        raise NotThereError(
            f"no accepted {what} of {name}{before} in {self.store.root}{why}",
            f"run: nightscore {job.name} --{job.owner} {name} --day {self._day_of_training(job, name, day)}",
        )

    def _day_of_training(self, job: Job, name: str, day: date) -> str:
        """The day to train for; where any would do, that after the newest there is to learn from."""
        if day != date.max:
            return str(day)
        known = self.store.days("images" if job.owner == "camera" else "grid", **{job.owner: name})
        return str(known[-1] + timedelta(days=1)) if known else "DAY, after its first days were ingested"

    def trained_through(self, kind: str, name: str, through: date) -> ModelFile:
        """The model that learned until `through`, accepted or not. NotThereError when there is none."""
        for model in (ModelFile(kind, name, through, accepted) for accepted in (True, False)):
            if self.store.exists(model.path):
                return model
        raise NotThereError(f"no {kind} model of {name} trained through {through}")

    def called(self, kind: str, model_id: str) -> ModelFile:
        """The accepted model with an id, like `pump@2026-11-20` in tables. NotThereError when it is gone.

        UnusableError for anything but an id.
        """
        name, _, through = model_id.partition("@")
        try:
            model = ModelFile(kind, name, date.fromisoformat(through), accepted=True)
        except ValueError as error:
            raise UnusableError(f"'{model_id}' is no model's id", "ids read like pump@2026-11-20") from error
        if not self.store.exists(model.path):
            raise NotThereError(f"no accepted model {model_id} of kind {kind} in {self.store.root}", "train it again")
        return model

    def card(self, model: ModelFile) -> dict[str, Any]:
        """The card of a model of any kind and format. UnusableError when it is no model file."""
        return _card(self.read(model), model.path, "a model", "the job that trained it")


def check_place(model: ModelFile, by_card: ModelFile) -> None:
    """UnusableError when a file stands elsewhere than its card says: another family or camera, day or verdict."""
    if by_card != model:
        verdict = "accepted" if by_card.accepted else "rejected"
        raise UnusableError(
            f"{model.path} holds the {verdict} model of {by_card.name} through {by_card.through}, which has another "
            "place",
            "move the file away",
        )


def unfinished(kind: str, name: str, part: str = "training") -> str:
    """The path of the state of an unfinished training in the store."""
    return f"models/unfinished/{kind}/{name}/{part}.state"


class _NotFiniteError(ValueError):
    """A number of a card is none."""


def _finite(text: str) -> float:
    """A number of a card. _NotFiniteError when it is none."""
    value = float(text)
    if not math.isfinite(value):
        raise _NotFiniteError(f"{text} is no finite number")
    return value


def model_at(path: str) -> ModelFile | None:
    """The model whose file stands at a path, None where no model does."""
    parts = path.removesuffix(_ACCEPTED).split("/")
    if len(parts) != 4:
        return None
    _, kind, name, stem = parts
    day = stem.removesuffix(".rejected")
    try:
        return ModelFile(kind, name, date.fromisoformat(day), accepted=stem == day)
    except ValueError:
        return None


def metadata(data: bytes) -> dict[str, str]:
    """The text that stands in a safetensors file's header. ValueError when it has no such header."""
    length = int.from_bytes(data[:8], "little")
    header: dict[str, dict[str, str]] = json_in(data[8 : 8 + length])
    return header.get("__metadata__", {})


def card_in(data: bytes, where: str, what: str, revisions: tuple[int, ...], command: str) -> dict[str, Any]:
    """The card in a model file's bytes. UnusableError when it is not `what` was looked for, or of another format."""
    card = _card(data, where, what, f"nightscore {command}")
    if card.get("format") not in revisions:
        raise UnusableError(f"{where} has another format than {revisions[-1]}", "upgrade nightscore or train again")
    return card


def _card(data: bytes, where: str, what: str, command: str) -> dict[str, Any]:
    check(data, where)
    try:
        card: dict[str, Any] = json.loads(metadata(data)["card"], parse_float=_finite, parse_constant=_finite)
    except _NotFiniteError as error:
        raise UnusableError(f"{where} is not {what}: {error}", f"train again with: {command}") from error
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise UnusableError(f"{where} is not {what}", f"train again with: {command}") from error
    if not isinstance(card, dict):
        raise UnusableError(f"{where} is not {what}", f"train again with: {command}")
    return card
