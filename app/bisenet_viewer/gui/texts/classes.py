"""What people read in the list of classes and where their colours are chosen."""

from __future__ import annotations

CLASSES = "Classes"
EMPTY = "The classes appear here\nonce the model is loaded."
NO_MATCH = "No class has that in its name."
ALL, ALL_TIP = "All", "Show every class  (T)"
NONE, NONE_TIP = "None", "Hide every class  (T)"
FILTER = "Filter classes"
CLEAR_FILTER = "Show all classes again"
FILTER_TIP = "Show only the classes with this in their names"

PALETTE_TIP = "Colours of the classes"
PALETTES = {"own": "The model's own colours", "colour-blind-safe": "Colour-blind safe"}
"""By the name of the palette."""
RESET_COLORS = "Undo changes by hand"
HATCH_TIP = "Patterns beside colours"
LEGEND_TIP = "Names in the picture  (G)"
SMOOTH_TIP = "Smooth edges when enlarged"
SORT_TIP = "Largest share first"

SOLO_MENU = "Show only this"
SOLO_MENU_OFF = "Show the others again"
COLOR_MENU = "Colour…"
SOLO_CHIP_TIP = "Show the other classes again"

PALETTE_GRID = "Colours to choose from"
OTHER_COLOR = "Other…"
OTHER_COLOR_TIP = "Mix a colour"
OWN_COLOR = "Own colour"
OWN_COLOR_TIP = "The colour that the model brings"


def row_tip(name: str, key: str | None) -> str:
    keys = f"  ({key})\nAlone: Alt+{key} or Alt and click" if key else "\nAlone: Alt and click"
    return f"Show or hide {name}{keys}"


def swatch_tip(name: str) -> str:
    return f"Choose the colour of {name}"


def solo_tip(name: str, key: str | None) -> str:
    return f"Show only {name}" + (f"  (Alt+{key})" if key else "")


def only(name: str) -> str:
    return f"Only {name}  ×"


def color_of(name: str) -> str:
    return f"Colour of {name}"


def share_of_picture(share: str) -> str:
    return f"{share} of the picture"


def classes_found(shown: int, count: int) -> str:
    return f"{shown} of {count}"
