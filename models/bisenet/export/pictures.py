"""Pictures to quantise with and to compare on: of a folder, of a data set, or drawn where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bisenet.data import LAYOUTS, has_split, open_dataset
from bisenet.data.backdrops import backdrop
from bisenet.data.decoding import read_rgb
from bisenet.data.files import listed
from bisenet.errors import DataError
from bisenet.inference import preprocess
from bisenet.pictures import input_size

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some pictures, read on demand."""

    source: str
    """Where they are from, for people."""
    readers: tuple[Callable[[], Rgb], ...]
    """Each gives one, (H, W, 3) uint8 RGB. Raises DataError."""

    def __len__(self) -> int:
        return len(self.readers)

    def spread(self, count: int) -> Pictures:
        """`count` of them at equal distances, or all where there are no more."""
        if count >= len(self):
            return self
        places = np.linspace(0, len(self) - 1, count).round().astype(int)
        return Pictures(self.source, tuple(self.readers[place] for place in places))


@dataclass(frozen=True, slots=True)
class Batches:
    """Pictures as a graph takes them: each (1, height, width, 3) uint8 RGB; read anew each time they are gone through.

    imgsz: width and height; None keeps each picture's aspect at the short side.
    """

    pictures: Pictures
    imgsz: tuple[int, int] | None
    short_side: int

    def __len__(self) -> int:
        return len(self.pictures)

    def __iter__(self) -> Iterator[Rgb]:
        return (as_batch(read(), self.imgsz, self.short_side) for read in self.pictures.readers)


def as_batch(rgb: Rgb, imgsz: tuple[int, int] | None, short_side: int) -> Rgb:
    """(H, W, 3) uint8 RGB -> (1, height, width, 3) of imgsz (width, height), or with its own aspect for None."""
    size = imgsz or input_size(rgb.shape[1], rgb.shape[0], short_side)
    return np.ascontiguousarray(preprocess(rgb, size).permute(0, 2, 3, 1).numpy())


def open_pictures(spec: str, splits: tuple[str, ...]) -> Pictures:
    """The pictures of `LAYOUT:PATH`, of the first of the splits that is there, or those that lie in a folder.

    Raises DataError.
    """
    if spec.partition(":")[0] in LAYOUTS and ":" in spec:
        split = next((each for each in splits if has_split(spec, each)), splits[0])
        data = open_dataset(spec, split)
        return _files(data.name, [picture for picture, _ in data.pairs])
    folder = Path(spec).expanduser()
    if not folder.is_dir():
        raise DataError(f"no folder {folder}")
    files = listed(folder)
    if not files:
        raise DataError(
            f"{folder} holds no pictures (of a data set, say which: LAYOUT:{spec}, of {', '.join(LAYOUTS)})"
        )
    return _files(str(folder), files)


def drawn_pictures(count: int, size: tuple[int, int]) -> Pictures:
    """Walls, furniture and stains of size (width, height), the same ones every time."""

    def drawn(seed: int) -> Callable[[], Rgb]:
        return lambda: backdrop((), size, np.random.default_rng(seed))[0]

    return Pictures("drawn walls and furniture", tuple(drawn(seed) for seed in range(count)))


def _files(source: str, files: list[Path]) -> Pictures:
    def reader(path: Path) -> Callable[[], Rgb]:
        return lambda: read_rgb(path)

    return Pictures(source, tuple(reader(path) for path in files))
