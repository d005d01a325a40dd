"""ONNX Runtime on the processor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bisenet.errors import EngineError

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling

_ERRORS_ONLY = 3
"""Of the library's log on standard error; warnings are about its optimisations."""


def require() -> None:
    """Raise EngineError unless the package can be imported."""
    try:
        import onnxruntime  # noqa: F401
    except ImportError as error:
        raise EngineError('ONNX Runtime is not installed: pip install "bisenet-viewer[onnx]"') from error


class OnnxRuntimeRunner:
    """Runs an ONNX graph from uint8 pictures to float32 logits: float32, or int8 where the graph is quantised."""

    def __init__(self, graph: bytes | Path, *, precision: str, upsampling: Upsampling, threads: int) -> None:
        """graph: ONNX, or the path of an .onnx. Raises EngineError."""
        require()
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        # They have no common ancestor but Exception.
        self._errors: tuple[type[Exception], ...] = tuple(
            kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)
        )
        self.precision = precision
        self.upsampling = upsampling
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = _ERRORS_ONLY
        # Threads that spin while they wait take the core from decoding, and lose it when they are needed.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session: Any = onnxruntime.InferenceSession(
                graph if isinstance(graph, bytes) else str(graph), options, providers=["CPUExecutionProvider"]
            )
        except self._errors as error:
            raise EngineError(f"ONNX Runtime cannot run this model: {_reason(error)}") from error
        self._input = self._session.get_inputs()[0].name

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Runner.run`."""
        try:
            logits: NDArray[np.float32] = self._session.run(None, {self._input: pictures})[0][0]
        except self._errors as error:
            raise EngineError(f"ONNX Runtime failed on the processor: {_reason(error)}") from error
        return logits

    def close(self) -> None:
        """Free the network."""
        self._session = None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
