"""`ConfidenceSink`: one grey PNG per frame, how sure the network was of each pixel's class."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import cv2

from bisenet.closing import Closing
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.numbered import NumberedPictures

_FAST = [cv2.IMWRITE_PNG_COMPRESSION, 1]


class ConfidenceSink(Closing):
    """Writes `00000001_conf.png`, ...: 8 bits, 255 is certain. Results without confidence are refused."""

    def __init__(self, folder: Path, *, overwrite: bool = False) -> None:
        """Make the folder. Raises SinkError as `NumberedPictures`."""
        self._pictures = NumberedPictures(folder, "_conf.png", overwrite=overwrite)
        self._stage_ms: Mapping[str, float] = {}

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`: `confidence`."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Write one picture. Raises SinkError when the disk does not take it."""
        if result.confidence is None:
            raise ValueError("expected a result with confidence")
        begin = time.perf_counter()
        _, png = cv2.imencode(".png", result.confidence, _FAST)
        self._pictures.write(result.frame.index, png.tobytes())
        self._stage_ms = {"confidence": (time.perf_counter() - begin) * 1e3}

    def close(self) -> None:
        """Nothing is left to do: each picture was finished when it was written."""
