"""ONNX graphs made ready for a card: several pictures at once, half precision, int8 as TensorRT takes it.

They are those of `bisenet.export`: uint8 RGB pictures in, float32 logits out, sizes followed in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bisenet.errors import EngineError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

_OPSET = 19
"""The first whose QuantizeLinear takes half precision."""
_QUANTISING = ("QuantizeLinear", "DequantizeLinear")


def card_graph(graph: bytes, precision: str, imgsz: tuple[int, int] | None = None) -> bytes:
    """For any number of pictures: (N, h, w, 3) uint8 RGB -> (N, C, h', w') logits, float16 unless precision is f32.

    graph: ONNX of one picture, of float32, or quantised where precision is int8. imgsz: the one (width, height) that it
    is for from now on; None leaves it as it is. Raises EngineError without the package onnx, and for what is no graph.
    """
    model = _parsed(graph)
    # What was inferred of shapes and types is not true any more.
    del model.graph.value_info[:]
    _free_batch(model)
    if imgsz is not None:
        _fix_size(model, imgsz)
    _cast_first(model)
    if precision == "int8":
        model = _quantised_anew(model)
    if precision != "f32":
        _halve(model)
    return bytes(model.SerializeToString())


def _parsed(graph: bytes) -> ModelProto:
    """With one input and one output."""
    try:
        import onnx
    except ImportError as error:
        raise EngineError('onnx is not installed: pip install "bisenet-viewer[onnx]"') from error
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.load_from_string(graph)
    except DecodeError as error:
        raise EngineError(f"this is no ONNX model: {error}") from error
    if len(model.graph.input) != 1 or len(model.graph.output) != 1:
        raise EngineError("this is no ONNX model of `bisenet export`: it has not one input and one output")
    return model


def _free_batch(model: ModelProto) -> None:
    """Let the first dimension be any; within, nothing depends on how many pictures there are."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "count"


def _fix_size(model: ModelProto, imgsz: tuple[int, int]) -> None:
    """What is computed of sizes becomes constant then, and kernels are chosen for the one size."""
    dimensions = model.graph.input[0].type.tensor_type.shape.dim
    dimensions[1].dim_value, dimensions[2].dim_value = imgsz[1], imgsz[0]


def _cast_first(model: ModelProto) -> None:
    """Make numbers of the pictures before their channels come first: TensorRT does nothing else with uint8."""
    picture = model.graph.input[0].name
    turning = next((node for node in model.graph.node if picture in node.input), None)
    if turning is None or turning.op_type != "Transpose":
        return
    taking = [node for node in model.graph.node if turning.output[0] in node.input]
    if [node.op_type for node in taking] != ["Cast"]:
        return
    (casting,) = taking
    turned, cast = turning.output[0], casting.output[0]
    casting.input[0], casting.output[0] = picture, turned
    turning.input[0], turning.output[0] = turned, cast
    # Nodes stand in the order in which they are computed.
    nodes = [casting if node is turning else turning if node is casting else node for node in model.graph.node]
    _replace_nodes(model, [_copy(node) for node in nodes])


def _copy(node: NodeProto) -> NodeProto:
    copied = type(node)()
    copied.CopyFrom(node)
    return copied


def _replace_nodes(model: ModelProto, nodes: Sequence[NodeProto]) -> None:
    """nodes: copies, or new ones."""
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _quantised_anew(model: ModelProto) -> ModelProto:
    """The same ranges around zero, and in a version of ONNX that quantises half precision."""
    if not any(node.op_type in _QUANTISING for node in model.graph.node):
        raise EngineError("this graph is not quantised: make one with `bisenet export --to onnx --precision int8`")
    from onnx import version_converter

    _centre(model)
    try:
        converted = version_converter.convert_version(model, _OPSET)
    except RuntimeError as error:
        raise EngineError(f"this graph cannot be brought to ONNX's version {_OPSET}: {error}") from error
    del converted.graph.value_info[:]
    return converted


def _centre(model: ModelProto) -> None:
    """Signed, with the zero at 0, as TensorRT's int8 is. What is never negative, or seldom, loses up to half its steps.

    (street-x39 on 16 pictures of CamVid val at 640x480: 99.34 % of the pixels as in float32, and 99.38 % before.)
    """
    from onnx import numpy_helper

    values = {tensor.name: tensor for tensor in model.graph.initializer}
    centred: dict[tuple[str, str], tuple[str, str]] = {}
    for node in model.graph.node:
        if node.op_type not in _QUANTISING:
            continue
        names = node.input[1], node.input[2]
        if names not in centred:
            scale, zero = (numpy_helper.to_array(values[name]) for name in names)
            if zero.dtype == np.int8 and not zero.any():
                centred[names] = names
            else:
                centred[names] = names[0] + "/centred", names[1] + "/centred"
                levels = np.iinfo(zero.dtype)
                ends = [np.abs((float(level) - zero.astype(np.float64)) * scale) for level in (levels.min, levels.max)]
                largest = np.asarray(np.maximum(*ends) / 127, np.float32)
                model.graph.initializer.extend(
                    [
                        numpy_helper.from_array(largest, centred[names][0]),
                        numpy_helper.from_array(np.zeros(zero.shape, np.int8), centred[names][1]),
                    ]
                )
        node.input[1], node.input[2] = centred[names]


def _halve(model: ModelProto) -> None:
    """All that is float32 becomes float16, but what tells Resize how much to enlarge, and the means of whole maps.

    (The sum of one of 128 by 64 may be more than half precision holds, 65504.)
    """
    from onnx import TensorProto, helper, numpy_helper

    scales = {name for node in model.graph.node if node.op_type == "Resize" for name in node.input[1:3]}

    def halve(tensor: TensorProto, name: str) -> None:
        if tensor.data_type == TensorProto.FLOAT and name not in scales:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))

    for tensor in model.graph.initializer:
        halve(tensor, tensor.name)
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                halve(attribute.t, node.output[0])
            elif node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.FLOAT16
    nodes = []
    for node in model.graph.node:
        if node.op_type != "ReduceMean":
            nodes.append(_copy(node))
            continue
        taken, given = node.input[0], node.output[0]
        mean = _copy(node)
        mean.input[0], mean.output[0] = f"{given}/taken", f"{given}/whole"
        nodes += [
            helper.make_node("Cast", [taken], [mean.input[0]], to=TensorProto.FLOAT),
            mean,
            helper.make_node("Cast", [mean.output[0]], [given], to=TensorProto.FLOAT16),
        ]
    _replace_nodes(model, nodes)
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT16
