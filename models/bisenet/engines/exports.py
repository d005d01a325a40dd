"""`GivenExport`: an exported model that an engine is opened for."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from bisenet.card import ModelCard
from bisenet.engines.processor import has_bf16
from bisenet.engines.runner import Runner
from bisenet.errors import EngineError

if TYPE_CHECKING:
    from bisenet.exported import ExportedModel

_READERS = {"openvino": ("openvino",), "onnx": ("openvino", "onnxruntime"), "torchscript": ("torch",)}
"""Kind of file -> the engines that run it."""


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

    def release(self) -> None:
        """Nothing is held."""
