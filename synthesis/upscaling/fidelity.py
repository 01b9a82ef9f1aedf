"""How near an enlarged image is to the true one: peak signal-to-noise ratio and structural similarity."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_WINDOW, _SPREAD = 11, 1.5
"""Side and standard deviation of the Gaussian window, pixels, as Wang et al. 2004 set them."""


def psnr(x: Tensor, truth: Tensor) -> Tensor:
    """The peak signal-to-noise ratio of each image (B, C, H, W) in [0, 1], (B,), dB."""
    error = (x - truth).square().flatten(1).mean(1)
    ratio: Tensor = -10 * error.clamp(min=1e-12).log10()
    return ratio


def ssim(x: Tensor, truth: Tensor) -> Tensor:
    """The structural similarity of each image (B, C, H, W) in [0, 1], (B,): 1 where it is the true one.

    Wang et al. 2004, doi:10.1109/TIP.2003.819861, over windows that lie wholly inside; the mean over channels.
    """
    channels, constants = x.shape[1], (0.01**2, 0.03**2)
    place = torch.arange(_WINDOW, dtype=x.dtype) - _WINDOW // 2
    row = torch.softmax(-(place**2) / (2 * _SPREAD**2), 0)
    window = torch.outer(row, row).expand(channels, 1, -1, -1)

    def blurred(y: Tensor) -> Tensor:
        return F.conv2d(y, window, groups=channels)

    mean_x, mean_y = blurred(x), blurred(truth)
    var_x, var_y = blurred(x * x) - mean_x**2, blurred(truth * truth) - mean_y**2
    covariance = blurred(x * truth) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + constants[0]) / (mean_x**2 + mean_y**2 + constants[0])
    structure = (2 * covariance + constants[1]) / (var_x + var_y + constants[1])
    similarity: Tensor = (luminance * structure).flatten(1).mean(1)
    return similarity
