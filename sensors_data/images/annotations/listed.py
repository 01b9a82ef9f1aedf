"""What a file of annotations says of the pictures that it names."""

from __future__ import annotations

from dataclasses import dataclass, field

from sensors_data.images.marks import Annotation


@dataclass(frozen=True)
class Listed:
    """What a file says, by the names of pictures in it."""

    annotations: dict[str, Annotation] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    """Parts of a set: train, valid or test."""
    masks: dict[str, str] = field(default_factory=dict)
    """Names of the files that mark a picture's defect."""
    part: str = ""
    """The part of a set that the file's own name says; it counts beside a list of another part."""
    labels_all: bool = False
    """Whether it is a list of labels, so that a picture that it leaves out is not thereby good."""
    problem: str = ""
    """Why a file that names pictures says nothing of them."""

    def __bool__(self) -> bool:
        """Whether it says something."""
        return bool(self.annotations or self.splits or self.masks)
