"""ONNX Runtime for cards, on the processor: what lies "on the card" is in the host's memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

ort = pytest.importorskip("onnxruntime")
_Session = ort.InferenceSession


class CardSession:
    """In place of `InferenceSession`; a test may say that it found no card, or give it a fault."""

    finds_card = True
    fault: Exception | None = None
    opened: list[CardSession] = []  # noqa: RUF012  one per test, see the fixture

    def __init__(self, graph: bytes, options: Any, providers: list[Any], *, enable_fallback: int) -> None:
        assert enable_fallback == 0
        (name, how), last = providers
        assert (name, last) == ("CUDAExecutionProvider", "CPUExecutionProvider")
        self.how = how
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        self._session = _Session(graph, options, providers=["CPUExecutionProvider"])
        self.configs: list[str] = []
        self.get_inputs, self.get_outputs = self._session.get_inputs, self._session.get_outputs
        type(self).opened.append(self)

    def get_providers(self) -> list[str]:
        return ["CUDAExecutionProvider"] * self.finds_card + ["CPUExecutionProvider"]

    def io_binding(self) -> Binding:
        return Binding(self._session.io_binding())

    def run_with_iobinding(self, binding: Binding, options: Any) -> None:
        if self.fault is not None:
            raise self.fault
        self.configs.append(options.get_run_config_entry("disable_synchronize_execution_providers"))
        self._session.run_with_iobinding(binding.bound)


class Binding:
    """Takes addresses on the card, number 0."""

    def __init__(self, bound: Any) -> None:
        self.bound = bound
        self.get_outputs = bound.get_outputs

    def bind_input(self, name: str, kind: str, index: int, dtype: Any, shape: tuple[int, ...], address: int) -> None:
        assert (kind, index, dtype) == ("cuda", 0, np.uint8)
        self.bound.bind_input(name, "cpu", 0, dtype, shape, address)

    def bind_output(self, name: str, kind: str, index: int, *more: Any) -> None:
        assert (kind, index) == ("cuda", 0)
        self.bound.bind_output(name, "cpu", 0, *more)


@pytest.fixture
def card_sessions(monkeypatch: pytest.MonkeyPatch) -> type[CardSession]:
    """The package for cards is installed; what it has opened."""
    monkeypatch.setattr(ort, "InferenceSession", CardSession)
    monkeypatch.setattr(CardSession, "opened", [])
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"])
    return CardSession
