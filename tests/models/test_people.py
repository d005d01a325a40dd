"""Scenes as a webcam sees people: who is found, what is cropped, pasted and labelled."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.data.backdrops import BackdropPictures, backdrop, paint_over
from bisenet.data.people import PeopleScenes, find_figure

RED, BLUE = (220, 30, 30), (30, 30, 220)


class Standing:
    """Red people, head to feet, on blue; labels as in a data set of people."""

    def __init__(self, count: int = 3) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        assert 0 <= index < self.count
        rgb, labels = np.full((300, 200, 3), BLUE, np.uint8), np.zeros((300, 200), np.uint8)
        labels[20:60, 90:110] = 1  # head
        labels[60:280, 70:130] = 1
        rgb[labels == 1] = RED
        labels[290:] = 255
        return rgb, labels


class Empty(Standing):
    """Green, with no label at the right."""

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        assert 0 <= index < self.count
        labels = np.full((200, 300), 4, np.uint8)
        labels[:, 280:] = 11
        return np.full((200, 300, 3), (30, 160, 30), np.uint8), labels


def scenes(**shares: float) -> PeopleScenes:
    behind = (BackdropPictures(Empty(), (4,), ()), BackdropPictures(Standing(), (0,), (1,)))
    return PeopleScenes((Standing(),), behind, 120, **{"as_it_is": 0.0, "closer": 0.0, "empty": 0.0, **shares})  # type: ignore[arg-type]


def test_a_figure_is_whole_and_large() -> None:
    _, labels = Standing().read(0)
    figure = find_figure(labels)
    assert figure is not None
    assert (figure.head_x, figure.top, figure.height, figure.whole) == (99.5, 20, 260, True)
    cut = find_figure(labels[:250])
    assert cut is not None
    assert not cut.whole
    assert find_figure(labels[25:]) is None  # no head
    assert find_figure(labels[:, 80:]) is None  # cut at the left
    assert find_figure(labels[::3, ::3]) is None  # small
    assert find_figure(np.zeros_like(labels)) is None


def test_labels_follow_the_person_in_every_kind_of_scene() -> None:
    for kind in ("closer", "pasted"):
        made = scenes(**({kind: 1.0} if kind == "closer" else {}))
        for seed in range(25):
            rgb, labels = made(*Standing().read(0), np.random.default_rng(seed))
            assert rgb.shape[:2] == labels.shape
            assert labels.shape[0] == 120
            red = rgb[:, :, 0].astype(int) - rgb[:, :, 1:].max(axis=2) > 60
            known = cv2.dilate((labels == 255).astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
            assert (red[known] == (labels[known] == 1)).mean() > 0.93
            # Cut by the lower edge, as before a webcam.
            assert (labels[-1] == 1).any()
            assert 0.04 < (labels == 1).mean() < 0.95


def test_scenes_are_reproducible_and_differ() -> None:
    made = PeopleScenes((Standing(),), (BackdropPictures(Empty(), (4,), ()),), 120)
    first, again = ([made(*Standing().read(0), np.random.default_rng(n))[0] for n in range(12)] for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert len({picture.tobytes() for picture in first}) > 8


def test_other_shares() -> None:
    picture, labels = Standing().read(0)
    rng = np.random.default_rng(0)
    assert np.array_equal(scenes(as_it_is=1.0)(picture, labels, rng)[0], picture)
    assert not (scenes(empty=1.0)(picture, labels, rng)[1] == 1).any()
    # Without a person in it, a picture is left as it is, or gives its turn to another.
    nobody = np.zeros_like(labels)
    assert np.array_equal(scenes(closer=1.0)(picture, nobody, rng)[1], nobody)
    assert (scenes()(picture, nobody, rng)[1] == 1).any()


def test_backdrops_hide_nobody() -> None:
    rng = np.random.default_rng(0)
    for pictures in ((BackdropPictures(Standing(), (0,), (1,)),), ()):
        for _ in range(10):
            rgb, labels = backdrop(pictures, (160, 120), rng)
            assert rgb.shape == (120, 160, 3)
            assert set(np.unique(labels)) <= {0, 255}
    painted = paint_over(Standing().read(0)[0], Standing().read(0)[1] == 1)
    assert painted[:, :, 0].max() < 80
    # What a data set does not know stays unknown.
    ids = BackdropPictures(Empty(), (4,), ()).read(0)[1]
    assert set(np.unique(ids)) == {0, 255}


def test_impossible_shares() -> None:
    for options, message in (
        ({"as_it_is": 0.8, "closer": 0.3}, "shares of one whole"),
        ({"height": 10}, "at least 64 pixels"),
        ({"people": ()}, "needs a data set of people"),
    ):
        with pytest.raises(ValueError, match=message):
            replace(scenes(), **options)  # type: ignore[arg-type]
