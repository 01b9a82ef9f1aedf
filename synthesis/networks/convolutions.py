"""Convolutions whose output is exactly the input's size over the stride, or times it, whatever the kernel."""

from __future__ import annotations

from torch import Tensor, nn


def same_convolution(before: int, after: int, kernel: int, stride: int, side: int, bias: bool) -> list[nn.Module]:
    """A convolution of maps of `side` pixels to ceil(side / stride); an odd row of padding goes below and right."""
    total = max(0, (-(-side // stride) - 1) * stride + kernel - side)
    first, last = total // 2, total - total // 2
    if first == last:
        return [nn.Conv2d(before, after, kernel, stride, first, bias=bias)]
    return [nn.ZeroPad2d((first, last, first, last)), nn.Conv2d(before, after, kernel, stride, bias=bias)]


def same_transposed(before: int, after: int, kernel: int, stride: int, bias: bool) -> list[nn.Module]:
    """A transposed convolution to `stride` times the size; an odd row too many is cut off below and right."""
    if kernel < stride:
        more = stride - kernel
        return [nn.ConvTranspose2d(before, after, kernel, stride, output_padding=more, bias=bias)]
    excess = kernel - stride
    made = nn.ConvTranspose2d(before, after, kernel, stride, excess // 2, bias=bias)
    return [made, Cut(1)] if excess % 2 else [made]


class Cut(nn.Module):
    """Maps without their last `rows` rows and columns."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H - rows, W - rows)."""
        return x[:, :, : -self.rows, : -self.rows]
