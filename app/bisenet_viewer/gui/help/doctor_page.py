"""The page that tells what works on this machine, and what to do about what does not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, sized
from bisenet_viewer.gui.common.veil import Veil
from bisenet_viewer.gui.display import require_display
from bisenet_viewer.gui.help.doctor_run import DoctorRun
from bisenet_viewer.gui.help.finding_row import FindingRow
from bisenet_viewer.gui.texts import help as texts

if TYPE_CHECKING:
    from bisenet_viewer.doctor.finding import Check, Finding

_SIZE = QSize(720, 560)
_COPIED_MS = 1500


class DoctorPage(Veil):
    """The checks begin when the page first comes; their findings are added as they are there."""

    def __init__(self, parent: QWidget, checks: Callable[[], Iterable[Check]] | None = None) -> None:
        """checks: made on another thread; None: all there are."""
        super().__init__(parent, texts.DOCTOR, stays=True)
        self._findings: list[Finding] = []
        self._run = DoctorRun(checks or _all_checks, self)
        self._run.news.connect(self._take)
        self.verdict = QLabel()
        self.verdict.setObjectName("muted")
        self.verdict.setFont(sized(self.font(), SMALL_PT))
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(texts.DOCTOR_BUSY)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when the checks are done
        self.progress.setSizePolicy(policy)
        self.again_button = _button(texts.CHECK_AGAIN, texts.CHECK_AGAIN_TIP)
        self.again_button.clicked.connect(self.begin)
        self.copy_button = _button(texts.COPY_REPORT, texts.COPY_REPORT_TIP)
        self.copy_button.clicked.connect(self._copy)
        self._rows = QVBoxLayout()
        self._lay_out()
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(_COPIED_MS)
        self._said.timeout.connect(lambda: self.copy_button.setText(texts.COPY_REPORT))

    def _lay_out(self) -> None:
        heading = QLabel(texts.DOCTOR)
        heading.setFont(sized(self.font(), BODY_PT + 3, heading.font().Weight.DemiBold))
        close = QToolButton()
        close.setIcon(icon("close", "muted"))
        close.setToolTip(texts.CLOSE_TIP)
        close.setAccessibleName(texts.CLOSE)
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.leave)
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch()
        top.addWidget(close)
        inside = QWidget()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch()
        inside.setLayout(self._rows)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again_button)
        buttons.addStretch()
        buttons.addWidget(self.copy_button)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(26, 16, 18, 18)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.verdict)
        layout.addWidget(self.progress)
        layout.addSpacing(4)
        layout.addWidget(self.area, 1)
        layout.addSpacing(4)
        layout.addLayout(buttons)

    def arrange(self) -> None:
        size = _SIZE.boundedTo(self.room())
        self.card.setGeometry((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, 0, 0)
        self.card.resize(size)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found until now."""
        return tuple(self._findings)

    def come(self) -> None:
        super().come()
        if not self._findings:
            self.begin()

    def begin(self) -> None:
        """Do all checks; those of an earlier time are forgotten."""
        if self._run.is_running:
            return
        self._findings.clear()
        for row in self.findChildren(FindingRow):
            self._rows.removeWidget(row)
            row.deleteLater()
        self._run.start()
        self._show_state()

    def close_run(self) -> bool:
        """End the checks, for good; whether their thread has ended in time."""
        return self._run.close()

    def _take(self) -> None:
        for finding in self._run.take():
            self._findings.append(finding)
            self._rows.insertWidget(self._rows.count() - 1, FindingRow(finding))
        self._show_state()

    def _show_state(self) -> None:
        is_running = self._run.is_running
        states = [finding.state for finding in self._findings]
        done = texts.verdict(states.count("fail"), states.count("warn"))
        self.verdict.setText(texts.DOCTOR_BUSY if is_running else done)
        self.progress.setVisible(is_running)
        self.again_button.setEnabled(not is_running)
        self.copy_button.setEnabled(bool(self._findings) and not is_running)

    def _copy(self) -> None:
        from bisenet_viewer.doctor import report

        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(report.text(self._findings))
            self.copy_button.setText(texts.COPIED)
            self._said.start()


def _all_checks() -> Iterable[Check]:
    from bisenet_viewer.doctor.checks import all_checks

    return all_checks(require_display, os.environ)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
