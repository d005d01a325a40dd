"""What can be chosen on the model card, and why some of it cannot. Pure; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bisenet.engine_names import ENGINES, ON_CARD, ON_PROCESSOR, PRECISIONS
from bisenet_viewer.gui.opening.naming import model_name
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching.tuning import SIZES
from bisenet_viewer.gui.texts import switching as texts

DEVICES = ("auto", "cpu", "cuda")
CONTEXTS = (1, 2, 3, 4, 6, 8)
EXPORTED = {
    ".xml": ("openvino",),
    ".onnx": ("openvino", "onnxruntime", "tensorrt"),
    ".torchscript": ("torch",),
}
"""How exported models' file names end -> the engines that run them, some of them on a card."""
OWN = "own"
"""The value of the line for one's own input size."""


@dataclass(frozen=True, slots=True)
class Here:
    """What this machine has, as far as it can be known without importing an engine."""

    engines: frozenset[str]
    """Installed ones."""
    has_driver: bool
    """NVIDIA's."""
    has_cuda: bool
    """torch is a build with CUDA."""
    has_bf16: bool
    """The processor."""
    has_onnxruntime_gpu: bool = False
    """The build of onnxruntime that is there runs on a card too."""

    @property
    def has_card(self) -> bool:
        """Whether a network can be run on one."""
        return self.has_driver and self.has_cuda


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a list."""

    value: object
    text: str
    why_not: str = ""
    """Why it cannot be chosen here, in a few words; empty where it can."""
    tip: str = ""


def is_export(model: str) -> bool:
    """Whether a model is given as an exported file, which has its own size and precision."""
    return Path(model).suffix in EXPORTED


def runs_on_card(request: Request, here: Here) -> bool:
    """Where `auto` leads to is followed."""
    if request.device == "cpu" or not _on_card(request.engine, request.model, here):
        return False
    return here.has_card or request.device.startswith("cuda")


def _on_card(engine: str, model: str, here: Here) -> list[str]:
    """Which engines would run a model on a card. Of tensorrt `auto` uses only what was built before: not counted."""
    readers = EXPORTED[Path(model).suffix] if is_export(model) else ENGINES
    return [
        name
        for name in ON_CARD
        if (engine == name if name == "tensorrt" else engine in ("auto", name))
        and name in readers
        and name in here.engines
        and (name != "onnxruntime" or here.has_onnxruntime_gpu)
    ]


def model_options(bundled: tuple[str, ...], recent: tuple[str, ...], now: str) -> list[Option]:
    """Those that come with the program, then files, the newest first; what runs is always among them."""
    names = list(dict.fromkeys((*bundled, *recent)))
    if now not in names:
        names.insert(len(bundled), now)
    return [Option(name, model_name(name), tip=name if model_name(name) != name else "") for name in names]


def engine_options(request: Request, here: Here) -> list[Option]:
    return [_option(name, name, _why_not_engine(name, request, here), _install_tip(name, here)) for name in ENGINES]


def device_options(request: Request, here: Here) -> list[Option]:
    return [_option(name, name, _why_not_device(name, request, here)) for name in DEVICES]


def precision_options(request: Request, here: Here) -> list[Option]:
    return [_option(name, name, _why_not_precision(name, request, here)) for name in PRECISIONS]


def size_options(request: Request) -> list[Option]:
    """`auto` is None; one's own stands after them; the last line asks for one."""
    why_not = texts.EXPORT_HAS_SIZE if is_export(request.model) else ""
    listed = [Option(None, texts.MODEL_SIZE), *(Option(size, size_text(size), why_not) for size in SIZES)]
    if request.imgsz is not None and request.imgsz not in SIZES:
        listed.append(Option(request.imgsz, size_text(request.imgsz), why_not))
    return [*listed, Option(OWN, texts.OWN_SIZE, why_not)]


def context_options(request: Request, here: Here) -> list[Option]:
    why_not = ""
    if is_export(request.model):
        why_not = texts.EXPORT_ONE_GRAPH
    elif runs_on_card(request, here):
        why_not = texts.ONLY_ON_PROCESSOR
    kinds = sorted({*CONTEXTS, request.context_every})
    return [
        Option(k, texts.EVERY_FRAME if k == 1 else texts.EVERY_KTH.format(k=k), why_not if k > 1 else "") for k in kinds
    ]


def fitted(request: Request, here: Here) -> Request:
    """The request with `auto` in place of what cannot go together with its model, engine and device."""
    fitting = request
    if _why_not_engine(fitting.engine, fitting, here):
        fitting = replace(fitting, engine="auto")
    if _why_not_device(fitting.device, fitting, here):
        fitting = replace(fitting, device="auto")
    if _why_not_precision(fitting.precision, fitting, here):
        fitting = replace(fitting, precision="auto")
    if is_export(fitting.model):
        fitting = replace(fitting, imgsz=None)
    if is_export(fitting.model) or runs_on_card(fitting, here):
        fitting = replace(fitting, context_every=1)
    return fitting


def precisions_to_try(request: Request, here: Here) -> tuple[str, ...]:
    """For tuning, the most accurate first: the one that is asked for, else all that are worth it here."""
    if request.precision != "auto":
        return (request.precision,)
    if runs_on_card(request, here):
        return ("f32", "f16")
    return ("f32", "bf16") if here.has_bf16 and request.engine != "onnxruntime" else ("auto",)


def request_text(request: Request) -> str:
    """The model, and what is asked for beside it."""
    asked = [each for each in (request.engine, request.device, request.precision) if each != "auto"]
    size = [] if request.imgsz is None else [size_text(request.imgsz)]
    return " · ".join([model_name(request.model), *asked, *size])


def size_text(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _option(value: str, text: str, why_not: str, tip: str = "") -> Option:
    return Option(value, text, why_not, tip)


def _install_tip(engine: str, here: Here) -> str:
    if engine == "auto" or engine in here.engines:
        return ""
    if engine == "torch-compile":
        return texts.NEEDS_TRITON
    return texts.INSTALL.format(extra={"onnxruntime": "onnx"}.get(engine, engine))


def _why_not_engine(engine: str, request: Request, here: Here) -> str:
    if engine == "auto":
        return ""
    if engine not in here.engines:
        return texts.NOT_INSTALLED
    if is_export(request.model):
        readers = EXPORTED[Path(request.model).suffix]
        return "" if engine in readers else texts.FILE_IS_FOR.format(engines=texts.OR.join(readers))
    return _why_not_there(engine, request, here)


def _why_not_there(engine: str, request: Request, here: Here) -> str:
    """Why an engine does not run where the network is to run."""
    on_card = request.device.startswith("cuda")
    if on_card and not _on_card(engine, request.model, here):
        return texts.ONNXRUNTIME_NOT_GPU if engine == "onnxruntime" else texts.ONLY_PROCESSOR
    if engine not in ON_PROCESSOR and not (on_card or (request.device == "auto" and here.has_card)):
        return texts.ONLY_CARD
    return ""


def _why_not_device(device: str, request: Request, here: Here) -> str:
    if not device.startswith("cuda"):
        return ""
    if not here.has_driver:
        return texts.NO_CARD
    if not here.has_cuda:
        return texts.NO_CUDA
    if _on_card(request.engine, request.model, here):
        return ""
    return texts.EXPORT_NOT_CARD if is_export(request.model) else texts.ENGINE_NOT_CARD.format(engine=request.engine)


def _why_not_precision(precision: str, request: Request, here: Here) -> str:
    on_card = runs_on_card(request, here)
    if precision == "f16" and not on_card:
        return texts.ONLY_CARD
    if precision == "int8" and not is_export(request.model):
        return texts.NEEDS_INT8
    if precision == "bf16" and on_card and request.engine in ("onnxruntime", "tensorrt"):
        return texts.NOT_WITH.format(engine=request.engine)
    if precision == "bf16" and not on_card:
        if not here.has_bf16:
            return texts.NO_BF16
        if request.engine == "onnxruntime":
            return texts.NOT_WITH.format(engine=request.engine)
    return ""
