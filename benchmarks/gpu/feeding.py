"""Running an engine frame after frame, two ways: waiting for each, or always with some on their way."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count

from benchmarks.gpu.subjects import Rgb
from benchmarks.gpu.timing import host_ms

from bisenet.engines import Engine, OverlappingEngine, Pending


def one_at_a_time(engine: Engine, pictures: Sequence[Rgb], seconds: float) -> list[float]:
    """Milliseconds from each picture in the host's memory to its ids there; the pictures take turns."""
    numbers = count()
    return host_ms(lambda: engine.infer(pictures[next(numbers) % len(pictures)]), seconds=seconds)


def fed(engine: OverlappingEngine, pictures: Sequence[Rgb], seconds: float, batch: int = 1) -> float:
    """Frames per second by the clock, with as many on their way as the engine takes; from the first to the last ids."""
    began = time.perf_counter()
    frames = feed(engine, pictures, lambda done: time.perf_counter() - began < seconds or done < batch, batch)
    return frames / (time.perf_counter() - began)


def feed(engine: OverlappingEngine, pictures: Sequence[Rgb], more: Callable[[int], bool], batch: int = 1) -> int:
    """Begin frames while more(begun so far) says so; returns how many, when all have ended."""
    waiting: deque[Pending] = deque()
    begun = 0
    while more(begun):
        if len(waiting) == engine.depth:
            waiting.popleft().wait()
        waiting.append(engine.begin([pictures[(begun + index) % len(pictures)] for index in range(batch)]))
        begun += batch
    while waiting:
        waiting.popleft().wait()
    return begun
