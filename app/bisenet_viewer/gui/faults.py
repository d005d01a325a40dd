"""`FaultTeller`: what went wrong with the source or the model, in the banner, with the ways out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bisenet_viewer.gui.banner import Banner, WayOut
from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.opening.faults import Severity
from bisenet_viewer.gui.player import Player, Request
from bisenet_viewer.gui.texts import window as texts

_STREAM, _SWITCH = "stream", "switch"


@dataclass(frozen=True, slots=True)
class Exits:
    """What the ways out do."""

    open: Callable[[Request], None]
    ask_for_file: Callable[[], None]


class FaultTeller:
    """Told of the player's changes with `look`; tells each fault once."""

    def __init__(self, banner: Banner, player: Player, exits: Exits, default_model: str) -> None:
        self._banner, self._player, self._exits = banner, player, exits
        self._default_model = default_model
        self._told: Exception | None = None
        self._refused: Exception | None = None
        self._interruption = ""

    def clear(self) -> None:
        """Another source: what was told is of the past."""
        self._interruption = ""
        self._told = None
        self._banner.hide()

    def look(self, request: Request) -> None:
        """request: what was asked for, and is offered again."""
        self._tell_interruption(request)
        error = self._player.error
        if error is not None and error is not self._told:
            self._banner.tell(naming.fault_text(error), self._ways_out(error, request), severity=Severity.ERROR)
        self._told = error
        refused = self._player.refused
        if refused is not None and refused is not self._refused:
            self._banner.tell(naming.fault_text(refused), [], topic=_SWITCH)
        self._refused = refused

    def tell(self, error: BaseException) -> None:
        """A fault of the program itself; what plays goes on."""
        self._banner.tell(naming.fault_text(error), [], severity=Severity.ERROR)

    def _tell_interruption(self, request: Request) -> None:
        """Why a live stream stands still, over its last picture, until it goes on."""
        text = naming.interruption_text(self._player.stream_state, self._player.stream)
        if text == self._interruption:
            return
        self._interruption = text
        if text:
            again: WayOut = (texts.TRY_NOW, lambda: self._exits.open(request))
            self._banner.tell(text, [again], topic=_STREAM)
        else:
            self._banner.withdraw(_STREAM)

    def _ways_out(self, error: Exception, request: Request) -> list[WayOut]:
        from bisenet.errors import CheckpointError, ConfigError, EngineError
        from bisenet_viewer.errors import SourceError

        opened = self._exits.open
        again: WayOut = (texts.TRY_AGAIN, lambda: opened(request))
        demo: WayOut = (texts.TRY_DEMO, lambda: opened(replace(request, source=naming.DEMO)))
        other: WayOut = (texts.OPEN_FILE, self._exits.ask_for_file)
        if isinstance(error, CheckpointError | ConfigError) and request.model != self._default_model:
            usual = replace(request, model=self._default_model)
            return [(texts.use_model(usual.model), lambda: opened(usual))]
        if isinstance(error, EngineError) and request.device != "auto":
            return [(texts.ANY_DEVICE, lambda: opened(replace(request, device="auto")))]
        if isinstance(error, SourceError):
            return [again, other, demo]
        return [again, other]
