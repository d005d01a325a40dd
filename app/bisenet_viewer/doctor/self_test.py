"""From a picture to its overlay with what is there: the drawn street, by the model that comes with the program."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bisenet_viewer.doctor.finding import Finding

MODEL = "street-x39"
SLOW_MS = 200.0
LEAST_RIGHT = 0.4
"""Part of the pixels that must be of the right class; the model has 0.88 of them right."""
_NAME = "Self-test"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went."""

    engine: str
    """Engine, precision and device, for people."""
    frame_ms: float
    """Inference and overlay of one 640x360 picture, when all is warm."""
    right: float
    """Part of the pixels of the right class, 0 to 1."""


def check_whole() -> Finding:
    """Takes some seconds, most of them to draw the street and to load the model."""
    return judge_whole(_outcome())


def judge_whole(found: Outcome) -> Finding:
    text = f"street to overlay in {found.frame_ms:.0f} ms by {found.engine}, {found.right * 100:.0f} % of pixels right"
    if found.right < LEAST_RIGHT:
        fix = "pip install --force-reinstall bisenet-viewer; if that does not help, report it with this text"
        return Finding(_NAME, "fail", text, fix)
    if found.frame_ms > SLOW_MS:
        fix = "try a smaller --imgsz, --context-every 3, or end what else computes"
        return Finding(_NAME, "warn", text, fix)
    return Finding(_NAME, "ok", text)


def _outcome() -> Outcome:
    from bisenet.engines import open_engine
    from bisenet_viewer.overlay import OverlayStyle, render
    from bisenet_viewer.sources.demo import open_demo

    with open_demo("demo://?seconds=1") as source, open_engine("auto", MODEL) as engine:
        frame = next(frame for frame in source.frames() if frame is not None)
        style = OverlayStyle.of(engine.classes)
        times = []
        for _ in range(3):  # the first is slower than all that follow
            begun = time.perf_counter()
            labels = engine.infer(frame.rgb)
            render(frame.rgb, labels, style)
            times.append((time.perf_counter() - begun) * 1000)
        right = float((labels == source.labels(frame)).mean())
        info = engine.info
    return Outcome(f"{info.engine} {info.precision} on {info.device_name}", min(times), right)
