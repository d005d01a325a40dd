"""The model card, as people use it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme import apply_theme
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching.chooser import Chooser
from bisenet_viewer.gui.switching.model_panel import ModelPanel
from bisenet_viewer.gui.switching.options import Here
from bisenet_viewer.gui.switching.tuner import Progress
from bisenet_viewer.gui.switching.tuning import Candidate

REQUEST = Request("demo://", "street-x39")
HERE = Here(frozenset({"openvino", "torch"}), has_driver=False, has_cuda=False, has_bf16=False)
OpenPanel = Callable[..., ModelPanel]
with_lists = pytest.mark.qt_log_ignore("This plugin does not support")
"""Screenless Qt warns of every list that is opened; that is no fault of ours."""


@pytest.fixture
def open_panel(qtbot: QtBot, qapp: QApplication) -> Iterator[OpenPanel]:
    panels: list[ModelPanel] = []
    parents: list[QWidget] = []
    apply_theme(qapp)

    def make(width: int = 700, height: int = 520) -> ModelPanel:
        parent = QWidget()
        parents.append(parent)
        qtbot.addWidget(parent)
        parent.resize(width, height)
        panel = ModelPanel(parent, lambda: (HERE, ("street-r18", "street-x39")))
        panels.append(panel)
        panel.set_request(REQUEST)
        with qtbot.waitExposed(parent):
            parent.show()
        parent.activateWindow()
        panel.show()
        panel.focus_first()
        qtbot.waitUntil(panel.form.isEnabled)
        return panel

    yield make
    for panel in panels:
        assert panel.close_lookup()
    assert not [thread for thread in threading.enumerate() if thread.name == "model-options"]


def choose(qtbot: QtBot, chooser: Chooser, value: object) -> None:
    """Open the list and click the line."""
    chooser.showPopup()
    view = chooser.view()
    assert view is not None
    index = chooser.model().index(chooser.place_of(value), 0)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: view.isVisible())
    view.scrollTo(index)
    spot = view.visualRect(index).center()
    qtbot.mouseMove(view.viewport(), spot)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_the_lists_show_what_runs(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.set_request(replace(REQUEST, engine="torch", imgsz=(800, 448), context_every=3))
    form = panel.form
    shown = [
        form.model_list,
        form.engine_list,
        form.device_list,
        form.precision_list,
        form.size_list,
        form.context_list,
    ]
    assert [chooser.currentText() for chooser in shown] == [
        "street-x39", "torch", "auto", "auto", "800×448", "every 3 frames",
    ]  # fmt: skip


@with_lists
def test_another_model_is_wanted_at_once(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    with qtbot.waitSignal(panel.wanted) as asked:
        choose(qtbot, panel.form.model_list, "street-r18")
    assert asked.args == [replace(REQUEST, model="street-r18")]
    assert panel.isVisible()


def test_keys_choose_and_skip_what_is_not_here(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    chooser = panel.form.engine_list
    chooser.setFocus()
    told: list[Request] = []
    panel.wanted.connect(told.append)
    for _ in range(2):
        qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert [request.engine for request in told] == ["openvino", "torch"]
    item = chooser.itemText(2)
    assert item == "onnxruntime   (not installed)"
    assert not chooser.model().item(2).isEnabled()  # type: ignore[union-attr]


def test_the_arrows_are_the_lists_while_they_have_the_focus(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    taken: list[str] = []
    for key in ("Down", "Space", "5", "M"):
        shortcut = QShortcut(QKeySequence(key), panel.parentWidget())
        shortcut.activated.connect(lambda key=key: taken.append(key))
    panel.form.engine_list.setFocus()
    qtbot.keyClick(panel.form.engine_list, Qt.Key.Key_Down)
    assert (panel.form.engine_list.currentText(), taken) == ("openvino", [])
    qtbot.keyClick(panel.form.engine_list, Qt.Key.Key_M)
    assert taken == ["M"]
    panel.tune_box.target_box.setFocus()
    panel.tune_box.target_box.selectAll()
    qtbot.keyClick(panel.tune_box.target_box, Qt.Key.Key_5)
    assert (panel.tune_box.target_box.value(), taken) == (5, ["M"])


@with_lists
def test_what_does_not_go_with_the_choice_becomes_auto(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    panel.set_request(replace(REQUEST, model="/m/x39.xml", precision="int8"))
    with qtbot.waitSignal(panel.wanted) as asked:
        choose(qtbot, panel.form.model_list, "street-x39")
    assert asked.args == [REQUEST]
    assert panel.form.precision_list.currentText() == "auto"


@with_lists
def test_ones_own_size_is_asked_for_when_it_is_whole(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    told: list[Request] = []
    panel.wanted.connect(told.append)
    choose(qtbot, panel.form.size_list, "own")
    field = panel.form.size_field
    assert field.isVisible()
    qtbot.keyClicks(field.width_box, "803")
    field.height_box.selectAll()
    qtbot.keyClicks(field.height_box, "448")
    assert told == []
    qtbot.mouseClick(field.use_button, Qt.MouseButton.LeftButton)
    assert [request.imgsz for request in told] == [(800, 448)]
    assert panel.form.size_list.currentText() == "800×448"
    assert not field.isVisible()


@with_lists
def test_enter_takes_the_size(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    choose(qtbot, panel.form.size_list, "own")
    with qtbot.waitSignal(panel.wanted) as asked:
        qtbot.keyClicks(panel.form.size_field.width_box, "320")
        qtbot.keyClick(panel.form.size_field.width_box, Qt.Key.Key_Return)
    assert asked.args[0].imgsz == (320, 360)


def test_the_wheel_over_a_list_changes_nothing(open_panel: OpenPanel) -> None:
    panel = open_panel()
    chooser = panel.form.engine_list
    told: list[Request] = []
    panel.wanted.connect(told.append)
    turned = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chooser, turned)
    assert (chooser.currentText(), told) == ("auto", [])


@with_lists
def test_a_second_model_is_wanted_and_let_go(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    panel.set_request(replace(REQUEST, imgsz=(640, 360)))
    with qtbot.waitSignal(panel.compare_wanted) as asked:
        choose(qtbot, panel.compare_list, "street-r18")
    assert asked.args == [replace(REQUEST, model="street-r18", imgsz=(640, 360))]
    with qtbot.waitSignal(panel.compare_wanted) as asked:
        choose(qtbot, panel.compare_list, "none")
    assert asked.args == [None]


@with_lists
def test_a_model_file_is_picked_without_stopping_anything(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    choose(qtbot, panel.form.model_list, "open")
    dialog = panel._dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    assert panel.form.model_list.currentText() == "street-x39"
    with qtbot.waitSignal(panel.wanted) as asked:
        dialog.fileSelected.emit("/m/city.safetensors")
    assert asked.args[0].model == "/m/city.safetensors"
    assert panel.form.model_list.currentText() == "city.safetensors"
    dialog.close()


@with_lists
def test_what_is_prepared_and_what_failed_is_told(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    assert panel.status.now.text() == "No model runs yet"
    assert not panel.status.busy.isVisible()
    panel.set_running("street-x39 · openvino", "8 ms")
    panel.set_preparing("street-r18 on torch")
    panel.set_fault("No such file: a.xml")
    assert panel.status.now.text() == "Now: street-x39 · openvino"
    assert panel.status.busy.isVisible()
    assert "street-r18 on torch" in panel.status.preparing.text()
    assert panel.status.fault.isVisible()
    choose(qtbot, panel.form.engine_list, "torch")
    assert not panel.status.fault.isVisible()
    panel.set_preparing("")
    assert not panel.status.busy.isVisible()


def test_tuning_is_asked_for_cancelled_and_told(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    box = panel.tune_box
    box.target_box.setFocus()
    box.target_box.selectAll()
    qtbot.keyClicks(box.target_box, "24")
    with qtbot.waitSignal(box.tune_wanted) as asked:
        qtbot.mouseClick(box.tune_button, Qt.MouseButton.LeftButton)
    assert asked.args == [24.0]
    box.show_progress(Progress("Measuring 640×360…", 1, 5))
    assert (box.tune_button.text(), box.told.text(), box.bar.value()) == ("Cancel", "Measuring 640×360…", 1)
    assert not box.target_box.isEnabled()
    with qtbot.waitSignal(box.cancel_wanted):
        qtbot.mouseClick(box.tune_button, Qt.MouseButton.LeftButton)
    box.show_outcome("640×360 reaches 40 FPS")
    assert (box.tune_button.text(), box.told.text()) == ("Tune", "640×360 reaches 40 FPS")
    assert not box.bar.isVisible()


def test_what_was_tuned_before_can_be_used(open_panel: OpenPanel, qtbot: QtBot) -> None:
    box = open_panel().tune_box
    found = Candidate((768, 448))
    assert not box.use_button.isVisible()
    box.set_remembered(found)
    assert box.told.text() == "Found before on this device: 768×448."
    with qtbot.waitSignal(box.use_wanted) as asked:
        qtbot.mouseClick(box.use_button, Qt.MouseButton.LeftButton)
    assert asked.args == [found]
    box.set_remembered(None)
    assert not box.use_button.isVisible()


@pytest.mark.parametrize(("width", "height"), [(320, 240), (648, 500), (1028, 620)])
def test_the_card_stays_inside_the_video(open_panel: OpenPanel, width: int, height: int) -> None:
    panel = open_panel(width, height)
    panel.set_fault("a long fault " * 20)
    parent = panel.parentWidget()
    assert parent is not None
    assert parent.rect().contains(panel.geometry())
    parent.resize(width + 100, height + 50)
    assert panel.geometry().right() == parent.width() - 13


def test_the_card_closes_with_its_button(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    with qtbot.waitSignal(panel.closed):
        qtbot.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()


def test_the_model_has_the_focus_and_all_can_be_reached(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert panel.window().focusWidget() is panel.form.model_list  # type: ignore[union-attr]
    controls = [
        child
        for kind in (QComboBox, QAbstractButton, QAbstractSpinBox)
        for child in panel.findChildren(kind)
        if child.isVisible()
    ]
    assert len(controls) >= 10
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control
