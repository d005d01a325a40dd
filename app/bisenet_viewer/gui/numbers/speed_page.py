"""The speed page: what the papers report, and this machine beside it, measured while one looks on."""

from __future__ import annotations

from PyQt6.QtCore import QSize, QSizeF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.numbers.paper_figures import Size, paper_speeds
from bisenet_viewer.gui.numbers.speed_content import Figure, SpeedContent
from bisenet_viewer.gui.numbers.speed_painting import Page, paint_page
from bisenet_viewer.gui.numbers.speed_run import SpeedRun
from bisenet_viewer.gui.texts import speed as texts

PICTURE = QSize(1920, 1080)
REPEATS = 24
"""That the benchmark makes of each network and size, at most."""

_FRAME_MS = 33
_APPROACH = 0.25
"""Part of the way to its length that a bar grows with each painting."""
_NEAR = 0.003


class SpeedPage(QWidget):
    """Lies over its whole parent. `close_run` before the window goes; hiding the page ends the measuring too."""

    pause_wanted = pyqtSignal(bool)
    """The video is to wait while this measures: True when it begins, False when it is over."""
    save_wanted = pyqtSignal(QImage)
    """The page as a picture of 1920x1080."""
    closed = pyqtSignal()
    """The page was left."""

    def __init__(self, parent: QWidget, run: SpeedRun | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(texts.TITLE)
        self.setAccessibleDescription(texts.DESCRIPTION)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._run = run or SpeedRun()
        self._run.setParent(self)
        self._content: SpeedContent | None = None
        self._shown: dict[tuple[str, Size], float] = {}
        self.status = QLabel()
        self.status.setObjectName("muted")
        self.status.setFont(sized(self.font(), SMALL_PT))
        self.start_button = _button(texts.START, texts.START_TIP, "primary")
        self.save_button = _button(texts.SAVE, texts.SAVE_TIP)
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("close", "muted"))
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.setAccessibleName(texts.CLOSE)
        self.close_button.setToolTip(texts.CLOSE_TIP)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons = QWidget(self)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.status, self.start_button, self.save_button, self.close_button):
            row.addWidget(part)
        self._growth = QTimer(self)
        self._growth.setInterval(_FRAME_MS)
        self._growth.timeout.connect(self._grow)
        self.start_button.clicked.connect(self._start_or_stop)
        self.save_button.clicked.connect(lambda: self.save_wanted.emit(self.picture()))
        self.close_button.clicked.connect(self.leave)
        self._run.figure_came.connect(self._take_figure)
        self._run.doing.connect(self._tell)
        self._run.left_out.connect(self._take_left_out)
        self._run.ended.connect(self._end)
        self.hide()

    @property
    def is_measuring(self) -> bool:
        return self._run.is_running

    @property
    def content(self) -> SpeedContent:
        """What is shown; the papers' figures are read when they are first wanted."""
        if self._content is None:
            self._content = SpeedContent.of(paper_speeds(), texts.V1_CARD, texts.V2_CARD)
        return self._content

    def leave(self) -> None:
        """Hide the page; what is being measured is broken off, what was measured stays."""
        if self.isVisible():
            self.hide()
            if self._run.is_running:
                self._run.stop()
            self.closed.emit()

    def close_run(self) -> None:
        """End the measuring process and wait for it, within bounds."""
        self._run.close()
        self._growth.stop()

    def picture(self) -> QImage:
        """The page without its buttons, 1920x1080; the bars in their whole length."""
        image = QImage(PICTURE, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        whole = {(figure.model, figure.size): figure.fps for figure in self.content.figures}
        paint_page(Page(painter, QSizeF(PICTURE), self.font(), REPEATS), self.content, whole)
        painter.end()
        return image

    # Measuring.

    def _start_or_stop(self) -> None:
        if self._run.is_running:
            self._run.stop()
            self.start_button.setEnabled(False)
            self._tell(texts.STOPPING)
            return
        self._content = self.content.without_figures()
        self._shown = {}
        self._set_button(texts.STOP, texts.STOP_TIP)
        self._tell(texts.STARTING)
        self.pause_wanted.emit(True)
        self._run.start(self.content.orders())
        self.update()

    def _take_figure(self, figure: Figure) -> None:
        self._content = self.content.with_figure(figure)
        self._shown.setdefault((figure.model, figure.size), 0.0)
        self._growth.start()

    def _take_left_out(self, what: str) -> None:
        self._content = self.content.with_left_out(what)
        self.update()

    def _end(self, is_whole: bool, busy_elsewhere: float | None) -> None:
        self._content = self.content.with_load(busy_elsewhere)
        self.start_button.setEnabled(True)
        self._set_button(texts.AGAIN, texts.START_TIP)
        self._tell(texts.DONE if is_whole else texts.ENDED_EARLY)
        self.pause_wanted.emit(False)
        self.update()

    def _grow(self) -> None:
        """Let the bars come nearer to their lengths."""
        is_near = True
        for figure in self.content.figures:
            key = (figure.model, figure.size)
            shown, wanted = self._shown.get(key, 0.0), figure.fps
            is_there = abs(wanted - shown) <= _NEAR * wanted
            self._shown[key] = wanted if is_there else shown + _APPROACH * (wanted - shown)
            is_near = is_near and is_there
        if is_near:
            self._growth.stop()
        self.update()

    # What it looks like.

    def _tell(self, text: str) -> None:
        self.status.setText(text)
        self._place_buttons()

    def _set_button(self, text: str, tip: str) -> None:
        self.start_button.setText(text)
        self.start_button.setToolTip(tip)
        self.start_button.setAccessibleName(text)
        self._place_buttons()

    def _place_buttons(self) -> None:
        self._buttons.adjustSize()
        margin = round(32 * min(self.width() / 1280, self.height() / 720))
        self._buttons.move(self.width() - self._buttons.width() - margin, max(8, margin // 2))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab stays on the page: what lies beneath cannot be seen."""
        order: list[QWidget] = [self.start_button, self.save_button, self.close_button]
        focus = self.focusWidget()
        place = order.index(focus) if focus in order else -1
        order[(place + (1 if next else -1)) % len(order)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(parent.rect())
        self.raise_()
        self._place_buttons()
        self.start_button.setFocus()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        paint_page(Page(painter, QSizeF(self.size()), QApplication.font(), REPEATS), self.content, self._shown)
        painter.end()


def _button(text: str, tip: str, name: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAccessibleName(text.rstrip("…"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
