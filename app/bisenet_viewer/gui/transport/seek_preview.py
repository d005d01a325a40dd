"""`SeekPreview`: the time, and the picture, of the moment that the pointer is at on the seek slider."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.transport.hover_card import HoverCard, Told
from bisenet_viewer.gui.transport.seek_slider import SeekSlider
from bisenet_viewer.gui.transport.thumbnails import Thumbnails


class SeekPreview(QObject):
    """Brings the slider, the card and the pictures together; without pictures the time is told."""

    def __init__(self, slider: SeekSlider) -> None:
        super().__init__(slider)
        self.card = HoverCard()
        self._slider = slider
        self._thumbnails: Thumbnails | None = None
        self._time_s: float | None = None
        """Where the pointer is; None: elsewhere."""
        slider.pointed.connect(self._point)
        slider.left.connect(self._leave)
        # A connection ends with the card, which the window takes with it when it goes.
        slider.left.connect(self.card.hide)

    def use(self, thumbnails: Thumbnails) -> None:
        """Show these pictures. Whoever made them opens and closes them."""
        self._thumbnails = thumbnails
        thumbnails.ready.connect(self._show)

    def _point(self, time_s: float) -> None:
        self._time_s = time_s
        if self._thumbnails is not None:
            self._thumbnails.request(time_s)
        self._show()

    def _leave(self) -> None:
        self._time_s = None

    def _show(self) -> None:
        if self._time_s is None or not self._slider.isVisible():
            return
        nearest = None if self._thumbnails is None else self._thumbnails.nearest(self._time_s)
        start_s = self._slider.minimum() / 1000
        told = Told(figures.clock_time(self._time_s - start_s), picture=None if nearest is None else nearest[1])
        self.card.tell(self._slider, self._slider.place_of(round(self._time_s * 1000)).x(), told)
