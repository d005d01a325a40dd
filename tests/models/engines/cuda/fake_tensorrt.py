"""TensorRT without TensorRT: it "builds" the graph itself, and ONNX Runtime computes it on the processor."""

from __future__ import annotations

import ctypes
import json
from typing import Any

import numpy as np
import pytest

ort = pytest.importorskip("onnxruntime")
HEAD = b"fake engine\n"
_Session = ort.InferenceSession


class FakeTensorRt:
    """In place of the module. What tests decide is in attributes, what they look at too."""

    class ILogger:
        INTERNAL_ERROR, ERROR, WARNING, INFO, VERBOSE = range(5)

    class IProgressMonitor:
        pass

    class NetworkDefinitionCreationFlag:
        STRONGLY_TYPED = 1

    class ExecutionContextAllocationStrategy:
        USER_MANAGED = "the caller's"

    class TensorIOMode:
        INPUT, OUTPUT = 1, 2

    float16, float32 = "float16", "float32"
    __spec__ = object()  # so that it is found

    def __init__(self, version: str = "10.16.1.11") -> None:
        self.__version__ = version
        self.builds: list[Build] = []
        self.contexts: list[Context] = []
        self.parse_error = self.build_error = self.run_error = ""
        self.unreadable = False

    def Builder(self, logger: Any) -> Build:  # noqa: N802  as there
        self.builds.append(Build(self, logger))
        return self.builds[-1]

    def OnnxParser(self, network: Network, logger: Any) -> Parser:  # noqa: N802
        assert logger is network.build.logger
        return Parser(self, network)

    def Runtime(self, logger: Any) -> Runtime:  # noqa: N802
        return Runtime(self, logger)


class Network:
    def __init__(self, build: Build) -> None:
        self.build = build
        self.name = "pictures"

    def get_input(self, index: int) -> Network:
        assert index == 0
        return self


class Parser:
    def __init__(self, module: FakeTensorRt, network: Network) -> None:
        self._module = module
        self._network = network

    @property
    def num_errors(self) -> int:
        return int(bool(self._module.parse_error))

    def get_error(self, index: int) -> Parser:
        assert index == 0
        return self

    def desc(self) -> str:
        return self._module.parse_error

    def parse(self, graph: bytes) -> bool:
        self._network.build.graph = graph
        return not self._module.parse_error


class Profile:
    def __init__(self) -> None:
        self.shapes: tuple[tuple[int, ...], ...] = ()

    def set_shape(self, name: str, least: tuple[int, ...], best: tuple[int, ...], most: tuple[int, ...]) -> None:
        assert name == "pictures"
        self.shapes = least, best, most


class Build:
    """Builder, and the configuration of what it builds."""

    progress_monitor: Any = None

    def __init__(self, module: FakeTensorRt, logger: Any) -> None:
        self.module = module
        self.logger = logger
        self.flags = -1
        self.graph = b""
        self.profiles: list[Profile] = []

    def create_network(self, flags: int) -> Network:
        self.flags = flags
        return Network(self)

    def create_builder_config(self) -> Build:
        return self

    def create_optimization_profile(self) -> Profile:
        return Profile()

    def add_optimization_profile(self, profile: Profile) -> None:
        self.profiles.append(profile)

    def build_serialized_network(self, network: Network, config: Build) -> bytes | None:
        assert network.build is config is self
        if self.progress_monitor is not None:
            self.progress_monitor.phase_start("Building", None, 4)
            self.progress_monitor.phase_start("Timing", "Building", 2)
            assert self.progress_monitor.step_complete("Timing", 0)
            self.progress_monitor.phase_finish("Timing")
            assert self.progress_monitor.step_complete("Building", 2)
            self.progress_monitor.phase_finish("Building")
        if self.module.build_error:
            self.logger.log(FakeTensorRt.ILogger.ERROR, self.module.build_error)
            return None
        profiles = json.dumps([profile.shapes for profile in self.profiles])
        return HEAD + profiles.encode() + b"\n" + self.graph


class Runtime:
    def __init__(self, module: FakeTensorRt, logger: Any) -> None:
        self._module = module
        self._logger = logger

    def deserialize_cuda_engine(self, content: bytes) -> Engine | None:
        if self._module.unreadable or not content.startswith(HEAD):
            self._logger.log(FakeTensorRt.ILogger.ERROR, "Serialization:\n version tag does not match")
            return None
        return Engine(self._module, self._logger, content[len(HEAD) :])


class Engine:
    def __init__(self, module: FakeTensorRt, logger: Any, content: bytes) -> None:
        profiles, _, graph = content.partition(b"\n")
        self.profiles = json.loads(profiles)
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self.session = _Session(graph, options, providers=["CPUExecutionProvider"])
        self.module = module
        self.logger = logger

    def get_tensor_name(self, index: int) -> str:
        return ("logits", "pictures")[index]  # in whatever order

    def get_tensor_mode(self, name: str) -> int:
        return FakeTensorRt.TensorIOMode.INPUT if name == "pictures" else FakeTensorRt.TensorIOMode.OUTPUT

    def get_tensor_dtype(self, name: str) -> str:
        assert name == "logits"
        return {"tensor(float16)": "float16", "tensor(float)": "float32"}[self.session.get_outputs()[0].type]

    def create_execution_context(self, strategy: object) -> Context:
        assert strategy == FakeTensorRt.ExecutionContextAllocationStrategy.USER_MANAGED
        self.module.contexts.append(Context(self))
        return self.module.contexts[-1]


class Context:
    """Refuses what TensorRT refuses: shapes outside the profile, work without memory of its own."""

    memory_bytes = 4096

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.profile = -1
        self.shape: tuple[int, ...] = ()
        self.memory: tuple[int, int] = (0, 0)
        self.addresses: dict[str, int] = {}
        self.runs = 0

    def set_optimization_profile_async(self, index: int, stream: int) -> bool:
        assert stream == 7
        self.profile = index
        return True

    def set_input_shape(self, name: str, shape: tuple[int, ...]) -> bool:
        assert name == "pictures"
        least, _, most = self._engine.profiles[self.profile]
        self.shape = shape
        return all(low <= side <= high for low, side, high in zip(least, shape, most, strict=True))

    def get_tensor_shape(self, name: str) -> tuple[int, ...]:
        assert name == "logits"
        return self._run(np.zeros(self.shape, np.uint8)).shape

    def update_device_memory_size_for_shapes(self) -> int:
        assert self.shape
        return self.memory_bytes

    def set_device_memory(self, address: int, size: int) -> None:
        self.memory = address, size

    def set_tensor_address(self, name: str, address: int) -> bool:
        self.addresses[name] = address
        return True

    def execute_async_v3(self, stream: int) -> bool:
        assert stream == 7
        assert self.memory[0]
        assert self.memory[1] == self.memory_bytes
        if self._engine.module.run_error:
            self._engine.logger.log(FakeTensorRt.ILogger.INTERNAL_ERROR, self._engine.module.run_error)
            return False
        size = int(np.prod(self.shape))
        pictures = np.frombuffer(ctypes.string_at(self.addresses["pictures"], size), np.uint8).reshape(self.shape)
        logits = np.ascontiguousarray(self._run(pictures))
        ctypes.memmove(self.addresses["logits"], logits.ctypes.data, logits.nbytes)
        self.runs += 1
        return True

    def _run(self, pictures: Any) -> Any:
        return self._engine.session.run(None, {"pictures": pictures})[0]
