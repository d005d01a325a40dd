"""`Tuner`: tries input sizes on what plays, one after the other, and keeps the best that is fast enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from statistics import median
from typing import Protocol

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching.tuned import Store, Tuned, remember
from bisenet_viewer.gui.switching.tuning import Candidate, best, fastest, next_to_try
from bisenet_viewer.gui.texts import switching as texts

WARM_UP = 5
"""Frames that are not counted: some are still the last engine's, the first ones of a new engine are slow."""
ENOUGH = 24
FEW = 6
LONG_S = 3.0
"""After so long a few frames do."""
SILENCE_S = 10.0

_STAGES = ("pre", "network", "post")
"""What the model's thread does for a frame, one after the other."""


class Switcher(Protocol):
    """What changes the model: the player."""

    @property
    def switching(self) -> Request | None:
        """What is being prepared."""
        ...

    @property
    def refused(self) -> Exception | None:
        """Why the last switch was not done."""
        ...

    def switch_model(self, request: Request) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """For people."""

    text: str
    tried: int
    """How many candidates are done."""
    most: int
    """How many there are; not all need to be tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended."""

    text: str
    request: Request
    """What runs now, or is about to."""
    tuned: Tuned | None = None
    """What was found; None where it was cancelled or nothing could be measured."""
    reached: bool = False


class _State(Enum):
    IDLE = auto()
    SWITCHING = auto()
    MEASURING = auto()


class Tuner(QObject):
    """Told of the player's changes with `look` and of each result with `note_result`; on the GUI thread."""

    progressed = pyqtSignal(object)
    """A `Progress`."""
    finished = pyqtSignal(object)
    """An `Outcome`, once for each `start`."""

    def __init__(self, player: Switcher, clock: Callable[[], float], parent: QObject | None = None) -> None:
        """clock: in seconds."""
        super().__init__(parent)
        self._player, self._clock = player, clock
        self._state = _State.IDLE
        self._base = self._now = Request("", "")
        self._engine = ""
        self._target_fps = 0.0
        self._choices: Sequence[Candidate] = ()
        self._measured: dict[Candidate, float | None] = {}
        self._trying: Candidate | None = None
        self._skipped = 0
        self._samples: list[float] = []
        self._begun = self._heard = 0.0
        self._fault = ""
        self._store: Store | None = None
        self._key = ""
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._check_silence)

    @property
    def is_running(self) -> bool:
        return self._state is not _State.IDLE

    def start(
        self,
        base: Request,
        target_fps: float,
        choices: Sequence[Candidate],
        *,
        engine: str | None = None,
        store: Store | None = None,
        key: str = "",
    ) -> None:
        """Look for the first of the choices, which are in order of worth, that reaches the target.

        base: what was asked for until now; `cancel` goes back to it. engine: what runs all of them, in place of what
        `auto` would find out for each anew. store, key: where what is found is kept.
        """
        if self.is_running:
            return
        self._base = self._now = base
        self._engine = engine or base.engine
        self._target_fps, self._choices = target_fps, choices
        self._store, self._key = store, key
        self._measured, self._fault = {}, ""
        self._timer.start()
        self._try_next()

    def cancel(self, *, back: bool = True) -> None:
        """Stop; back: and run again what ran before. Harmless when nothing is being tuned."""
        if not self.is_running:
            return
        if back:
            self._switch(self._base)
        self._finish(Outcome(texts.CANCELLED if back else texts.LEFT, self._base if back else self._now))

    def look(self) -> None:
        """The player may have changed the model, or refused to."""
        if self._state is not _State.SWITCHING or self._player.switching is not None or self._trying is None:
            return
        if self._player.refused is not None:
            self._fault = " ".join(str(self._player.refused).split())
            self._measured[self._trying] = None
            self._try_next()
            return
        self._state = _State.MEASURING
        self._skipped, self._samples = 0, []
        self._begun = self._heard = self._clock()
        self._tell(texts.MEASURING.format(what=self._trying))

    def note_result(self, stage_ms: Mapping[str, float]) -> None:
        """A result has come."""
        if self._state is not _State.MEASURING or self._trying is None:
            return
        self._heard = self._clock()
        if self._skipped < WARM_UP:
            self._skipped += 1
            self._begun = self._heard
            return
        self._samples.append(sum(stage_ms.get(stage, 0.0) for stage in _STAGES))
        is_long = self._heard - self._begun >= LONG_S
        if len(self._samples) >= ENOUGH or (is_long and len(self._samples) >= FEW):
            self._measured[self._trying] = median(self._samples)
            self._try_next()

    def _try_next(self) -> None:
        self._trying = next_to_try(self._choices, self._measured, self._target_fps)
        if self._trying is None:
            self._conclude()
            return
        self._state = _State.SWITCHING
        self._tell(texts.TRYING.format(what=self._trying))
        self._switch(self._request_of(self._trying))
        # What runs already is there at once, and nothing more will be told of it.
        self.look()

    def _conclude(self) -> None:
        found = best(self._choices, self._measured, self._target_fps)
        nearest = found or fastest(self._measured)
        if nearest is None:
            self._switch(self._base)
            self._finish(Outcome(texts.NOTHING_RAN.format(why=self._fault), self._base))
            return
        frame_ms = self._measured[nearest]
        assert frame_ms is not None
        request = self._request_of(nearest)
        if request != self._now:
            self._switch(request)
        tuned = Tuned(nearest, frame_ms, self._target_fps)
        told = texts.REACHED if found is not None else texts.NOT_REACHED
        text = told.format(what=nearest, fps=tuned.fps, ms=frame_ms, target=self._target_fps)
        if self._store is not None and found is not None:
            remember(self._store, self._key, nearest, self._engine)
        self._finish(Outcome(text, request, tuned, found is not None))

    def _check_silence(self) -> None:
        if self._state is _State.MEASURING and self._clock() - self._heard > SILENCE_S:
            self._switch(self._base)
            self._finish(Outcome(texts.NO_FRAMES, self._base))

    def _request_of(self, candidate: Candidate) -> Request:
        return replace(self._base, engine=self._engine, imgsz=candidate.imgsz, precision=candidate.precision)

    def _switch(self, request: Request) -> None:
        self._now = request
        self._player.switch_model(request)

    def _finish(self, outcome: Outcome) -> None:
        self._state = _State.IDLE
        self._timer.stop()
        self.finished.emit(outcome)

    def _tell(self, text: str) -> None:
        done = [texts.MEASURED.format(what=choice, ms=ms) for choice, ms in self._measured.items() if ms is not None]
        self.progressed.emit(Progress("   ".join((*done[-1:], text)), len(self._measured), len(self._choices)))
