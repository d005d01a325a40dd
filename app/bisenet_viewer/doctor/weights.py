"""The models that come with the program: there, and whole."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

from bisenet.card import ModelCard
from bisenet.errors import BisenetError
from bisenet.resources import assets_dir
from bisenet_viewer.doctor.finding import Finding

_NAME = "Weights"
_AGAIN = "pip install --force-reinstall --no-deps bisenet-viewer"
_LFS = b"version https://git-lfs"
_MOST_HEADER = 1 << 26


def check_weights(folder: Path | None = None) -> Finding:
    """folder: with the models; None: the program's own."""
    files = sorted((folder or assets_dir() / "weights").glob("*.safetensors"))
    return judge_weights({file.stem: fault_of(file) for file in files})


def judge_weights(faults: Mapping[str, str]) -> Finding:
    """faults: name of a model -> what is wrong with its file, empty where nothing is."""
    broken = {name: fault for name, fault in faults.items() if fault}
    if not faults:
        return Finding(_NAME, "fail", "no model came with the program", _AGAIN)
    if broken:
        told = "; ".join(f"{name}: {fault}" for name, fault in broken.items())
        is_pointer = any("Git LFS" in fault for fault in broken.values())
        return Finding(_NAME, "fail", told, "git lfs pull" if is_pointer else _AGAIN)
    return Finding(_NAME, "ok", ", ".join(faults))


def fault_of(file: Path) -> str:
    """What is wrong with a safetensors file, in a few words; empty: it is whole, and its card can be read.

    The format: 8 bytes, the length of the header; the header, JSON; the numbers, as long as it says.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        return str(error.strerror)
    if content.startswith(_LFS):
        return "a Git LFS pointer in place of the file"
    try:
        (length,) = struct.unpack_from("<Q", content)
        if length > _MOST_HEADER:
            return "no safetensors file"
        header = json.loads(content[8 : 8 + length])
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        expected = 8 + length + max(ends)
        if len(content) != expected:
            return f"{len(content)} bytes, expected {expected}"
        ModelCard.from_dict(json.loads(header["__metadata__"]["bisenet"]))
    except (struct.error, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        return f"damaged ({type(error).__name__})"
    except BisenetError as error:
        return " ".join(str(error).split())
    return ""
