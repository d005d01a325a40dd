"""What colour each class id gets, out of what a person chose."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bisenet_viewer.gui.picture.qimage import qt_colors

if TYPE_CHECKING:
    from bisenet_viewer.frame import Compared
    from bisenet_viewer.gui.state import Look
    from bisenet_viewer.overlay import OverlayStyle

_EDGE_STRENGTH = 2.0
"""Thin lines have to be stronger than areas to be seen: at half the opacity they cover what is below them."""


def own_style(look: Look) -> OverlayStyle | None:
    """The style that counts: one class alone where that is wanted. None before the classes are known."""
    style = look.style
    if style is None or look.solo is None:
        return style
    return replace(style, visible=frozenset({look.solo} if look.solo < len(style.colors) else ()))


def compared_style(look: Look, given: OverlayStyle | None, compared: Compared) -> OverlayStyle | None:
    """The style of the second model: the one given, else the first model's where it has as many classes.

    Else its own colours, all of them.
    """
    own = own_style(look)
    if given is not None or own is None:
        return given
    if len(own.colors) == len(compared.classes):
        return own
    from bisenet_viewer.overlay import OverlayStyle

    return replace(OverlayStyle.of(compared.classes), opacity=own.opacity)


@lru_cache(maxsize=16)
def fill_colors(style: OverlayStyle) -> list[int]:
    """256 numbers 0xAARRGGBB, not premultiplied: each visible class in its colour, as strong as the opacity says."""
    from bisenet_viewer.overlay import color_table

    return qt_colors(color_table(style))


def solid_colors(style: OverlayStyle) -> list[int]:
    """The same, as strong as can be."""
    return fill_colors(replace(style, opacity=1.0))


def edge_colors(style: OverlayStyle) -> list[int]:
    """The same for thin lines; 255 stays free, for what is no line."""
    strong = fill_colors(replace(style, opacity=min(1.0, style.opacity * _EDGE_STRENGTH)))
    return [*strong[:255], 0]
