"""The lists of the model card, by which one request is chosen out of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching import options
from bisenet_viewer.gui.switching.chooser import Chooser
from bisenet_viewer.gui.switching.options import Here, Option
from bisenet_viewer.gui.switching.size_field import SizeField
from bisenet_viewer.gui.texts import switching as texts

OPEN_FILE = "open"
"""The value of the line that is no model."""


class ModelForm(QWidget):
    """Six lists, two columns; the names at the left are as wide as `names_width` says."""

    wanted = pyqtSignal(object)
    """A `Request` that differs from the one that is shown, without what cannot go together."""
    file_wanted = pyqtSignal()
    """A model is to be picked as a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request: Request | None = None
        self._here: Here | None = None
        self.model_list = Chooser(texts.MODEL, texts.MODEL_TIP)
        self.engine_list = Chooser(texts.ENGINE, texts.ENGINE_TIP)
        self.device_list = Chooser(texts.DEVICE, texts.DEVICE_TIP)
        self.precision_list = Chooser(texts.PRECISION, texts.PRECISION_TIP)
        self.size_list = Chooser(texts.SIZE, texts.SIZE_TIP)
        self.size_field = SizeField()
        self.size_field.hide()
        self.context_list = Chooser(texts.CONTEXT, texts.CONTEXT_TIP)
        self.model_list.chosen.connect(self._choose_model)
        self.engine_list.chosen.connect(lambda value: self._ask(engine=value))
        self.device_list.chosen.connect(lambda value: self._ask(device=value))
        self.precision_list.chosen.connect(lambda value: self._ask(precision=value))
        self.size_list.chosen.connect(self._choose_size)
        self.size_field.chosen.connect(self._take_own_size)
        self.context_list.chosen.connect(lambda value: self._ask(context_every=value))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        for chooser in (self.model_list, self.engine_list, self.device_list, self.precision_list, self.size_list):
            self._add(chooser)
        self._grid.addWidget(self.size_field, self._grid.rowCount(), 1)
        self._add(self.context_list)

    def fill(self, request: Request, here: Here, models: Sequence[Option]) -> None:
        """Show a request, and what there is instead."""
        self._request, self._here = request, here
        self.model_list.set_options([*models, Option(OPEN_FILE, texts.OPEN_FILE)], request.model)
        self.engine_list.set_options(options.engine_options(request, here), request.engine)
        self.device_list.set_options(options.device_options(request, here), request.device)
        self.precision_list.set_options(options.precision_options(request, here), request.precision)
        self.size_list.set_options(options.size_options(request), request.imgsz)
        self.context_list.set_options(options.context_options(request, here), request.context_every)
        if request.imgsz is not None:
            self.size_field.set_size(request.imgsz)

    def set_names_width(self, width: int) -> None:
        """At least so wide, for what stands below to be in line."""
        self._grid.setColumnMinimumWidth(0, width)

    def choose(self, model: str) -> None:
        """As if that model had been chosen from the list."""
        self._ask(model=model)

    def _choose_model(self, value: object) -> None:
        if value == OPEN_FILE:
            self._show_again()
            self.file_wanted.emit()
        else:
            self._ask(model=value)

    def _choose_size(self, value: object) -> None:
        self.size_field.setVisible(value == options.OWN)
        if value == options.OWN:
            self.size_field.width_box.setFocus()
            self.size_field.width_box.selectAll()
        else:
            self._ask(imgsz=value)

    def _take_own_size(self, size: tuple[int, int]) -> None:
        self.size_list.setFocus()
        self.size_field.hide()
        if not self._ask(imgsz=size):
            self._show_again()

    def _ask(self, **changes: object) -> bool:
        """Tell what is wanted; False where that is shown already."""
        if self._request is None or self._here is None:
            return False
        changed = options.fitted(replace(self._request, **changes), self._here)  # type: ignore[arg-type]
        if changed == self._request:
            return False
        self.wanted.emit(changed)
        return True

    def _show_again(self) -> None:
        """The list stands on a line that is no choice: back to what is shown."""
        if self._request is not None:
            self.model_list.setCurrentIndex(self.model_list.place_of(self._request.model))
            self.size_list.setCurrentIndex(self.size_list.place_of(self._request.imgsz))

    def _add(self, chooser: Chooser) -> None:
        row = self._grid.rowCount()
        name = QLabel(chooser.accessibleName())
        name.setObjectName("muted")
        name.setBuddy(chooser)
        name.setToolTip(chooser.toolTip())
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(chooser, row, 1)
