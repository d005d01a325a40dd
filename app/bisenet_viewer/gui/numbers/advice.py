"""One sentence: what holds the picture up, and what would help. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.numbers.snapshot import Snapshot
from bisenet_viewer.gui.texts import numbers as texts

KEEPS_UP = 0.9
"""Part of the frames that have to be done: the rates are measured over two seconds and never exact."""

_FASTER_MODE = 1.5
_FULL = 0.85
_MUCH = 0.3
_SLOW_DRAWING_MS = 12.0


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence, and what the person may do about it at once."""

    text: str
    action: Action | None = None
    is_well: bool = False
    """Nothing needs to be done."""


def advice(now: Snapshot) -> Advice:
    """The first thing that is wrong along the frame's way; where nothing is, that all is well."""
    for rule in _RULES:
        found = rule(now)
        if found is not None:
            return found
    shown = now.display_fps
    wanted = _wanted(now)
    if wanted is None:
        return Advice(texts.ALL_WELL_UNTOLD.format(shown=shown), is_well=True)
    return Advice(texts.ALL_WELL.format(shown=min(shown, wanted), wanted=wanted), is_well=True)


def _not_playing(now: Snapshot) -> Advice | None:
    return None if now.is_playing else Advice(texts.NOT_PLAYING, is_well=True)


def _no_frames(now: Snapshot) -> Advice | None:
    return None if now.inference_fps > 0 and now.stages else Advice(texts.NO_FRAMES, is_well=True)


def _camera(now: Snapshot) -> Advice | None:
    """A camera that sends less than it could: uncompressed over a slow cable, or with long exposures in the dark."""
    if now.camera is None or now.size is None or not 0 < _FASTER_MODE * now.capture_fps <= now.camera.rate:
        return None
    if now.camera.is_on:
        return Advice(texts.CAMERA_LIGHT.format(rate=now.capture_fps, best=now.camera.rate))
    codec = {"mjpeg": "MJPG"}.get(now.camera.codec, now.camera.codec.upper())
    size = figures.picture_size(*now.size)
    return Advice(texts.CAMERA_CODEC.format(rate=now.capture_fps, size=size, codec=codec, best=now.camera.rate))


def _other_program(now: Snapshot) -> Advice | None:
    """Whatever is slow then, it is slow because of that."""
    is_late = not now.is_live and now.nominal_fps is not None and _lags(now.capture_fps, now.nominal_fps)
    if not (is_late or _inference_lags(now) or _display_lags(now)) or now.system is None:
        return None
    others = now.system.all_cpu - now.system.own_cpu
    if now.system.all_cpu < _FULL or others < _MUCH:
        return None
    return Advice(texts.OTHER_PROGRAM.format(part=figures.percent(others)))


def _decoding(now: Snapshot) -> Advice | None:
    """A recording whose frames come later than they are due, since each takes as long as it is shown."""
    wanted = now.nominal_fps
    if now.is_live or wanted is None or not _lags(now.capture_fps, wanted) or now.size is None:
        return None
    if _ms(now, "decode") < _FULL * 1000 / wanted:
        return None
    if now.is_drawn:
        return Advice(texts.DRAWING_SLOW.format(ms=_ms(now, "decode"), whole=_whole_ms(now)))
    by_processor = now.decoder == "cpu" and now.size[1] >= 1080
    return Advice(
        texts.DECODE_SLOW.format(
            size=figures.picture_size(*now.size),
            ms=_ms(now, "decode"),
            whole=_whole_ms(now),
            help=texts.DECODE_HARDWARE_OFF if by_processor else texts.DECODE_SMALLER,
        )
    )


def _card_unused(now: Snapshot) -> Advice | None:
    if not _inference_lags(now) or now.engine is None or now.engine.device != "cpu":
        return None
    gpu = None if now.system is None else now.system.gpu
    return None if gpu is None or not gpu.name else Advice(texts.NO_CUDA.format(card=gpu.name), Action.DOCTOR)


def _inference(now: Snapshot) -> Advice | None:
    if not _inference_lags(now):
        return None
    network, around = _ms(now, "network"), _ms(now, "pre") + _ms(now, "post")
    if around > network and now.size is not None:
        size = figures.picture_size(*now.size)
        return Advice(texts.PREPARE_SLOW.format(size=size, ms=around, whole=_whole_ms(now)))
    on_cpu = now.engine is None or now.engine.device == "cpu"
    helps = [texts.HELP_SIZE]
    if on_cpu and (now.engine is None or now.engine.precision != "int8"):
        helps.append(texts.HELP_INT8)
    if on_cpu:
        helps.append(texts.HELP_GPU)
    told = helps[0] if len(helps) == 1 else f"{', '.join(helps[:-1])} or {helps[-1]}"
    return Advice(texts.NETWORK_SLOW.format(ms=network, whole=_whole_ms(now), help=told), Action.MODEL)


def _display(now: Snapshot) -> Advice | None:
    if not _display_lags(now):
        return None
    if _ms(now, "display") >= _SLOW_DRAWING_MS:
        return Advice(texts.DISPLAY_SLOW.format(ms=_ms(now, "display")))
    return Advice(texts.DISPLAY_DROPS.format(shown=now.display_fps, made=now.inference_fps))


def _source(now: Snapshot) -> Advice | None:
    if now.nominal_fps is None or not _lags(now.capture_fps, now.nominal_fps):
        return None
    return Advice(texts.SOURCE_SLOW.format(rate=now.capture_fps, wanted=now.nominal_fps))


_RULES: tuple[Callable[[Snapshot], Advice | None], ...] = (
    _not_playing,
    _no_frames,
    _camera,
    _other_program,
    _decoding,
    _card_unused,
    _inference,
    _display,
    _source,
)
"""In the order in which a frame passes; who stands behind something slow is not slow by itself."""


def _wanted(now: Snapshot) -> float | None:
    """Frames per second that ought to be shown."""
    return now.nominal_fps or (now.capture_fps or None)


def _lags(rate: float, wanted: float) -> bool:
    return 0 < rate < KEEPS_UP * wanted


def _inference_lags(now: Snapshot) -> bool:
    return _lags(now.inference_fps, now.capture_fps)


def _display_lags(now: Snapshot) -> bool:
    return _lags(now.display_fps, now.inference_fps)


def _ms(now: Snapshot, stage: str) -> float:
    return now.stages[stage].p50 if stage in now.stages else 0.0


def _whole_ms(now: Snapshot) -> float:
    return sum(spread.p50 for spread in now.stages.values())
