"""The model card: what runs, what else could, a second model beside it, and the size that is fast enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, sized
from bisenet_viewer.gui.opening.lookup import Lookup
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching import here as looking
from bisenet_viewer.gui.switching import options
from bisenet_viewer.gui.switching.chooser import Chooser
from bisenet_viewer.gui.switching.model_form import OPEN_FILE, ModelForm
from bisenet_viewer.gui.switching.options import Here, Option
from bisenet_viewer.gui.switching.status_lines import Rule, StatusLines
from bisenet_viewer.gui.switching.tune_box import TuneBox
from bisenet_viewer.gui.texts import switching as texts

WIDTH = 336
_MARGIN = 12
_LEFT, _TOP, _RIGHT, _BOTTOM = 16, 8, 4, 12
_BAR = 12
"""Room for a scroll bar, empty while there is none."""
_NONE = "none"
"""The line of the second model's list that is no model."""

LookUp = Callable[[], tuple[Here, tuple[str, ...]]]
"""What the machine has, and the bundled models; called on a thread."""


class ModelPanel(QFrame):
    """Places itself at its parent's right edge. What is chosen is asked for at once; the card stays open."""

    wanted = pyqtSignal(object)
    """A `Request`: the same source with what was chosen."""
    compare_wanted = pyqtSignal(object)
    """A `Request` with the second model, or None for no comparison."""
    closed = pyqtSignal()
    """The person closed it with its button."""

    def __init__(self, parent: QWidget, look_up: LookUp | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(texts.HEADING)
        self._look_up = look_up or _this_machine
        self._lookup = Lookup("model-options", self)
        self._here: Here | None = None
        self._bundled: tuple[str, ...] = ()
        self._recent: tuple[str, ...] = ()
        self._request: Request | None = None
        self._compared: Request | None = None
        self._dialog: QFileDialog | None = None
        self._focus_awaited: Chooser | None = None
        """It gets the focus once there is something to choose from."""
        self.form = ModelForm()
        self.status = StatusLines()
        self.compare_list = Chooser(texts.COMPARE, texts.COMPARE_TIP)
        self.tune_box = TuneBox()
        self.close_button = QToolButton()
        self._lay_out()
        self.form.wanted.connect(self._ask)
        self.form.file_wanted.connect(lambda: self._ask_for_file(self.form.choose))
        self.compare_list.chosen.connect(self._choose_compared)
        self.close_button.clicked.connect(self._close_by_button)
        parent.installEventFilter(self)
        self._fill()
        self.hide()

    @property
    def here(self) -> Here | None:
        """What the machine has; None before that was looked up."""
        return self._here

    def set_request(self, request: Request) -> None:
        """What runs, or is about to, as it was asked for."""
        self._request = request
        self._fill()

    def set_recent(self, models: Sequence[str]) -> None:
        """Model files that were opened lately, the newest first."""
        self._recent = tuple(models)
        self._fill()

    def set_running(self, text: str, story: str = "") -> None:
        """What runs now, for people; empty before anything does. story: of the tool tip."""
        self.status.set_running(text, story)

    def set_preparing(self, text: str) -> None:
        """What is being prepared while the other goes on; empty when nothing is."""
        self.status.set_preparing(text)

    def set_fault(self, text: str) -> None:
        """Why what was asked for last is not done; empty when all went well."""
        self.status.set_fault(text)

    def set_compared(self, request: Request | None) -> None:
        """The second model that runs, or is about to."""
        self._compared = request
        self._fill()

    def focus_first(self, *, on_comparison: bool = False) -> None:
        """Give the list of models, or that of the second one, the focus."""
        chooser = self.compare_list if on_comparison else self.form.model_list
        self._focus_awaited = None if chooser.isEnabled() else chooser
        chooser.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._scroll.ensureWidgetVisible(chooser)

    def close_lookup(self) -> bool:
        """Before the window goes; True when no thread is left."""
        return self._lookup.close(2.0)

    # What was chosen.

    def _ask(self, request: Request) -> None:
        self.set_fault("")
        self.set_request(request)
        self.wanted.emit(request)

    def _choose_compared(self, value: object) -> None:
        if value == OPEN_FILE:
            self._fill()
            self._ask_for_file(self._compare_with)
        else:
            self._compare_with(None if value == _NONE else str(value))

    def _compare_with(self, model: str | None) -> None:
        if self._request is None or self._here is None:
            return
        self.set_fault("")
        second = None if model is None else options.fitted(replace(self._request, model=model), self._here)
        self.set_compared(second)
        self.compare_wanted.emit(second)

    def _ask_for_file(self, then: Callable[[str], None]) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = QFileDialog(self, texts.OPEN_FILE_TITLE)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.setNameFilters(list(texts.FILE_FILTERS))
        self._dialog.fileSelected.connect(then)
        self._dialog.open()

    def _fill(self) -> None:
        """Bring all lists up to date; before the machine was looked at there is nothing to choose from."""
        request, here = self._request, self._here
        is_ready = request is not None and here is not None
        for part in (self.form, self.compare_list, self.tune_box):
            part.setEnabled(is_ready)
        if request is None or here is None:
            return
        self.form.fill(request, here, options.model_options(self._bundled, self._recent, request.model))
        second = _NONE if self._compared is None else self._compared.model
        others = options.model_options(self._bundled, self._recent, request.model if second == _NONE else second)
        lines = [Option(_NONE, texts.NO_COMPARISON), *others, Option(OPEN_FILE, texts.OPEN_FILE)]
        self.compare_list.set_options(lines, second)

    def _take_machine(self, answer: tuple[Here, tuple[str, ...]]) -> None:
        self._here, self._bundled = answer
        self._fill()
        if self._focus_awaited is not None:
            self.focus_first(on_comparison=self._focus_awaited is self.compare_list)

    # Where it is.

    def _lay_out(self) -> None:
        heading = QLabel(texts.HEADING)
        heading.setFont(sized(self.font(), BODY_PT + 1, heading.font().Weight.DemiBold))
        self.close_button.setIcon(icon("close", "muted"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setAccessibleName(texts.CLOSE)
        self.close_button.setToolTip(texts.CLOSE_TIP)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 4, 0)
        top.addWidget(heading, 1)
        top.addWidget(self.close_button)

        names_width = self.fontMetrics().horizontalAdvance(texts.COMPARE) + 2
        self.form.set_names_width(names_width)
        self.tune_box.set_names_width(names_width)
        name = QLabel(texts.COMPARE)
        name.setObjectName("muted")
        name.setBuddy(self.compare_list)
        name.setMinimumWidth(names_width)
        compare = QHBoxLayout()
        compare.setSpacing(12)
        compare.addWidget(name)
        compare.addWidget(self.compare_list, 1)

        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, _BAR, 0)
        column.setSpacing(4)
        column.addWidget(self.form)
        column.addWidget(self.status)
        column.addWidget(Rule())
        column.addLayout(compare)
        column.addWidget(Rule())
        column.addWidget(self.tune_box)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside.installEventFilter(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_LEFT, _TOP, _RIGHT, _BOTTOM)
        whole.setSpacing(5)
        whole.addLayout(top)
        whole.addWidget(self._scroll, 1)

    def leave(self) -> None:
        """Put the card away; what was chosen stays."""
        self.hide()

    def _close_by_button(self) -> None:
        self.leave()
        self.closed.emit()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._place()
        self.raise_()
        if self._here is None:
            self._lookup.ask(self._look_up, self._take_machine)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and self.isVisible():
            is_parent = watched is self.parent() and event.type() == QEvent.Type.Resize
            if is_parent or (watched is self._inside and event.type() == QEvent.Type.LayoutRequest):
                self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent, column = self.parentWidget(), self._inside.layout()
        assert parent is not None
        assert column is not None
        width = min(WIDTH, parent.width() - 2 * _MARGIN)
        wanted = column.totalHeightForWidth(width - _LEFT - _RIGHT - 2) + self.close_button.sizeHint().height()
        height = min(wanted + _TOP + _BOTTOM + 7, parent.height() - 2 * _MARGIN)
        self.setGeometry(parent.width() - width - _MARGIN, _MARGIN, width, height)


def _this_machine() -> tuple[Here, tuple[str, ...]]:
    return looking.this_machine(), looking.bundled_names()
