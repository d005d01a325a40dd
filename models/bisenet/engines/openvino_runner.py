"""OpenVINO on the processor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bisenet.engines.signal_stack import signal_stack_kept
from bisenet.errors import EngineError

if TYPE_CHECKING:
    from openvino import Core, Model

    from bisenet.upsampling import Upsampling


def require() -> None:
    """Raise EngineError unless the package can be imported."""
    try:
        import openvino  # noqa: F401
    except ImportError as error:
        raise EngineError('OpenVINO is not installed: pip install "bisenet-viewer[openvino]"') from error


class OpenVinoRunner:
    """Runs a graph from uint8 pictures to float32 logits."""

    def __init__(
        self,
        graph: tuple[bytes, ...] | Path,
        imgsz: tuple[int, int] | None,
        *,
        precision: str,
        upsampling: Upsampling,
        threads: int,
    ) -> None:
        """graph: as in `Graph.parts`, or the path of an .onnx or .xml. imgsz: the (width, height) that it is compiled
        for; None: any that its graph takes. precision: f32, bf16, or int8 of a quantised graph. Raises EngineError.

        One compiled model serves all sizes of a source: what is made for one size is 0 to 4 % faster (X39 and R18, in
        processor time), but would cost half a second whenever a picture of another size comes.
        """
        require()
        import openvino

        self.precision = precision
        self.upsampling = upsampling
        try:
            core = openvino.Core()
            model = core.read_model(graph) if isinstance(graph, Path) else _read(core, graph)
            if imgsz is not None:
                model.reshape([1, imgsz[1], imgsz[0], 3])
        except RuntimeError as error:
            raise EngineError(f"OpenVINO cannot run this model: {_reason(error)}") from error
        self._request: Any = compiled(model, precision=precision, threads=threads)

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Runner.run`."""
        logits: NDArray[np.float32] = outcome(self._request, pictures)[0]
        return logits

    def close(self) -> None:
        """Free the network."""
        with signal_stack_kept():
            self._request = None


def compiled(model: Model, *, precision: str, threads: int) -> Any:
    """A graph made ready for the processor: an infer request. Raises EngineError."""
    import openvino

    try:
        with signal_stack_kept():
            return openvino.Core().compile_model(model, "CPU", _settings(precision, threads)).create_infer_request()
    except RuntimeError as error:
        raise EngineError(f"OpenVINO cannot run this model: {_reason(error)}") from error


def outcome(request: Any, *inputs: NDArray[Any]) -> NDArray[np.float32]:
    """Of a graph's one output, in OpenVINO's own memory: good until the next call. Raises EngineError."""
    try:
        request.infer(list(inputs), share_inputs=True)
        result: NDArray[np.float32] = request.get_output_tensor(0).data
    except RuntimeError as error:
        raise EngineError(f"OpenVINO failed on the processor: {_reason(error)}") from error
    return result


def _read(core: Core, parts: tuple[bytes, ...]) -> Model:
    first, weights = (*parts, b"")[:2]
    return core.read_model(first, weights)


def _settings(precision: str, threads: int) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        # A thread that is tied to a core waits there for whoever else took it.
        "ENABLE_CPU_PINNING": False,
    }
    if precision != "int8":  # what a quantised graph leaves in floats is for OpenVINO to choose
        settings["INFERENCE_PRECISION_HINT"] = precision
    return settings


def _reason(error: RuntimeError) -> str:
    """What OpenVINO complains of, without the lines that say where in its source."""
    lines = [line.strip() for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Exception from", "Check '"))]
    return (telling or lines or [type(error).__name__])[-1][:200]
