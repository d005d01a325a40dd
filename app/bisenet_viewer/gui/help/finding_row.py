"""One finding of the doctor: how it stands, what is there, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from bisenet_viewer.gui.common.icon_label import IconLabel
from bisenet_viewer.gui.common.icons import Role
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, sized
from bisenet_viewer.gui.texts import help as texts

if TYPE_CHECKING:
    from bisenet_viewer.doctor.finding import Finding

_MARKS: dict[str, tuple[str, Role]] = {
    "ok": ("check", "good"),
    "warn": ("warning", "warning"),
    "fail": ("fault", "danger"),
}
_NAME_WIDTH = 104
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class FindingRow(QWidget):
    """Text can be selected, so that a command can be copied."""

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        name = QLabel(finding.name)
        name.setFont(sized(self.font(), BODY_PT, name.font().Weight.DemiBold))
        name.setFixedWidth(_NAME_WIDTH)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 5, 8, 5)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(IconLabel(_MARKS[finding.state][0], 18, _MARKS[finding.state][1]), 0, 0, top)
        grid.addWidget(name, 0, 1, top)
        grid.addWidget(_words(finding.text, "" if finding.state != "ok" else "muted"), 0, 2, top)
        if finding.fix:
            fix = _words(finding.fix, "fix")
            fix.setFont(sized(self.font(), SMALL_PT))
            grid.addWidget(fix, 1, 2, top)
        self.setAccessibleName(f"{finding.name}: {texts.STATES[finding.state]}. {finding.text}")


def _words(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(_SELECTABLE)
    return label
