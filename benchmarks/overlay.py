"""Colouring a frame by its class ids, three ways: `python benchmarks/overlay.py`.

NumPy: what public demos do, a palette looked up by fancy indexing and a blend in floats. OpenCV: what this project did
before, four passes over the frame. Both against `render`, with a new array for each frame and with one reused.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from comparing import markdown, medians_ms, write_json
from fields import noisy_logits, smooth_logits
from numpy.typing import NDArray

from bisenet.classes import load_classes
from bisenet.engines.processor import processor_name
from bisenet.upsampled_argmax import upsampled_argmax
from bisenet_viewer.overlay import OverlayStyle, color_table, render

FRAMES = ((1280, 720), (1920, 1080))
Picture = NDArray[np.uint8]


def numpy_overlay(rgb: Picture, labels: Picture, style: OverlayStyle) -> Picture:
    """All classes visible."""
    palette = np.array(style.colors, np.uint8)
    return (rgb * (1 - style.opacity) + palette[labels] * style.opacity).astype(np.uint8)


def opencv_overlay(rgb: Picture, labels: Picture, style: OverlayStyle) -> Picture:
    """Colours by `applyColorMap`, `addWeighted`, and the hidden classes' pixels copied back."""
    table = color_table(style)
    blend = cv2.applyColorMap(labels, np.ascontiguousarray(table[:, np.newaxis, :3]))
    cv2.addWeighted(rgb, 1.0 - style.opacity, blend, style.opacity, 0.0, dst=blend)
    is_hidden = np.full(256, 255, np.uint8)
    is_hidden[list(style.visible)] = 0
    cv2.copyTo(rgb, cv2.LUT(labels, is_hidden), blend)
    return np.asarray(blend, np.uint8)


def measure(name: str, rgb: Picture, labels: Picture, style: OverlayStyle, repeats: int) -> Mapping[str, Any]:
    """One line of the table."""
    buffer = np.empty_like(rgb)
    ways: dict[str, Callable[[], object]] = {
        "NumPy ms": lambda: numpy_overlay(rgb, labels, style),
        "OpenCV ms": lambda: opencv_overlay(rgb, labels, style),
        "ms": lambda: render(rgb, labels, style),
        "ms, reused": lambda: render(rgb, labels, style, out=buffer),
    }
    medians = medians_ms(ways, repeats)
    difference = np.abs(render(rgb, labels, style).astype(int) - opencv_overlay(rgb, labels, style)).max()
    return {
        "labels": name,
        "frame": f"{rgb.shape[1]}x{rgb.shape[0]}",
        **medians,
        "times NumPy": medians["NumPy ms"] / medians["ms, reused"],
        "times OpenCV": medians["OpenCV ms"] / medians["ms, reused"],
        "levels from OpenCV's": int(difference),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2, help="of OpenCV; ours has one")
    parser.add_argument("--repeats", type=int, default=31)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(arguments.threads)
    style = OverlayStyle.of(load_classes("cityscapes19"))
    fields = {"objects": smooth_logits(19, 45, 80, objects_across=7), "noise": noisy_logits(19, 45, 80)}
    rows = []
    for width, height in FRAMES:
        rgb = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        for name, logits in fields.items():
            labels = upsampled_argmax(logits, (height, width), "bilinear")
            rows.append(measure(name, rgb, labels, style, arguments.repeats))
    about = {"processor": processor_name(), "OpenCV": cv2.__version__, "OpenCV threads": arguments.threads}
    print(", ".join(f"{key}: {value}" for key, value in about.items()) + "; medians\n")
    print(markdown(rows))
    if arguments.json is not None:
        write_json(arguments.json, about, rows)


if __name__ == "__main__":
    main()
