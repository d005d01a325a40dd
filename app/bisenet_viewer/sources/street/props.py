"""Everything a street is built from, drawn once for each seed and shared by all picture sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from bisenet_viewer.sources.street.canvas import Texture
from bisenet_viewer.sources.street.cars import Car, build_car, draw_shadow
from bisenet_viewer.sources.street.facades import House, draw_hedge, draw_house, draw_planks, draw_railing
from bisenet_viewer.sources.street.furniture import draw_lamp, draw_post, draw_signs
from bisenet_viewer.sources.street.ground import Ground
from bisenet_viewer.sources.street.people import draw_rider, draw_walker
from bisenet_viewer.sources.street.trees import draw_tree

_T = TypeVar("_T")

Phases = tuple[Texture, ...]
"""One figure in each phase of its step."""


@dataclass(frozen=True, slots=True)
class Props:
    """The parts. What moves is there twice: True is what goes our way and shows its back, False what comes."""

    ground: Ground
    houses: tuple[House, ...]
    fences: tuple[Texture, ...]
    hedge: Texture
    trees: tuple[Texture, ...]
    lamp: Texture
    post: Texture
    signs: tuple[Texture, ...]
    cars: Mapping[bool, tuple[Car, ...]]
    walkers: Mapping[bool, tuple[Phases, ...]]
    riders: Mapping[bool, tuple[Phases, ...]]
    shadow: Texture


_KEPT = 2
_finished: dict[int, Props] = {}


def drawing(seed: int) -> Iterator[Props | None]:
    """Draw the parts of one seed, which takes seconds: None after each piece of work, then the parts.

    The last ones drawn are kept, and come at once. In pieces, so that a program that is closed need not wait for them.
    """
    if seed in _finished:
        yield _finished[seed]
        return
    rng = np.random.default_rng((seed, 0, 0))
    both = (True, False)

    def several(pieces: Iterable[_T], into: list[_T]) -> Iterator[None]:
        for piece in pieces:
            into.append(piece)
            yield None

    # The order of the parts is part of the street: they draw from one stream of random numbers.
    ground = Ground(rng)
    yield None
    houses: list[House] = []
    yield from several((draw_house(rng, style) for style in range(12)), houses)
    fences = (draw_railing(), draw_planks(rng), draw_railing())
    hedge = draw_hedge(rng)
    yield None
    grown: list[Texture] = []
    yield from several((draw_tree(rng) for _ in range(6)), grown)
    lamp, post, signs = draw_lamp(), draw_post(), draw_signs()
    cars: dict[bool, list[Car]] = {ahead: [] for ahead in both}
    walkers: dict[bool, list[Phases]] = {ahead: [] for ahead in both}
    riders: dict[bool, list[Phases]] = {ahead: [] for ahead in both}
    for ahead in both:
        yield from several((build_car(rng, ahead=ahead) for _ in range(20)), cars[ahead])
    for ahead in both:
        yield from several((draw_walker(rng, facing=not ahead) for _ in range(8)), walkers[ahead])
    for ahead in both:
        yield from several((draw_rider(rng, facing=not ahead) for _ in range(4)), riders[ahead])
    props = Props(
        ground, tuple(houses), fences, hedge, tuple(grown), lamp, post, signs,
        cars={ahead: tuple(parked) for ahead, parked in cars.items()},
        walkers={ahead: tuple(figures) for ahead, figures in walkers.items()},
        riders={ahead: tuple(figures) for ahead, figures in riders.items()},
        shadow=draw_shadow(),
    )  # fmt: skip
    if len(_finished) >= _KEPT:
        _finished.pop(next(iter(_finished)), None)
    _finished[seed] = props
    yield props


def draw_props(seed: int) -> Props:
    """The parts of one seed, drawn in one go."""
    *_, props = drawing(seed)
    assert props is not None
    return props
