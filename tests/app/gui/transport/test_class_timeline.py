"""The timeline against the plainest code that says the same, in any order and in little memory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet_viewer.gui.transport.class_timeline import HOLD_S, ClassTimeline

CLASSES = 3
Frames = dict[float, NDArray[np.float32]]


def random_frames(seed: int, count: int) -> Frames:
    """Some dense, some far apart, in no order; shares with two digits, so that thresholds are met exactly."""
    random = np.random.default_rng(seed)
    steps_ms = random.choice([1, 33, 40, 500, 1999, 2000, 2001, 9000], count)
    times = (np.cumsum(steps_ms) / 1000).tolist()
    random.shuffle(times)
    return {time_s: (random.integers(0, 101, CLASSES) / 100).astype(np.float32) for time_s in times}


def filled(frames: Frames, **options: int) -> ClassTimeline:
    timeline = ClassTimeline(CLASSES, **options)
    for time_s, shares in frames.items():
        timeline.add(time_s, tuple(shares.tolist()))
    return timeline


def plain_columns(frames: Frames, start_s: float, end_s: float, width: int) -> NDArray[np.float32]:
    times = sorted(frames)
    bounds = start_s + np.arange(width + 1) * ((end_s - start_s) / width)
    result = np.full((width, CLASSES), np.nan, np.float32)
    for column in range(width):
        inside = [t for t in times if bounds[column] <= t < bounds[column + 1]]
        before = [t for t in times if t < bounds[column]]
        after = [t for t in times if t >= bounds[column]]
        if inside:
            result[column] = np.mean([frames[t] for t in inside], axis=0)
        elif before and after and after[0] - before[-1] <= HOLD_S:
            result[column] = frames[before[-1]]
    return result


def plain_next(frames: Frames, class_id: int, share: float, after_s: float) -> float | None:
    times = sorted(frames)
    for place, time_s in enumerate(times):
        goes_on = place > 0 and time_s - times[place - 1] <= HOLD_S and frames[times[place - 1]][class_id] > share
        if time_s > after_s and frames[time_s][class_id] > share and not goes_on:
            return time_s
    return None


@pytest.mark.parametrize("seed", range(8))
def test_columns_are_the_means_of_what_falls_in_them(seed: int) -> None:
    frames = random_frames(seed, 150)
    timeline, end_s = filled(frames), max(frames)
    for start_s, stop_s, width in (
        (0.0, end_s + 1, 97), (0.0, end_s * 3, 40), (end_s / 3, end_s / 2, 500), (-5.0, -1.0, 7), (end_s / 2, end_s, 1),
    ):  # fmt: skip
        np.testing.assert_allclose(
            timeline.columns(start_s, stop_s, width), plain_columns(frames, start_s, stop_s, width), rtol=1e-5
        )


@pytest.mark.parametrize("seed", range(8))
def test_the_next_stretch_above(seed: int) -> None:
    frames = random_frames(seed, 120)
    timeline = filled(frames)
    afters = [-1.0, *sorted(frames), max(frames) + 1]
    for share in (0.0, 0.3, 0.5, 0.97, 1.0):
        for after_s in afters:
            threshold = float(np.float32(share))
            assert timeline.next_above(1, threshold, after_s) == plain_next(frames, 1, threshold, after_s)


def test_highs_are_the_highest_of_each_column() -> None:
    timeline = ClassTimeline(CLASSES)
    for time_s, share in ((0.0, 0.1), (0.2, 0.9), (0.4, 0.2), (1.5, 0.3)):
        timeline.add(time_s, (0.0, share, 0.0))
    np.testing.assert_allclose(timeline.highs(1, 0.0, 5.0, 5), [0.9, 0.3, math.nan, math.nan, math.nan])
    assert timeline.peak(1) == pytest.approx(0.9)
    assert timeline.peak(0) == 0.0


def test_nothing_is_known_of_an_empty_one() -> None:
    timeline = ClassTimeline(CLASSES)
    assert np.isnan(timeline.columns(0, 10, 5)).all()
    assert timeline.next_above(0, 0.0, -1.0) is None
    assert timeline.peak(2) == 0.0


def test_a_frame_that_comes_again_replaces_what_it_was() -> None:
    timeline = ClassTimeline(1)
    for share in (0.9, 0.9, 0.2):
        timeline.add(4.0, (share,))
    assert len(timeline) == 1
    assert timeline.columns(0, 8, 1)[0, 0] == pytest.approx(0.2)
    assert timeline.peak(0) == pytest.approx(0.2)


def test_what_is_told_to_have_changed_covers_every_column_that_did() -> None:
    frames = random_frames(3, 80)
    timeline, end_s, width = ClassTimeline(CLASSES), max(frames), 200
    before = timeline.columns(0, end_s, width)
    for time_s, shares in frames.items():
        first_s, last_s = timeline.add(time_s, tuple(shares.tolist()))
        after = timeline.columns(0, end_s, width)
        changed = np.flatnonzero(~np.isclose(before, after, equal_nan=True).all(axis=1))
        if changed.size:
            assert first_s <= (changed[0] + 1) * end_s / width
            assert last_s >= changed[-1] * end_s / width
        before = after


@pytest.mark.parametrize("order", ["forwards", "backwards", "anyhow"])
def test_memory_is_bounded_and_coarser_moments_keep_means_and_peaks(order: str) -> None:
    random = np.random.default_rng(1)
    times = np.arange(3000) / 30
    if order != "forwards":
        times = times[::-1] if order == "backwards" else random.permutation(times)
    frames = {float(t): random.random(CLASSES).astype(np.float32) ** 8 for t in times}
    timeline = filled(frames, most_rows=256)
    assert 64 < len(timeline) <= 256
    values = np.array(list(frames.values()))
    np.testing.assert_allclose(timeline.columns(0, 100, 1)[0], values.mean(axis=0), rtol=1e-4)
    assert [timeline.peak(k) for k in range(CLASSES)] == pytest.approx(values.max(axis=0).tolist())
    assert not np.isnan(timeline.columns(0, 99.9, 300)).any()
    high_s = min(t for t, shares in frames.items() if shares[0] > 0.98)
    found_s = timeline.next_above(0, 0.98, -1.0)
    assert found_s is not None
    assert high_s - 0.5 <= found_s <= high_s


def test_ten_hours_of_many_classes_take_little_memory() -> None:
    timeline = ClassTimeline(150, most_rows=128)
    shares = (1 / 150,) * 150
    for second in range(0, 36_000, 10):
        timeline.add(float(second), shares)
    assert len(timeline) <= 128
    np.testing.assert_allclose(timeline.columns(0, 35_000, 50), 1 / 150, rtol=1e-3)


def test_what_is_before_can_be_forgotten() -> None:
    timeline = ClassTimeline(1)
    for second in (3, 1, 2, 0):
        timeline.add(float(second), (second / 10,))
    timeline.forget_before(2.0)
    assert len(timeline) == 2
    np.testing.assert_allclose(timeline.columns(0, 4, 4)[:, 0], [math.nan, math.nan, 0.2, 0.3])
    timeline.add(1.0, (0.5,))
    np.testing.assert_allclose(timeline.columns(0, 4, 4)[:, 0], [math.nan, 0.5, 0.2, 0.3])


def test_another_number_of_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the shares of 3 classes, got 2"):
        ClassTimeline(3).add(0.0, (0.5, 0.5))
