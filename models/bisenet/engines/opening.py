"""From a name, a model and wishes to an open engine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bisenet.engine_names import ENGINES, ON_CARD, ON_PROCESSOR, PRECISIONS
from bisenet.engines import Engine, EngineInfo
from bisenet.engines.candidates import Given, candidates, fitting, readers
from bisenet.engines.device import is_cpu
from bisenet.engines.host_engine import HostEngine
from bisenet.engines.networks import GivenNetwork, package_version
from bisenet.engines.picking import only, pick
from bisenet.engines.processor import processor_name
from bisenet.errors import EngineError
from bisenet.pictures import input_size
from bisenet.upsampled_argmax import warm_up

if TYPE_CHECKING:
    from bisenet.exported import ExportedModel
    from bisenet.segmenter import Segmenter

_PACKAGES = ("bisenet-viewer", "torch", "openvino", "onnxruntime")
"""Another version of one of them, and the trial is held again."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What `open_engine` was asked for, checked."""

    engine: str
    imgsz: tuple[int, int] | None
    device: str
    precision: str
    threads: int | None
    context_every: int = 1

    def __post_init__(self) -> None:
        """Raises EngineError."""
        if self.engine not in ENGINES:
            raise EngineError(f"unknown engine {self.engine!r}: choose {', '.join(ENGINES)}")
        if self.precision not in PRECISIONS:
            raise EngineError(f"unknown precision {self.precision!r}: choose {', '.join(PRECISIONS)}")
        if self.imgsz is not None and not all(32 <= side <= 8192 for side in self.imgsz):
            raise EngineError(f"imgsz {_text(self.imgsz)} is out of range: each side is 32 to 8192")
        if self.threads is not None and self.threads < 1:
            raise EngineError(f"threads {self.threads} is out of range: 1 or more")
        if self.context_every < 1:
            raise EngineError(f"context_every {self.context_every} is out of range: 1 (every frame) or more")


def opened(model: Segmenter | ExportedModel | str, wishes: Wishes, say: Callable[[str], None]) -> Engine:
    """An engine as wished. Raises EngineError, CheckpointError."""
    given = _given(model, wishes.context_every)
    if _is_for_processor(given, wishes):
        return _on_processor(given, wishes, say)
    if wishes.context_every > 1:
        raise EngineError("context_every is for the processor: leave it away on a card, or use --device cpu")
    from bisenet.engines.cuda.opening import open_on_card

    return open_on_card(given, wishes, say) or _on_processor(given, wishes, say)


def _is_for_processor(given: Given, wishes: Wishes) -> bool:
    """Whether a card is out of the question, or not there. Raises EngineError when what is wished cannot be."""
    engine, device = wishes.engine, wishes.device
    reading = readers(given)
    if engine not in ("auto", *reading):
        raise EngineError(f"{engine} does not run {given.card.name}: this exported model is for {' or '.join(reading)}")
    for_card = [name for name in ON_CARD if engine in ("auto", name) and given.card_precisions(name)]
    on_cpu = is_cpu("cpu" if device == "auto" and not for_card else device)
    if on_cpu and engine not in ("auto", *ON_PROCESSOR):
        raise EngineError(f"{engine} is for CUDA devices: on the processor choose {', '.join(ON_PROCESSOR)}")
    if not on_cpu and not for_card:
        runs = f"{engine} runs" if engine != "auto" else f"{given.card.name} is for {reading[0]}, which runs"
        raise EngineError(f"{runs} on the processor, not on {device}: use --device cpu")
    return on_cpu


def _given(model: Segmenter | ExportedModel | str, context_every: int) -> Given:
    # Names and .safetensors files are told apart by the look of them: to know exported models is to import torch.
    if isinstance(model, str) and Path(model).suffix in ("", ".safetensors"):
        return _network(model, context_every)
    from bisenet.engines.exports import GivenExport
    from bisenet.exported import ExportedModel, is_exported, read_exported

    if isinstance(model, str) and is_exported(Path(model)):
        model = read_exported(Path(model))
    if not isinstance(model, ExportedModel):
        return _network(model, context_every)
    if context_every > 1:
        raise EngineError(
            f"{model.card.name} is an exported model, one graph: context_every needs the model it was made of"
        )
    return GivenExport(model)


def _network(model: Segmenter | str, context_every: int) -> GivenNetwork:
    if context_every == 1:
        return GivenNetwork(model)
    from bisenet.engines.two_paths import GivenTwoPaths

    return GivenTwoPaths(model, context_every)


def _on_processor(given: Given, wishes: Wishes, say: Callable[[str], None]) -> Engine:
    imgsz = fitting(given, wishes.imgsz)
    choices = candidates(given, wishes.engine, wishes.precision, imgsz, wishes.threads)
    with ExitStack() as done, ExitStack() as failed:
        done.callback(given.release)
        # Post-processing is compiled, or read from where it was kept, while the model is loaded.
        warm = done.enter_context(ThreadPoolExecutor(1, "warm-up")).submit(warm_up)
        if len(choices) == 1:
            picked = only(choices[0])
        else:
            size = imgsz or input_size(16, 9, given.card.short_side)
            threads = [choice.threads for choice in choices]
            circumstances = [given.digest, wishes.imgsz, threads, [package_version(name) for name in _PACKAGES]]
            picked = pick(choices, size=size, circumstances=circumstances, ready=warm.result)
        failed.callback(picked.runner.close)
        warm.result()
        asked = wishes.engine != "auto" and len(choices) == 1
        info = EngineInfo(
            engine=picked.candidate.engine,
            model=given.card.name,
            device="cpu",
            device_name=processor_name(),
            precision=picked.runner.precision,
            threads=picked.candidate.threads,
            context_every=wishes.context_every,
            reason="asked for" if asked else picked.reason,
        )
        if not asked:
            say(f"engine: {picked.candidate.name}: {picked.reason}")
        engine = HostEngine(picked.runner, given.card, info, imgsz)
        failed.pop_all()
        return engine


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
