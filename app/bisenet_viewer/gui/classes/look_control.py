"""`LookControl`: keeps the `Look`, makes a new one of each wish, and takes back what was done to the classes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from bisenet_viewer.gui.classes import choice, palettes
from bisenet_viewer.gui.state import Fit, Look, Pairing, View
from bisenet_viewer.gui.work.history import History

if TYPE_CHECKING:
    from bisenet.classes import ClassSet, Color
    from bisenet_viewer.overlay import OverlayStyle


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was chosen for a class list the last time; names, since ids differ between models."""

    colors: Mapping[str, Color]
    hidden: Collection[str] | None
    """None: nothing is remembered."""


Recall = Callable[["ClassSet"], Remembered]


@dataclass(frozen=True, slots=True)
class _Classes:
    """What undo is about."""

    colors: tuple[Color, ...]
    visible: frozenset[int]
    solo: int | None


class LookControl(QObject):
    """The one place where the look changes. recall: what is remembered of a class list."""

    changed = pyqtSignal()
    """The look is another one."""

    def __init__(
        self, look: Look, *, opacity: float, recall: Recall, names: Sequence[str] | None, parent: QObject | None = None
    ) -> None:
        """names: of the classes that are shown to begin with, in place of what is remembered; None: those."""
        super().__init__(parent)
        self._look = look
        self._opacity = opacity
        self._recall = recall
        self._names = names
        self._history: History[_Classes] | None = None
        self._view_before = View.OVERLAY
        self.classes: ClassSet | None = None

    @property
    def look(self) -> Look:
        return self._look

    @property
    def style(self) -> OverlayStyle | None:
        """What was chosen, without solo; None before a model's classes are known."""
        return self._look.style

    @property
    def opacity(self) -> float:
        """0 to 1, also before there is a style."""
        return self._opacity if self.style is None else self.style.opacity

    @property
    def can_undo(self) -> bool:
        return self._history is not None and self._history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._history is not None and self._history.can_redo

    def take_classes(self, classes: ClassSet) -> str | None:
        """A model is there. What was chosen stays where the classes are the same; else what is remembered counts.

        Returns a line about names asked for that the model does not have.
        """
        if classes == self.classes:
            return None
        opacity, self.classes = self.opacity, classes
        style = choice.first_style(classes, opacity, self._names)
        fault = choice.unknown_names(classes, self._names)
        past = self._recall(classes)
        colors = tuple(past.colors.get(name, own) for name, own in zip(classes.names, classes.palette, strict=True))
        style = choice.with_colors(style, colors)
        if self._names is None and past.hidden is not None:
            hidden = past.hidden
            shown = frozenset(i for i, name in enumerate(classes.names) if name not in hidden)
            style = replace(style, visible=shown)
        self._names = None
        self._look = replace(self._look, style=style, solo=None)
        self._history = History(self._undoable())
        self.changed.emit()
        return fault

    def edit(self, change: Callable[[OverlayStyle], OverlayStyle], *, merge_key: str | None = None) -> None:
        """Change colours or opacity, if there are any. merge_key: see `History.push`."""
        if self.style is not None:
            self._set(replace(self._look, style=change(self.style)), merge_key)

    def _choose(self, change: Callable[[OverlayStyle], OverlayStyle]) -> None:
        """Change which classes are visible; none is alone any more."""
        if self.style is not None:
            self._set(replace(self._look, style=change(self.style), solo=None))

    def set_opacity(self, opacity: float) -> None:
        """0 to 1; kept for the model that is still being loaded."""
        self._opacity = min(1.0, max(0.0, opacity))
        self.edit(lambda style: choice.with_opacity(style, opacity))

    def toggle(self, class_id: int) -> None:
        """Show or hide one class; none is alone any more."""
        if self.classes is not None and 0 <= class_id < len(self.classes):
            self._choose(lambda style: choice.toggled(style, class_id))

    def solo(self, class_id: int | None) -> None:
        """One class alone, or all that are chosen again: None, and the same one once more."""
        if self.classes is None or (class_id is not None and not 0 <= class_id < len(self.classes)):
            return
        alone = choice.soloed(self._look, class_id) if class_id is not None else replace(self._look, solo=None)
        self._set(alone)

    def show_all(self) -> None:
        self._choose(lambda style: choice.with_all(style, len(style.colors)))

    def show_none(self) -> None:
        self._choose(choice.with_none)

    def toggle_all(self) -> None:
        self._choose(lambda style: choice.all_toggled(style, len(style.colors)))

    def recolor(self, class_id: int, color: Color) -> None:
        self.edit(lambda style: choice.with_color(style, class_id, color), merge_key=f"color {class_id}")

    def set_palette(self, name: str) -> None:
        """One of `palettes.NAMES`, for all classes."""
        if self.classes is not None:
            colors = palettes.palette(name, self.classes)
            self.edit(lambda style: choice.with_colors(style, colors))

    def undo(self) -> None:
        """Take the last change of the classes back."""
        if self._history is not None:
            self._restore(self._history.undo())

    def redo(self) -> None:
        if self._history is not None:
            self._restore(self._history.redo())

    def reset(self, look: Look, opacity: float) -> None:
        """As at the first start, with all classes in their own colours; this can be undone as far as the classes go."""
        self._opacity = opacity
        style = self.style
        if style is not None and self.classes is not None:
            style = choice.first_style(self.classes, opacity, None)
        self._set(replace(look, style=style))

    def set_view(self, view: View) -> None:
        self._set(replace(self._look, view=view))

    def toggle_wipe(self) -> None:
        """To the wipe, and back to the view before it."""
        if self._look.view is View.WIPE:
            self.set_view(self._view_before)
        else:
            self._view_before = self._look.view
            self.set_view(View.WIPE)

    def next_view(self) -> None:
        views = list(View)
        self.set_view(views[(views.index(self._look.view) + 1) % len(views)])

    def next_fit(self) -> None:
        fits = list(Fit)
        self._set(replace(self._look, fit=fits[(fits.index(self._look.fit) + 1) % len(fits)]))

    def toggle_pairing(self) -> None:
        other = Pairing.LATEST if self._look.pairing is Pairing.EXACT else Pairing.EXACT
        self._set(replace(self._look, pairing=other))

    def set_wipe(self, place: float) -> None:
        self._set(replace(self._look, wipe=min(1.0, max(0.0, place))))

    def set_hatched(self, on: bool) -> None:
        self._set(replace(self._look, hatched=on))

    def set_legend(self, on: bool) -> None:
        self._set(replace(self._look, legend=on))

    def set_smooth_edges(self, on: bool) -> None:
        self._set(replace(self._look, smooth_edges=on))

    def _set(self, look: Look, merge_key: str | None = None) -> None:
        if look == self._look:
            return
        self._look = look
        if self._history is not None:
            self._history.push(self._undoable(), merge_key=merge_key)
        self.changed.emit()

    def _undoable(self) -> _Classes:
        assert self.style is not None
        return _Classes(self.style.colors, self.style.visible, self._look.solo)

    def _restore(self, then: _Classes) -> None:
        if self.style is None or then == self._undoable():
            return
        style = replace(self.style, colors=then.colors, visible=then.visible)
        self._look = replace(self._look, style=style, solo=then.solo)
        self.changed.emit()
