"""Which kernels can be used: Triton's, or the same in plain torch."""

from __future__ import annotations

import logging
import os
import subprocess
from functools import lru_cache
from typing import Literal

import torch

_log = logging.getLogger(__name__)

Kernels = Literal["triton", "torch"]

_TURING = (7, 5)


def usable_kernels(device: torch.device) -> Kernels:
    """`triton` where it is installed and works, on cards from Turing on, or anywhere under its interpreter."""
    if os.environ.get("TRITON_INTERPRET") == "1":
        return "triton" if _imports() else "torch"
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < _TURING:
        return "torch"
    return "triton" if _imports() and _launches() else "torch"


@lru_cache(maxsize=1)
def _imports() -> bool:
    try:
        import triton  # noqa: F401
    except ImportError:
        return False
    return True


@lru_cache(maxsize=1)
def _launches() -> bool:
    """Triton compiles the code that launches kernels when it is first used, which takes a C compiler and Python.h."""
    from triton.runtime import driver

    try:
        driver.active.get_current_target()
    except (ImportError, AssertionError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        _log.warning("Triton is installed but cannot launch kernels here, plain torch is used: %s", error)
        return False
    return True
