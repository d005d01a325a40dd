"""Graphs on disk: written with their card inside, and put under their final name only when whole."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EEXIST, EIO
from pathlib import Path
from typing import Any

import torch

from bisenet.embedded import EXTRA_FILE, KEY
from bisenet.export.graphs import quietly
from bisenet.export.packages import required
from bisenet.exported import ExportedModel


def write_graph(graph: Any, exported: ExportedModel) -> None:
    """Write what `graphs` and `quantising` make to `exported.path`, with its card. Raises OSError."""
    try:
        _write(graph, exported, json.dumps(exported.to_dict()))
    except RuntimeError as error:  # what OpenVINO says of a full disk
        raise OSError(EIO, f"cannot be written: {str(error).splitlines()[-1]}", str(exported.path)) from error


def files_of(path: Path) -> list[Path]:
    """What an export to `path` consists of; last the one that people open, without which nothing passes for whole."""
    weights = [path.with_suffix(".bin")] if path.suffix == ".xml" else []
    return [*weights, path.with_name(f"{path.name}.md"), path]


def refuse_existing(path: Path) -> None:
    """Raise FileExistsError for the first file of the export that is there."""
    for file in files_of(path):
        if file.exists():
            raise FileExistsError(EEXIST, "exists already: give another name, or --overwrite", str(file))


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A path of the same name in a folder beside; its files take their places when the block ends without a fault."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        aside = folder / path.name
        yield aside
        # An old .xml must never stand beside a new .bin.
        path.unlink(missing_ok=True)
        for old, new in zip(files_of(aside), files_of(path), strict=True):
            old.replace(new)
    finally:
        shutil.rmtree(folder)


def _write(graph: Any, exported: ExportedModel, text: str) -> None:
    match exported.kind:
        case "openvino":
            graph.set_rt_info(text, [KEY])
            half = exported.precision == "bf16"  # float16 keeps more digits than the bfloat16 to come
            required("openvino").save_model(graph, exported.path, compress_to_fp16=half)
        case "onnx":
            required("onnx").helper.set_model_props(graph, {KEY: text})
            exported.path.write_bytes(graph.SerializeToString())
        case "torchscript":
            buffer = io.BytesIO()  # writing the file itself, torch aborts the process when the disk is full
            with quietly():
                torch.jit.save(graph, buffer, _extra_files={EXTRA_FILE: text})
            exported.path.write_bytes(buffer.getvalue())
