"""Graphs made ready for a card compute what they computed, for several pictures, in half precision, centred."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.engines.cuda.onnx_graphs import card_graph
from bisenet.errors import EngineError
from bisenet.export import onnx_graph
from bisenet.segmenter import Segmenter

from ..conftest import smooth

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
PICTURES = np.stack([smooth(64, 96), smooth(64, 96)[::-1], smooth(64, 96)[:, ::-1]])


def run(graph: bytes, pictures: NDArray[np.uint8]) -> NDArray[np.floating]:
    options = ort.SessionOptions()
    # In half precision the fusing of quantised convolutions goes wrong on the processor.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    return np.asarray(
        ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"]).run(None, {"pictures": pictures})[0]
    )


@pytest.fixture(scope="module")
def graph(x39: Segmenter) -> bytes:
    """For any size."""
    return onnx_graph(x39, None)


@pytest.mark.parametrize("name", ["x39 of one size", "x39", "v2"])
def test_several_pictures_are_each_as_alone(name: str, x39: Segmenter, v2: Segmenter, graph: bytes) -> None:
    if name != "x39":
        graph = onnx_graph(v2, None) if name == "v2" else onnx_graph(x39, (96, 64))
    alone = np.concatenate([run(graph, picture[None]) for picture in PICTURES])
    whole = run(card_graph(graph, "f32"), PICTURES)
    assert whole.dtype == np.float32
    assert np.abs(whole - alone).max() <= 1e-5 * np.abs(alone).max()
    half = run(card_graph(graph, "f16"), PICTURES)
    assert half.dtype == np.float16
    assert 0 < np.abs(half - alone).max() <= 0.01 * np.abs(alone).max()


def test_it_can_be_for_one_size(graph: bytes) -> None:
    fixed = card_graph(graph, "f16", (96, 64))
    assert run(fixed, PICTURES).shape == (3, 5, 8, 12)
    with pytest.raises(Exception, match="Expected: 64"):
        run(fixed, np.zeros((1, 32, 64, 3), np.uint8))


def test_pictures_become_numbers_before_anything_else(graph: bytes) -> None:
    """TensorRT knows no other operation on uint8."""
    model = onnx.load_from_string(card_graph(graph, "f16"))
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node if "pictures" in node.input] == ["Cast"]
    means = [node for node in model.graph.node if node.op_type == "ReduceMean"]
    casts = {node.output[0]: node for node in model.graph.node if node.op_type == "Cast"}
    assert {casts[node.input[0]].attribute[0].i for node in means} == {onnx.TensorProto.FLOAT}  # sums may be large
    kinds = {tensor.data_type for tensor in model.graph.initializer}
    assert onnx.TensorProto.FLOAT not in kinds


def quantised(zero: np.ndarray, scale: float) -> bytes:
    """Pictures, quantised and back, through a convolution that leaves them as they are."""
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    weights = np.eye(3, dtype=np.int8).reshape(3, 3, 1, 1) * 100
    values = {
        "scale": np.float32(scale), "zero": zero, "weights": weights,
        "weight scales": np.full(3, 0.01, np.float32), "weight zeros": np.zeros(3, np.int8),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Transpose", ["pictures"], ["turned"], perm=[0, 3, 1, 2]),
        node("Cast", ["turned"], ["numbers"], to=onnx.TensorProto.FLOAT),
        node("QuantizeLinear", ["numbers", "scale", "zero"], ["q"]),
        node("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
        node("DequantizeLinear", ["weights", "weight scales", "weight zeros"], ["w"], axis=0),
        node("Conv", ["d", "w"], ["features"]),
        node("ReduceMean", ["features"], ["mean"], axes=[2, 3], keepdims=1),  # written another way from version 18 on
        node("Sub", ["features", "mean"], ["logits"]),
    ]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "quantised",
        [info("pictures", onnx.TensorProto.UINT8, [1, 4, 5, 3])],
        [info("logits", onnx.TensorProto.FLOAT, [1, 3, 4, 5])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("zero", "scale", "step"),
    [
        (np.array(0, np.uint8), 1.0, 255 / 127),  # 0 to 255
        (np.array(-100, np.int8), 1.2, 1.2 * 227 / 127),  # -34 to 272
        (np.array(0, np.int8), 2.5, 2.5),  # centred already
    ],
)
def test_quantised_graphs_are_centred(zero: np.ndarray, scale: float, step: float) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (2, 4, 5, 3), np.uint8)
    exact = pictures.transpose(0, 3, 1, 2).astype(np.float32)
    exact -= exact.mean(axis=(2, 3), keepdims=True)
    graph = card_graph(quantised(zero, scale), "int8")
    model = onnx.load_from_string(graph)
    onnx.checker.check_model(model)
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            assert values[node.input[2]].dtype == np.int8
            assert not values[node.input[2]].any()
            assert values[node.input[1]].dtype == np.float16
            if node.input[0] == "numbers":
                assert float(values[node.input[1]]) == pytest.approx(step, rel=1e-3)
    assert np.abs(run(graph, pictures) - exact).max() <= step + 0.5


def test_what_is_no_such_graph_is_told_in_a_line(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong, precision, message in (
        (b"\0damaged" * 50, "f16", "this is no ONNX model"),
        (b"", "f16", "it has not one input and one output"),
        (graph, "int8", "this graph is not quantised"),
    ):
        with pytest.raises(EngineError, match=message):
            card_graph(wrong, precision)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(EngineError, match=r'onnx is not installed: pip install "bisenet-viewer\[onnx\]"'):
        card_graph(b"", "f16")
