"""Which input size and precision reach a wanted frame rate: what to try next, and what is best. Pure; no Qt.

Within one precision a larger input never is faster. What one try says of others by that is not tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIZES = ((320, 192), (480, 288), (640, 360), (768, 448), (1024, 512))
"""Input sizes (width, height) for wide pictures, multiples of 8."""
SPARE = 0.1
"""Part of each frame's time that is left over: for a scene with more in it, and for other programs."""

_WIDE = (1.6, 2.1)
"""Width by height of pictures that the sizes are made for."""
_HOPELESS = 1.6
"""What is expected to take so many times too long is not tried: a guess is never that wrong."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to run the model."""

    imgsz: tuple[int, int]
    precision: str = "auto"

    @property
    def pixels(self) -> int:
        return self.imgsz[0] * self.imgsz[1]

    def __str__(self) -> str:
        size = f"{self.imgsz[0]}×{self.imgsz[1]}"
        return size if self.precision == "auto" else f"{size} {self.precision}"


Measured = Mapping[Candidate, float | None]
"""Milliseconds a frame; None: it could not be run."""


def sizes_for(picture: tuple[int, int] | None) -> tuple[tuple[int, int], ...]:
    """The sizes, or as large ones in a picture's own aspect where that is another; multiples of 8."""
    if picture is None or _WIDE[0] <= picture[0] / picture[1] <= _WIDE[1]:
        return SIZES
    aspect = picture[0] / picture[1]
    return tuple(
        (
            max(32, round((width * height * aspect) ** 0.5 / 8) * 8),
            max(32, round((width * height / aspect) ** 0.5 / 8) * 8),
        )
        for width, height in SIZES
    )


def candidates(sizes: Sequence[tuple[int, int]] = SIZES, precisions: Sequence[str] = ("auto",)) -> list[Candidate]:
    """Best first: the largest input, then the most accurate precision. precisions: the most accurate first."""
    by_size = sorted(sizes, key=lambda size: size[0] * size[1], reverse=True)
    return [Candidate(size, precision) for size in by_size for precision in precisions]


def goal_ms(target_fps: float) -> float:
    """What a frame may take at most. Raises ValueError unless the target is above 0."""
    if target_fps <= 0:
        raise ValueError(f"expected a target above 0 frames per second, got {target_fps}")
    return 1000 / target_fps * (1 - SPARE)


def best(choices: Sequence[Candidate], measured: Measured, target_fps: float) -> Candidate | None:
    """The first of the choices, which are in order of worth, that was measured to reach the target."""
    return next((choice for choice in choices if _reaches(measured.get(choice), goal_ms(target_fps))), None)


def fastest(measured: Measured) -> Candidate | None:
    """What to fall back on where nothing reaches the target; None where nothing could be run."""
    known = {choice: ms for choice, ms in measured.items() if ms is not None}
    return min(known, key=lambda choice: known[choice]) if known else None


def next_to_try(choices: Sequence[Candidate], measured: Measured, target_fps: float) -> Candidate | None:
    """What to measure next; None when nothing better can be found.

    The first try is in the middle. Then the best of those that are expected to reach the target by what was measured;
    and where that leaves none, the nearest to it that is not hopeless.
    """
    goal = goal_ms(target_fps)
    reached = best(choices, measured, target_fps)
    better = choices if reached is None else choices[: choices.index(reached)]
    open_ones = [choice for choice in better if choice not in measured and not _is_ruled_out(choice, measured, goal)]
    if not open_ones:
        return None
    guesses = {choice: _guess(choice, measured) for choice in open_ones}
    if all(guess is None for guess in guesses.values()):
        return open_ones[len(open_ones) // 2]
    told = {choice: guess for choice, guess in guesses.items() if guess is not None}
    hopeful = next((choice for choice, guess in told.items() if guess <= goal), None)
    if hopeful is not None:
        return hopeful
    nearest = min(told, key=lambda choice: told[choice])
    # While nothing has reached the target even the smallest is worth a try.
    return nearest if reached is None or told[nearest] <= _HOPELESS * goal else None


def _reaches(ms: float | None, goal: float) -> bool:
    return ms is not None and ms <= goal


def _is_ruled_out(choice: Candidate, measured: Measured, goal: float) -> bool:
    """Whether a smaller input in its precision was too slow, or the precision cannot be run."""
    return any(
        other.precision == choice.precision and (ms is None or (other.pixels <= choice.pixels and ms > goal))
        for other, ms in measured.items()
    )


def _guess(choice: Candidate, measured: Measured) -> float | None:
    """From the nearest size in its precision, else from the fastest precision there is: by the number of pixels."""
    known = [(other, ms) for other, ms in measured.items() if ms is not None]
    same = [(other, ms) for other, ms in known if other.precision == choice.precision]
    if same:
        other, ms = min(same, key=lambda each: abs(each[0].pixels - choice.pixels))
        return ms * choice.pixels / other.pixels
    if known:
        return min(ms * choice.pixels / other.pixels for other, ms in known)
    return None
