"""Packages that only exporting needs, and the one line for people who do not have them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bisenet.errors import EngineError

_EXTRAS = {"openvino": "openvino", "onnx": "export", "onnxruntime": "export", "nncf": "export"}
"""Package -> the extra of this project that brings it."""


def required(name: str) -> Any:
    """The imported package. Raises EngineError naming the extra that brings it."""
    require(name)
    return import_module(name)


def require(*names: str) -> None:
    """Raise EngineError for the first package that is not installed; none is imported."""
    for name in names:
        if not _installed(name):
            raise EngineError(f'{name} is not installed: pip install "bisenet-viewer[{_EXTRAS[name]}]"')


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # of a module that stands in sys.modules without having been imported
        return False
