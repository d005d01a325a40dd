"""Which back ends could run a model on the processor, in which precisions, and why others could not."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Protocol

from bisenet.card import ModelCard
from bisenet.engines.processor import default_threads, has_bf16, processor_name
from bisenet.engines.runner import Runner
from bisenet.engines.trial import Candidate
from bisenet.errors import EngineError

CPU_ENGINES = ("openvino", "onnxruntime", "torch")
"""In the order of preference, where they are equally fast."""
EXTRAS = {"openvino": "openvino", "onnxruntime": "onnx"}
"""Engine -> the extra that installs it."""


class Given(Protocol):
    """A model that an engine is opened for: `GivenNetwork`, `GivenExport`."""

    @property
    def card(self) -> ModelCard: ...

    @property
    def size(self) -> tuple[int, int] | None:
        """The one input size that it takes; None: any."""
        ...

    @property
    def digest(self) -> str:
        """Tells it from others, and from itself after a change."""
        ...

    def precisions(self, engine: str) -> tuple[str, ...]: ...

    def unasked(self, engine: str) -> tuple[str, ...]: ...

    def open(self, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int) -> Runner: ...

    def release(self) -> None: ...


def is_installed(engine: str) -> bool:
    """Whether the engine's package is there; it is not imported."""
    return find_spec(engine) is not None


def candidates(
    given: Given, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int | None
) -> list[Candidate]:
    """What could run the model as it was asked for, at least one. Raises EngineError when nothing could.

    engine: `auto`, or one of CPU_ENGINES. precision: `auto`, `f32`, `bf16`, `int8`. threads: None is each engine's
    default. When no package is installed that would do, the candidates are those that lack it: opening one says which
    to install.
    """
    able = [name for name in CPU_ENGINES if engine in ("auto", name) and given.precisions(name)]
    if not able:
        readers = " or ".join(name for name in CPU_ENGINES if given.precisions(name))
        raise EngineError(f"{engine} does not run {given.card.name}: this exported model is for {readers}")
    if imgsz is not None and imgsz != given.size and any(side % 8 for side in imgsz):
        # The sizes of the maps within a graph are followed from 8 down, and rounded another way than torch does.
        if able[-1:] != ["torch"]:
            width, height = imgsz
            raise EngineError(
                f"imgsz {width}x{height}: {' or '.join(able)} can be given multiples of 8 only: "
                f"choose {max(32, width // 8 * 8)}x{max(32, height // 8 * 8)}"
            )
        able = ["torch"]
    found = []
    for name in [name for name in able if is_installed(name)] or able:
        count = threads or default_threads(name)
        taken = given.unasked(name) if precision == "auto" else [precision]
        known = [each for each in taken if each in given.precisions(name)]
        found += [Candidate(name, each, count, partial(given.open, name, each, imgsz, count)) for each in known]
    if not found:
        raise EngineError(_why_not(given, able, precision))
    return found


def _why_not(given: Given, able: list[str], precision: str) -> str:
    """Why no engine can run it in this precision."""
    has = {each for name in able for each in given.precisions(name)}
    if precision == "f16":
        return "f16 is for CUDA devices: on the processor choose f32, bf16 or int8"
    if has == {"int8"}:
        return f"{given.card.name} is quantised to int8: {precision} needs the model that it was made of"
    if precision == "int8":
        return (
            f"{given.card.name} is not quantised: make an int8 model with `bisenet export {given.card.name} "
            "--to openvino --precision int8 --calibrate DIR`, and open that"
        )
    if not has_bf16():
        return f"{processor_name()} has no arithmetic for {precision}: choose f32"
    return f"{' and '.join(able)} cannot run {given.card.name} in {precision}: choose {' or '.join(sorted(has))}"
