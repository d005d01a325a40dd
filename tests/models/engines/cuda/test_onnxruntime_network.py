"""ONNX Runtime on a card that is none: streams, memory, several pictures, and packages that do not do."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from bisenet.engines import EngineInfo
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.onnxruntime_network import OnnxRuntimeNetwork, has_cuda
from bisenet.errors import EngineError
from bisenet.export import onnx_graph
from bisenet.segmenter import Segmenter

from ..conftest import smooth
from .conftest import HostStream
from .fake_card import FakeCard
from .fake_onnxruntime import CardSession, card_sessions, ort

pytest.importorskip("onnx")
__all__ = ["card_sessions"]

INFO = EngineInfo("onnxruntime", "tiny", "cuda:0", "a card", "f16")
PICTURES = torch.from_numpy(smooth(64, 96)[None])


@pytest.fixture(scope="module")
def graph(x39: Segmenter) -> bytes:
    return onnx_graph(x39, None)


def opened(graph: bytes, precision: str = "f16") -> OnnxRuntimeNetwork:
    return OnnxRuntimeNetwork(graph, device=torch.device("cpu"), precision=precision, upsampling="bilinear-corners")


@pytest.fixture
def network(graph: bytes, no_cuda: HostStream, card_sessions: type[CardSession]) -> OnnxRuntimeNetwork:
    del no_cuda, card_sessions
    return opened(graph)


@pytest.mark.parametrize(("precision", "most"), [("f32", 0.001), ("f16", 0.05)])
def test_it_gives_the_classes_that_the_network_gives(
    graph: bytes, x39: Segmenter, precision: str, most: float, no_cuda: HostStream, card_sessions: type[CardSession]
) -> None:
    del no_cuda, card_sessions
    network = opened(graph, precision)
    assert network.precision == precision
    card = FakeCard()
    with CudaEngine(network, x39.card, INFO, None, card) as engine:
        for rgb in (smooth(64, 96), smooth(97, 131)):
            assert np.mean(engine.infer(rgb) != x39.segment(rgb)) <= most
        several = [np.roll(smooth(64, 96), 9 * index, axis=1) for index in range(3)]
        for rgb, inferred in zip(several, engine.begin(several).wait(), strict=True):
            assert np.mean(inferred.labels != x39.segment(rgb)) <= most
    assert card.captured == 0  # only ONNX Runtime knows what else it does


def test_its_stream_waits_and_is_waited_for(network: OnnxRuntimeNetwork, no_cuda: HostStream) -> None:
    network.prepare(PICTURES)
    no_cuda.waited.clear()
    network(PICTURES)
    (own,) = no_cuda.waited
    assert isinstance(own, HostStream)
    assert own.waited[-1] is no_cuda
    (session,) = CardSession.opened
    assert session.how["user_compute_stream"] == str(own.cuda_stream)
    assert set(session.configs) == {"1"}  # nothing waits on the processor


def test_logits_are_new_memory_with_each_call(network: OnnxRuntimeNetwork) -> None:
    network.prepare(PICTURES)
    first = network(PICTURES)
    kept = first.clone()
    network(PICTURES.flip(1))
    assert first.dtype == torch.float16
    assert torch.equal(first, kept)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("BFCArena: Failed to allocate memory for requested buffer", torch.OutOfMemoryError),
        ("CUDNN failure 8", EngineError),
    ],
)
def test_faults_are_told_apart(network: OnnxRuntimeNetwork, text: str, kind: type[Exception]) -> None:
    network.prepare(PICTURES)
    CardSession.opened[0].fault = RuntimeError(f"{text}\n  at node 7")
    with pytest.raises(kind, match=f"^ONNX Runtime failed on the card: {text} at node 7$"):
        network(PICTURES)


def test_it_can_be_closed(network: OnnxRuntimeNetwork) -> None:
    network.prepare(PICTURES)
    network.close()
    network.close()
    with pytest.raises(EngineError, match="the engine is closed"):
        network(PICTURES)


def test_the_package_for_processors_does_not_do(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert not has_cuda()
    with pytest.raises(
        EngineError, match=r"the one for processors: pip uninstall onnxruntime, then pip install onnxrun"
    ):
        opened(graph)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert not has_cuda()
    with pytest.raises(EngineError, match=r"^ONNX Runtime is not installed: pip install onnx onnxruntime-gpu$"):
        opened(graph)


def test_a_package_that_finds_no_card_is_no_silent_processor(
    graph: bytes, no_cuda: HostStream, card_sessions: type[CardSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    del no_cuda
    monkeypatch.setattr(card_sessions, "finds_card", False)
    with pytest.raises(EngineError, match=r"ONNX Runtime .* cannot use this card: it needs the CUDA and cuDNN"):
        opened(graph)


def test_what_is_no_graph_is_told_in_a_line(no_cuda: HostStream, card_sessions: type[CardSession]) -> None:
    del no_cuda, card_sessions
    with pytest.raises(EngineError, match="this is no ONNX model"):
        opened(b"\0damaged" * 50)
