"""The class panel, used as people use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QContextMenuEvent, QPaintEvent
from PyQt6.QtWidgets import QApplication, QColorDialog, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from bisenet.classes import load_classes
from bisenet_viewer.gui.classes import choice, palettes, row_painting
from bisenet_viewer.gui.classes.class_panel import ClassPanel
from bisenet_viewer.gui.classes.class_row import ClassRow
from bisenet_viewer.gui.classes.color_grid import COLORS, COLUMNS
from bisenet_viewer.gui.classes.row_painting import Zone
from bisenet_viewer.gui.common.theme import DARK, apply_theme
from bisenet_viewer.gui.state import Look

LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
Open = Callable[[str], ClassPanel]


@pytest.fixture
def open_panel(qtbot: QtBot, qapp: QApplication) -> Open:
    """Show a panel with the classes of a set."""
    apply_theme(qapp, DARK)

    def make(name: str = "camvid11") -> ClassPanel:
        classes = load_classes(name)
        panel = ClassPanel()
        qtbot.addWidget(panel)
        panel.resize(252, 640)
        panel.set_classes(classes.names, [QColor(*color) for color in classes.palette])
        panel.set_look(look(name))
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make


def look(name: str = "camvid11", **more: object) -> Look:
    return Look(style=choice.first_style(load_classes(name), 0.5, None), **more)  # type: ignore[arg-type]


def swatch(row: ClassRow) -> QPoint:
    return row_painting.swatch_rect(row).center().toPoint()


def seen(row: ClassRow, place: QPoint) -> tuple[int, int, int]:
    color = row.grab().toImage().pixelColor(place)
    return color.red(), color.green(), color.blue()


def lines(panel: ClassPanel) -> list[str]:
    """The names, from the top down."""
    rows = sorted((row for row in panel.rows if row.isVisible()), key=lambda row: row.y())
    return [row.text() for row in rows]


def test_a_click_on_the_name_toggles_and_one_on_the_swatch_does_not(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    toggled: list[int] = []
    panel.toggled.connect(toggled.append)
    qtbot.mouseClick(panel.rows[3], LEFT, pos=QPoint(80, 14))
    assert toggled == [3]
    qtbot.mouseClick(panel.rows[4], LEFT, pos=swatch(panel.rows[4]))
    assert toggled == [3]
    assert panel.color_popup.isVisible()
    panel.color_popup.hide()


def test_a_colour_is_picked_from_the_table(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    qtbot.mouseClick(panel.rows[4], LEFT, pos=swatch(panel.rows[4]))
    popup = panel.color_popup
    assert popup.heading.text() == "Colour of pavement"
    assert not popup.own_button.isEnabled()
    with qtbot.waitSignal(panel.color_wanted) as told:
        qtbot.mouseClick(popup.grid, LEFT, pos=popup.grid.cell(12).center().toPoint())
    assert told.args == [4, QColor(COLORS[12])]
    assert not popup.isVisible()


def test_a_colour_is_picked_with_the_keys(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    qtbot.mouseClick(panel.rows[0], LEFT, pos=swatch(panel.rows[0]))
    grid = panel.color_popup.grid
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(grid, key)
    with qtbot.waitSignal(panel.color_wanted) as told:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert told.args == [0, QColor(COLORS[COLUMNS + 1])]


def test_esc_leaves_the_colour_as_it_is(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    qtbot.mouseClick(panel.rows[0], LEFT, pos=swatch(panel.rows[0]))
    with qtbot.assertNotEmitted(panel.color_wanted):
        qtbot.keyClick(panel.color_popup.grid, Qt.Key.Key_Escape)
    assert not panel.color_popup.isVisible()


def test_the_own_colour_comes_back(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    style = look().style
    assert style is not None
    panel.set_look(Look(style=choice.with_color(style, 4, (1, 2, 3))))
    assert seen(panel.rows[4], swatch(panel.rows[4])) == (1, 2, 3)
    qtbot.mouseClick(panel.rows[4], LEFT, pos=swatch(panel.rows[4]))
    with qtbot.waitSignal(panel.color_wanted) as told:
        qtbot.mouseClick(panel.color_popup.own_button, LEFT)
    assert told.args == [4, QColor(*load_classes("camvid11").palette[4])]


def test_a_mixed_colour_is_seen_at_once_and_taken_back(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    qtbot.mouseClick(panel.rows[4], LEFT, pos=swatch(panel.rows[4]))
    qtbot.mouseClick(panel.color_popup.other_button, LEFT)
    (mixer,) = panel.findChildren(QColorDialog)
    assert not mixer.isModal()
    with qtbot.waitSignal(panel.color_wanted) as told:
        mixer.setCurrentColor(QColor(10, 20, 30))
    assert told.args == [4, QColor(10, 20, 30)]
    with qtbot.waitSignal(panel.color_wanted) as told:
        mixer.reject()
    assert told.args == [4, QColor(*load_classes("camvid11").palette[4])]


@pytest.mark.parametrize("way", ["alt", "button", "key", "menu"])
def test_a_class_is_shown_alone(open_panel: Open, qtbot: QtBot, way: str) -> None:
    panel = open_panel("camvid11")
    row = panel.rows[3]
    with qtbot.waitSignal(panel.solo_wanted) as told, qtbot.assertNotEmitted(panel.toggled):
        if way == "alt":
            qtbot.mouseClick(row, LEFT, ALT, QPoint(80, 14))
        elif way == "button":
            qtbot.mouseClick(row, LEFT, pos=row_painting.solo_rect(row).center().toPoint())
        elif way == "key":
            qtbot.keyClick(row, Qt.Key.Key_Return)
        else:
            QApplication.sendEvent(
                row, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(80, 14), row.mapToGlobal(QPoint(80, 14)))
            )
            menu = next(menu for menu in panel.findChildren(QMenu) if menu.isVisible())
            menu.actions()[0].trigger()
            menu.close()
    assert told.args == [3]


def test_the_class_alone_has_a_chip_that_ends_it(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    chip = panel.header.chip
    assert not chip.isVisible()
    panel.set_look(look(solo=3))
    assert chip.isVisible()
    assert chip.text() == "Only road  ×"
    assert [row.is_shown for row in panel.rows[2:5]] == [False, True, False]
    assert seen(panel.rows[4], swatch(panel.rows[4])) == DARK.surface.getRgb()[:3]
    with qtbot.waitSignal(panel.solo_wanted) as told:
        qtbot.mouseClick(chip, LEFT)
    assert told.args == [3]
    panel.set_look(look())
    assert not chip.isVisible()
    assert seen(panel.rows[4], swatch(panel.rows[4])) == load_classes("camvid11").palette[4]


def test_a_hidden_class_can_be_alone(open_panel: Open) -> None:
    panel = open_panel("camvid11")
    style = look().style
    assert style is not None
    panel.set_look(Look(style=choice.toggled(style, 3), solo=3))
    assert panel.rows[3].is_shown
    assert not panel.rows[3].isChecked()


def test_a_pattern_is_seen_in_the_swatch(open_panel: Open) -> None:
    panel = open_panel("camvid11")
    row, rect = panel.rows[5], row_painting.swatch_rect(panel.rows[5]).toRect()
    places = [
        QPoint(x, y) for x in range(rect.left() + 3, rect.right() - 2) for y in range(rect.top() + 3, rect.bottom() - 2)
    ]
    assert len({seen(row, place) for place in places[::7]}) == 1
    panel.set_look(look(hatched=True))
    assert len({seen(row, place) for place in places[::7]}) > 1


@pytest.mark.parametrize(
    ("button", "signal", "field"),
    [
        ("hatch_button", "hatched_wanted", "hatched"),
        ("legend_button", "legend_wanted", "legend"),
        ("smooth_button", "smooth_wanted", "smooth_edges"),
    ],
)
def test_the_ways_to_draw_are_asked_for_and_shown(
    open_panel: Open, qtbot: QtBot, button: str, signal: str, field: str
) -> None:
    panel = open_panel("camvid11")
    with qtbot.waitSignal(getattr(panel, signal)) as told:
        qtbot.mouseClick(getattr(panel.header, button), LEFT)
    assert told.args == [True]
    panel.set_look(look())
    assert not getattr(panel.header, button).isChecked()
    panel.set_look(look(**{field: True}))
    assert getattr(panel.header, button).isChecked()


def test_a_palette_is_chosen_and_changes_by_hand_are_undone(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    menu = panel.header.palette_menu
    assert menu.choices[palettes.OWN].isChecked()
    assert not menu.reset.isEnabled()
    with qtbot.waitSignal(panel.palette_wanted) as told:
        menu.choices[palettes.SAFE].trigger()
    assert told.args == [palettes.SAFE]
    style = look().style
    assert style is not None
    style = choice.with_colors(style, palettes.colors_of(palettes.SAFE, style.colors))
    panel.set_look(Look(style=style))
    assert menu.choices[palettes.SAFE].isChecked()
    panel.set_look(Look(style=choice.with_color(style, 0, (1, 2, 3))))
    assert menu.reset.isEnabled()
    with qtbot.waitSignal(panel.palette_wanted) as told:
        menu.reset.trigger()
    assert told.args == [palettes.SAFE]


def test_a_class_is_found_by_its_name(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("cocostuff171")
    field = panel.header.filter_field
    assert field.isVisible()
    qtbot.keyClicks(field, "TRAFFIC")
    assert lines(panel) == [name for name in load_classes("cocostuff171").names if "traffic" in name]
    qtbot.keyClicks(field, "zzz")
    assert lines(panel) == []
    (clear,) = field.findChildren(QToolButton)
    qtbot.mouseClick(clear, LEFT)
    assert len(lines(panel)) == 171
    qtbot.keyClicks(field, "sky")
    assert lines(panel) == ["sky-other", "skyscraper"]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert len(lines(panel)) == 171
    assert not field.hasFocus()


def test_few_classes_need_no_looking_for(open_panel: Open) -> None:
    panel = open_panel("camvid11")
    assert not panel.header.filter_field.isVisible()
    assert all(row.height() == row_painting.height(compact=False) for row in panel.rows)


def test_nineteen_classes_are_seen_without_scrolling(open_panel: Open) -> None:
    panel = open_panel("cityscapes19")
    assert all(not row.visibleRegion().isEmpty() for row in panel.rows)


def test_the_largest_share_comes_first_when_wanted(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    names = load_classes("camvid11").names
    shares = [0.0] * 11
    shares[3], shares[8] = 0.3, 0.5
    panel.set_shares(shares)
    qtbot.mouseClick(panel.header.sort_button, LEFT)
    assert lines(panel)[:3] == ["car", "road", "sky"]
    shares[3] = 0.7
    panel.set_shares(shares)
    assert lines(panel)[0] == "car", "it waits, so that one can click"
    for part in (0.71, 0.72, 0.73):
        shares[3] = part
        panel.set_shares(shares)
    assert lines(panel)[:2] == ["road", "car"]
    qtbot.mouseClick(panel.header.sort_button, LEFT)
    assert lines(panel) == list(names)


def test_the_arrows_go_from_row_to_row_which_is_one_stop_of_tab(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("cocostuff171")

    def stops() -> list[ClassRow]:
        return [row for row in panel.rows if row.focusPolicy() is Qt.FocusPolicy.TabFocus]

    assert stops() == [panel.rows[0]]
    panel.rows[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Down)
    assert panel.rows[1].hasFocus()
    assert stops() == [panel.rows[1]]
    qtbot.keyClick(panel.rows[1], Qt.Key.Key_End)
    assert panel.rows[170].hasFocus()
    assert not panel.rows[170].visibleRegion().isEmpty()
    with qtbot.waitSignal(panel.toggled) as told:
        qtbot.keyClick(panel.rows[170], Qt.Key.Key_Space)
    assert told.args == [170]


def test_only_what_is_seen_and_changed_is_painted(
    open_panel: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel("cocostuff171")
    painted: list[int] = []
    first = ClassRow.paintEvent

    def paint(row: ClassRow, event: QPaintEvent | None) -> None:
        painted.append(row.class_id)
        first(row, event)

    monkeypatch.setattr(ClassRow, "paintEvent", paint)
    shares = [0.0] * 171
    shares[2] = shares[160] = 0.25
    QApplication.processEvents()
    painted.clear()
    panel.set_shares(shares)
    qtbot.waitUntil(lambda: painted != [])
    QApplication.processEvents()
    assert painted == [2]
    assert panel.rows[160].share_text == "25.0 %"


def test_the_pointer_tells_what_a_place_is_for(open_panel: Open, qtbot: QtBot) -> None:
    panel = open_panel("camvid11")
    row = panel.rows[3]
    for place, zone in (
        (swatch(row), Zone.SWATCH),
        (row_painting.solo_rect(row).center().toPoint(), Zone.SOLO),
        (QPoint(80, 14), Zone.TOGGLE),
    ):
        qtbot.mouseMove(row, place)
        assert row.zone_at(QPointF(place)) is zone
        qtbot.waitUntil(lambda zone=zone: row.hovered is zone)  # type: ignore[misc]
    QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
    assert row.hovered is None


def test_everything_has_a_name_a_tip_and_its_place_in_the_order_of_tab(open_panel: Open) -> None:
    panel = open_panel("camvid11")
    buttons = [panel.header.chip, *panel.header.findChildren(QToolButton)]
    own = [button for button in buttons if button.parentWidget() is panel.header]
    assert len(own) >= 8
    for button in own:
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() is Qt.FocusPolicy.TabFocus
