"""Damaged variants of files: bits flipped, cut off, spliced. The same seed and number give the same variant."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_EDGE = 2048
"""Where a file's headers and index are: at its beginning, or its end."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One file to try."""

    origin: int
    """Which of the files it was made of."""
    kind: str
    """What was done to it."""
    data: bytes


def variant(files: Sequence[bytes], seed: int, number: int) -> Variant:
    """Variant `number` of a run with `seed`; every second one is damaged twice."""
    dice = random.Random(f"{seed}:{number}")
    origin = dice.randrange(len(files))
    data = bytearray(files[origin])
    kinds = dice.sample(sorted(KINDS), 1 + number % 2)
    for kind in kinds:
        KINDS[kind](data, files, dice)
    return Variant(origin, "+".join(kinds), bytes(data))


def _flip(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    for _ in range(_some(dice, 3000)):
        _flip_one(data, dice.randrange(len(data)) if data else 0, dice)


def _flip_headers(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    at_end = dice.random() < 0.5
    for _ in range(_some(dice, 60)):
        place = dice.randrange(min(_EDGE, len(data))) if data else 0
        _flip_one(data, len(data) - 1 - place if at_end else place, dice)


def _flip_one(data: bytearray, place: int, dice: random.Random) -> None:
    if data:
        data[place] ^= 1 << dice.randrange(8)


def _set_numbers(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    """Lengths, sizes and times that are too large, negative or nothing."""
    for _ in range(_some(dice, 20)):
        place = dice.randrange(max(1, min(len(data), _EDGE if dice.random() < 0.5 else len(data))))
        size = dice.choice((1, 2, 4, 8))
        data[place : place + size] = dice.choice((b"\xff", b"\x00", b"\x7f", b"\x80")) * size


def _cut_off(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    del data[dice.randrange(len(data) + 1) :]


def _cut_out(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    begin = dice.randrange(len(data) + 1)
    del data[begin : begin + _some(dice, max(1, len(data) // 2))]


def _repeat(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    begin = dice.randrange(len(data) + 1)
    data[begin:begin] = data[begin : begin + _some(dice, 20_000)]


def _splice(data: bytearray, files: Sequence[bytes], dice: random.Random) -> None:
    """The beginning of this file and the end of another, or a piece of another in its middle."""
    other = dice.choice(files)
    place, begin = dice.randrange(len(data) + 1), dice.randrange(len(other) + 1)
    if dice.random() < 0.5:
        data[place:] = other[begin:]
    else:
        piece = other[begin : begin + _some(dice, 20_000)]
        data[place : place + len(piece)] = piece


def _blank(data: bytearray, _files: Sequence[bytes], dice: random.Random) -> None:
    begin = dice.randrange(len(data) + 1)
    length = min(_some(dice, 50_000), len(data) - begin)
    data[begin : begin + length] = dice.choice((b"\x00", b"\xff")) * length


def _some(dice: random.Random, most: int) -> int:
    """1 to `most`, each order of magnitude as likely as the others."""
    return round(math.pow(most, dice.random()))


KINDS: dict[str, Callable[[bytearray, Sequence[bytes], random.Random], None]] = {
    "flip": _flip, "flip-headers": _flip_headers, "set-numbers": _set_numbers, "cut-off": _cut_off,
    "cut-out": _cut_out, "repeat": _repeat, "splice": _splice, "blank": _blank,
}  # fmt: skip
