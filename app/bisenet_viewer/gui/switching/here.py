"""What this machine has to run a network with; found out without importing an engine."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from bisenet_viewer.gui.switching.options import Here

_PACKAGES = {
    "openvino": "openvino",
    "onnxruntime": "onnxruntime",
    "torch": "torch",
    "torch-compile": "triton",
    "tensorrt": "tensorrt",
}
"""Engine -> what it needs."""


@cache
def this_machine() -> Here:
    """Looked up once. Takes some 10 ms, and more where nothing of `bisenet.engines` was imported before."""
    from bisenet.engines.processor import has_bf16

    return Here(
        engines=frozenset(name for name, package in _PACKAGES.items() if find_spec(package) is not None),
        has_driver=_has_driver(),
        has_cuda=_has_cuda(),
        has_bf16=has_bf16(),
        has_onnxruntime_gpu=bool(_version("onnxruntime-gpu")),
    )


def bundled_names() -> tuple[str, ...]:
    """The models that come with the program."""
    from bisenet.weights import bundled_models

    return tuple(bundled_models())


def _has_driver() -> bool:
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def _has_cuda() -> bool:
    """By the build's version, `2.9.0+cpu` or `+cu128`: one without a suffix is for CUDA on Linux, and not elsewhere."""
    found, _, build = _version("torch").partition("+")
    return build.startswith("cu") or (bool(found) and not build and sys.platform.startswith("linux"))


def _version(package: str) -> str:
    """Empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
