"""Which back ends could run a model on a card, in which precision, and why others could not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import torch

from bisenet.engine_names import ON_CARD
from bisenet.engines.candidates import Given, for_size, is_installed
from bisenet.engines.cuda.card import is_out_of_memory
from bisenet.engines.cuda.network import CardNetwork
from bisenet.engines.device import capability, device_name
from bisenet.engines.trial import Candidate
from bisenet.errors import EngineError

_BF16_FROM = (8, 0)
"""Compute capability."""


def card_candidates(
    given: Given,
    engine: str,
    precision: str,
    imgsz: tuple[int, int] | None,
    device: torch.device,
    say: Callable[[str], None],
) -> list[Candidate[CardNetwork]]:
    """What could run the model on this card as it was asked for; empty where `auto` finds nothing for it here.

    engine: `auto`, or one of ON_CARD; then there is one, or what it lacks is told when it is opened. precision: as
    `open_engine` takes it; `auto` is half precision, or what the model was exported in. imgsz: the network's input,
    where it is the same for all pictures. say: what building and compiling is told to. Raises EngineError when the
    wishes cannot be met.
    """
    able = [name for name in ON_CARD if engine in ("auto", name) and given.card_precisions(name)]
    able = for_size(able, given, imgsz)
    if engine == "auto":
        able = [name for name in able if _is_sensible(name, given, imgsz, device)]
    found = []
    for name in able:
        wished = given.card_precisions(name)[0] if precision == "auto" else precision
        if wished in given.card_precisions(name):
            network = partial(_network, given, name, wished, imgsz, device, may_build=engine != "auto", say=say)
            found.append(Candidate(name, wished, None, partial(_opened, network, device)))
    if able and not found:
        raise EngineError(_why_not(given, able, precision))
    if found and found[0].precision == "bf16" and capability(device) < _BF16_FROM:
        raise EngineError(f"{device_name(device)} has no arithmetic for bf16: choose f16")
    return found


def is_built(given: Given, imgsz: tuple[int, int] | None, device: torch.device) -> bool:
    """Whether TensorRT can start at once: it is installed, and an engine for this size is kept."""
    if imgsz is None or find_spec("tensorrt") is None:
        return False
    from bisenet.engines.cuda.tensorrt_build import require
    from bisenet.engines.cuda.tensorrt_cache import Purpose, is_kept

    try:
        version = require().__version__
    except EngineError:  # which whoever asks for it is told
        return False
    precision = given.card_precisions("tensorrt")[0]
    purpose = Purpose(device_name(device), capability(device), given.digest, imgsz, precision)
    return is_kept(purpose, version)


def _is_sensible(name: str, given: Given, imgsz: tuple[int, int] | None, device: torch.device) -> bool:
    """Whether `auto` tries it: what has to be built or compiled for minutes first, it does not."""
    if name == "onnxruntime":
        from bisenet.engines.cuda.onnxruntime_network import has_cuda

        return is_installed("onnx") and has_cuda()
    if name == "tensorrt":
        return is_built(given, imgsz, device)
    return name == "torch"


def _opened(network: Callable[[], CardNetwork], device: torch.device) -> CardNetwork:
    """Raises EngineError, CheckpointError."""
    try:
        return network()
    except RuntimeError as error:  # of torch or of CUDA, when the weights are brought there
        if is_out_of_memory(error):
            name = device_name(device)
            raise EngineError(f"{name} is out of memory: end what else uses it, or use --device cpu") from error
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise EngineError(f"{device} failed: {reason}; use --device cpu") from error


def _network(
    given: Given,
    engine: str,
    precision: str,
    imgsz: tuple[int, int] | None,
    device: torch.device,
    *,
    may_build: bool,
    say: Callable[[str], None],
) -> CardNetwork:
    if engine in ("torch", "torch-compile"):
        return given.on_torch(precision, device, compiled=engine == "torch-compile", say=say)
    if engine == "onnxruntime":
        from bisenet.engines.cuda.onnxruntime_network import OnnxRuntimeNetwork, require

        require()
        graph, upsampling = given.card_graph()
        return OnnxRuntimeNetwork(graph, device=device, precision=precision, upsampling=upsampling)
    from bisenet.engines.cuda.tensorrt_network import TensorRtNetwork

    network = TensorRtNetwork(
        given.card_graph, digest=given.digest, device=device, precision=precision, may_build=may_build, say=say
    )
    if imgsz is not None:
        network.open_size(imgsz)
    return network


def _why_not(given: Given, able: list[str], precision: str) -> str:
    """Why none of these engines can run it in this precision."""
    name = given.card.name
    has = list(dict.fromkeys(each for engine in able for each in given.card_precisions(engine)))
    if has == ["int8"]:
        return f"{name} is quantised to int8: {precision} needs the model that it was made of"
    if precision == "int8":
        return (
            f"{name} is not quantised: make an int8 model with `bisenet export {name} --to onnx --precision int8 "
            "--calibrate DIR`, and open that with --engine tensorrt"
        )
    return f"{' and '.join(able)} cannot run {name} in {precision} on a card: choose {' or '.join(has)}"
