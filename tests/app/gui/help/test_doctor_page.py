"""The page of checks: findings come one by one, off the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.doctor.finding import Check, Finding, State
from bisenet_viewer.gui.common.theme import DARK, apply_theme
from bisenet_viewer.gui.help.doctor_page import DoctorPage
from bisenet_viewer.gui.help.finding_row import FindingRow

LEFT = Qt.MouseButton.LeftButton


class Machine:
    """Checks that wait to be let go, and tell on which thread they ran."""

    def __init__(self) -> None:
        self.gates = {"Python": threading.Event(), "Processor": threading.Event()}
        self.states: dict[str, State] = {"Python": "ok", "Processor": "warn"}
        self.threads: list[str] = []

    def checks(self) -> list[Check]:
        return [Check(name, lambda name=name: self._look(name)) for name in self.gates]  # type: ignore[misc]

    def _look(self, name: str) -> Finding:
        self.threads.append(threading.current_thread().name)
        self.gates[name].wait(20)
        state = self.states[name]
        return Finding(name, state, f"{name} is there", "" if state == "ok" else f"mend {name}")

    def let_go(self) -> None:
        for gate in self.gates.values():
            gate.set()


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, machine: Machine) -> Iterator[DoctorPage]:
    apply_theme(qapp, DARK)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    made = DoctorPage(window, machine.checks)
    yield made
    machine.let_go()
    assert made.close_run()
    window.close()
    assert "doctor" not in [thread.name for thread in threading.enumerate()]


def said(page: DoctorPage) -> set[str]:
    return {label.text() for row in page.findChildren(FindingRow) for label in row.findChildren(QLabel)}


def test_findings_come_one_by_one_from_another_thread(page: DoctorPage, machine: Machine, qtbot: QtBot) -> None:
    page.come()
    assert page.progress.isVisible()
    assert not page.copy_button.isEnabled()
    machine.gates["Python"].set()
    qtbot.waitUntil(lambda: "Python is there" in said(page))
    assert "Processor is there" not in said(page)
    assert page.verdict.text() == "Checking…"
    machine.gates["Processor"].set()
    qtbot.waitUntil(lambda: page.copy_button.isEnabled())
    assert {"Processor is there", "mend Processor"} <= said(page)
    assert page.verdict.text() == "All works; 1 thing could be better"
    assert not page.progress.isVisible()
    assert machine.threads == ["doctor", "doctor"]


def test_what_does_not_work_comes_first_in_the_verdict(page: DoctorPage, machine: Machine, qtbot: QtBot) -> None:
    machine.states = {"Python": "fail", "Processor": "warn"}
    machine.let_go()
    page.come()
    qtbot.waitUntil(lambda: page.copy_button.isEnabled())
    assert page.verdict.text() == "1 thing does not work, 1 could be better"
    names = [row.accessibleName() for row in page.findChildren(FindingRow)]
    assert "Python: does not work. Python is there" in names


def test_the_report_is_copied(page: DoctorPage, machine: Machine, qtbot: QtBot) -> None:
    machine.let_go()
    page.come()
    qtbot.waitUntil(lambda: page.copy_button.isEnabled())
    qtbot.mouseClick(page.copy_button, LEFT)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert "warn  Processor      Processor is there\n                     -> mend Processor" in clipboard.text()
    assert page.copy_button.text() == "Copied"
    qtbot.waitUntil(lambda: page.copy_button.text() == "Copy report")


def test_all_is_checked_again_when_wanted_and_not_before(page: DoctorPage, machine: Machine, qtbot: QtBot) -> None:
    machine.let_go()
    page.come()
    qtbot.waitUntil(lambda: page.again_button.isEnabled())
    page.leave()
    page.come()
    assert len(machine.threads) == 2
    machine.states["Processor"] = "ok"
    qtbot.mouseClick(page.again_button, LEFT)
    qtbot.waitUntil(lambda: page.verdict.text() == "All works")
    assert len(machine.threads) == 4
    assert len(page.findings) == 2
    qtbot.waitUntil(lambda: len(page.findChildren(FindingRow)) == 2)


def test_it_stays_while_one_reads_and_goes_with_a_click_beside_it(page: DoctorPage, qtbot: QtBot) -> None:
    page.come()
    qtbot.mouseClick(page, LEFT, pos=page.card.geometry().center())
    assert page.isVisible()
    qtbot.mouseClick(page, LEFT, pos=QPoint(3, 3))
    assert not page.isVisible()
    page.come()
    (close,) = [button for button in page.card.findChildren(QToolButton) if button.accessibleName() == "Close"]
    qtbot.mouseClick(close, LEFT)
    assert not page.isVisible()


def test_closing_ends_it_after_the_check_that_is_being_done(page: DoctorPage, machine: Machine, qtbot: QtBot) -> None:
    page.come()
    qtbot.waitUntil(lambda: len(machine.threads) == 1)
    threading.Timer(0.1, machine.gates["Python"].set).start()
    assert page.close_run()
    assert machine.threads == ["doctor"]
    page.begin()
    assert machine.threads == ["doctor"], "closed for good"
