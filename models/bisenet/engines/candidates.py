"""Which back ends could run a model on the processor, in which precisions, and why others could not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from bisenet.card import ModelCard
from bisenet.engine_names import ENGINES, ON_PROCESSOR
from bisenet.engines.processor import default_threads, has_bf16, processor_name
from bisenet.engines.runner import Runner
from bisenet.engines.trial import Candidate
from bisenet.errors import EngineError

if TYPE_CHECKING:
    import torch

    from bisenet.engines.cuda.network import CardNetwork
    from bisenet.upsampling import Upsampling

EXTRAS = {"openvino": "openvino", "onnxruntime": "onnx"}
"""Engine -> the extra that installs it."""
_ANY_SIZE = ("torch", "torch-compile")
"""These follow the sizes of a network's maps themselves; in graphs they are followed from 8 down, and rounded another
way than torch does."""


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

    def precisions(self, engine: str) -> tuple[str, ...]:
        """What an engine can compute it in on the processor; empty: it does not read such a model."""
        ...

    def unasked(self, engine: str) -> tuple[str, ...]: ...

    def open(self, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int) -> Runner: ...

    def card_precisions(self, engine: str) -> tuple[str, ...]:
        """As `precisions` on a CUDA card; first the one that is taken when nobody asks for one."""
        ...

    def on_torch(
        self, precision: str, device: torch.device, *, compiled: bool, say: Callable[[str], None]
    ) -> CardNetwork:
        """On a card by torch, one of whose precisions this is; compiled: by torch.compile. Raises EngineError."""
        ...

    def card_graph(self) -> tuple[bytes, Upsampling]:
        """As an ONNX graph for onnxruntime and tensorrt, and how its logits are enlarged. Raises EngineError."""
        ...

    def release(self) -> None: ...


def readers(given: Given) -> list[str]:
    """The engines that read such a model at all, here or on another machine."""
    return [name for name in ENGINES if given.precisions(name) or given.card_precisions(name)]


def is_installed(engine: str) -> bool:
    """Whether the engine's package is there; it is not imported."""
    return find_spec(engine) is not None


def candidates(
    given: Given, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int | None
) -> list[Candidate[Runner]]:
    """What could run the model as it was asked for, at least one. Raises EngineError when nothing could.

    engine: `auto`, or one of ON_PROCESSOR. precision: `auto`, `f32`, `bf16`, `int8`. threads: None is each engine's
    default. When no package is installed that would do, the candidates are those that lack it: opening one says which
    to install.
    """
    able = [name for name in ON_PROCESSOR if engine in ("auto", name) and given.precisions(name)]
    if not able:
        others = " or ".join(name for name in ON_PROCESSOR if given.precisions(name))
        raise EngineError(f"{engine} does not run {given.card.name}: this exported model is for {others}")
    able = for_size(able, given, imgsz)
    found = []
    for name in [name for name in able if is_installed(name)] or able:
        count = threads or default_threads(name)
        taken = given.unasked(name) if precision == "auto" else [precision]
        known = [each for each in taken if each in given.precisions(name)]
        found += [Candidate(name, each, count, partial(given.open, name, each, imgsz, count)) for each in known]
    if not found:
        raise EngineError(_why_not(given, able, precision))
    return found


def fitting(given: Given, imgsz: tuple[int, int] | None) -> tuple[int, int] | None:
    """The network's input size, where there is one for all pictures. Raises EngineError for one it does not take."""
    if given.size is not None and imgsz not in (None, given.size):
        width, height = given.size
        raise EngineError(
            f"{given.card.name} was exported for {width}x{height} and takes nothing else: "
            "leave --imgsz away, or export it again"
        )
    return given.size or imgsz


def for_size(able: Sequence[str], given: Given, imgsz: tuple[int, int] | None) -> list[str]:
    """Those of some engines that take pictures of a size. Raises EngineError when none does."""
    if imgsz is None or imgsz == given.size or not any(side % 8 for side in imgsz):
        return list(able)
    taking = [name for name in able if name in _ANY_SIZE]
    if not taking:
        width, height = imgsz
        raise EngineError(
            f"imgsz {width}x{height}: {' or '.join(able)} can be given multiples of 8 only: "
            f"choose {max(32, width // 8 * 8)}x{max(32, height // 8 * 8)}"
        )
    return taking


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
