"""The network that an FID is measured in: Inception-v3 of 2015-12-05, layer by layer, its weights from the user's file.

Szegedy et al. 2016 (arXiv:1512.00567) as TensorFlow published it and Heusel et al. 2017 used it; names and order are
those of the weights that pytorch-fid and torch-fidelity give out.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sensors_data.errors import NotThereError, UnusableError

SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
"""Of pt_inception-2015-12-05-6726825d.pth (pytorch-fid), which torch-fidelity gives out as weights-inception-..."""
SIDE = 299
FEATURES = 2048

Step = tuple[str, int, int | tuple[int, int]]
"""Name behind `branch`, channels, kernel. The last step of a branch may be two side by side."""
Branch = tuple[Step | tuple[Step, Step], ...]


class Convolution(nn.Sequential):
    """A convolution without bias, batch normalisation, ReLU."""

    def __init__(self, before: int, after: int, kernel: int | tuple[int, int], stride: int = 1, pad: bool = True):
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (height // 2, width // 2) if pad else 0
        conv = nn.Conv2d(before, after, (height, width), stride, padding, bias=False)
        super().__init__(OrderedDict(conv=conv, bn=nn.BatchNorm2d(after, eps=0.001), relu=nn.ReLU(inplace=True)))


class Mixed(nn.Module):
    """Branches side by side, and a pooled one; with `halves` their last steps halve the maps."""

    def __init__(
        self, before: int, branches: tuple[Branch, ...], pooled: int, largest: bool = False, halves: bool = False
    ) -> None:
        super().__init__()
        self.branches: list[list[list[str]]] = []
        self.largest, self.halves = largest or halves, halves
        for branch in branches:
            channels, names = before, []
            for number, step in enumerate(branch):
                both = [step] if isinstance(step[0], str) else list(step)
                last = halves and number == len(branch) - 1
                for name, after, kernel in both:
                    self.add_module(f"branch{name}", Convolution(channels, after, kernel, 1 + last, not last))
                channels = sum(after for _, after, _ in both)
                names.append([f"branch{name}" for name, _, _ in both])
            self.branches.append(names)
        self.branch_pool = Convolution(before, pooled, 1) if pooled else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Maps (B, C, H, W) -> (B, the branches' channels, H, W), or half as high and wide."""
        out = []
        for branch in self.branches:
            y = x
            for names in branch:
                y = torch.cat([self.get_submodule(name)(y) for name in names], 1)
            out.append(y)
        stride, padding = (2, 0) if self.halves else (1, 1)
        if self.largest:
            pooled = F.max_pool2d(x, 3, stride, padding)
        else:
            pooled = F.avg_pool2d(x, 3, stride, padding, count_include_pad=False)  # as TensorFlow: no zeros counted
        return torch.cat([*out, self.branch_pool(pooled)], 1)


def _a(before: int, pooled: int) -> Mixed:
    wide: Branch = (("5x5_1", 48, 1), ("5x5_2", 64, 5))
    twice: Branch = (("3x3dbl_1", 64, 1), ("3x3dbl_2", 96, 3), ("3x3dbl_3", 96, 3))
    return Mixed(before, ((("1x1", 64, 1),), wide, twice), pooled)


def _b(before: int) -> Mixed:
    twice: Branch = (("3x3dbl_1", 64, 1), ("3x3dbl_2", 96, 3), ("3x3dbl_3", 96, 3))
    return Mixed(before, ((("3x3", 384, 3),), twice), 0, halves=True)


def _c(width: int) -> Mixed:
    once: Branch = (("7x7_1", width, 1), ("7x7_2", width, (1, 7)), ("7x7_3", 192, (7, 1)))
    twice: Branch = (
        *(("7x7dbl_1", width, 1), ("7x7dbl_2", width, (7, 1)), ("7x7dbl_3", width, (1, 7))),
        *(("7x7dbl_4", width, (7, 1)), ("7x7dbl_5", 192, (1, 7))),
    )
    return Mixed(768, ((("1x1", 192, 1),), once, twice), 192)


def _d() -> Mixed:
    short: Branch = (("3x3_1", 192, 1), ("3x3_2", 320, 3))
    long: Branch = (("7x7x3_1", 192, 1), ("7x7x3_2", 192, (1, 7)), ("7x7x3_3", 192, (7, 1)), ("7x7x3_4", 192, 3))
    return Mixed(768, (short, long), 0, halves=True)


def _e(before: int, largest: bool) -> Mixed:
    once: Branch = (("3x3_1", 384, 1), (("3x3_2a", 384, (1, 3)), ("3x3_2b", 384, (3, 1))))
    fork: tuple[Step, Step] = (("3x3dbl_3a", 384, (1, 3)), ("3x3dbl_3b", 384, (3, 1)))
    twice: Branch = (("3x3dbl_1", 448, 1), ("3x3dbl_2", 384, 3), fork)
    return Mixed(before, ((("1x1", 320, 1),), once, twice), 192, largest)


class Inception(nn.Module):
    """Inception-v3 with its 1008 logits, which are in the file and not asked here."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Sequential(
            OrderedDict(
                Conv2d_1a_3x3=Convolution(3, 32, 3, 2, False),
                Conv2d_2a_3x3=Convolution(32, 32, 3, 1, False),
                Conv2d_2b_3x3=Convolution(32, 64, 3),
                MaxPool_1=nn.MaxPool2d(3, 2),
                Conv2d_3b_1x1=Convolution(64, 80, 1),
                Conv2d_4a_3x3=Convolution(80, 192, 3, 1, False),
                MaxPool_2=nn.MaxPool2d(3, 2),
                Mixed_5b=_a(192, 32),
                Mixed_5c=_a(256, 64),
                Mixed_5d=_a(288, 64),
                Mixed_6a=_b(288),
                Mixed_6b=_c(128),
                Mixed_6c=_c(160),
                Mixed_6d=_c(160),
                Mixed_6e=_c(192),
                Mixed_7a=_d(),
                Mixed_7b=_e(1280, largest=False),
                Mixed_7c=_e(2048, largest=True),
            )
        )
        self.fc = nn.Linear(FEATURES, 1008)

    def forward(self, x: Tensor) -> Tensor:
        """Features (B, 2048) of images (B, 3 or 1, H, W) in [0, 1]."""
        x = resized_like_tensorflow(x.expand(-1, 3, -1, -1) * 255, SIDE)
        features: Tensor = self.maps((x - 128) / 128).mean((2, 3))
        return features


def resized_like_tensorflow(x: Tensor, side: int) -> Tensor:
    """Images (B, C, H, W) -> (B, C, side, side), bilinear between corners that lie at the pixels' upper left, as
    TensorFlow 1 resized them: an FID depends on it.
    """
    for dim in (3, 2):
        size = x.shape[dim]
        place = torch.arange(side, device=x.device) * torch.tensor(size / side)
        first = place.long()
        share = (place - first).view(-1, *[1] * (3 - dim))
        low, high = x.index_select(dim, first), x.index_select(dim, (first + 1).clamp(max=size - 1))
        x = low + (high - low) * share
    return x


def published_inception(path: Path) -> Inception:
    """The network with the published weights. LookupError when there is no such file, ValueError when it is another."""
    if not path.is_file():
        raise NotThereError(f"there is no {path}", "name the file pt_inception-2015-12-05-6726825d.pth of pytorch-fid")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256:
        raise UnusableError(
            f"{path} holds other weights (sha256 {digest[:12]}..., wanted {SHA256[:12]}...): what they measured would "
            "not be an FID",
            "take pt_inception-2015-12-05-6726825d.pth of pytorch-fid",
        )
    return with_weights(torch.load(path, weights_only=True))  # tensors alone: this loader runs no code


def with_weights(tensors: dict[str, Tensor]) -> Inception:
    """The network with weights under their published names."""
    network = Inception()
    network.load_state_dict({name if name.startswith("fc.") else f"maps.{name}": t for name, t in tensors.items()})
    return network.eval().requires_grad_(False)
