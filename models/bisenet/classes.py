"""`ClassSet`: the names, colours and ignore id that class ids stand for, and the ids of a data set's label files."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bisenet.errors import ConfigError
from bisenet.resources import read_yaml

Color = tuple[int, int, int]

_BY_COUNT = {11: "camvid11", 19: "cityscapes19", 21: "voc21", 150: "ade20k150", 171: "cocostuff171"}


@dataclass(frozen=True, slots=True)
class ClassSet:
    """Class ids 0 to len - 1 with a name and an RGB colour each; `ignore_id` marks pixels without a class."""

    name: str
    names: tuple[str, ...]
    palette: tuple[Color, ...]
    ignore_id: int = 255
    raw_ids: tuple[tuple[int, ...], ...] = ()
    """Per class the ids that mean it in the data set's label files, first the one to write; empty: the class ids."""

    def __post_init__(self) -> None:
        if not self.names or len(self.names) != len(self.palette):
            raise ValueError(f"expected one colour per name, got {len(self.names)} names, {len(self.palette)} colours")
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"class names must differ: {', '.join(self.names)}")
        if not 0 <= self.ignore_id <= 255 or self.ignore_id < len(self.names):
            raise ValueError(f"ignore_id {self.ignore_id} must lie above the last class and at most at 255")
        if any(len(color) != 3 or not all(0 <= part <= 255 for part in color) for color in self.palette):
            raise ValueError("colours are three numbers from 0 to 255")
        if self.raw_ids:
            self._check_raw_ids()

    def _check_raw_ids(self) -> None:
        if len(self.raw_ids) != len(self.names):
            raise ValueError(f"expected raw ids of all {len(self.names)} classes or of none, got {len(self.raw_ids)}")
        meaning: dict[int, str] = {}
        for name, ids in zip(self.names, self.raw_ids, strict=True):
            if not ids:
                raise ValueError(f"{name} has no raw id: give every class one, or none of them")
            for raw_id in ids:
                if not 0 <= raw_id <= 255:
                    raise ValueError(f"raw id {raw_id} of {name} must lie in 0 to 255")
                if raw_id in meaning:
                    raise ValueError(f"raw id {raw_id} stands twice: for {meaning[raw_id]} and for {name}")
                meaning[raw_id] = name

    def __len__(self) -> int:
        return len(self.names)

    def palette_array(self) -> NDArray[np.uint8]:
        """(256, 3) uint8 RGB: the palette, black for every other id."""
        table = np.zeros((256, 3), np.uint8)
        table[: len(self)] = self.palette
        return table

    def to_train_ids(self, raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The class ids of a label file's ids: uint8 of any shape in, a new array of that shape out.

        Ids that mean no class become `ignore_id`. Raises ValueError if raw is not uint8.
        """
        table = np.full(256, self.ignore_id, np.uint8)
        for label, ids in enumerate(self._ids_in_files()):
            table[list(ids)] = label
        return _looked_up(table, raw)

    def to_raw_ids(self, labels: NDArray[np.uint8], ignored: int) -> NDArray[np.uint8]:
        """The inverse of `to_train_ids`, for pictures that the data set's own tools read: uint8 of any shape.

        ignored: what `ignore_id`, and every other id that is no class, becomes; it must not mean a class itself.
        Raises ValueError if it does or lies outside 0 to 255, or if labels is not uint8.
        """
        in_files = self._ids_in_files()
        if not 0 <= ignored <= 255:
            raise ValueError(f"ignored must lie in 0 to 255, got {ignored}")
        taken = [name for name, ids in zip(self.names, in_files, strict=True) if ignored in ids]
        if taken:
            raise ValueError(f"ignored pixels cannot become {ignored}: in {self.name} that is {taken[0]}")
        table = np.full(256, ignored, np.uint8)
        table[: len(self)] = [ids[0] for ids in in_files]
        return _looked_up(table, labels)

    def _ids_in_files(self) -> tuple[tuple[int, ...], ...]:
        return self.raw_ids or tuple((label,) for label in range(len(self)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as in the YAML files and in model cards; `raw` is in it only where there are raw ids."""
        rows: list[dict[str, Any]] = [
            {"name": n, "color": list(c)} for n, c in zip(self.names, self.palette, strict=True)
        ]
        if self.raw_ids:
            for row, ids in zip(rows, self.raw_ids, strict=True):
                row["raw"] = ids[0] if len(ids) == 1 else list(ids)
        return {"name": self.name, "ignore_id": self.ignore_id, "classes": rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ClassSet:
        """The inverse of `to_dict`; `ignore_id` may be left out (255). Raises ConfigError naming what is wrong."""
        try:
            if not isinstance(data, Mapping) or not isinstance(data.get("classes"), list):
                raise ValueError("expected `name: NAME`, `classes:` and a line of name and color for each")
            rows = data["classes"]
            _refuse_unknown(data, ("name", "ignore_id", "classes"))
            for row in rows:
                _refuse_unknown(row, ("name", "color", "raw"))
            return cls(
                name=str(data["name"]),
                names=tuple(str(row["name"]) for row in rows),
                palette=tuple(_color(row) for row in rows),
                ignore_id=int(data.get("ignore_id", 255)),
                raw_ids=tuple(_raw(row) for row in rows) if any("raw" in row for row in rows) else (),
            )
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ConfigError(f"not a class list: {reason}; assets/classes/camvid11.yaml shows the form") from error


def load_classes(name_or_path: str) -> ClassSet:
    """Read a class list: the name of one in assets/classes (`camvid11`), or the path of a YAML file."""
    values, path = read_yaml("classes", name_or_path, "class list")
    try:
        return ClassSet.from_dict(values)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def matching_classes(count: int) -> ClassSet | None:
    """The bundled list that a checkpoint with `count` classes and no list of its own stands for; None: there is none.

    A guess by convention: another data set may have as many classes, or have these in another order.
    """
    return load_classes(_BY_COUNT[count]) if count in _BY_COUNT else None


def _refuse_unknown(row: Mapping[str, Any], known: tuple[str, ...]) -> None:
    if not isinstance(row, Mapping):
        raise ValueError(f"expected name and color of a class, got {row!r}")
    for key in row:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            raise ValueError(f"unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else ""))


def _color(row: Mapping[str, Any]) -> tuple[int, int, int]:
    value = row["color"]
    if not isinstance(value, list) or len(value) != 3 or any(type(part) is not int for part in value):
        raise ValueError(f"color of {row['name']} is three numbers from 0 to 255, got {value!r}")
    red, green, blue = value
    return red, green, blue


def _raw(row: Mapping[str, Any]) -> tuple[int, ...]:
    value = row.get("raw", [])
    ids = value if isinstance(value, list) else [value]
    # Not int(): it would take 7.5 and "7", and YAML's yes.
    if any(type(raw_id) is not int for raw_id in ids):
        raise ValueError(f"raw of {row['name']} must be a whole number or a list of them, got {value!r}")
    return tuple(ids)


def _looked_up(table: NDArray[np.uint8], ids: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if ids.dtype != np.uint8:
        raise ValueError(f"expected ids of dtype uint8, got {ids.dtype}")
    return table.take(ids)
