"""Does it compute the same: ids, confidence, overlay and NV12 against float32 eager, and the mIoU on CamVid val."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from benchmarks.gpu.comparison import blended, differing, levels_apart, nv12_planes
from benchmarks.gpu.context import Context
from benchmarks.gpu.eager import Eager
from benchmarks.gpu.engines import opened
from benchmarks.gpu.subjects import SUBJECTS, Rgb, Size, is_untrained, noise, scenes, subject

from bisenet.data import open_dataset
from bisenet.engines import BlendTable, Inferred, OverlappingEngine
from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.evaluate import evaluate
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.segmenter import Segmenter

IDS, REST, MIOU = "Ids against float32 eager", "Confidence, overlay, NV12", "mIoU on CamVid val"
PICTURES: tuple[Size, ...] = ((1280, 720), (2048, 1024), (1283, 719))
INPUTS: dict[str, Size] = {"x39": (1536, 768), "r18": (1536, 768), "v2": (1024, 512)}
_ALPHA = 128
_Drawn = TypeVar("_Drawn")


def run(context: Context) -> None:
    """See `child.StepModule`."""
    findings = context.findings
    worst = 0.0
    for name in SUBJECTS:
        with findings.attempt(name):
            model = subject(name)
            eager = Eager(model, context.device)
            with opened(model, INPUTS[name], context.device) as engine:
                for size in PICTURES:
                    with findings.attempt(f"{name} at {size[0]}x{size[1]}"):
                        worst = max(worst, ids_row(context, engine, eager, model, name, size))
                        findings.figure("differing", worst)
                for what, check in (("confidence", confidence), ("overlay", overlay), ("NV12", nv12)):
                    with findings.attempt(f"{name}, {what}"):
                        rgb = scenes(context.folder, PICTURES[0], context.picture)[0]
                        check(context, engine, eager, name, rgb)
            if context.data is not None and not is_untrained(model):
                with findings.attempt(f"{name}, mIoU"):
                    miou_row(context, context.data, model, name)
    findings.note(
        "Ids: the share of pixels that differ, over the drawn street (and a picture of one's own); noise, in which "
        "hardly a pixel is certain, apart. The reference resizes with OpenCV, computes in float32 without TF32 and "
        "interpolates its logits to the picture; so what the engine's own resizing changes is in the figure. `v2` is "
        "untrained unless its weights come with the project."
    )


def ids_row(
    context: Context, engine: OverlappingEngine, eager: Eager, model: Segmenter, name: str, size: Size
) -> float:
    """A line of the table; returns the most of the scenes."""
    imgsz = INPUTS[name]
    shares = [
        differing(engine.infer(rgb), eager.ids(rgb, imgsz)) for rgb in scenes(context.folder, size, context.picture)
    ]
    (random,) = noise(size, 1)
    context.findings.row(
        IDS,
        network=name,
        weights=model.card.name,
        picture="{}x{}".format(*size),
        input="{}x{}".format(*imgsz),
        differing=max(shares),
        mean=float(np.mean(shares)),
        noise=differing(engine.infer(random), eager.ids(random, imgsz)),
    )
    return max(shares)


def confidence(context: Context, engine: OverlappingEngine, eager: Eager, name: str, rgb: Rgb) -> None:
    """Levels of 255 from the softmax of the interpolated logits."""
    ids, sure = engine.infer_confidence(rgb)
    mean, most = levels_apart(sure, eager.maps(rgb, INPUTS[name])[1])
    again = differing(ids, engine.infer(rgb))
    context.findings.row(REST, network=name, what="confidence", mean_levels=mean, most=most, differing_ids=again)


def overlay(context: Context, engine: OverlappingEngine, eager: Eager, name: str, rgb: Rgb) -> None:
    """Levels of 255 from a blend in float64 by the engine's own ids."""
    del eager
    table = colors(engine)
    (done,) = engine.begin([rgb], blend=table).wait()
    mean, most = levels_apart(_drawn(done, np.ndarray), blended(rgb, done.labels, table))
    again = differing(done.labels, engine.infer(rgb))
    context.findings.row(REST, network=name, what="overlay", mean_levels=mean, most=most, differing_ids=again)


def nv12(context: Context, engine: OverlappingEngine, eager: Eager, name: str, rgb: Rgb) -> None:
    """A picture on the card: its ids against eager's of the same picture in RGB, and its overlay."""
    yuv = YuvColors("bt709", full_range=False)
    luma, chroma = (torch.from_numpy(plane).to(context.device) for plane in nv12_planes(rgb, yuv))
    picture = Nv12Picture(luma, chroma, yuv)
    table = colors(engine)
    (done,) = engine.begin([picture], blend=table).wait()
    same = picture.rgb()
    mean, most = levels_apart(_drawn(done, Nv12Picture).rgb(), blended(same, done.labels, table))
    apart = differing(done.labels, eager.ids(same, INPUTS[name]))
    context.findings.row(REST, network=name, what="NV12", mean_levels=mean, most=most, differing_ids=apart)


def miou_row(context: Context, data: Path, model: Segmenter, name: str) -> None:
    """The engine's figure and float32 eager's on the same pictures, at the card's own input size."""
    files = open_dataset(f"camvid:{data}", "val", model.card.classes)
    eager = Eager(model, context.device)
    with opened(model, None, context.device) as engine:
        ours, theirs = (evaluate(segment, model.card.classes, files).miou for segment in (engine.infer, eager.ids))
    points = 100 * abs(ours - theirs)
    context.findings.row(
        MIOU, network=name, weights=model.card.name, pictures=len(files),
        engine=round(100 * ours, 2), eager=round(100 * theirs, 2), points_apart=points,
    )  # fmt: skip
    before = context.findings.found.figures.get("miou-points", 0.0)
    context.findings.figure("miou-points", max(before, points))


def colors(engine: OverlappingEngine) -> BlendTable:
    """The classes' own, half transparent; the ids beyond are left as they are."""
    table = np.zeros((256, 4), np.uint8)
    for class_id, color in enumerate(engine.classes.palette):
        table[class_id] = (*color, _ALPHA)
    return BlendTable(table.tobytes())


def _drawn(done: Inferred, kind: type[_Drawn]) -> _Drawn:
    """Raises TypeError for an overlay of another kind."""
    if not isinstance(done.drawn, kind):
        raise TypeError(f"expected an overlay as {kind.__name__}, got {type(done.drawn).__name__}")
    return done.drawn
