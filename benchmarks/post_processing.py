"""From logits at stride 8 to full-size class ids, against torch: `python benchmarks/post_processing.py [PICTURE...]`.

Before is what public code does: interpolate the logits to the frame, then argmax (and softmax, for the confidence).
With pictures (or clips, of which the first frame is taken) also on the logits of a model, the median over them.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from comparing import markdown, medians_ms, write_json
from fields import mixed_share, noisy_logits, smooth_logits
from numpy.typing import NDArray

import bisenet
from bisenet.engines.processor import processor_name
from bisenet.inference import normalise, preprocess
from bisenet.layers import upsample
from bisenet.upsampled_argmax import upsampled_argmax, upsampled_confidence
from bisenet.upsampling import Upsampling

INPUTS = {(640, 360): 7, (1024, 512): 9}
"""Width and height, and how many objects across make about 18 % of the cells mixed, as in CamVid's labels."""
FRAMES = ((1280, 720), (1920, 1080))
UPSAMPLING: Upsampling = "bilinear"
Logits = NDArray[np.float32]


def torch_argmax(logits: Logits, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Before."""
    return upsample(torch.from_numpy(logits)[None], size, UPSAMPLING).argmax(dim=1)[0].to(torch.uint8).numpy()


def torch_confidence(logits: Logits, size: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Before, with the winner's probability."""
    highest, labels = upsample(torch.from_numpy(logits)[None], size, UPSAMPLING).softmax(dim=1).max(dim=1)
    return labels[0].to(torch.uint8).numpy(), (highest[0] * 255).round().to(torch.uint8).numpy()


@torch.inference_mode()
def model_logits(model: bisenet.Segmenter, pictures: list[Path], imgsz: tuple[int, int]) -> list[Logits]:
    """The logits of each picture, or of each clip's first frame."""
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (model.card.mean, model.card.std))
    found = []
    for path in pictures:
        capture = cv2.VideoCapture(str(path))  # reads pictures too
        read, bgr = capture.read()
        capture.release()
        if not read:
            raise SystemExit(f"{path} is no picture or clip that OpenCV can read")
        batch = preprocess(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), imgsz)  # type: ignore[arg-type]
        found.append(np.ascontiguousarray(model.network(normalise(batch, mean, std))[0].numpy()))
    return found


def measure(logits: Logits, size: tuple[int, int], repeats: int) -> dict[str, float]:
    """Milliseconds, and how many pixels differ."""
    medians = medians_ms(
        {
            "torch": lambda: torch_argmax(logits, size),
            "ours": lambda: upsampled_argmax(logits, size, UPSAMPLING),
            "torch, confidence": lambda: torch_confidence(logits, size),
            "ours, confidence": lambda: upsampled_confidence(logits, size, UPSAMPLING),
        },
        repeats,
    )
    differing = np.count_nonzero(torch_argmax(logits, size) != upsampled_argmax(logits, size, UPSAMPLING))
    return {**medians, "differing": float(differing), "mixed": mixed_share(logits)}


def row(name: str, imgsz: tuple[int, int], frame: tuple[int, int], runs: list[dict[str, float]]) -> Mapping[str, Any]:
    """One line of the table, from the medians over the pictures."""
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    return {
        "logits": name,
        "of an input": "{}x{}".format(*imgsz),
        "to": "{}x{}".format(*frame),
        "mixed cells": middle["mixed"],
        "torch ms": middle["torch"],
        "ms": middle["ours"],
        "times faster": middle["torch"] / middle["ours"],
        "torch ms, confidence": middle["torch, confidence"],
        "ms, confidence": middle["ours, confidence"],
        "times faster, confidence": middle["torch, confidence"] / middle["ours, confidence"],
        "pixels that differ": int(sum(run["differing"] for run in runs)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--model", default="street-x39")
    parser.add_argument("--threads", type=int, default=2, help="of torch; ours has one")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = bisenet.load(arguments.model) if arguments.pictures else None
    rows = []
    for imgsz, objects_across in INPUTS.items():
        width, height = imgsz[0] // 8, imgsz[1] // 8
        sources = {
            "smooth, 19 classes": [smooth_logits(19, height, width, objects_across)],
            "noise, 19 classes": [noisy_logits(19, height, width)],
        }
        if model is not None:
            name = f"{model.card.name}, {len(model.card.classes)} classes, {len(arguments.pictures)} pictures"
            sources = {name: model_logits(model, arguments.pictures, imgsz), **sources}
        for frame in FRAMES:
            for name, logits in sources.items():
                runs = [measure(one, (frame[1], frame[0]), arguments.repeats) for one in logits]
                rows.append(row(name, imgsz, frame, runs))
    about = {"processor": processor_name(), "torch": torch.__version__, "torch threads": arguments.threads}
    print(", ".join(f"{key}: {value}" for key, value in about.items()) + "; medians\n")
    print(markdown(rows))
    if arguments.json is not None:
        write_json(arguments.json, about, rows)


if __name__ == "__main__":
    main()
