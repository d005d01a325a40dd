"""From a picture to its overlay with what is there: the drawn street, by the model that comes with the program."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bisenet_viewer.doctor.finding import Finding

if TYPE_CHECKING:
    from bisenet.engines import Engine
    from bisenet_viewer.sources.demo import DemoSource

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
    from bisenet.engines import open_engine
    from bisenet_viewer.sources.demo import open_demo

    with open_demo("demo://?seconds=1") as source, open_engine("auto", MODEL) as engine:
        return judge_whole(measured(source, engine))


def measured(source: DemoSource, engine: Engine) -> Outcome:
    """The first picture of the source, several times, since the first time is slower than all that follow."""
    from bisenet_viewer.overlay import OverlayStyle, render

    frame = next(frame for frame in source.frames() if frame is not None)
    style = OverlayStyle.of(engine.classes)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        labels = engine.infer(frame.rgb)
        render(frame.rgb, labels, style)
        times.append((time.perf_counter() - begun) * 1000)
    right = float((labels == source.labels(frame)).mean())
    info = engine.info
    return Outcome(f"{info.engine} {info.precision} on {info.device_name}", min(times), right)


def judge_whole(found: Outcome) -> Finding:
    """Whether the classes are right, and how fast that is."""
    text = f"street to overlay in {found.frame_ms:.0f} ms by {found.engine}, {found.right * 100:.0f} % of pixels right"
    if found.right < LEAST_RIGHT:
        fix = "pip install --force-reinstall bisenet-viewer; if that does not help, report it with this text"
        return Finding(_NAME, "fail", text, fix)
    if found.frame_ms > SLOW_MS:
        fix = "try a smaller --imgsz, --context-every 3, or end what else computes"
        return Finding(_NAME, "warn", text, fix)
    return Finding(_NAME, "ok", text)
