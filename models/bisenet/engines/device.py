"""Which device to compute on."""

from __future__ import annotations

import platform
from pathlib import Path

import torch

from bisenet.errors import EngineError


def resolve_device(name: str) -> torch.device:
    """`auto` is the first CUDA device, else the CPU; `cpu`, `cuda`, `cuda:N` are taken at their word.

    Raises EngineError when a CUDA device is asked for and is not there: nothing is replaced in silence.
    """
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
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()
