"""Building TensorRT engines: for minutes it tries kernels out, and tells now and then how far it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch

from bisenet.errors import EngineError

BATCHES = ((1, 1, 1), (2, 8, 8))
"""How many pictures at once, least, best and most: of each line an engine has its own choice of kernels. One for one
picture, which is what a window waits for, and one for several inputs on one card."""
OLDEST = (10, 1)
_EVERY_S = 5.0

_log = logging.getLogger(__name__)


def require() -> Any:
    """The package. Raises EngineError when it is missing, does not load or is too old."""
    try:
        tensorrt = import_module("tensorrt")
    except ImportError as error:
        raise EngineError('TensorRT is not installed: pip install "bisenet-viewer[tensorrt]"') from error
    except OSError as error:  # a library of the driver's or of CUDA's that it needs
        raise EngineError(f"TensorRT cannot be loaded: {error}") from error
    if _version(tensorrt) < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise EngineError(f"TensorRT {tensorrt.__version__} is too old: {needed} or newer is needed")
    return tensorrt


def logger_of(tensorrt: Any) -> Any:
    """A logger for its objects, which must live as long as they do. `last_error`: its last complaint, in a line."""

    class Logger(tensorrt.ILogger):  # type: ignore[misc]
        def __init__(self) -> None:
            tensorrt.ILogger.__init__(self)
            self.last_error = ""

        def log(self, severity: Any, message: str) -> None:
            if severity in (tensorrt.ILogger.ERROR, tensorrt.ILogger.INTERNAL_ERROR):
                self.last_error = _line(message)
                _log.info("tensorrt: %s", message)
            else:
                _log.debug("tensorrt: %s", message)

    return Logger()


def build_engine(
    tensorrt: Any,
    logger: Any,
    graph: bytes,
    imgsz: tuple[int, int],
    *,
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """An engine for pictures of a size (width, height), 1 to 8 of them at once, on the current device.

    graph: of `card_graph`, with its types as they are to be computed in. say: takes a line every few seconds, where
    TensorRT tells how far it is. Raises EngineError when it cannot be built.
    """
    logger.last_error = ""
    builder = tensorrt.Builder(logger)
    network = builder.create_network(_strongly_typed(tensorrt))
    parser = tensorrt.OnnxParser(network, logger)
    if not parser.parse(graph):
        raise EngineError(f"TensorRT does not take this model: {_first_error(parser) or _reason(logger)}")
    config = builder.create_builder_config()
    name = network.get_input(0).name
    for batches in BATCHES:
        profile = builder.create_optimization_profile()
        profile.set_shape(name, *((count, imgsz[1], imgsz[0], 3) for count in batches))
        config.add_optimization_profile(profile)
    if hasattr(tensorrt, "IProgressMonitor"):
        monitor = _monitor_of(tensorrt, Progress(say, clock))  # which must live as long as the build
        config.progress_monitor = monitor
    built = builder.build_serialized_network(network, config)
    if built is None:
        raise EngineError(f"TensorRT cannot build an engine of this model: {_reason(logger)}")
    return bytes(built)


def failure(what: str, logger: Any) -> Exception:
    """What is to be raised when an object's method has failed: torch.OutOfMemoryError where less would have worked."""
    reason = _reason(logger)
    if "outofmemory" in reason.lower().replace(" ", ""):
        return torch.OutOfMemoryError(f"{what}: {reason}")
    return EngineError(f"{what}: {reason}")


class Progress:
    """How far a build is: phases within phases, of so many steps each. May be told from several threads."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._say = say
        self._clock = clock
        self._said_s = clock()
        self._phases: dict[str, _Phase] = {}

    def start(self, name: str, within: str | None, steps: int) -> None:
        """A phase begins."""
        self._phases[name] = _Phase(within, max(1, steps))

    def step(self, name: str, step: int) -> None:
        """One of its steps, counted from 0, is done; says so when the last line is some seconds old."""
        phase = self._phases.get(name)
        if phase is None:
            return
        phase.done = step + 1
        now_s = self._clock()
        if now_s - self._said_s >= _EVERY_S:
            self._said_s = now_s
            self._say(f"tensorrt: {min(99, int(100 * self._share(name)))} % ({name})")

    def finish(self, name: str) -> None:
        """A phase ends."""
        self._phases.pop(name, None)

    def _share(self, name: str) -> float:
        """Of the outermost phase, what is done of it."""
        share, at = 0.0, self._phases.get(name)
        while at is not None:
            share = min(1.0, (at.done + share) / at.steps)
            at = None if at.within is None else self._phases.get(at.within)
        return share


class _Phase:
    def __init__(self, within: str | None, steps: int) -> None:
        self.within = within
        self.steps = steps
        self.done = 0


def _strongly_typed(tensorrt: Any) -> int:
    """The flags of a network that computes in the types that its graph has: 11 knows nothing else, 10 has to be told.

    So half precision is the graph's, and there is one way for both: the flag that asked 10 for it is gone from 11.
    """
    if _version(tensorrt) >= (11,):
        return 0
    return 1 << int(tensorrt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)


def _version(tensorrt: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in tensorrt.__version__.split(".")[:2])


def _monitor_of(tensorrt: Any, progress: Progress) -> Any:
    class Monitor(tensorrt.IProgressMonitor):  # type: ignore[misc]
        def __init__(self) -> None:
            tensorrt.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            progress.start(phase_name, parent_phase, num_steps)

        def step_complete(self, phase_name: str, step: int) -> bool:
            progress.step(phase_name, step)
            return True  # go on

        def phase_finish(self, phase_name: str) -> None:
            progress.finish(phase_name)

    return Monitor()


def _first_error(parser: Any) -> str:
    return _line(parser.get_error(0).desc()) if parser.num_errors else ""


def _reason(logger: Any) -> str:
    return logger.last_error or "it does not say why"


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
