"""torch.compile: how often it compiles, what it says, and machines without Triton. The compiler itself is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from bisenet.engines.cuda import compiled_network
from bisenet.engines.cuda.compiled_network import CompiledNetwork
from bisenet.engines.cuda.engine import MOST_PICTURES
from bisenet.errors import EngineError
from bisenet.segmenter import Segmenter

_compile = torch.compile


class Compiler:
    """Takes a graph as it is, and counts."""

    def __init__(self) -> None:
        self.graphs = 0
        self.options: dict[str, Any] = {}
        self.fault: Exception | None = None

    def __call__(self, module: nn.Module, *, mode: str, **options: Any) -> Callable[[Tensor], Tensor]:
        self.options = {"mode": mode, **options}
        torch._dynamo.reset()
        compiled: Callable[[Tensor], Tensor] = _compile(module, backend=self._backend, **options)
        return compiled

    def _backend(self, graph: torch.fx.GraphModule, inputs: list[Any]) -> Callable[..., Any]:
        del inputs
        if self.fault is not None:
            raise self.fault
        self.graphs += 1
        return graph.forward


class Plain:
    """In place of `TorchNetwork`: tracing a whole network takes seconds."""

    takes = torch.float32
    upsampling = "bilinear"
    fused = True
    closed = False

    def __init__(self, model: object, *, device: torch.device, precision: str, fuse: bool) -> None:
        del model, device, precision
        self.module = nn.Sequential(nn.Conv2d(3, 4, 8, 8), nn.ReLU(), nn.Conv2d(4, 5, 1)).eval()
        self.fused = fuse

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> Compiler:
    made = Compiler()
    monkeypatch.setattr(torch, "compile", made)
    monkeypatch.setattr(compiled_network, "TorchNetwork", Plain)
    monkeypatch.setattr(compiled_network, "find_spec", lambda _: object())
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def network(x39: Segmenter, compiler: Compiler, said: list[str]) -> CompiledNetwork:
    del compiler
    return CompiledNetwork(x39, device=torch.device("cpu"), precision="f32", say=said.append)


def inputs(count: int, width: int = 96) -> Tensor:
    return torch.rand(count, 3, 64, width).to(memory_format=torch.channels_last)


@torch.inference_mode()
def test_a_size_is_compiled_for_one_picture_and_for_several(
    network: CompiledNetwork, compiler: Compiler, said: list[str]
) -> None:
    plain = network._plain
    assert isinstance(plain, Plain)
    for count in (1, 3, MOST_PICTURES, 2, 1):
        given = inputs(count)
        network.prepare(given)
        assert torch.equal(network(given), plain.module(given))
    assert compiler.graphs == 2
    assert said == [
        "torch-compile: compiling for 96x64: about a minute, kept for later starts",
        "torch-compile: compiling for 96x64, several at once: about a minute, kept for later starts",
    ]
    network.prepare(inputs(1, 128))
    assert compiler.graphs == 3
    assert not plain.fused
    assert compiler.options == {"mode": "max-autotune-no-cudagraphs", "dynamic": False, "fullgraph": True}


@torch.inference_mode()
def test_many_sizes_are_all_compiled(network: CompiledNetwork, compiler: Compiler) -> None:
    """torch gives up after 8 unless it is told otherwise."""
    for step in range(10):
        network.prepare(inputs(1, 32 + 8 * step))
    assert compiler.graphs == 10


@torch.inference_mode()
def test_faults_of_the_compiler_are_told_in_a_line(network: CompiledNetwork, compiler: Compiler) -> None:
    compiler.fault = RuntimeError("no ptxas\nfor this card")
    with pytest.raises(EngineError, match=r"^torch\.compile cannot compile this network: .*") as error:
        network.prepare(inputs(1))
    assert "\n" not in str(error.value)


@torch.inference_mode()
def test_memory_that_runs_out_is_told_as_torch_tells_it(network: CompiledNetwork, compiler: Compiler) -> None:
    compiler.fault = torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(RuntimeError, match="out of memory"):
        network.prepare(inputs(1))


def test_without_triton_there_is_a_hint(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_network, "find_spec", lambda _: None)
    with pytest.raises(EngineError, match=r"torch-compile needs Triton, .* not installed here: use --engine torch$"):
        CompiledNetwork(x39, device=torch.device("cpu"), precision="f16", say=print)


def test_it_can_be_closed(network: CompiledNetwork) -> None:
    network.close()
    network.close()
    assert isinstance(network._plain, Plain)
    assert network._plain.closed
    for call in (network, network.prepare):
        with pytest.raises(EngineError, match="the engine is closed"):
            call(inputs(1))
