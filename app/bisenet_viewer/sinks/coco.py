"""`CocoSink`: the regions of every frame as COCO annotations, one JSON file that pycocotools reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bisenet.classes import ClassSet
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.cvat import frame_name
from bisenet_viewer.sinks.ending import Ending
from bisenet_viewer.sinks.growing_file import GrowingFile
from bisenet_viewer.sinks.rle import regions
from bisenet_viewer.sinks.target import check_new_file

FORMATS = (".json",)


class CocoSink(Ending):
    """One annotation per connected region, as compressed run lengths; category id = class id + 1.

    The pictures are named as CVAT names the frames of a video: `frame_000000.png`. Interrupted, the file is ended
    there, as `NAME.partial.json`.
    """

    def __init__(
        self,
        path: Path,
        classes: ClassSet,
        *,
        chosen: Collection[int] | None = None,
        overwrite: bool = False,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """chosen: ids of the classes that are annotated; None: all. Raises SinkError where `path` cannot be written."""
        super().__init__()
        check_new_file(path, FORMATS, overwrite=overwrite)
        self._chosen = sorted(range(len(classes)) if chosen is None else chosen)
        self._images: list[dict[str, Any]] = []
        self._annotations = 0
        self._stage_ms: Mapping[str, float] = {}
        self._file = GrowingFile(path, overwrite=overwrite, say=say)
        try:
            self._file.write(_head(classes, self._chosen))
        except SinkError:
            self._file.abort(worth_keeping=False)
            raise

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `coco`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Append the regions of one frame. Raises SinkError when the disk does not take it."""
        begin = time.perf_counter()
        height, width = result.labels.shape
        image_id = len(self._images) + 1
        lines: list[str] = []
        for region in regions(result.labels, self._chosen):
            annotation = {
                "id": self._annotations + len(lines) + 1,
                "image_id": image_id,
                "category_id": region.class_id + 1,
                "iscrowd": 0,
                "area": region.area,
                "bbox": region.box,
                "segmentation": {"size": [height, width], "counts": region.counts},
            }
            lines.append(json.dumps(annotation))
        if lines:
            self._file.write(("" if self._annotations == 0 else ",\n").encode() + ",\n".join(lines).encode())
        self._annotations += len(lines)
        self._images.append(
            {
                "id": image_id,
                "file_name": f"{frame_name(result.frame.index)}.png",
                "width": width,
                "height": height,
                "frame": result.frame.index,
                "time_s": round(result.frame.time_s, 6),
            }
        )
        self._stage_ms = {"coco": (time.perf_counter() - begin) * 1e3}

    def _finish(self) -> None:
        try:
            self._file.write(self._tail())
        except SinkError:
            self._file.abort(worth_keeping=True)
            raise
        self._file.publish()

    def _break_off(self) -> None:
        # Where the disk is full to the last byte only the end is missing: all annotations are there, one a line.
        with suppress(SinkError):
            self._file.write(self._tail())
        self._file.abort(worth_keeping=bool(self._images))

    def _tail(self) -> bytes:
        return ("\n],\n" + f'"images": {json.dumps(self._images)}' + "}\n").encode()


def _head(classes: ClassSet, chosen: Collection[int]) -> bytes:
    categories = [{"id": i + 1, "name": classes.names[i], "supercategory": ""} for i in chosen]
    info = {"description": f"segmented by bisenet-viewer, classes {classes.name}"}
    return (
        f'{{"info": {json.dumps(info)},\n"licenses": [],\n"categories": {json.dumps(categories)},\n"annotations": [\n'
    ).encode()
