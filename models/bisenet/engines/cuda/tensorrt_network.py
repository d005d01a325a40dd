"""TensorRT on a card: an engine per size of picture, built on first use and kept between starts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from bisenet.engines.cuda.onnx_graphs import card_graph
from bisenet.engines.cuda.tensorrt_build import BATCHES, build_engine, failure, logger_of, require
from bisenet.engines.cuda.tensorrt_cache import Purpose, read_engine, write_engine
from bisenet.engines.device import capability, device_name
from bisenet.errors import EngineError
from bisenet.upsampling import Upsampling

_TRIALS = 2
"""Runs before a capture: kernels are loaded in the first one."""

_log = logging.getLogger(__name__)


class TensorRtNetwork:
    """Runs engines of one model, which are of one precision.

    The size is the engine's: kernels are chosen for it, which is what TensorRT is faster by. How many pictures there
    are, is not: a last batch that is not full must not cost minutes.
    """

    takes = torch.uint8
    capturable = True

    def __init__(
        self,
        graph: Callable[[], tuple[bytes, Upsampling]],
        *,
        digest: str,
        device: torch.device,
        precision: str,
        may_build: bool,
        say: Callable[[str], None],
    ) -> None:
        """graph: the model as ONNX, and how its logits are enlarged; it may be asked for again when a size comes that
        there is no engine for. digest: of the model. precision: f16, or int8 of a quantised graph. may_build: whether
        the minutes may be taken that it costs. say: takes lines on how far it is. Raises EngineError.
        """
        self._tensorrt = require()
        self._graph = graph
        self._digest = digest
        self._device = device
        self.precision = precision
        self._may_build = may_build
        self._say = say
        self.upsampling = graph()[1]
        self._logger = logger_of(self._tensorrt)
        self._runtime: Any = self._tensorrt.Runtime(self._logger)
        self._engines: dict[tuple[int, int], Any] = {}
        """By (width, height)."""
        self._contexts: dict[tuple[int, ...], _Context] = {}
        """By the inputs' shape: what is captured of one must find it as it was."""

    def open_size(self, imgsz: tuple[int, int]) -> None:
        """Make an engine for pictures of (width, height) ready, so that the first one has not to wait for it.

        Raises EngineError when there is none and none can be built.
        """
        if imgsz not in self._engines:
            with torch.cuda.device(self._device):
                kept = self._kept(imgsz)
                self._engines[imgsz] = self._built(imgsz) if kept is None else kept

    def prepare(self, inputs: Tensor) -> None:
        """See `CardNetwork.prepare`; minutes, where an engine has to be built first."""
        shape = tuple(inputs.shape)
        if shape not in self._contexts:
            imgsz = shape[2], shape[1]
            self.open_size(imgsz)
            self._contexts[shape] = _Context(self._tensorrt, self._engines[imgsz], shape, self._device, self._logger)
        for _ in range(_TRIALS):
            self(inputs)

    def __call__(self, inputs: Tensor) -> Tensor:
        """See `CardNetwork.__call__`."""
        if self._runtime is None:
            raise EngineError("the engine is closed")
        return self._contexts[tuple(inputs.shape)](inputs)

    def close(self) -> None:
        """Free the engines."""
        self._contexts.clear()
        self._engines.clear()
        self._runtime = None

    def _purpose(self, imgsz: tuple[int, int]) -> Purpose:
        return Purpose(device_name(self._device), capability(self._device), self._digest, imgsz, self.precision)

    def _kept(self, imgsz: tuple[int, int]) -> Any:
        """An engine of an earlier start; None: there is none that can be used."""
        content = read_engine(self._purpose(imgsz), self._tensorrt.__version__)
        if content is None:
            return None
        engine = self._runtime.deserialize_cuda_engine(content)
        if engine is None:
            _log.warning("TensorRT does not read an engine that it built: %s", self._logger.last_error)
        return engine

    def _built(self, imgsz: tuple[int, int]) -> Any:
        size = f"{imgsz[0]}x{imgsz[1]}"
        if not self._may_build:
            raise EngineError(f"there is no TensorRT engine for {size}: --engine tensorrt builds one")
        name = device_name(self._device)
        self._say(f"tensorrt: building an engine for {size}, {self.precision}, on {name}: minutes, this once")
        began_s = time.monotonic()
        graph = card_graph(self._graph()[0], self.precision, imgsz)
        content = build_engine(self._tensorrt, self._logger, graph, imgsz, say=self._say)
        engine = self._runtime.deserialize_cuda_engine(content)
        if engine is None:
            raise failure("TensorRT does not read the engine that it built", self._logger)
        write_engine(self._purpose(imgsz), self._tensorrt.__version__, content)
        self._say(f"tensorrt: built in {time.monotonic() - began_s:.0f} s")
        return engine


class _Context:
    """An engine set up for inputs of one shape."""

    def __init__(self, tensorrt: Any, engine: Any, shape: tuple[int, ...], device: torch.device, logger: Any) -> None:
        self._device = device
        self._logger = logger
        names = [engine.get_tensor_name(index) for index in range(2)]
        names.sort(key=lambda name: bool(engine.get_tensor_mode(name) != tensorrt.TensorIOMode.INPUT))
        self._input, self._output = names
        self._dtype = {tensorrt.float16: torch.float16, tensorrt.float32: torch.float32}[
            engine.get_tensor_dtype(self._output)
        ]
        # Its memory comes from torch, with each call: what is short of it is told in one way, and captured work keeps
        # its own.
        strategy = tensorrt.ExecutionContextAllocationStrategy.USER_MANAGED
        self._context: Any = engine.create_execution_context(strategy)
        if self._context is None:
            raise failure("TensorRT cannot run its engine", logger)
        profile = next(index for index, (least, _, most) in enumerate(BATCHES) if least <= shape[0] <= most)
        chosen = self._context.set_optimization_profile_async(profile, torch.cuda.current_stream(device).cuda_stream)
        if not (chosen and self._context.set_input_shape(self._input, shape)):
            raise failure(f"TensorRT's engine takes no pictures of {shape}", logger)
        self._shape = tuple(self._context.get_tensor_shape(self._output))
        self._bytes = int(self._context.update_device_memory_size_for_shapes())

    def __call__(self, inputs: Tensor) -> Tensor:
        logits = torch.empty(self._shape, dtype=self._dtype, device=self._device)
        memory = torch.empty(max(1, self._bytes), dtype=torch.uint8, device=self._device)
        context = self._context
        context.set_device_memory(memory.data_ptr(), self._bytes)
        context.set_tensor_address(self._input, inputs.data_ptr())
        context.set_tensor_address(self._output, logits.data_ptr())
        if not context.execute_async_v3(torch.cuda.current_stream(self._device).cuda_stream):
            raise failure(f"TensorRT failed on {self._device}", self._logger)
        return logits
