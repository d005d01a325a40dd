"""`GivenExport`: an exported model that an engine is opened for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from bisenet.card import ModelCard
from bisenet.engines.processor import has_bf16
from bisenet.engines.runner import Runner
from bisenet.errors import EngineError

if TYPE_CHECKING:
    import torch

    from bisenet.engines.cuda.network import CardNetwork
    from bisenet.exported import ExportedModel
    from bisenet.upsampling import Upsampling

_READERS = {"openvino": ("openvino",), "onnx": ("openvino", "onnxruntime"), "torchscript": ("torch",)}
"""Kind of file -> the engines that run it on the processor."""
_ON_CARD = {
    ("onnx", "onnxruntime"): ("f16", "f32"),
    ("onnx", "tensorrt"): ("f16",),
    ("torchscript", "torch"): ("f32",),
}
"""Kind of file, and engine, of models that are not quantised."""


class GivenExport:
    """A graph on disk. What it was exported as decides what it is computed in, unless someone asks otherwise."""

    def __init__(self, model: ExportedModel) -> None:
        self._model = model
        self.size = model.imgsz

    @property
    def card(self) -> ModelCard:
        return self._model.card

    @cached_property
    def digest(self) -> str:
        """Of its files."""
        digest = hashlib.sha256()
        path = self._model.path
        for file in (path, path.with_suffix(".bin")) if self._model.kind == "openvino" else (path,):
            try:
                digest.update(file.read_bytes())
            except OSError as error:
                raise EngineError(f"cannot read {file}: {error.strerror or error}") from error
        return digest.hexdigest()

    def precisions(self, engine: str) -> tuple[str, ...]:
        """What an engine can compute this in here; empty: it does not read such a file."""
        if engine not in _READERS[self._model.kind]:
            return ()
        if self._model.precision == "int8":
            return ("int8",)
        return ("f32", "bf16") if engine == "openvino" and has_bf16() else ("f32",)

    def unasked(self, engine: str) -> tuple[str, ...]:
        """The one it was exported for; of bfloat16 where there is none, float32."""
        return self.precisions(engine)[-1:] if self._model.precision == "bf16" else self.precisions(engine)[:1]

    def open(self, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int) -> Runner:
        """The graph on that back end. Raises EngineError."""
        model = self._model
        if engine == "torch":
            from bisenet.engines.torch_runner import TorchRunner

            return TorchRunner.of_torchscript(model, threads=threads)
        if engine == "openvino":
            from bisenet.engines.openvino_runner import OpenVinoRunner

            size = imgsz if model.imgsz is None else None
            return OpenVinoRunner(model.path, size, precision=precision, upsampling=model.upsampling, threads=threads)
        from bisenet.engines.onnxruntime_runner import OnnxRuntimeRunner

        return OnnxRuntimeRunner(model.path, precision=precision, upsampling=model.upsampling, threads=threads)

    def card_precisions(self, engine: str) -> tuple[str, ...]:
        """What an engine can compute this in on a card; a quantised graph is tensorrt's, others would undo it."""
        kind = self._model.kind
        if self._model.precision == "int8":
            return ("int8",) if (kind, engine) == ("onnx", "tensorrt") else ()
        return _ON_CARD.get((kind, engine), ())

    def on_torch(
        self, precision: str, device: torch.device, *, compiled: bool, say: Callable[[str], None]
    ) -> CardNetwork:
        """TorchScript on a card, in float32, as it was traced. Raises EngineError."""
        from bisenet.engines.cuda.script_network import ScriptNetwork

        del compiled, say  # `card_precisions` has none for torch-compile
        return ScriptNetwork(self._model.path, device=device, precision=precision, upsampling=self._model.upsampling)

    def card_graph(self) -> tuple[bytes, Upsampling]:
        """The file. Raises EngineError when it cannot be read."""
        try:
            return self._model.path.read_bytes(), self._model.upsampling
        except OSError as error:
            raise EngineError(f"cannot read {self._model.path}: {error.strerror or error}") from error

    def release(self) -> None:
        """Nothing is held."""
