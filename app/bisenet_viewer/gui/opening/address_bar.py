"""The bar at the top of the video to type or paste an address or a path into."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.elided_label import ElidedLabel
from bisenet_viewer.gui.common.icon_label import IconLabel
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.opening.address_field import AddressField
from bisenet_viewer.gui.opening.kinds import kind_of
from bisenet_viewer.gui.opening.lookup import Lookup
from bisenet_viewer.gui.opening.recognising import Recognised, checked, recognised
from bisenet_viewer.gui.texts import opening as texts

_WIDEST = 900
_QUIET_MS = 250
"""So long after the last letter the disk and the cameras are asked whether what was typed is there."""


class AddressBar(QFrame):
    """Says in one line what a text would open, or what is wrong with it, as it is typed. Hidden until `ask`."""

    chosen = pyqtSignal(str)
    """Open this. The bar is closed by then, and what was typed is forgotten: it may hold a password."""
    closed = pyqtSignal()
    """Nobody wants to type any more; the focus is free."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(texts.ADDRESS)
        self._verdict = Recognised("", "")
        self._lookup = Lookup("address", self)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._check)
        self.field = AddressField()
        self.field.textChanged.connect(self._look_at_text)
        self.field.returnPressed.connect(self._open)
        self.field.left.connect(self.close_bar)
        self.hint = ElidedLabel()
        self.hint.setFont(sized(self.font(), SMALL_PT))
        self.hint.setObjectName("muted")
        self.open_button = QPushButton(texts.OPEN)
        self.open_button.setObjectName("primary")
        self.open_button.setToolTip(texts.OPEN_TIP)
        self.open_button.setAccessibleName(texts.OPEN)
        self.open_button.clicked.connect(self._open)
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("close", "muted"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setToolTip(texts.CLOSE_TIP)
        self.close_button.setAccessibleName(texts.CLOSE)
        self.close_button.clicked.connect(self.close_bar)
        for button in (self.open_button, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._mark = IconLabel("link", 18)
        self._fault_mark = IconLabel("warning", 13, "warning")
        self._lay_out()
        self.setMaximumWidth(_WIDEST)
        self._tell(self._verdict)
        self.hide()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._mark)
        line.addWidget(self.field, 1)
        line.addWidget(self.open_button)
        line.addWidget(self.close_button)
        under = QHBoxLayout()
        under.setSpacing(6)
        under.setContentsMargins(26, 0, 0, 0)
        under.addWidget(self._fault_mark)
        under.addWidget(self.hint, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 8, 9)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addLayout(under)

    def ask(self, text: str = "") -> None:
        """Show the bar with this in it and let one type."""
        if text or not self.isVisible():
            self.field.setText(text)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def set_recent(self, sources: Sequence[str]) -> None:
        """What is offered while one types, newest first."""
        self.field.set_recent(list(sources))

    def close_bar(self) -> None:
        """Hide and forget what was typed."""
        self.hide()
        self.closed.emit()

    def close_threads(self, timeout_s: float = 0.0) -> bool:
        """Check nothing any more; True where no thread is left."""
        return self._lookup.close(timeout_s)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._quiet.stop()
        self._lookup.withdraw()
        # Not `clear`, which can be undone.
        self.field.setText("")

    def _look_at_text(self, text: str) -> None:
        self._lookup.withdraw()
        self._tell(recognised(text))
        self._quiet.start()

    def _check(self) -> None:
        if self._verdict.source and not self._verdict.is_fault:
            self._lookup.ask(partial(checked, self.field.text()), self._tell)

    def _tell(self, verdict: Recognised) -> None:
        self._verdict = verdict
        self.hint.setText(verdict.told or texts.ADDRESS_HINT)
        self.hint.setToolTip(verdict.told)
        self._fault_mark.setVisible(verdict.is_fault)
        self.field.setAccessibleDescription(self.hint.text())
        self._mark.set_icon(kind_of(verdict.source).value if verdict.source else "link", "muted")
        self.open_button.setEnabled(bool(verdict.source) and not verdict.is_fault)

    def _open(self) -> None:
        verdict = self._verdict
        if not verdict.source or verdict.is_fault:
            return
        self.close_bar()
        self.chosen.emit(verdict.source)
