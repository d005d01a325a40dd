"""How each field of the settings is read from JSON: the value as it is kept, or ValueError where it makes no sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bisenet.engine_names import ENGINES, PRECISIONS

Reader = Callable[[Any], Any]

THEMES = ("system", "dark", "light")
VIEWS = ("overlay", "mask", "side-by-side", "boundaries", "wipe", "confidence", "original")
FITS = ("fit", "fill", "actual")
PAIRINGS = ("exact", "latest")

_LONGEST = 4096
"""Characters of a path or a name."""
_MOST = 500
"""Entries of a list or a mapping."""
_FARTHEST = 100_000
"""Pixels of a desktop."""


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {value!r}")
    return value


def _whole(value: Any, *, lowest: int, highest: int) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"expected {lowest} to {highest}, got {value!r}")
    return value


def _number(value: Any, *, lowest: float, highest: float) -> float:
    # A truth value is a number to Python, and "not a number" lies between no two.
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise ValueError(f"expected {lowest:g} to {highest:g}, got {value!r}")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or "\0" in value:
        raise ValueError(f"expected text, got {value!r}")
    return value


def _one_of(value: Any, *, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"expected one of {', '.join(known)}, got {value!r}")
    return str(value)


def _optional(value: Any, *, reader: Reader) -> Any:
    return None if value is None else reader(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST:
        raise ValueError(f"expected a list of texts, got {value!r}")
    return tuple(_text(each) for each in value)


def _recent(value: Any) -> tuple[str, ...]:
    return _texts(value)[:20]


def _size(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"expected a width and a height, got {value!r}")
    width, height = (_whole(each, lowest=1, highest=_FARTHEST) for each in value)
    return width, height


def _color(value: Any) -> tuple[int, int, int]:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError(f"expected red, green and blue, got {value!r}")
    red, green, blue = (_whole(each, lowest=0, highest=255) for each in value)
    return red, green, blue


def _mapping(value: Any, *, reader: Reader) -> dict[str, Any]:
    """By name; an entry that makes no sense is left out, the others stay."""
    if not isinstance(value, dict) or len(value) > _MOST:
        raise ValueError(f"expected values by name, got {value!r}")
    kept = {}
    for name, each in value.items():
        try:
            kept[_text(name)] = reader(each)
        except ValueError:
            continue
    return kept


def _record(value: Any, *, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Of exactly these fields."""
    if not isinstance(value, dict) or set(value) != set(readers):
        raise ValueError(f"expected {', '.join(readers)}, got {value!r}")
    return {name: reader(value[name]) for name, reader in readers.items()}


_coordinate = partial(_whole, lowest=-_FARTHEST, highest=_FARTHEST)
_length = partial(_whole, lowest=1, highest=_FARTHEST)
_engine = partial(_one_of, known=ENGINES)
_precision = partial(_one_of, known=PRECISIONS)
_network_size = partial(_optional, reader=_size)
_place = partial(
    _record,
    readers={"x": _coordinate, "y": _coordinate, "width": _length, "height": _length, "maximised": _flag},
)
_tuned = partial(_record, readers={"engine": _engine, "precision": _precision, "imgsz": _network_size})

READERS: Mapping[str, Reader] = {
    "window": partial(_optional, reader=_place),
    "theme": partial(_one_of, known=THEMES),
    "palette": _text,
    "colors": partial(_mapping, reader=partial(_mapping, reader=_color)),
    "hidden": partial(_mapping, reader=_texts),
    "opacity": partial(_number, lowest=0.0, highest=1.0),
    "view": partial(_one_of, known=VIEWS),
    "fit": partial(_one_of, known=FITS),
    "pairing": partial(_one_of, known=PAIRINGS),
    "smooth_edges": _flag,
    "hatched": _flag,
    "legend": _flag,
    "recent_sources": _recent,
    "recent_models": _texts,
    "target_fps": partial(_optional, reader=partial(_number, lowest=1.0, highest=1000.0)),
    "tuned": partial(_mapping, reader=_tuned),
    "statistics_open": _flag,
    "snapshot_folder": _text,
    "recording_folder": _text,
    "flag_folder": _text,
}
"""By the field's name."""
