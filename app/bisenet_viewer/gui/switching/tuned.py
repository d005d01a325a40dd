"""What was found by tuning, and where it is kept for a device and a model. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bisenet_viewer import settings as files
from bisenet_viewer.gui.switching.tuning import Candidate

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.gui.work.settings_store import SettingsStore


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
        return 1000 / max(self.frame_ms, 0.001)


class InSettings:
    """A `Store` in the settings of the application."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def get(self, key: str) -> dict[str, Any] | None:
        kept = self._settings.settings.tuned.get(key)
        return None if kept is None else asdict(kept)

    def put(self, key: str, value: dict[str, Any]) -> None:
        tuned = files.Tuned(value["engine"], value["precision"], value["imgsz"])
        self._settings.change(tuned={**self._settings.settings.tuned, key: tuned})


def key_of(info: EngineInfo) -> str:
    """By what runs it and what is run: another card or another model is tuned anew."""
    return files.tuned_key(info.device_name, info.model)


def remember(store: Store, key: str, candidate: Candidate, engine: str) -> None:
    """Keep it, in place of what was found before. engine: as it was asked for."""
    store.put(key, {"engine": engine, "precision": candidate.precision, "imgsz": candidate.imgsz})


def recall(store: Store, key: str) -> Candidate | None:
    """What was kept; None where nothing was, or what a person or another version made of it says nothing."""
    kept = store.get(key)
    return None if kept is None else _read(kept)


def _read(kept: Mapping[str, Any]) -> Candidate | None:
    try:
        width, height = (int(side) for side in kept["imgsz"])
        precision = str(kept["precision"])
    except (KeyError, TypeError, ValueError):
        return None
    return Candidate((width, height), precision) if min(width, height) >= 32 else None
