"""From a person's wish to the screen: `python benchmarks/toggle_to_screen.py`.

How long it takes, in a window of 1280 x 700 that is all picture, until a class that was toggled is painted (from
`set_look` until Qt has painted and handed over the window), and until a new result is (from `show_result`). For each
view and size of frame; `--platform xcb` needs a display, Xvfb is one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from comparing import markdown, write_json
from fields import smooth_logits
from PyQt6.QtWidgets import QApplication

from bisenet.classes import load_classes
from bisenet.engines import EngineInfo
from bisenet.engines.processor import processor_name
from bisenet.upsampled_argmax import upsampled_argmax
from bisenet_viewer.frame import Frame, Result
from bisenet_viewer.gui.picture.shown import shown_of
from bisenet_viewer.gui.picture.video_view import VideoView
from bisenet_viewer.gui.state import Look, View
from bisenet_viewer.overlay import OverlayStyle

FRAMES = ((1280, 720), (1920, 1080), (3840, 2160))
WINDOW = (1280, 700)
CLASSES = load_classes("cityscapes19")


def some_result(width: int, height: int) -> Result:
    """A frame with objects of about a seventh of its width, and with a confidence."""
    rng = np.random.default_rng(0)
    rgb = np.repeat(np.repeat(rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8), 8, 0), 8, 1)
    labels = upsampled_argmax(smooth_logits(19, 45, 80, objects_across=7), (height, width), "bilinear")
    confidence = np.ascontiguousarray(rgb[:, :, 0])
    info = EngineInfo("none", "none", "cpu", "none", "f32")
    return Result(Frame(0, 0, Fraction(1, 30), 0.0, rgb), labels, {}, confidence=confidence, classes=CLASSES, info=info)


def looks() -> Mapping[str, Look]:
    """Each view, and the overlay with each of its additions."""
    plain = Look(style=OverlayStyle.of(CLASSES))
    views = {view.value: replace(plain, view=view) for view in View}
    return {
        **views,
        "overlay, smooth": replace(plain, smooth_edges=True),
        "overlay, hatched": replace(plain, hatched=True),
        "overlay, legend": replace(plain, legend=True),
    }


def timed_ms(view: VideoView, act: Callable[[], None]) -> float:
    """Milliseconds until the view is painted and the window handed over."""
    begin = time.perf_counter()
    act()
    view.repaint()
    return (time.perf_counter() - begin) * 1000


def measure(view: VideoView, result: Result, name: str, look: Look, repeats: int) -> dict[str, Any]:
    """One line of the table."""
    style = look.style
    assert style is not None
    toggled = replace(look, style=replace(style, visible=style.visible - {0}))
    view.set_look(look)
    view.show_result(shown_of(result))
    view.repaint()
    wishes = [partial(view.set_look, toggled if count % 2 == 0 else look) for count in range(repeats)]
    toggles = [timed_ms(view, wish) for wish in wishes]
    news = [timed_ms(view, lambda: view.show_result(shown_of(result))) for _ in range(repeats)]
    height, width, _ = result.frame.rgb.shape
    return {
        "frame": f"{width}x{height}",
        "view": name,
        "toggle ms": statistics.median(toggles),
        "toggle ms, p95": percentile_95(toggles),
        "new result ms": statistics.median(news),
        "new result ms, p95": percentile_95(news),
    }


def percentile_95(times: Sequence[float]) -> float:
    return float(np.percentile(np.asarray(times), 95))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", default="offscreen", help="offscreen or xcb")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = arguments.platform
    app = QApplication(sys.argv[:1])
    view = VideoView()
    view.resize(*WINDOW)
    view.show()
    app.processEvents()
    rows = []
    for width, height in FRAMES:
        result = some_result(width, height)
        rows += [measure(view, result, name, look, arguments.repeats) for name, look in looks().items()]
    about = {"processor": processor_name(), "platform": arguments.platform, "repeats": arguments.repeats}
    print(", ".join(f"{key}: {value}" for key, value in about.items()) + "; medians\n")
    print(markdown(rows))
    if arguments.json is not None:
        write_json(arguments.json, about, rows)


if __name__ == "__main__":
    main()
