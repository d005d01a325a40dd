"""Making a graph of a network for the back ends that are not torch."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bisenet.engines.graph_cache import Graph
from bisenet.errors import EngineError

if TYPE_CHECKING:
    from bisenet.segmenter import Segmenter


def graph_kind() -> str:
    """`onnx`, which all back ends read, where it can be made; else `openvino`."""
    return "openvino" if find_spec("onnx") is None else "onnx"


def make_graph(model: Segmenter) -> Graph:
    """For any multiples of 8. Raises EngineError when it cannot be made."""
    try:
        parts = _onnx_parts(model) if graph_kind() == "onnx" else _openvino_parts(model)
    except (RuntimeError, TypeError) as error:  # which, depends on what torch's tracing stumbled over
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise EngineError(
            f"{model.card.architecture} cannot be made a graph for other engines than torch: {reason}"
        ) from error
    return Graph(model.card, model.network.logits_upsampling, parts)


def _onnx_parts(model: Segmenter) -> tuple[bytes, ...]:
    from bisenet.export import onnx_graph

    return (onnx_graph(model, None),)


def _openvino_parts(model: Segmenter) -> tuple[bytes, ...]:
    """The XML and the weights, in float32."""
    from bisenet.export import openvino_graph

    graph = openvino_graph(model, None)
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.xml"
        openvino.save_model(graph, file, compress_to_fp16=False)
        return file.read_bytes(), file.with_suffix(".bin").read_bytes()
