"""`Effort`: how long and how often to measure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Times are for one figure, on any card."""

    warm_s: float
    """Before anything that runs frame after frame is timed."""
    rounds: int
    """What is compared takes turns so often; figures are medians over the rounds."""
    seconds: float
    """Of one turn of something that runs frame after frame."""
    calls: int
    """Of one turn of something that is timed call by call."""
    frames: int
    """Of the loop that looks for growing memory, at most."""
    loop_s: float
    """The same loop, at most."""
    batches: tuple[int, ...]
    """Of the network alone."""
    slow_compilers: bool
    """Whether torch.compile and TensorRT have a turn, which take minutes before their first picture."""


FULL = Effort(
    warm_s=0.2, rounds=3, seconds=1.0, calls=100, frames=4000, loop_s=20.0, batches=(1, 4, 8), slow_compilers=True
)
QUICK = Effort(warm_s=0.1, rounds=1, seconds=0.8, calls=30, frames=800, loop_s=6.0, batches=(1,), slow_compilers=False)
