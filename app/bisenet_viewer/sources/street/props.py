"""Everything a street is built from, drawn once for each seed and shared by all picture sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bisenet_viewer.sources.street.canvas import Texture
from bisenet_viewer.sources.street.cars import Car, build_car, draw_shadow
from bisenet_viewer.sources.street.furniture import draw_lamp, draw_post, draw_signs
from bisenet_viewer.sources.street.keeping import keep, kept
from bisenet_viewer.sources.street.people import Phases, draw_rider, draw_walker
from bisenet_viewer.sources.street.scenery import Scenery, drawing_scenery


@dataclass(frozen=True, slots=True)
class Props:
    """The parts. What moves is there twice: True is what goes our way and shows its back, False what comes."""

    scenery: Scenery
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
    """Draw the parts of one seed, which takes a second: None after each piece of work, then the parts.

    The last ones drawn are kept, and come at once. In pieces, so that a program that is closed need not wait for them.
    Who goes on after the parts has the scenery kept for later starts, too.
    """
    if seed in _finished:
        yield _finished[seed]
        return
    rng = np.random.default_rng((seed, 0, 0))
    both = (True, False)

    scenery = _kept_scenery(seed, rng)
    notes = None
    if scenery is None:
        scenery = yield from drawing_scenery(rng)
        notes = {"sizes": scenery.sizes(), "rng": rng.bit_generator.state}
    # The order of the parts is part of the street: they draw from one stream of random numbers.
    cars = {ahead: tuple(build_car(rng, ahead=ahead) for _ in range(20)) for ahead in both}
    walkers = {ahead: tuple(draw_walker(rng, facing=not ahead) for _ in range(8)) for ahead in both}
    riders = {ahead: tuple(draw_rider(rng, facing=not ahead) for _ in range(4)) for ahead in both}
    props = Props(scenery, draw_lamp(), draw_post(), draw_signs(), cars, walkers, riders, draw_shadow())
    if len(_finished) >= _KEPT:
        _finished.pop(next(iter(_finished)), None)
    _finished[seed] = props
    yield props
    if notes is not None:
        keep(seed, scenery.pictures(), notes)


def _kept_scenery(seed: int, rng: np.random.Generator) -> Scenery | None:
    """What an earlier start drew; then `rng` goes on as if it had been drawn now."""
    found = kept(seed)
    if found is None:
        return None
    pictures, notes = found
    rng.bit_generator.state = notes["rng"]
    return Scenery.from_pictures(pictures, notes["sizes"])


def draw_props(seed: int) -> Props:
    """The parts of one seed, drawn in one go."""
    *_, props = drawing(seed)
    assert props is not None
    return props
