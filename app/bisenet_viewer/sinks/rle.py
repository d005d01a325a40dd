"""Run lengths of the connected regions of a label picture, in COCO's form (pycocotools, maskApi.c)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

_BITS = 5
_MORE = 1 << _BITS
_FIRST_CHARACTER = 48


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels of one class that touch each other, at edges or corners."""

    class_id: int
    box: tuple[int, int, int, int]
    """x, y, width, height in pixels."""
    area: int
    """How many pixels."""
    counts: str
    """COCO's compressed run lengths of the whole picture, column by column."""


def regions(labels: NDArray[np.uint8], class_ids: Collection[int]) -> Iterator[Region]:
    """The regions of an (H, W) uint8 picture, class by class, in the order of `class_ids`."""
    height, width = labels.shape
    numbers = np.zeros((height, width), np.int32)
    found: list[tuple[int, tuple[int, int, int, int], int]] = []
    present = np.bincount(labels.reshape(-1), minlength=256)
    for class_id in class_ids:
        if not present[class_id]:
            continue
        mask = (labels == class_id).view(np.uint8)
        count, own, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
        np.add(numbers, own + len(found), out=numbers, where=own > 0)
        for x, y, box_width, box_height, area in stats[1:count].tolist():
            found.append((class_id, (x, y, box_width, box_height), area))
    for (class_id, box, area), counts in zip(found, _strings(numbers), strict=True):
        yield Region(class_id, box, area, counts)


def _strings(numbers: NDArray[np.int32]) -> list[str]:
    """Of each of the numbers 1, 2, ... that occur in a picture: where it is, as COCO's string."""
    flat = numbers.T.reshape(-1)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(flat)) + 1))
    ends = np.append(starts[1:], flat.size)
    owners = flat[starts]
    # Stable: the runs of one number stay in the order of their places.
    order = np.argsort(owners, kind="stable")
    order = order[np.searchsorted(owners[order], 1) :]
    if order.size == 0:
        return []
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(owners[order])) + 1))
    values, sizes = _differences(starts[order], ends[order], firsts, flat.size)
    characters, lengths = _characters(values)
    text = characters.decode("ascii")
    edges = np.concatenate(([0], np.cumsum(lengths)))[np.concatenate(([0], np.cumsum(sizes)))].tolist()
    return [text[begin:end] for begin, end in pairwise(edges)]


def _differences(
    starts: NDArray[np.int64], ends: NDArray[np.int64], firsts: NDArray[np.int64], total: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs, region after region, each beginning at one of `firsts` -> the numbers COCO writes, and how many a region.

    A region's run lengths are what is not it, what is it, and so on to the end of the picture; from the fourth on the
    difference to the one two before is written.
    """
    counts = np.diff(np.append(firsts, starts.size))
    is_first = np.zeros(starts.size, bool)
    is_first[firsts] = True
    gaps = starts - np.where(is_first, 0, np.roll(ends, 1))
    lengths = ends - starts
    is_second = np.roll(is_first, 1) & ~is_first
    lasts = np.append(firsts[1:], starts.size) - 1
    rests = total - ends[lasts]
    table = np.stack(
        (np.where(is_first | is_second, gaps, gaps - np.roll(gaps, 1)),
         np.where(is_first, lengths, lengths - np.roll(lengths, 1))), axis=1,
    ).reshape(-1)  # fmt: skip
    after = 2 * (lasts + 1)
    written = rests > 0
    values = np.insert(table, after[written], np.where(counts > 1, rests - gaps[lasts], rests)[written])
    return values, 2 * counts + written


def _characters(values: NDArray[np.int64]) -> tuple[bytes, NDArray[np.int64]]:
    """Each number in five bits a character, the lowest first; and how many characters it took."""
    digits = []
    left, alive = values, np.ones(values.size, bool)
    while alive.any():
        low = left & (_MORE - 1)
        left = left >> _BITS
        # The highest bit that is kept says the sign of all that are not.
        more = np.where(low & (_MORE >> 1), left != -1, left != 0) & alive
        digits.append(np.where(alive, low + np.where(more, _MORE, 0) + _FIRST_CHARACTER, 0).astype(np.uint8))
        alive = more
    table = np.stack(digits, axis=1)
    return table[table > 0].tobytes(), np.count_nonzero(table, axis=1)
