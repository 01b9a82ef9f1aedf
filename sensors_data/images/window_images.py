"""Windows of series drawn as images, so that the image VAE can watch series too."""

from __future__ import annotations

import numpy as np
from scipy.signal import stft

from sensors_data.images.arrays import resize


def gramian_images(windows: np.ndarray, size: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Gramian summation fields of windows (N, L, D), a channel a sensor: uint8 (N, D, size, size).

    `low` and `high` (D,) are what the sensors span; values beyond are cut off, missing ones are drawn as the middle.
    cos(a_i + a_j) of the angles a = arccos(x) of values scaled to [-1, 1] (Wang and Oates 2015, arXiv:1506.00327).
    """
    x = _scaled(windows, low, high).transpose(0, 2, 1)  # (N, D, L)
    y = np.sqrt(1 - x**2)
    field = x[..., :, None] * x[..., None, :] - y[..., :, None] * y[..., None, :]
    return resize(np.rint((field + 1) * 127.5).astype(np.uint8), size)


def spectrogram_images(windows: np.ndarray, size: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Power by frequency and time of windows (N, L, D), a channel a sensor: uint8 (N, D, size, size).

    Hann segments of a quarter window, three quarters overlapping; 60 dB below the power of a full swing is black.
    """
    x = _scaled(windows, low, high).transpose(0, 2, 1)
    segment = max(4, x.shape[2] // 4)
    _, _, found = stft(x, nperseg=segment, noverlap=3 * segment // 4, boundary="even", padded=True)
    decibels = 20 * np.log10(np.abs(found) + 1e-6)  # a full swing has amplitude 1
    grey = np.clip((decibels + 60) / 60, 0, 1) * 255
    return resize(np.rint(grey).astype(np.uint8)[..., ::-1, :], size)


def _scaled(windows: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Values brought to [-1, 1] over [low, high], 0 where missing."""
    if (np.asarray(high) <= np.asarray(low)).any():
        raise ValueError(f"every sensor must span a range, found low {low} and high {high}")
    x = 2 * (windows.astype(np.float64) - low) / (np.asarray(high) - low) - 1
    return np.asarray(np.clip(np.nan_to_num(x, nan=0.0), -1, 1))
