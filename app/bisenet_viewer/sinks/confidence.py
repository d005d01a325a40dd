"""`ConfidenceSink`: one grey PNG per frame, how sure the network was of each pixel's class."""

from __future__ import annotations

from pathlib import Path

import cv2

from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.frame_files import FrameFiles
from bisenet_viewer.sinks.numbered import NumberedPictures

_FAST = [cv2.IMWRITE_PNG_COMPRESSION, 1]


class ConfidenceSink(FrameFiles):
    """Writes `00000001_conf.png`, ...: 8 bits, 255 is certain. Results without confidence are refused."""

    def __init__(self, folder: Path, *, overwrite: bool = False) -> None:
        """Make the folder. Raises SinkError as `NumberedPictures`."""
        super().__init__("confidence")
        self._pictures = NumberedPictures(folder, "_conf.png", overwrite=overwrite)

    def _put(self, result: Result) -> None:
        if result.confidence is None:
            raise ValueError("expected a result with confidence")
        _, png = cv2.imencode(".png", result.confidence, _FAST)
        self._pictures.write(result.frame.index, png.tobytes())
