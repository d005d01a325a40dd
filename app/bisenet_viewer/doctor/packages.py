"""Python, the packages, and the engines that are among them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from bisenet_viewer.doctor.finding import Finding

OLDEST_PYTHON = (3, 11)
_PROGRAM = "bisenet-viewer"
_SHOWN = ("torch", "openvino", "PyQt6", "av", "opencv-python", "numpy")
_OPENCV = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)\s*(?:(>=|==)\s*([\d.]+))?$")
_ENGINES = {"openvino": "openvino", "onnxruntime": "onnx"}
"""Package -> the extra that brings it."""


def check_python() -> Finding:
    return judge_python(sys.version_info[:3], sys.prefix != sys.base_prefix)


def judge_python(found: tuple[int, int, int], in_venv: bool) -> Finding:
    text = ".".join(map(str, found)) + (", in an environment of its own" if in_venv else "")
    if found[:2] < OLDEST_PYTHON:
        return Finding("Python", "fail", text, "install Python 3.11 or newer, and bisenet-viewer into it")
    return Finding("Python", "ok", text)


def check_packages() -> Finding:
    return judge_packages(_requirements(), _versions())


def judge_packages(wanted: Mapping[str, str], found: Mapping[str, str]) -> Finding:
    """wanted: name -> `>=2.0` or `==2.13.0`, or nothing; found: name -> version, of what is installed."""
    missing = [name for name in wanted if name not in found]
    if missing:
        return Finding("Packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    unfit = [name for name, need in wanted.items() if not fits(found[name], need)]
    if unfit:
        told = ", ".join(f"{name} {found[name]}, expected {wanted[name]}" for name in unfit)
        needs = " ".join(f"'{name}{wanted[name]}'" for name in unfit)
        return Finding("Packages", "fail", told, f"pip install {needs}")
    several = [name for name in _OPENCV if name in found]
    if len(several) > 1:
        others = " ".join(several)
        text = f"{' and '.join(several)} overwrite each other's files"
        return Finding("Packages", "warn", text, f"pip uninstall -y {others} && pip install opencv-python")
    return Finding("Packages", "ok", ", ".join(f"{name} {found[name]}" for name in _SHOWN if name in found))


def fits(found: str, need: str) -> bool:
    """Whether a version (`2.13.0+cpu`) is what `>=2.0` or `==2.13.0` asks for."""
    if not need:
        return True
    # Parts beside numbers (`rc1`, `+cpu`) do not matter for these.
    have, asked = (tuple(map(int, re.findall(r"\d+", text.partition("+")[0]))) for text in (found, need[2:]))
    width = max(len(have), len(asked))
    have, asked = (numbers + (0,) * (width - len(numbers)) for numbers in (have, asked))
    return have >= asked if need.startswith(">=") else have == asked


def check_engines() -> Finding:
    return judge_engines({name: find_spec(name) is not None for name in _ENGINES}, import_module)


def judge_engines(installed: Mapping[str, bool], importer: Callable[[str], object]) -> Finding:
    """installed: whether an engine's package is there. importer: loads those that are; they are native libraries."""
    working = []
    for name, is_there in installed.items():
        if not is_there:
            continue
        try:
            module = importer(name)
        except (ImportError, OSError, RuntimeError) as error:
            text = f"{name} cannot be loaded: {' '.join(str(error).split())}"
            again = f"pip install --force-reinstall '{_PROGRAM}[{_ENGINES[name]}]'"
            return Finding("Engines", "warn", text, again)
        working.append(f"{name} {str(getattr(module, '__version__', '')).partition('-')[0]}".strip())
    if not working:
        fix = f"pip install '{_PROGRAM}[openvino]'"
        return Finding("Engines", "warn", "torch alone, several times slower on most processors", fix)
    absent = "".join(
        f" ({name} is not installed; nothing needs it)" for name, is_there in installed.items() if not is_there
    )
    return Finding("Engines", "ok", ", ".join([*working, "torch"]) + absent)


def _requirements() -> dict[str, str]:
    """What the program says that it needs, without extras."""
    try:
        lines = requires(_PROGRAM) or []
    except PackageNotFoundError:  # a checkout that was not installed
        lines = ["torch", "numpy", "PyQt6", "av", "opencv-python"]
    found = (_REQUIREMENT.match(line.strip()) for line in lines if ";" not in line)
    return {match[1]: f"{match[2] or ''}{match[3] or ''}" for match in found if match is not None}


def _versions() -> dict[str, str]:
    found = {}
    for name in {*_requirements(), *_SHOWN, *_OPENCV}:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
