"""A model as a graph that other programs run: uint8 RGB pictures in, logits out, normalisation inside."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bisenet.deployed import DeployedNetwork
from bisenet.export.packages import required
from bisenet.pictures import input_size
from bisenet.segmenter import Segmenter

if TYPE_CHECKING:
    import openvino

INPUT, OUTPUT = "pictures", "logits"
OPSET = 17
"""Of ONNX: within what quantised graphs need (13), torch's exporter makes (20), and onnxruntime 1.20 runs (21)."""


def default_imgsz(short_side: int) -> tuple[int, int]:
    """Width and height of a graph of fixed size when none is asked for: 16:9, as cameras and videos are."""
    return input_size(16, 9, short_side)


def torchscript_graph(model: Segmenter, imgsz: tuple[int, int] | None) -> torch.jit.ScriptModule:
    """`pictures` (1, H, W, 3) uint8 RGB -> `logits` (1, C, ceil(H/8), ceil(W/8)) float32, traced and frozen.

    imgsz: the (width, height) that it is for; sizes are followed through the network, so others work too.
    """
    network, pictures = _traceable(model, imgsz)
    with quietly(), torch.no_grad():
        traced = torch.jit.trace(network, (pictures,), check_trace=False)  # type: ignore[no-untyped-call]
        frozen: torch.jit.ScriptModule = torch.jit.freeze(traced)
    return frozen


def onnx_graph(model: Segmenter, imgsz: tuple[int, int] | None) -> bytes:
    """An ONNX model of opset 17: `pictures` (1, H, W, 3) uint8 RGB -> `logits` (1, C, ceil(H/8), ceil(W/8)) float32.

    imgsz: the (width, height) that the graph takes; None makes one for any multiples of 8. Raises EngineError without
    the package onnx.
    """
    required("onnx")
    network, pictures = _traceable(model, imgsz)
    axes = {INPUT: {1: "height", 2: "width"}, OUTPUT: {2: "rows", 3: "columns"}} if imgsz is None else None
    file = io.BytesIO()
    with quietly(), torch.no_grad():
        # The exporter around torch.export needs onnxscript besides. What it is for, control flow that depends on data,
        # no network here has.
        torch.onnx.export(
            network,
            (pictures,),
            file,  # type: ignore[arg-type]  # which the older exporter takes
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes=axes,
        )
    return file.getvalue()


def openvino_graph(model: Segmenter, imgsz: tuple[int, int] | None) -> openvino.Model:
    """The same graph as `onnx_graph`'s for OpenVINO, in float32. Raises EngineError without the package."""
    openvino = required("openvino")
    width, height = imgsz or (-1, -1)
    pictures = (INPUT, openvino.PartialShape([1, height, width, 3]), openvino.Type.u8)
    return openvino_of(torchscript_graph(model, imgsz), [pictures], OUTPUT)


def openvino_of(module: torch.jit.ScriptModule, inputs: Sequence[tuple[str, Any, Any]], output: str) -> openvino.Model:
    """A traced module for OpenVINO. inputs: name, shape and element type of each; output: the name of the one."""
    required("openvino")
    # Not openvino.convert_model: it reports its use over the network unless that was forbidden by hand, and takes ten
    # times as long.
    from openvino._offline_transformations import apply_moc_transformations
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    frontend = FrontEndManager().load_by_framework("pytorch")
    # Named, since it must outlive the conversion. Not shared: the memory would be torch's, and live only as long as
    # the traced module.
    decoder = TorchScriptPythonDecoder(module, shared_memory=False)
    loaded = frontend.load(decoder)
    for place, (_, shape, kind) in zip(loaded.get_inputs(), inputs, strict=True):
        loaded.set_partial_shape(place, shape)
        loaded.set_element_type(place, kind)
    graph: Any = frontend.convert(loaded)
    apply_moc_transformations(graph, cf=True)
    for port, (name, _, _) in zip(graph.inputs, inputs, strict=True):
        port.get_tensor().set_names({name})
    graph.output(0).get_tensor().set_names({output})
    graph.validate_nodes_and_infer_types()
    return graph


def _traceable(model: Segmenter, imgsz: tuple[int, int] | None) -> tuple[DeployedNetwork, Tensor]:
    """The network, and a picture of zeros to follow through it."""
    width, height = imgsz or default_imgsz(model.card.short_side)
    return DeployedNetwork(model).cpu().eval(), torch.zeros(1, height, width, 3, dtype=torch.uint8)


@contextmanager
def quietly() -> Iterator[None]:
    """Without what torch warns of when it traces: that tracing is deprecated, and that a shape decides a branch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # `upsample` leaves alone what has its size; which map has depends on no input size.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        yield
