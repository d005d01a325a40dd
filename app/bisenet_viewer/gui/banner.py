"""What went wrong, and the ways out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from bisenet_viewer.gui.common.icon_label import IconLabel
from bisenet_viewer.gui.common.icons import Role, icon
from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.opening.faults import Fault, Faults, Severity
from bisenet_viewer.gui.texts import banner as texts

WayOut = tuple[str, Callable[[], None]]
"""The text of a button and what it does."""

_ROLES: dict[Severity, Role] = {Severity.INFO: "accent", Severity.WARNING: "warning", Severity.ERROR: "danger"}
_NAMES = {Severity.INFO: texts.INFO, Severity.WARNING: texts.WARNING, Severity.ERROR: texts.ERROR}
_RADIUS, _STRIPE = 7.0, 4.0
_TEXT_WIDTH = 300
"""Where the text would have less, the buttons go below it."""


class Banner(QFrame):
    """One fault over the video, with buttons; it stays until it is dismissed or gone. Up to two more wait behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._faults = Faults()
        self._mark = IconLabel("warning", 18, "warning")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # The banner's own menu copies all of it.
        self.text.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.buttons: list[QPushButton] = []
        self.more_button = _tool(texts.MORE_TIP, self._turn)
        self.more_button.setObjectName("link")
        self.close_button = _tool(texts.DISMISS_TIP, self.dismiss)
        self.close_button.setIcon(icon("close", "muted"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setAccessibleName(texts.DISMISS)
        self._ways_out = QWidget()
        self._row = QHBoxLayout(self._ways_out)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.more_button)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 8, 8, 8)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(self._mark, 0, 0, middle)
        self._grid.addWidget(self.text, 0, 1)
        self._grid.addWidget(self._ways_out, 0, 2, middle)
        self._grid.addWidget(self.close_button, 0, 3, middle)
        self._is_stacked = False
        self.copy_action = QAction(icon("copy"), texts.COPY, self)
        self.copy_action.triggered.connect(self._copy)
        self.addAction(self.copy_action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.hide()

    def tell(
        self,
        text: str,
        ways_out: Sequence[WayOut],
        *,
        severity: Severity = Severity.WARNING,
        topic: str = "",
    ) -> None:
        """Show this; what is shown now waits behind it, or goes where it was told of the same topic."""
        self._show(self._faults.told(Fault(text, tuple(ways_out), severity, topic)))

    def withdraw(self, topic: str) -> None:
        """What was told of this topic is no longer so."""
        self._show(self._faults.withdrawn(topic))

    def dismiss(self) -> None:
        """The fault that is shown was read; the next one comes."""
        if self._faults.shown is not None:
            self._show(self._faults.dismissed(self._faults.shown))

    def hide(self) -> None:
        """All that was told is of the past."""
        self._faults = Faults()
        super().hide()

    def _turn(self) -> None:
        self._show(self._faults.turned())

    def _show(self, faults: Faults) -> None:
        before, self._faults = self._faults.shown, faults
        fault = faults.shown
        if fault is None:
            super().hide()
            return
        self.more_button.setVisible(faults.waiting > 0)
        self.more_button.setText(texts.more(faults.waiting))
        self.more_button.setAccessibleName(texts.more(faults.waiting))
        if fault is not before:
            self._fill(fault)
        self._arrange()
        self.show()

    def _fill(self, fault: Fault) -> None:
        for old in self.buttons:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.buttons = [self._button(fault, name, act) for name, act in fault.ways_out]
        self.text.setText(fault.text)
        self._mark.set_icon(fault.severity.value, _ROLES[fault.severity])
        # Qt tells screen readers of a new name.
        self.setAccessibleName(texts.announced(_NAMES[fault.severity], fault.text))
        self.update()

    def _button(self, fault: Fault, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(name)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._take_way_out(fault, act))
        self._row.insertWidget(self._row.indexOf(self.more_button), button)
        # Now and not with the next event, so that the room it takes is known.
        button.show()
        return button

    def _take_way_out(self, fault: Fault, act: Callable[[], None]) -> None:
        # First, since the way out may tell of what came of it.
        self._show(self._faults.dismissed(fault))
        act()

    def _arrange(self) -> None:
        """The ways out beside the text, or below it where there is little room."""
        has_ways_out = bool(self.buttons) or self._faults.waiting > 0
        self._ways_out.setVisible(has_ways_out)
        beside = self._ways_out.sizeHint().width() + self.close_button.sizeHint().width() + 80
        is_stacked = has_ways_out and self.width() - beside < _TEXT_WIDTH
        if is_stacked != self._is_stacked:
            self._is_stacked = is_stacked
            place = (1, 1) if is_stacked else (0, 2)
            side = Qt.AlignmentFlag.AlignLeft if is_stacked else Qt.AlignmentFlag.AlignRight
            self._grid.addWidget(self._ways_out, *place, side | Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.text.text())

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        fault = self._faults.shown
        theme = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.fillPath(shape, theme.raised)
        if fault is not None:
            painter.setClipPath(shape)
            painter.fillRect(QRectF(0, 0, _STRIPE, self.height()), getattr(theme, _ROLES[fault.severity]))
            painter.setClipping(False)
        painter.strokePath(shape, QPen(theme.line, 1))
        painter.end()


def _tool(tip: str, act: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: act())
    return button
