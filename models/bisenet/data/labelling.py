"""`Labelling`: what the values in a data set's label files mean, and which class ids they become."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet, Color
from bisenet.errors import DataError

Labels = NDArray[np.uint8]
Synonyms = tuple[tuple[str, tuple[str, ...]], ...]
"""Class names with what other lists call them, the best first."""

NO_ROW = 255
"""Of a colour that is unknown."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """The values of label files, and the class ids that they become."""

    own: ClassSet | None = None
    """The data set's classes, with the values that mean them; None: a value is the id of whatever list is asked for."""
    classes: ClassSet | None = None
    """The list whose ids come out; None: that of the data set, or where it has none, the values as they are."""
    ignored: tuple[int, ...] = (255,)
    """Values that mean no class, and are no mistake."""
    colors: tuple[tuple[Color, int | None], ...] = ()
    """What the colours of RGB masks mean: a value, or None for no class; empty: such masks are refused."""
    synonyms: Synonyms = ()
    """Of names in `own`."""

    @property
    def target(self) -> ClassSet | None:
        """The list whose ids come out, if any."""
        return self.classes or self.own

    @property
    def ignore_id(self) -> int:
        """The id of pixels without a class."""
        return self.target.ignore_id if self.target else 255

    def ids(self) -> NDArray[np.int16]:
        """(256,): the class id of each value; -1 for one that is a mistake."""
        if self.target is None:
            return np.arange(256, dtype=np.int16)
        table = np.full(256, -1, np.int16)
        table[list(self.ignored)] = self.ignore_id
        if self.own is None:
            table[: len(self.target)] = np.arange(len(self.target))
            table[self.ignore_id] = self.ignore_id
            return table
        if not self.own.raw_ids:
            table[self.own.ignore_id] = self.ignore_id
        for name, values in zip(self.own.names, values_of(self.own), strict=True):
            table[list(values)] = class_of(name, self.target, self.synonyms)
        return table


AS_THEY_ARE = Labelling()
"""Of a data set without a class list."""


def values_of(classes: ClassSet) -> tuple[tuple[int, ...], ...]:
    """Per class the values that mean it in label files."""
    return classes.raw_ids or tuple((label,) for label in range(len(classes)))


def class_of(name: str, target: ClassSet, synonyms: Synonyms = ()) -> int:
    """The id in `target` of a class of another list: by its name in any case, else by a synonym; else the ignore id."""
    ids = {known.casefold(): label for label, known in enumerate(target.names)}
    for candidate in (name, *dict(synonyms).get(name, ())):
        if candidate.casefold() in ids:
            return ids[candidate.casefold()]
    return target.ignore_id


def palette_colors(classes: ClassSet) -> tuple[tuple[Color, int | None], ...]:
    """What the colours of masks in a class list's palette mean; black is no class, unless it is one's colour."""
    colors = tuple((color, ids[0]) for color, ids in zip(classes.palette, values_of(classes), strict=True))
    return colors if (0, 0, 0) in classes.palette else (*colors, ((0, 0, 0), None))


@lru_cache(maxsize=8)
def value_tables(labelling: Labelling) -> tuple[Labels, Labels]:
    """(256,) each: the id of a value, and 1 where the value is unknown, else 0."""
    ids = labelling.ids()
    return np.where(ids < 0, labelling.ignore_id, ids).astype(np.uint8), (ids < 0).astype(np.uint8)


@lru_cache(maxsize=2)
def color_tables(labelling: Labelling) -> tuple[NDArray[np.uint8], Labels]:
    """(2^24,): the row of each 0xRRGGBB code in the list of colours, else NO_ROW; (256,): the id of each row.

    16 MiB, so that a pixel costs one look-up. Raises DataError when two classes share a colour.
    """
    values, _ = value_tables(labelling)
    rows = np.full(1 << 24, NO_ROW, np.uint8)
    ids = np.full(256, labelling.ignore_id, np.uint8)
    for row, (color, value) in enumerate(labelling.colors):
        code = color[0] << 16 | color[1] << 8 | color[2]
        if rows[code] != NO_ROW:
            raise DataError(
                f"two classes have the colour {color_text(code)}, so that masks of colours cannot be read: "
                "give each class a colour of its own, or save masks of class ids"
            )
        rows[code] = row
        if value is not None:
            ids[row] = values[value]
    return rows, ids


def color_text(code: int) -> str:
    """`255,0,3` of 0xFF0003."""
    return f"{code >> 16},{code >> 8 & 255},{code & 255}"
