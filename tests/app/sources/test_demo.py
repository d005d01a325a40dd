"""The demo street: the same for the same seed, with labels that fit what is painted."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from bisenet.classes import load_classes
from bisenet_viewer.sources.demo import DemoOptions, DemoSource, parse_options
from bisenet_viewer.sources.street.ids import Class
from bisenet_viewer.sources.street.scene import Street


@pytest.fixture(scope="module")
def street() -> Street:
    return Street(192, 108, seed=3)


def test_options() -> None:
    assert parse_options("demo://") == DemoOptions()
    assert parse_options("demo://?seconds=2.5&width=320&height=200&fps=29.97&seed=9") == DemoOptions(
        2.5, 320, 200, 29.97, 9
    )


def test_endless_unless_told_otherwise() -> None:
    info = DemoSource(DemoOptions(width=64, height=64)).info
    assert (info.duration_s, info.frame_count, info.live, info.seekable) == (None, None, False, True)


def test_seconds_end_it() -> None:
    source = DemoSource(DemoOptions(seconds=0.5, width=64, height=64, fps=10))
    assert (source.info.duration_s, source.info.frame_count) == (0.5, 5)
    assert [(frame.pts, frame.time_base) for frame in source.frames() if frame] == [
        (k, Fraction(1, 10)) for k in range(5)
    ]


def test_a_broadcast_rate_is_exact() -> None:
    source = DemoSource(DemoOptions(width=64, height=64, fps=29.97))
    assert source.info.rate == Fraction(2997, 100)


def test_ids_are_those_of_the_class_list() -> None:
    classes = load_classes("camvid11")
    assert [member.name.lower() for member in Class] == list(classes.names)


def test_it_can_be_left_while_the_street_is_drawn() -> None:
    frames = DemoSource(DemoOptions(width=64, height=64, seed=991)).frames()
    assert [next(frames) for _ in range(5)] == [None] * 5


def test_a_moment_does_not_depend_on_the_moments_before(street: Street) -> None:
    rgb, labels = street.render(7.3)
    street.render(55.0)
    again, again_labels = street.render(7.3)
    other, other_labels = Street(192, 108, seed=3).render(7.3)
    assert np.array_equal(rgb, again)
    assert np.array_equal(labels, again_labels)
    assert np.array_equal(rgb, other)
    assert np.array_equal(labels, other_labels)


def test_seeds_differ(street: Street) -> None:
    assert not np.array_equal(street.render(0.0)[1], Street(192, 108, seed=4).render(0.0)[1])


def test_every_class_appears_and_nothing_else(street: Street) -> None:
    seen: set[int] = set()
    for time_s in range(0, 60, 2):
        seen |= set(np.unique(street.render(float(time_s))[1]).tolist())
    assert seen == set(Class)


def test_the_street_is_where_a_street_is(street: Street) -> None:
    for time_s in (0.0, 21.0, 300.0, 4000.0):
        rgb, labels = street.render(time_s)
        height, width = labels.shape
        assert rgb.shape == (height, width, 3)
        assert np.mean(labels[-height // 5 :, width // 4 : width // 2] == Class.ROAD) > 0.9
        assert not np.any(labels[height * 2 // 3 :] == Class.SKY)
        assert np.mean(labels == Class.BUILDING) > 0.08
        sky = rgb[labels == Class.SKY]
        if len(sky):
            assert sky.mean() > rgb[labels == Class.ROAD].mean() + 40


def test_it_moves(street: Street) -> None:
    one, _ = street.render(2.0)
    two, _ = street.render(2.1)
    assert np.abs(one.astype(int) - two).mean() > 2


def test_it_does_not_repeat(street: Street) -> None:
    pictures = [street.render(t)[1] for t in np.arange(0, 400, 20.0)]
    for k, labels in enumerate(pictures):
        assert all(np.mean(labels != other) > 0.02 for other in pictures[:k])


def test_labels_belong_to_the_frame() -> None:
    source = DemoSource(DemoOptions(width=96, height=64))
    frame = next(islice((f for f in source.frames() if f is not None), 4, None))
    assert np.array_equal(source.labels(frame), Street(96, 64).render(frame.time_s)[1])
