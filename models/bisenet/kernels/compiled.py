"""`compiled`: a Python function becomes machine code when its module is imported; no other file here knows numba."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numba
from numba import types

Function = TypeVar("Function", bound=Callable[..., Any])

FLOAT32 = types.float32
INT64 = types.int64
UINT8 = types.uint8
UINT16 = types.uint16
NOTHING = types.void

_DAMAGED = (pickle.PickleError, EOFError, ImportError, AttributeError, LookupError, TypeError, ValueError)
"""What unpickling rubbish can raise."""


def read(element: Any, dimensions: int, *, strided: bool = False) -> Any:
    """The type of an array that is only read: C-contiguous, or of any strides."""
    return types.Array(element, dimensions, "A" if strided else "C", readonly=True)


def written(element: Any, dimensions: int) -> Any:
    """The type of a C-contiguous array that is written."""
    return types.Array(element, dimensions, "C")


def compiled(result: Any, *arguments: Any, fused: bool = False) -> Callable[[Function], Function]:
    """Compile the decorated function for these types, now; it then runs without the GIL.

    fused: products and sums may become one operation: faster, but equal expressions need not have equal values.
    The machine code is kept beside the source file, or in the user's cache folder where that cannot be written. Where
    neither can be, each process compiles anew; what is damaged there is replaced.
    """
    options = {
        "nogil": True,
        # Division by zero gives infinity, as in C: a check that may raise would keep loops from being vectorised.
        "error_model": "numpy",
        "fastmath": {"contract"} if fused else False,
    }

    def compile_now(function: Function) -> Function:
        try:
            return _compile(function, result(*arguments), {**options, "cache": True})
        except (RuntimeError, OSError):
            # No folder for the cache, or no room in it.
            return _compile(function, result(*arguments), options)

    return compile_now


def _compile(function: Function, signature: Any, options: Mapping[str, Any]) -> Function:
    kernel = numba.njit(function, **options)
    try:
        kernel.compile(signature)
    except _DAMAGED:
        if "cache" not in options:
            raise
        # numba has no public way to drop the cache of one function.
        kernel._cache.flush()
        kernel.compile(signature)
    kernel.disable_compile()
    return kernel  # type: ignore[no-any-return]
