"""What a model file must hold beside its networks: arrays of the shapes that its card names, of numbers that serve."""

from __future__ import annotations

from torch import Tensor

from sensors_data.errors import UnusableError

Shape = tuple[int | None, ...]
"""Length of each axis; None where any will do."""


def check_arrays(tensors: dict[str, Tensor], shapes: dict[str, Shape], where: str, command: str) -> None:
    """UnusableError when one of the arrays is missing, has another shape or is not of floating-point numbers."""
    for name, shape in shapes.items():
        tensor = tensors.get(name)
        if tensor is None or not tensor.is_floating_point() or not _fits(tuple(tensor.shape), shape):
            shown = "none" if tensor is None else f"{tensor.dtype} {tuple(tensor.shape)}"
            wanted = ", ".join("any" if length is None else str(length) for length in shape)
            raise UnusableError(
                f"{where} does not hold what its card says: {name} is {shown}, expected numbers of shape ({wanted})",
                f"train again with: nightscore {command}",
            )


def check_positive(tensors: dict[str, Tensor], names: tuple[str, ...], where: str, command: str) -> None:
    """UnusableError when a number in one of the arrays is not above 0; arrays that are not there are passed over."""
    for name in names:
        if name in tensors and not bool((tensors[name] > 0).all()):
            raise UnusableError(
                f"{where}: {name} holds numbers that are not positive", f"train again with: nightscore {command}"
            )


def check_learned(tensors: dict[str, Tensor], where: str, command: str) -> None:
    """UnusableError when every weight matrix of a network is zero: it has learned nothing and says nothing."""
    matrices = [tensor for tensor in tensors.values() if tensor.ndim > 1]
    if matrices and not any(bool(matrix.any()) for matrix in matrices):
        raise UnusableError(f"{where}: every weight is zero", f"train again with: nightscore {command}")


def _fits(shape: tuple[int, ...], wanted: Shape) -> bool:
    """Whether an array's shape is the one that is wanted, no axis empty."""
    each = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(a > 0 and b in (None, a) for a, b in each)
