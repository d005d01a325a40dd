"""`ModelSteering`: carries the model card's wishes to the player and the tuner, and their news to the card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from bisenet.engine_names import ENGINES
from bisenet_viewer.gui.opening import naming
from bisenet_viewer.gui.player import Player, Request
from bisenet_viewer.gui.switching import options
from bisenet_viewer.gui.switching.model_panel import ModelPanel
from bisenet_viewer.gui.switching.tuned import Store, key_of, recall
from bisenet_viewer.gui.switching.tuner import Outcome, Tuner
from bisenet_viewer.gui.switching.tuning import Candidate, candidates, sizes_for
from bisenet_viewer.gui.texts import switching as texts

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import Result


class ModelSteering(QObject):
    """On the GUI thread. `close` before the player is closed."""

    def __init__(self, panel: ModelPanel, player: Player, store: Store, clock: Callable[[], float]) -> None:
        """clock: in seconds."""
        super().__init__(panel)
        self._panel, self._player, self._store = panel, player, store
        self._tuner = Tuner(player, clock, self)
        self._told: Exception | None = None
        self._recalled: EngineInfo | None = None
        panel.wanted.connect(self._switch)
        panel.compare_wanted.connect(player.compare_with)
        panel.tune_box.tune_wanted.connect(self._tune)
        panel.tune_box.cancel_wanted.connect(self._tuner.cancel)
        panel.tune_box.use_wanted.connect(self._use)
        self._tuner.progressed.connect(panel.tune_box.show_progress)
        self._tuner.finished.connect(self._show_outcome)
        player.changed.connect(self._follow)

    @property
    def is_tuning(self) -> bool:
        return self._tuner.is_running

    def toggle(self, *, on_comparison: bool = False) -> None:
        """Show the card with the focus on its first list, or hide it."""
        self._panel.setVisible(self._panel.isHidden())
        if self._panel.isVisible():
            self._follow()
            self._panel.focus_first(on_comparison=on_comparison)

    def note_result(self, result: Result) -> None:
        """A result was taken from the player."""
        self._tuner.note_result(result.stage_ms)

    def leave_tuning(self) -> None:
        """Another source is about to be opened: what was found until now says nothing of it."""
        self._tuner.cancel(back=False)

    def close(self) -> None:
        """Stop tuning; no thread is left."""
        self._tuner.cancel(back=False)
        self._panel.close_lookup()

    def _switch(self, request: Request) -> None:
        self._tuner.cancel(back=False)
        self._player.switch_model(request)

    def _use(self, found: Candidate) -> None:
        now = self._player.wanted
        if now is not None:
            self._panel.tune_box.set_remembered(None)
            self._switch(replace(now, imgsz=found.imgsz, precision=found.precision))

    def _tune(self, target_fps: float) -> None:
        now, info, here = self._player.wanted, self._player.engine, self._panel.here
        if now is None or info is None or here is None:
            return
        if options.is_export(now.model):
            self._panel.tune_box.show_outcome(texts.EXPORT_IS_FIXED)
            return
        stream = self._player.stream
        sizes = sizes_for(None if stream is None else (stream.width, stream.height))
        choices = candidates(sizes, options.precisions_to_try(now, here))
        engine = info.engine if now.engine == "auto" and info.engine in ENGINES else now.engine
        self._tuner.start(now, target_fps, choices, engine=engine, store=self._store, key=key_of(info))

    def _show_outcome(self, outcome: Outcome) -> None:
        self._panel.tune_box.show_outcome(outcome.text)

    def _follow(self) -> None:
        """Bring the card up to date with the player."""
        panel, player = self._panel, self._player
        if player.wanted is not None:
            panel.set_request(player.wanted)
        panel.set_compared(player.comparison)
        if player.engine is not None:
            panel.set_running(naming.engine_text(player.engine), naming.engine_story(player.engine))
        panel.set_preparing("" if player.switching is None else options.request_text(player.switching))
        if not self._tuner.is_running:
            self._show_refusal(player.refused)
            self._show_remembered(player.engine, player.request)
        self._tuner.look()

    def _show_refusal(self, refused: Exception | None) -> None:
        if refused is not self._told:
            self._panel.set_fault("" if refused is None else naming.fault_text(refused))
            self._told = refused

    def _show_remembered(self, info: EngineInfo | None, request: Request | None) -> None:
        """Offer what was found before, once for each engine, unless it runs already."""
        if info is None or request is None or info == self._recalled:
            return
        self._recalled = info
        found = recall(self._store, key_of(info))
        runs = Candidate(request.imgsz, request.precision) if request.imgsz is not None else None
        self._panel.tune_box.set_remembered(None if found == runs else found)
