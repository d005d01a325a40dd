"""Tensors that show what was written beside them, and how the makers of `conftest` are called with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

Run = Callable[..., tuple[Any, ...]]
"""run(class, options, method, *arguments) -> the arguments as they are after the call, tensors on the CPU."""

_POISON = 201
_GUARD = 64
"""Values before and behind; a multiple of 16, so that Triton finds tensors as aligned as torch makes them."""


def poisoned(shape: Sequence[int], dtype: torch.dtype = torch.uint8, padding: int = 0) -> Tensor:
    """A tensor to be written: full of poison, and in the middle of poison; `padding` more values in a row."""
    row = int(np.prod(shape[1:])) + padding
    whole = torch.full((_GUARD + shape[0] * row + _GUARD,), _POISON, dtype=dtype)
    strides = [row, *(int(np.prod(shape[k + 1 :])) for k in range(1, len(shape)))]
    return whole.as_strided(tuple(shape), strides, _GUARD)


def padded(values: Tensor, padding: int) -> Tensor:
    """The same values in rows with `padding` more."""
    return poisoned(values.shape, values.dtype, padding).copy_(values)


def beside(tensor: Tensor) -> Tensor:
    """All values of the tensor's memory that are not the tensor's."""
    whole = _whole(tensor)
    outside = torch.ones(whole.shape, dtype=torch.bool)
    outside.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset()).fill_(False)
    return whole[outside]


def is_spared(tensor: Tensor) -> bool:
    """Nothing beside a poisoned tensor was written."""
    return bool((beside(tensor) == _POISON).all())


def moved_to(device: torch.device, tensor: Tensor) -> Tensor:
    """With all of its memory, and the strides that it has."""
    return _whole(tensor).to(device).as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())


def _whole(tensor: Tensor) -> Tensor:
    count = tensor.untyped_storage().nbytes() // tensor.element_size()
    return tensor.as_strided((count,), (1,), 0)


def random_picture(rng: np.random.Generator, *shape: int) -> Tensor:
    """Noise, uint8: every mistake shows."""
    return torch.from_numpy(rng.integers(0, 256, shape, dtype=np.uint8))
