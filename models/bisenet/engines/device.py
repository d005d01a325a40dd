"""Which device to compute on. torch is imported when a CUDA device may be there, or one is asked for."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING

from bisenet.engines.processor import processor_name
from bisenet.errors import EngineError

if TYPE_CHECKING:
    import torch


def is_cpu(name: str) -> bool:
    """Whether the processor is to be used: `cpu`, or `auto` where no CUDA device is usable.

    Raises EngineError as `resolve_device` does.
    """
    if name == "cpu" or (name == "auto" and not _has_cuda_driver()):
        return True
    return resolve_device(name).type == "cpu"


def resolve_device(name: str) -> torch.device:
    """`auto` is the first CUDA device, else the CPU; `cpu`, `cuda`, `cuda:N` are taken at their word.

    Raises EngineError when a CUDA device is asked for and is not there: nothing is replaced in silence.
    """
    import torch

    if name == "auto":
        name = "cuda:0" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineError(f"unknown device {name!r}: choose auto, cpu, cuda or cuda:N") from error
    if device.type not in ("cpu", "cuda"):
        raise EngineError(f"device {name!r} is not supported: choose auto, cpu, cuda or cuda:N")
    if device.type == "cuda":
        if torch.version.cuda is None:
            raise EngineError(f"{name} asked for, but torch {torch.__version__} has no CUDA: install its CUDA build")
        if not torch.cuda.is_available():
            raise EngineError(f"{name} asked for, but no CUDA device is usable: check the driver, or use --device cpu")
        if (device.index or 0) >= torch.cuda.device_count():
            raise EngineError(f"{name} asked for, but there are {torch.cuda.device_count()} CUDA devices")
    return device


def device_name(device: torch.device) -> str:
    """The card's or the processor's own name."""
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()


def capability(device: torch.device) -> tuple[int, int]:
    """A card's compute capability, such as (7, 5) of Turing."""
    import torch

    return torch.cuda.get_device_capability(device)


def driver_version() -> int:
    """The version of CUDA that NVIDIA's driver is made for, such as 13000; 0 without a driver."""
    driver = _cuda_driver()
    number = ctypes.c_int(0)
    if driver is not None:
        driver.cuDriverGetVersion(ctypes.byref(number))
    return number.value


def _has_cuda_driver() -> bool:
    """Whether NVIDIA's driver is installed, which takes no second to find out, as importing torch does."""
    return _cuda_driver() is not None


def _cuda_driver() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None
