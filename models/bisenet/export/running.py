"""An exported file as a function, to compare it with the network that it was made of."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.engines.signal_stack import signal_stack_kept
from bisenet.export.graphs import INPUT
from bisenet.export.packages import required
from bisenet.exported import ExportedModel, Kind


@dataclass(frozen=True, slots=True)
class Loaded:
    """A graph that is ready to run on the CPU."""

    logits: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    """(1, H, W, 3) uint8 RGB -> (1, C, h, w) float32."""
    computes_in: str
    """What the processor really uses: it may have no bfloat16."""


def load_graph(exported: ExportedModel) -> Loaded:
    """Load the file. Raises EngineError without the package that runs it."""
    return _LOADERS[exported.kind](exported)


def _openvino(exported: ExportedModel) -> Loaded:
    openvino = required("openvino")
    settings = {
        # Said for float32 too: processors that have bfloat16 would compute in it.
        "INFERENCE_PRECISION_HINT": "bf16" if exported.precision == "bf16" else "f32",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        "ENABLE_CPU_PINNING": False,
    }
    with signal_stack_kept():
        compiled = openvino.Core().compile_model(exported.path, "CPU", settings)
    used = "bf16" if compiled.get_property("INFERENCE_PRECISION_HINT") == openvino.Type.bf16 else "f32"

    def logits(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.array(compiled(pictures)[0], np.float32)  # the output's memory is written again by the next call

    return Loaded(logits, "int8" if exported.precision == "int8" else used)


def _onnx(exported: ExportedModel) -> Loaded:
    onnxruntime = required("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(str(exported.path), options, providers=["CPUExecutionProvider"])

    def logits(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        (found,) = session.run(None, {INPUT: pictures})
        return np.asarray(found, np.float32)

    return Loaded(logits, exported.precision)


def _torchscript(exported: ExportedModel) -> Loaded:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = torch.jit.load(str(exported.path))  # type: ignore[no-untyped-call]

    @torch.inference_mode()
    def logits(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.asarray(module(torch.from_numpy(pictures)).numpy(), np.float32)

    return Loaded(logits, exported.precision)


_LOADERS: dict[Kind, Callable[[ExportedModel], Loaded]] = {
    "openvino": _openvino,
    "onnx": _onnx,
    "torchscript": _torchscript,
}
