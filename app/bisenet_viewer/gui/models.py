"""`Models`: which models a player's pipeline runs, which are on their way, and why the last one did not come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet.engines import Engine, EngineInfo
    from bisenet_viewer.frame import Result
    from bisenet_viewer.gui.player import Request
    from bisenet_viewer.pipeline.events import CompareOpened, CompareRefused, EngineOpened, EngineRefused
    from bisenet_viewer.pipeline.pipeline import Pipeline

OpenEngine = Callable[["Request"], "Engine"]
"""Opens what a request asks for. Runs on threads of the pipeline's, also on several at once."""


class Models:
    """Told what is wished and what the pipeline tells; on the GUI thread. A pipeline numbers its wishes."""

    def __init__(self, open_engine: OpenEngine) -> None:
        self._open_engine = open_engine
        self.request: Request | None = None
        """What runs now, or was the first to be asked for."""
        self.switching: Request | None = None
        self.refused: Exception | None = None
        self.engine: EngineInfo | None = None
        """What made the result that was taken last; before the first, what is open."""
        self.classes: ClassSet | None = None
        self.comparison: Request | None = None
        """Stays from one pipeline to the next."""
        self.compared_engine: EngineInfo | None = None
        self.compared_classes: ClassSet | None = None
        self._has_shown = False
        self._wishes: dict[int, Request] = {}
        self._compare_wish = 0

    def begin(self, request: Request | None) -> None:
        """A new pipeline is about to be made; None: none is."""
        self.request = request
        self.switching = self.refused = None
        self.engine = self.classes = self.compared_engine = self.compared_classes = None
        self._has_shown = False
        self._wishes.clear()

    def switch(self, pipeline: Pipeline, request: Request) -> None:
        """Run this in place of what runs, or of what was wished for just before."""
        self.refused = None
        if request == (self.switching or self.request):
            return
        if request == self.request and pipeline.keep_engine():
            self.switching = None
            return
        self.switching = request
        self._wishes[pipeline.switch_engine(lambda: self._open_engine(request))] = request

    def compare(self, pipeline: Pipeline | None, request: Request | None) -> None:
        """Run this beside it; None: nothing. Before the first engine is open it is kept for then."""
        self.refused = None
        if request == self.comparison:
            return
        self.comparison = request
        self.compared_engine = self.compared_classes = None
        if pipeline is not None and self.engine is not None:
            self._send_comparison(pipeline, request)

    def note_opened(self, event: EngineOpened, pipeline: Pipeline | None) -> None:
        """The first engine, or the one that was switched to. What it makes is seen with its first result."""
        if event.wish in self._wishes:
            self.request = self._wishes[event.wish]
            if event.wish == max(self._wishes):
                self.switching = None
        if not self._has_shown:
            self.engine, self.classes = event.info, event.classes
        # A second model would only delay the first picture.
        if event.wish == 0 and pipeline is not None and self.comparison is not None:
            self._send_comparison(pipeline, self.comparison)

    def note_refused(self, event: EngineRefused) -> None:
        """Unless something else was wished for since then, nothing is on its way any more."""
        if event.wish == max(self._wishes, default=0):
            self.switching, self.refused = None, event.error

    def note_compared(self, event: CompareOpened) -> None:
        """Results have a second opinion from now on."""
        if event.wish == self._compare_wish:
            self.compared_engine, self.compared_classes = event.info, event.classes

    def note_compare_refused(self, event: CompareRefused) -> None:
        """They have none any more."""
        if event.wish == self._compare_wish:
            self.comparison = self.compared_engine = self.compared_classes = None
            self.refused = event.error

    def note_taken(self, result: Result) -> bool:
        """Whether this result, which is about to be seen, was made by another model than the one before."""
        self._has_shown = True
        if result.info is None or (result.info, result.classes) == (self.engine, self.classes):
            return False
        self.engine, self.classes = result.info, result.classes
        return True

    def _send_comparison(self, pipeline: Pipeline, request: Request | None) -> None:
        open_engine = None if request is None else lambda: self._open_engine(request)
        self._compare_wish = pipeline.compare_with(open_engine)
