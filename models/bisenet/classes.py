"""`ClassSet`: the names, colours and ignore id that class ids stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bisenet.errors import ConfigError
from bisenet.resources import read_yaml

Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ClassSet:
    """Class ids 0 to len - 1 with a name and an RGB colour each; `ignore_id` marks pixels without a class."""

    name: str
    names: tuple[str, ...]
    palette: tuple[Color, ...]
    ignore_id: int = 255

    def __post_init__(self) -> None:
        if not self.names or len(self.names) != len(self.palette):
            raise ValueError(f"expected one colour per name, got {len(self.names)} names, {len(self.palette)} colours")
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"class names must differ: {', '.join(self.names)}")
        if not 0 <= self.ignore_id <= 255 or self.ignore_id < len(self.names):
            raise ValueError(f"ignore_id {self.ignore_id} must lie above the last class and at most at 255")
        if any(len(color) != 3 or not all(0 <= part <= 255 for part in color) for color in self.palette):
            raise ValueError("colours are three numbers from 0 to 255")

    def __len__(self) -> int:
        return len(self.names)

    def palette_array(self) -> NDArray[np.uint8]:
        """(256, 3) uint8 RGB: the palette, black for every other id."""
        table = np.zeros((256, 3), np.uint8)
        table[: len(self)] = self.palette
        return table

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as in the YAML files and in model cards."""
        rows = [{"name": n, "color": list(c)} for n, c in zip(self.names, self.palette, strict=True)]
        return {"name": self.name, "ignore_id": self.ignore_id, "classes": rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ClassSet:
        """The inverse of `to_dict`. Raises ConfigError naming what is wrong."""
        try:
            rows = data["classes"]
            return cls(
                name=str(data["name"]),
                names=tuple(str(row["name"]) for row in rows),
                palette=tuple((int(r), int(g), int(b)) for r, g, b in (row["color"] for row in rows)),
                ignore_id=int(data.get("ignore_id", 255)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"not a class list ({error!r}); see assets/classes/camvid11.yaml for the form") from error


def load_classes(name_or_path: str) -> ClassSet:
    """Read a class list: the name of one in assets/classes (`camvid11`), or the path of a YAML file."""
    return ClassSet.from_dict(read_yaml("classes", name_or_path, "class list")[0])
