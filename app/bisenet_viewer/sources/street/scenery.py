"""`Scenery`: what stands still along the street and takes long to draw, also as plain arrays that can be kept."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

import numpy as np

from bisenet_viewer.sources.street.canvas import Pixels, Texture
from bisenet_viewer.sources.street.facades import House, draw_hedge, draw_house, draw_planks, draw_railing
from bisenet_viewer.sources.street.ground import Ground, draw_tile
from bisenet_viewer.sources.street.trees import draw_tree

Sizes = Sequence[tuple[float, float]]
"""Width and height in metres of each house."""


@dataclass(frozen=True, slots=True)
class Scenery:
    ground: Ground
    houses: tuple[House, ...]
    fences: tuple[Texture, ...]
    hedge: Texture
    trees: tuple[Texture, ...]

    def pictures(self) -> dict[str, Pixels]:
        """All that is drawn, by name; with `sizes` enough for `from_pictures`."""
        textures = {"hedge": self.hedge}
        textures |= {f"fence{k}": fence for k, fence in enumerate(self.fences)}
        textures |= {f"tree{k}": tree for k, tree in enumerate(self.trees)}
        for k, house in enumerate(self.houses):
            textures |= {f"front{k}": house.front, f"side{k}": house.side, f"roof{k}": house.roof}
        pictures = {name: texture.reduced(1, 1) for name, texture in textures.items()}
        # Reductions of the ground take long, too: those that there are by now; the whole is quick.
        levels = {level: pixels for level, pixels in self.ground.reductions.items() if level != (0, 0)}
        return {"ground": self.ground.tile, **{f"ground {x} {y}": levels[x, y] for x, y in levels}, **pictures}

    def sizes(self) -> Sizes:
        return [(house.width_m, house.height_m) for house in self.houses]

    @classmethod
    def from_pictures(cls, pictures: Mapping[str, Pixels], sizes: Sizes) -> Scenery:
        """Raises KeyError or ValueError for pictures that are not a scenery's."""
        textures = {name: Texture(pixels) for name, pixels in pictures.items() if not name.startswith("ground")}
        names = {name: name.split()[1:] for name in pictures if name.startswith("ground ")}
        reductions = {(int(x), int(y)): pictures[name] for name, (x, y) in names.items()}

        def row(kind: str) -> tuple[Texture, ...]:
            return tuple(
                textures[name] for name in takewhile(textures.__contains__, map(f"{kind}{{}}".format, count()))
            )

        parts = zip(sizes, row("front"), row("side"), row("roof"), strict=True)
        houses = tuple(House(width_m, height_m, *walls) for (width_m, height_m), *walls in parts)
        return cls(Ground(pictures["ground"], reductions), houses, row("fence"), textures["hedge"], row("tree"))


def drawing_scenery(rng: np.random.Generator) -> Generator[None, None, Scenery]:
    """Draw it: None after each piece of work. The order is part of the street, since all draw from one stream."""
    ground = Ground(draw_tile(rng))
    yield None
    houses: list[House] = []
    for style in range(12):
        houses.append(draw_house(rng, style))
        yield None
    fences = (draw_railing(), draw_planks(rng), draw_railing())
    hedge = draw_hedge(rng)
    yield None
    trees: list[Texture] = []
    for _ in range(6):
        trees.append(draw_tree(rng))
        yield None
    return Scenery(ground, tuple(houses), fences, hedge, tuple(trees))
