"""`StatsSink`: a line per frame, JSON or CSV: its time, the share of each class, what it cost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.ending import Ending
from bisenet_viewer.sinks.growing_file import GrowingFile
from bisenet_viewer.sinks.target import check_new_file

FORMATS = (".jsonl", ".csv")

Shares = Callable[[NDArray[np.uint8], int], NDArray[np.float64]]
"""(H, W) uint8 class ids and how many classes there are -> the part of the picture, 0 to 1, that each covers."""


class StatsSink(Ending):
    """Written after the other sinks, so that their milliseconds are in `stage_ms` of the results."""

    stage_ms: Mapping[str, float] = {}
    """Nothing that is worth measuring."""

    def __init__(
        self,
        path: Path,
        classes: ClassSet,
        *,
        shares: Shares,
        lost: Callable[[], int],
        overwrite: bool = False,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """path: `.jsonl` or `.csv`. shares: measures a frame. lost: how many frames of the input were left out so far.

        Raises SinkError for another extension, an existing file, a folder that cannot be written.
        """
        super().__init__()
        check_new_file(path, FORMATS, overwrite=overwrite)
        self._classes = classes
        self._shares = shares
        self._lost = lost
        self._frames = 0
        self._columns: tuple[str, ...] | None = None
        self._is_csv = path.suffix.lower() == ".csv"
        self._file = GrowingFile(path, overwrite=overwrite, say=say)

    def write(self, result: Result) -> None:
        """Append the line of one frame. Raises SinkError when the disk does not take it."""
        row = self._row(result)
        if self._is_csv:
            self._file.write(self._csv(row))
        else:
            self._file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
        self._frames += 1

    def _finish(self) -> None:
        self._file.publish()

    def _break_off(self) -> None:
        self._file.abort(worth_keeping=self._frames > 0)

    def _row(self, result: Result) -> dict[str, Any]:
        frame = result.frame
        shares = self._shares(result.labels, len(self._classes))
        row: dict[str, Any] = {
            "index": frame.index,
            "pts": frame.pts,
            "time_s": round(frame.time_s, 6),
            "shares": {name: round(float(share), 6) for name, share in zip(self._classes.names, shares, strict=True)},
        }
        if result.confidence is not None:
            row["confidence"] = round(float(cv2.mean(result.confidence)[0]) / 255, 4)
        row["ms"] = {stage: round(ms, 3) for stage, ms in result.stage_ms.items()}
        row["dropped"] = self._lost()
        return row

    def _csv(self, row: dict[str, Any]) -> bytes:
        flat = {key: value for key, value in row.items() if not isinstance(value, dict)}
        flat |= {f"share {name}": share for name, share in row["shares"].items()}
        flat |= {f"ms {stage}": ms for stage, ms in row["ms"].items()}
        text = io.StringIO()
        if self._columns is None:
            self._columns = tuple(flat)
            csv.writer(text, lineterminator="\n").writerow(self._columns)
        csv.writer(text, lineterminator="\n").writerow([flat.get(column, "") for column in self._columns])
        return text.getvalue().encode()
