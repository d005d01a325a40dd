"""`GivenNetwork`: a Segmenter that an engine is opened for, loaded as late and as little as the back end allows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from bisenet.card import ModelCard
from bisenet.engines.graph_cache import Graph, read_graph, write_graph
from bisenet.engines.graphs import graph_kind, make_graph
from bisenet.engines.processor import has_bf16
from bisenet.engines.runner import Runner
from bisenet.errors import EngineError
from bisenet.weights import find_model

if TYPE_CHECKING:
    import torch

    from bisenet.engines.cuda.network import CardNetwork
    from bisenet.segmenter import Segmenter
    from bisenet.upsampling import Upsampling

_SOURCES = ("layers", "backbones", "v1", "v2", "baselines", "zoo", "inference", "deployed", "export/graphs")
"""What decides which graph comes of which weights."""
_ON_CARD = {
    "torch": ("f16", "bf16", "f32"),
    "torch-compile": ("f16", "bf16", "f32"),
    "onnxruntime": ("f16", "f32"),
    "tensorrt": ("f16",),
}


class GivenNetwork:
    """A Segmenter, or the name or path of one. What it takes to import torch waits until torch is needed."""

    size: tuple[int, int] | None = None
    """It takes any."""

    def __init__(self, model: Segmenter | str) -> None:
        """Raises CheckpointError for a name or path that is none."""
        self._file = find_model(model) if isinstance(model, str) else None
        self._segmenter = None if isinstance(model, str) else model
        self._graph: Graph | None = None

    @property
    def card(self) -> ModelCard:
        """From what is loaded, or from a graph of an earlier start. Raises CheckpointError."""
        if self._segmenter is None and self._graph is None:
            self._graph = read_graph(self._key)
        return self.segmenter().card if self._graph is None else self._graph.card

    @cached_property
    def digest(self) -> str:
        """Of the weights and the card, and of the code that makes a network of them."""
        digest = hashlib.sha256(_code_digest())
        if self._file is not None:
            with self._file.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        else:
            _add_segmenter(digest, self.segmenter())
        return digest.hexdigest()

    def segmenter(self) -> Segmenter:
        """The network. Raises CheckpointError."""
        if self._segmenter is None:
            from bisenet.segmenter import load

            self._segmenter = load(str(self._file))
        return self._segmenter

    def graph(self) -> Graph:
        """For any multiples of 8: from an earlier start, or made now.

        It is ONNX where the package onnx is there, which all back ends read, and else OpenVINO's own. Raises
        CheckpointError, and EngineError when it cannot be made.
        """
        if self._graph is None:
            self._graph = read_graph(self._key)
        if self._graph is None:
            self._graph = make_graph(self.segmenter())
            write_graph(self._key, self._graph)
        return self._graph

    def precisions(self, engine: str) -> tuple[str, ...]:
        """What an engine can compute this in here, the most accurate first."""
        return ("f32",) if engine == "onnxruntime" or not has_bf16() else ("f32", "bf16")

    def unasked(self, engine: str) -> tuple[str, ...]:
        """All of them: bfloat16 costs less than 0.1 points of mIoU."""
        return self.precisions(engine)

    def open(self, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int) -> Runner:
        """The network on that back end. Raises EngineError, CheckpointError."""
        if engine == "torch":
            from bisenet.engines.torch_runner import TorchRunner

            return TorchRunner.of_network(self.segmenter(), precision=precision, threads=threads)
        if engine == "openvino":
            from bisenet.engines.openvino_runner import OpenVinoRunner, require

            require()
            graph = self.graph()
            return OpenVinoRunner(graph.parts, imgsz, precision=precision, upsampling=graph.upsampling, threads=threads)
        from bisenet.engines.onnxruntime_runner import OnnxRuntimeRunner, require

        require()
        onnx, upsampling = self._onnx(engine)
        return OnnxRuntimeRunner(onnx, precision=precision, upsampling=upsampling, threads=threads)

    def card_precisions(self, engine: str) -> tuple[str, ...]:
        """What an engine can compute this in on a card; half precision unless someone asks otherwise."""
        return _ON_CARD.get(engine, ())

    def on_torch(
        self, precision: str, device: torch.device, *, compiled: bool, say: Callable[[str], None]
    ) -> CardNetwork:
        """The network on a card. Raises EngineError, CheckpointError."""
        if compiled:
            from bisenet.engines.cuda.compiled_network import CompiledNetwork

            return CompiledNetwork(self.segmenter(), device=device, precision=precision, say=say)
        from bisenet.engines.cuda.torch_network import TorchNetwork

        return TorchNetwork(self.segmenter(), device=device, precision=precision)

    def card_graph(self) -> tuple[bytes, Upsampling]:
        """As ONNX, for any multiples of 8. Raises EngineError, CheckpointError."""
        return self._onnx("a card")

    def _onnx(self, target: str) -> tuple[bytes, Upsampling]:
        if graph_kind() != "onnx":
            raise EngineError(
                f'onnx, which makes graphs for {target}, is not installed: pip install "bisenet-viewer[onnx]"'
            )
        graph = self.graph()
        return graph.parts[0], graph.upsampling

    def release(self) -> None:
        """Let go of what was loaded; back ends have made their own of it."""
        if self._file is not None:
            self._segmenter = None
        self._graph = None

    @property
    def _key(self) -> str:
        return f"{self.digest[:32]}-{graph_kind()}"


def _add_segmenter(digest: hashlib._Hash, model: Segmenter) -> None:
    import torch

    kind = type(model.network)
    described = [kind.__module__, kind.__qualname__, model.network.logits_upsampling, model.card.to_dict()]
    digest.update(json.dumps(described, sort_keys=True).encode())
    for key, value in sorted(model.network.state_dict().items()):
        digest.update(f"{key} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(value.cpu().contiguous().view(-1).view(torch.uint8).numpy().data)


@cache
def _code_digest() -> bytes:
    """Changes with the networks' code and with torch, which writes the graphs."""
    digest = hashlib.sha256(package_version("torch").encode())
    for name in _SOURCES:
        digest.update((Path(__file__).resolve().parent.parent / f"{name}.py").read_bytes())
    return digest.digest()


def package_version(name: str) -> str:
    """Of an installed package, without importing it; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
