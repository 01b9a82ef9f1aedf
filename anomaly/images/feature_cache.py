"""Features of patches at rest, by the image's own bytes, so that a training computes each image once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import load, save
from torch import Tensor

from anomaly.images.features import FeatureConfig, represent
from sensors_data.places import features_folder
from sensors_data.pretrained import LITE0_SHA256
from sensors_data.seal import with_seal
from sensors_data.store import Store

BLOCKS = ("patches", "fine")
"""Names of an image's features in its file: every detector has the first, one of two scales both."""
REVISION = 1
"""Of how features are computed; another revision computes them anew."""


@dataclass(frozen=True)
class FeatureCache:
    """The features of a camera's images: the same bits, kept or computed."""

    store: Store
    camera: str
    most: int
    """Images whose features are kept at most."""

    def __call__(self, images: np.ndarray, config: FeatureConfig) -> list[Tensor]:
        """The blocks of features of uint8 images (N, C, H, W), as `represent` gives them."""
        if config.kind != "patches" or not self.most or not len(images):
            return represent(images, config)
        paths = [self._path(image, config) for image in images]
        cached = {path: self._read(path) for path in dict.fromkeys(paths)}
        missing = [place for place, path in enumerate(paths) if cached[path] is None]
        for first in range(0, len(missing), config.batch):
            places = missing[first : first + config.batch]
            for place, *computed in zip(places, *represent(images[places], config), strict=True):
                cached[paths[place]] = computed
                self._write(paths[place], computed)
        of_images = [blocks for path in paths if (blocks := cached[path]) is not None]
        return [torch.stack(block) for block in zip(*of_images, strict=True)]

    def forget_others(self, images: np.ndarray, config: FeatureConfig) -> None:
        """Remove the features of all images but these, and of all but the newest `most` of these."""
        wanted = {self._path(image, config) for image in images[-self.most :]} if self.most else set()
        for path in self.store.all_files(features_folder(self.camera)):
            if path not in wanted:
                self.store.remove(path)

    def _path(self, image: np.ndarray, config: FeatureConfig) -> str:
        seen = hashlib.sha256(f"{REVISION} {LITE0_SHA256} {config.model_dump_json()} {image.shape}".encode())
        seen.update(np.ascontiguousarray(image).tobytes())
        return f"{features_folder(self.camera)}/{seen.hexdigest()[:32]}.safetensors"

    def _read(self, path: str) -> list[Tensor] | None:
        if not self.store.exists(path):
            return None
        tensors = load(self.store.read_bytes(path))
        return [tensors[name] for name in BLOCKS if name in tensors]

    def _write(self, path: str, blocks: list[Tensor]) -> None:
        tensors = {name: block.contiguous() for name, block in zip(BLOCKS, blocks, strict=False)}
        self.store.write_bytes(path, with_seal(save(tensors, {})))
