"""What a person's wishes make of an overlay style. Pure functions on frozen values; no Qt.

`bisenet_viewer.overlay` brings numpy and OpenCV, for which the first paint does not wait: it is imported by then.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet.classes import ClassSet, Color
    from bisenet_viewer.gui.state import Look
    from bisenet_viewer.overlay import OverlayStyle


def first_style(classes: ClassSet, opacity: float, names: Sequence[str] | None) -> OverlayStyle:
    """The style to begin with. Names that the model does not have are left out; see `unknown_names`."""
    from bisenet_viewer.overlay import OverlayStyle

    style = replace(OverlayStyle.of(classes), opacity=opacity)
    if names is None:
        return style
    return replace(style, visible=frozenset(i for i, name in enumerate(classes.names) if name in names))


def unknown_names(classes: ClassSet, names: Sequence[str] | None) -> str | None:
    """One line about the names that the model does not have; None when it has all."""
    unknown = [name for name in names or () if name not in classes.names]
    if not unknown:
        return None
    near = difflib.get_close_matches(unknown[0], classes.names, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"The model has no class {', '.join(unknown)}.{hint} It has {', '.join(classes.names)}."


def toggled(style: OverlayStyle, class_id: int) -> OverlayStyle:
    """The class shown if it was hidden, and the other way round."""
    return replace(style, visible=style.visible ^ {class_id})


def with_all(style: OverlayStyle, count: int) -> OverlayStyle:
    return replace(style, visible=frozenset(range(count)))


def with_none(style: OverlayStyle) -> OverlayStyle:
    return replace(style, visible=frozenset())


def all_toggled(style: OverlayStyle, count: int) -> OverlayStyle:
    """Every class shown, or none if all were."""
    return with_none(style) if len(style.visible) == count else with_all(style, count)


def with_opacity(style: OverlayStyle, opacity: float) -> OverlayStyle:
    """0 to 1; what lies outside is brought in. Rounded to whole percent, as it is shown."""
    return replace(style, opacity=round(min(1.0, max(0.0, opacity)), 2))


def with_color(style: OverlayStyle, class_id: int, color: Color) -> OverlayStyle:
    """One class in another colour."""
    colors = (*style.colors[:class_id], color, *style.colors[class_id + 1 :])
    return replace(style, colors=colors)


def with_colors(style: OverlayStyle, colors: Sequence[Color]) -> OverlayStyle:
    """Every class in the colour of a palette."""
    return replace(style, colors=tuple(colors))


def soloed(look: Look, class_id: int) -> Look:
    """The class alone; or, if it is alone already, all that are chosen."""
    return replace(look, solo=None if look.solo == class_id else class_id)


def shown(look: Look) -> frozenset[int]:
    """The class ids that are drawn: those chosen, or the one alone."""
    if look.style is None:
        return frozenset()
    return look.style.visible if look.solo is None else frozenset({look.solo})


def drawn_style(look: Look) -> OverlayStyle | None:
    """The style that the picture is drawn with; None before a model's classes are known."""
    return None if look.style is None else replace(look.style, visible=shown(look))
