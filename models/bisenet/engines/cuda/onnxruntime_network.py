"""ONNX Runtime on a card."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bisenet.engines.cuda.onnx_graphs import card_graph
from bisenet.errors import EngineError
from bisenet.upsampling import Upsampling

_PROVIDER = "CUDAExecutionProvider"
_ERRORS_ONLY = 3
"""Of the library's log on standard error."""
_TRIALS = 3
"""Runs before anything is measured: cuDNN's algorithms are tried out in the first."""


def has_cuda() -> bool:
    """Whether the package that is installed, if one is, is the one for cards."""
    try:
        import onnxruntime
    except ImportError:
        return False
    return _PROVIDER in onnxruntime.get_available_providers()


def require() -> None:
    """Raise EngineError unless ONNX Runtime for cards can be imported."""
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineError("ONNX Runtime is not installed: pip install onnx onnxruntime-gpu") from error
    if _PROVIDER not in onnxruntime.get_available_providers():
        raise EngineError(
            "this ONNX Runtime is the one for processors: pip uninstall onnxruntime, then pip install onnxruntime-gpu"
        )


class OnnxRuntimeNetwork:
    """Runs an ONNX graph in half precision or float32, on a stream of its own that others' work waits for.

    The stream has to be said when the graph is loaded, which is before anybody knows on which one it will be called.
    """

    takes = torch.uint8
    # Within somebody else's capture ONNX Runtime allocates and looks at events as it likes, and ends the process where
    # that is refused (microsoft/onnxruntime 32081).
    capturable = False

    def __init__(self, graph: bytes, *, device: torch.device, precision: str, upsampling: Upsampling) -> None:
        """graph: ONNX of one picture, in float32. Raises EngineError."""
        require()
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        # Its own have no common ancestor but Exception; those of a provider come as the other two.
        own = [kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)]
        self._errors: tuple[type[Exception], ...] = (RuntimeError, ValueError, *own)
        self.precision = precision
        self.upsampling = upsampling
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        how = {
            "device_id": str(device.index or 0),
            "user_compute_stream": str(self._stream.cuda_stream),
            # Only so much as is needed: torch has memory of the card too.
            "arena_extend_strategy": "kSameAsRequested",
            # What is asked for as float32 is computed as such.
            "use_tf32": "0",
        }
        ready = card_graph(graph, precision)
        try:
            self._session: Any = onnxruntime.InferenceSession(
                ready, options, providers=[(_PROVIDER, how), "CPUExecutionProvider"], enable_fallback=0
            )
        except self._errors as error:
            raise self._failure("ONNX Runtime cannot run this model", error) from error
        if _PROVIDER not in self._session.get_providers():  # it goes on with the processor, and says so in its log
            raise EngineError(
                f"ONNX Runtime {onnxruntime.__version__} cannot use this card: it needs the CUDA and cuDNN that it was "
                f"built for, and torch brings CUDA {torch.version.cuda}"
            )
        self._options = onnxruntime.RunOptions()
        # Streams wait for each other; nothing waits on the processor.
        self._options.add_run_config_entry("disable_synchronize_execution_providers", "1")
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name
        self._logits = torch.float32 if precision == "f32" else torch.float16
        self._shapes: dict[tuple[int, ...], tuple[int, ...]] = {}
        """Of the inputs, and of their logits."""

    def prepare(self, inputs: Tensor) -> None:
        """See `CardNetwork.prepare`."""
        shape = tuple(inputs.shape)
        if shape not in self._shapes:
            binding = self._bound(inputs)
            binding.bind_output(self._output, "cuda", self._device.index or 0)
            self._run(binding)
            self._shapes[shape] = tuple(binding.get_outputs()[0].shape())
        for _ in range(_TRIALS):
            self(inputs)

    def __call__(self, inputs: Tensor) -> Tensor:
        """See `CardNetwork.__call__`."""
        if self._session is None:
            raise EngineError("the engine is closed")
        logits = torch.empty(self._shapes[tuple(inputs.shape)], dtype=self._logits, device=self._device)
        binding = self._bound(inputs)
        self._bind(binding.bind_output, self._output, logits)
        self._run(binding)
        return logits

    def close(self) -> None:
        """Free the network."""
        self._session = None

    def _bound(self, inputs: Tensor) -> Any:
        binding = self._session.io_binding()
        self._bind(binding.bind_input, self._input, inputs)
        return binding

    def _bind(self, bind: Any, name: str, tensor: Tensor) -> None:
        kind = torch.empty(0, dtype=tensor.dtype).numpy().dtype.type
        bind(name, "cuda", self._device.index or 0, kind, tuple(tensor.shape), tensor.data_ptr())

    def _run(self, binding: Any) -> None:
        """After what the current stream was given, and before what it will be."""
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        try:
            self._session.run_with_iobinding(binding, self._options)
        except self._errors as error:
            raise self._failure("ONNX Runtime failed on the card", error) from error
        current.wait_stream(self._stream)

    def _failure(self, what: str, error: Exception) -> Exception:
        """What is to be raised: torch.OutOfMemoryError where less would have worked."""
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if "allocate memory" in reason.lower() or "out of memory" in reason.lower():
            return torch.OutOfMemoryError(f"{what}: {reason}")
        return EngineError(f"{what}: {reason}")
