"""A small classifier of images. Its features compare drawn images with real ones, and augmentation should help it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH = 128
"""Features before the last layer."""
SHOWN = 150_000
"""Images shown in training, with repeats."""
BATCH = 64


class Classifier(nn.Module):
    """Three convolutions, 128 features, one logit a class."""

    def __init__(self, image: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        channels, side = image[0], image[1]
        self.image, self.classes = image, classes
        fold = max(1, side // 28)
        side = side // fold
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(fold),
            *_block(channels * fold * fold, 32, 2 if side >= 16 else 1),
            *_block(32, 64, 1),
            nn.MaxPool2d(2),
            *_block(64, 128, 1),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(128 * 16, WIDTH),
            nn.BatchNorm1d(WIDTH),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(0.3)
        self.last = nn.Linear(WIDTH, classes)

    def features(self, x: Tensor) -> Tensor:
        """Features (B, 128) of images (B, C, H, W) in [0, 1]."""
        features: Tensor = self.layers(x)
        return features

    def forward(self, x: Tensor) -> Tensor:
        """Logits (B, K) of images (B, C, H, W) in [0, 1]."""
        logits: Tensor = self.last(self.dropout(self.features(x)))
        return logits


def _block(before: int, after: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]


def train_classifier(images: np.ndarray, numbers: np.ndarray, seed: int, shown: int = SHOWN) -> Classifier:
    """A classifier trained on `shown` uint8 images (N, C, H, W) with class numbers (N,); the same for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        _, *image = images.shape
        network = Classifier((image[0], image[1], image[2]), int(numbers.max()) + 1)
        steps = max(1, shown // BATCH)
        optimizer = torch.optim.AdamW(network.parameters(), 3e-3, weight_decay=1e-2, fused=True)
        plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps, pct_start=0.2)
        x, y = torch.from_numpy(images), torch.from_numpy(numbers.astype(np.int64))
        network.train()
        for index in _batches(len(x), steps):
            loss = F.cross_entropy(network(x[index].float() / 255), y[index], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            plan.step()
    return network.eval().requires_grad_(False)


def _batches(count: int, steps: int) -> list[Tensor]:
    """Index of each step's images: whole epochs, each in a random order of torch's global state."""
    epochs = -(-steps * BATCH // count)
    order = torch.cat([torch.randperm(count) for _ in range(epochs)])
    return list(order[: steps * BATCH].split(BATCH))  # type: ignore[no-untyped-call]


def accuracy(network: Classifier, images: np.ndarray, numbers: np.ndarray) -> float:
    """The share of uint8 images (N, C, H, W) whose class a classifier predicts."""
    return float((logits(network, images).argmax(1) == numbers).mean())


@torch.no_grad()
def logits(network: Classifier, images: np.ndarray) -> np.ndarray:
    """Logits (N, K) of uint8 images (N, C, H, W), in batches whose borders do not depend on N."""
    parts = [
        network(torch.from_numpy(images[first : first + 250]).float() / 255) for first in range(0, len(images), 250)
    ]
    return np.asarray(torch.cat(parts).numpy())
