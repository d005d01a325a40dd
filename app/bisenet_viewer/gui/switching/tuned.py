"""What was found by tuning, as it is remembered for a device and a model. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bisenet_viewer.gui.switching.tuning import Candidate

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo


class Store(Protocol):
    """Where it is kept between starts."""

    def get(self, key: str) -> dict[str, Any] | None: ...

    def put(self, key: str, value: dict[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Tuned:
    """A candidate, and how fast it was."""

    candidate: Candidate
    frame_ms: float
    target_fps: float

    @property
    def fps(self) -> float:
        return 1000 / self.frame_ms


def key_of(info: EngineInfo) -> str:
    """By what runs it and what is run: another card or another model is tuned anew."""
    return f"{info.device.partition(':')[0]} {info.device_name} {info.model}"


def remember(store: Store, key: str, tuned: Tuned) -> None:
    """Keep it, in place of what was found before."""
    store.put(
        key,
        {
            "imgsz": list(tuned.candidate.imgsz),
            "precision": tuned.candidate.precision,
            "frame_ms": round(tuned.frame_ms, 2),
            "target_fps": tuned.target_fps,
        },
    )


def recall(store: Store, key: str) -> Tuned | None:
    """What was kept; None where nothing was, or what a person or another version made of it says nothing."""
    kept = store.get(key)
    return None if kept is None else _read(kept)


def _read(kept: Mapping[str, Any]) -> Tuned | None:
    try:
        width, height = (int(side) for side in kept["imgsz"])
        frame_ms, target_fps = float(kept["frame_ms"]), float(kept["target_fps"])
        precision = str(kept["precision"])
    except (KeyError, TypeError, ValueError):
        return None
    if not (32 <= width <= 8192 and 32 <= height <= 8192 and frame_ms > 0 and target_fps > 0):
        return None
    return Tuned(Candidate((width, height), precision), frame_ms, target_fps)
