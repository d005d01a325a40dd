"""A sheet of the pictures that a model does worst on: picture, truth, prediction, errors."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.evaluation.drawing import Rgb, draw_text, shortened, text_width

_TILE = 360
"""Width in pixels."""
_GAP = 6
_CAPTION = 26
_LETTER = 10
_ERROR = (230, 30, 30)
_COLUMNS = ("picture", "truth", "prediction", "errors (red), no label (black)")


@dataclass(frozen=True, slots=True)
class WorstPicture:
    """One of the pictures with the lowest mIoU, as it is drawn."""

    name: str
    miou: float
    tiles: Rgb
    """(height, 4 * tile + 3 * gap, 3): picture, truth, prediction, errors."""
    classes: frozenset[int]
    """Ids that are seen in it, true or predicted."""


class WorstPictures:
    """Keeps the `count` pictures with the lowest mIoU of those that it is shown, drawn small."""

    def __init__(self, classes: ClassSet, count: int) -> None:
        self._classes, self._count = classes, count
        self._heap: list[tuple[float, int, WorstPicture]] = []
        self._shown = 0

    def add(self, name: str, miou: float, rgb: Rgb, truth: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> None:
        """Show it one. A picture without a figure (nan) is passed over; of equal ones the first stays."""
        self._shown += 1
        full = len(self._heap) == self._count
        if np.isnan(miou) or (full and (not self._heap or miou >= -self._heap[0][0])):
            return
        drawn = WorstPicture(name, miou, *self._drawn(rgb, truth, predicted))
        entry = (-miou, -self._shown, drawn)
        if full:
            heapq.heapreplace(self._heap, entry)
        else:
            heapq.heappush(self._heap, entry)

    def pictures(self) -> tuple[WorstPicture, ...]:
        """The lowest first."""
        return tuple(entry[2] for entry in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1])))

    def _drawn(self, rgb: Rgb, truth: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> tuple[Rgb, frozenset[int]]:
        size = (_TILE, max(1, round(_TILE * rgb.shape[0] / rgb.shape[1])))
        shrinking = size[0] < rgb.shape[1]
        rgb = np.asarray(
            cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR), np.uint8
        )
        # Ids are sampled, not averaged: a thin object may fall between, but no class appears that is not there.
        truth, predicted = (
            np.asarray(cv2.resize(ids, size, interpolation=cv2.INTER_NEAREST), np.uint8) for ids in (truth, predicted)
        )
        known = truth < len(self._classes)
        grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        errors = np.asarray(grey // 2 + 64, np.uint8)
        errors[known & (truth != predicted)] = _ERROR
        errors[~known] = 0
        palette = self._classes.palette_array()
        gap = np.full((size[1], _GAP, 3), 255, np.uint8)
        tiles = np.hstack([rgb, gap, palette[truth], gap, palette[predicted], gap, errors])
        return tiles, frozenset(np.unique(np.concatenate([truth[known], predicted.ravel()])).tolist())


def worst_sheet(pictures: tuple[WorstPicture, ...], classes: ClassSet, title: str = "") -> Rgb:
    """(H, W, 3) uint8: a row per picture with its name and mIoU, and the colours of the classes that are seen.

    Raises ValueError when there are no pictures.
    """
    if not pictures:
        raise ValueError("no pictures to draw: none has a labelled pixel")
    width = pictures[0].tiles.shape[1]
    rows = [_line(width, title, 12)]
    for place, picture in enumerate(pictures, start=1):
        score = f"mIoU {picture.miou:.4f}"
        room = _TILE - text_width(f"{place}. {score}", _LETTER) - 3 * _GAP
        caption = _line(width, f"{place}. {shortened(picture.name, _LETTER, room)}", _LETTER)
        draw_text(caption, score, _TILE, _CAPTION // 2, _LETTER, align="right")
        for column, name in enumerate(_COLUMNS[1:], start=1):
            draw_text(caption, name, column * (_TILE + _GAP), _CAPTION // 2, _LETTER)
        rows += [caption, picture.tiles]
    seen = frozenset[int]().union(*(picture.classes for picture in pictures))
    rows.append(_legend(width, [(classes.names[i], classes.palette[i]) for i in sorted(seen) if i < len(classes)]))
    return np.vstack(rows)


def _line(width: int, text: str, letter: int) -> Rgb:
    line = np.full((_CAPTION, width, 3), 255, np.uint8)
    draw_text(line, text, _GAP, _CAPTION // 2, letter)
    return line


def _legend(width: int, entries: list[tuple[str, tuple[int, int, int]]]) -> Rgb:
    swatch = _CAPTION - 2 * _GAP
    lines = [_line(width, "", _LETTER)]
    left = _GAP
    for name, color in entries:
        needed = swatch + 2 * _GAP + text_width(name, _LETTER) + 2 * _GAP
        if left + needed > width:
            lines.append(_line(width, "", _LETTER))
            left = _GAP
        cv2.rectangle(lines[-1], (left, _GAP), (left + swatch, _GAP + swatch), color, cv2.FILLED)
        cv2.rectangle(lines[-1], (left, _GAP), (left + swatch, _GAP + swatch), (128, 128, 128), 1)
        draw_text(lines[-1], name, left + swatch + _GAP, _CAPTION // 2, _LETTER)
        left += needed
    return np.vstack(lines)
