"""Which kernels are used where."""

from __future__ import annotations

import logging
import subprocess
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from bisenet.kernels.cuda import choice
from bisenet.kernels.cuda.choice import usable_kernels
from bisenet.kernels.cuda.input_maker import InputMaker
from bisenet.kernels.cuda.label_maker import LabelMaker

CARD, CPU = torch.device("cuda", 0), torch.device("cpu")


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    yield
    choice._imports.cache_clear()
    choice._launches.cache_clear()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Triton of which only the driver is known; set `error` to have it fail."""

    class Driver:
        error: Exception | None = None

        @property
        def active(self) -> Driver:
            return self

        def get_current_target(self) -> str:
            if self.error is not None:
                raise self.error
            return "a card"

    made = Driver()
    triton, runtime = types.ModuleType("triton"), types.ModuleType("triton.runtime")
    runtime.driver = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "triton", triton)
    monkeypatch.setitem(sys.modules, "triton.runtime", runtime)
    return made


@pytest.mark.usefixtures("driver")
def test_triton_where_it_works() -> None:
    assert usable_kernels(CARD) == "triton"


@pytest.mark.usefixtures("driver")
def test_torch_on_the_cpu() -> None:
    assert usable_kernels(CPU) == "torch"


@pytest.mark.usefixtures("driver")
@pytest.mark.parametrize(("capability", "kernels"), [((7, 0), "torch"), ((7, 5), "triton"), ((12, 0), "triton")])
def test_cards_from_turing_on(monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], kernels: str) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    assert usable_kernels(CARD) == kernels


def test_torch_where_triton_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    assert usable_kernels(CARD) == "torch"
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    assert usable_kernels(CARD) == "torch"


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Failed to find C compiler"),
        subprocess.CalledProcessError(1, ["gcc"]),
        AssertionError("libcuda.so cannot found!"),
        ImportError("cuda_utils.so"),
    ],
)
def test_torch_with_a_word_where_triton_cannot_launch(
    driver: Any, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    driver.error = error
    with caplog.at_level(logging.WARNING, "bisenet"):
        assert usable_kernels(CARD) == "torch"
        assert usable_kernels(CARD) == "torch"
    (record,) = caplog.records
    assert str(error) in record.getMessage()


@pytest.mark.usefixtures("driver")
def test_the_interpreter_is_used_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    assert usable_kernels(CPU) == "triton"


def test_makers_say_what_they_use() -> None:
    for kernels in ("torch", "triton", None):
        expected = kernels or "torch"
        made = InputMaker((2, 2), (2, 2), mean=None, std=None, device=CPU, kernels=kernels)  # type: ignore[arg-type]
        assert made.kernels == expected
        assert LabelMaker((1, 1), (2, 2), "nearest", device=CPU, kernels=kernels).kernels == expected  # type: ignore[arg-type]


@pytest.mark.gpu
def test_triton_works_on_this_card() -> None:
    if sys.platform == "linux":
        assert usable_kernels(torch.device("cuda")) == "triton"


def test_what_works_without_triton_does_not_import_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    for module in ("input_kernels", "label_kernels"):
        monkeypatch.delitem(sys.modules, f"bisenet.kernels.cuda.{module}", raising=False)
    labels, rgb = torch.full((2, 2), 9, dtype=torch.uint8), torch.full((2, 2, 3), 9, dtype=torch.uint8)
    LabelMaker((1, 1), (2, 2), "bilinear", device=CPU).write(torch.zeros(2, 1, 1), labels)
    InputMaker((2, 2), (2, 2), mean=None, std=None, device=CPU).write_rgb(rgb, rgb.clone())
    assert labels.tolist() == [[0, 0], [0, 0]]
