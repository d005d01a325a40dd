"""What augmentation does to a picture on the host, effect by effect, and how its numbers are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.data.augment_host import apply_on_host
from bisenet.data.augmentation import EFFECTS, Augmentation
from bisenet.data.changes import (
    Changes,
    Color,
    Cutout,
    Geometry,
    Glare,
    Haze,
    Shadow,
    Tone,
    draw_changes,
    label_preview,
)
from bisenet.data.transforms import augment

SIZE = (64, 48)
STILL = Geometry(1.0, 0.0, 1.0, 32.0, 24.0)


def grey(level: int = 100) -> NDArray[np.uint8]:
    return np.full((48, 64, 3), level, np.uint8)


def labels() -> NDArray[np.uint8]:
    return np.arange(48 * 64, dtype=np.uint32).reshape(48, 64).astype(np.uint8) % 11


def changed(rgb: NDArray[np.uint8], **effects: object) -> NDArray[np.uint8]:
    return apply_on_host(rgb, labels(), Changes(STILL, **effects), SIZE, 11)[0]  # type: ignore[arg-type]


def test_no_change_is_the_picture() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)
    picture, ids = apply_on_host(rgb, labels(), Changes(STILL), SIZE, 11)
    assert np.array_equal(picture, rgb)
    assert np.array_equal(ids, labels())


def test_geometry_shows_what_it_says() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)
    mirrored = apply_on_host(rgb, labels(), Changes(STILL._replace(mirror=-1.0)), SIZE, 11)
    assert np.array_equal(mirrored[0], rgb[:, ::-1])
    assert np.array_equal(mirrored[1], labels()[:, ::-1])
    moved = apply_on_host(rgb, labels(), Changes(STILL._replace(centre_x=42.0)), SIZE, 11)
    assert np.array_equal(moved[0][:, :54], rgb[:, 10:])
    assert not moved[0][:, 54:].any()
    assert (moved[1][:, 54:] == 11).all()
    # Half size: each crop pixel is the mean of 2 x 2.
    half = apply_on_host(rgb, labels(), Changes(STILL._replace(scale=0.5)), (32, 24), 11)[0]
    mean = rgb.reshape(24, 2, 32, 2, 3).mean(axis=(1, 3))
    assert np.abs(half - mean).max() <= 0.51
    # A quarter turn clockwise puts the top left corner at the top right.
    square = rgb[:, :48]
    turned = apply_on_host(square, labels()[:, :48], Changes(Geometry(1.0, np.pi / 2, 1.0, 24.0, 24.0)), (48, 48), 11)
    assert np.array_equal(turned[0], np.rot90(square, -1))


def test_a_picture_smaller_than_the_crop_lies_anywhere_in_it_whole() -> None:
    rows = set()
    for seed in range(30):
        _, ids = augment(
            grey(), np.zeros((48, 64), np.uint8), Augmentation(96, 80, 1, 1), 11, np.random.default_rng(seed)
        )
        there = np.argwhere(ids == 0)
        assert abs(len(there) - 48 * 64) <= 64
        rows.add(int(there[0][0]))
    assert len(rows) > 10


def test_light_and_weather() -> None:
    shade = changed(grey(), shadow=Shadow(1.0, 0.0, 0.0, 0.001, 0.5))
    assert (shade[:, :31] == 100).all()
    assert (shade[:, 33:] == 50).all()
    corners = changed(grey(), vignette=0.5)
    assert corners[24, 32, 0] == 100
    assert corners[0, 0, 0] in (51, 52)
    haze = changed(grey(), haze=Haze(0.5, 1.0, 0.5, 200.0, 200.0, 210.0))
    assert (haze[0, 0] == [150, 150, 155]).all()
    assert haze[47, 0, 0] <= 101
    glare = changed(grey(), glare=Glare(1.0, 0.0, 0.0, 0.1))
    assert glare[0, 0, 0] > 250
    assert glare[47, 63, 0] == 100


def test_colour() -> None:
    warm = changed(grey(102), tone=Tone(1.0, 1.0, 0.1, 1.0, 0.5, 0.0))
    assert warm[0, 0].tolist() == [128, 64, 0]
    rgb = np.random.default_rng(0).integers(60, 190, (48, 64, 3)).astype(np.uint8)
    colourless = changed(rgb, color=Color(0.0, 0.0)).astype(int)
    assert (colourless.max(axis=2) - colourless.min(axis=2)).max() <= 1
    luma = rgb @ [0.299, 0.587, 0.114]
    assert np.abs(colourless[:, :, 0] - luma).max() <= 1
    assert np.abs(changed(rgb, color=Color(0.3, 1.1)) @ [0.299, 0.587, 0.114] - luma).max() <= 3
    assert np.array_equal(changed(rgb, color=Color(0.0, 1.0)), rgb)


def test_cutout_hides_picture_and_labels() -> None:
    picture, ids = apply_on_host(
        grey(), labels(), Changes(STILL, cutout=Cutout(0.25, 0.25, 0.5, 0.5, 1.0, 2.0, 3.0)), SIZE, 11
    )
    assert (picture[12:24, 16:32] == [1, 2, 3]).all()
    assert (ids[12:24, 16:32] == 11).all()
    assert (ids == 11).sum() == 12 * 16
    assert (picture == 100).all(axis=2).sum() == 48 * 64 - 12 * 16


def test_low_resolution_and_jpeg_lose_detail_and_keep_light() -> None:
    rgb = np.random.default_rng(0).integers(60, 190, (48, 64, 3)).astype(np.uint8)
    for effects in ({"low_resolution": 0.5}, {"jpeg": 30.0}, {"blur": 1.4}):
        lossy = changed(rgb, **effects)
        assert lossy.std() < 0.98 * rgb.std()
        assert abs(lossy.mean() - rgb.mean()) < 1.5


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_comes_with_its_share_and_changes_no_crop(effect: str) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)
    field = "tone" if effect == "night" else effect
    plain, sometimes = Augmentation(*SIZE), Augmentation(*SIZE, **{effect: 0.3})  # type: ignore[arg-type]
    seen = 0
    for seed in range(200):
        before = draw_changes(plain, 64, 48, np.random.default_rng(seed))
        after = draw_changes(sometimes, 64, 48, np.random.default_rng(seed))
        assert after.geometry == before.geometry
        if getattr(after, field) is not None:
            seen += 1
            with_it = apply_on_host(rgb, labels(), after, SIZE, 11)[0]
            assert not np.array_equal(with_it, apply_on_host(rgb, labels(), before, SIZE, 11)[0])
    assert 30 < seen < 90


def test_scales_may_be_a_list() -> None:
    options = Augmentation(64, 48, scales=(0.75, 1.0, 1.5, 1.75, 2.0))  # V1 section 4.1
    rng = np.random.default_rng(0)
    drawn = [draw_changes(options, 64, 48, rng).geometry.scale for _ in range(100)]
    assert set(drawn) == set(options.scales)


def test_crops_of_one_class_are_drawn_again() -> None:
    # A wide picture whose right end alone has a second class: most crops show one class only.
    ids = np.zeros((48, 480), np.uint8)
    ids[:, 400:] = 1
    ids[:4] = 255
    shares = []
    for most in (1.0, 0.75):
        options = Augmentation(64, 48, 1.0, 1.0, max_class_share=most)
        mixed = 0
        for seed in range(60):
            cropped = augment(np.zeros((48, 480, 3), np.uint8), ids, options, 255, np.random.default_rng(seed))[1]
            counts = np.bincount(cropped.flatten(), minlength=256)[:2]
            mixed += counts.max() / counts.sum() < 0.75
        shares.append(mixed / 60)
    assert shares[0] < 0.2
    assert shares[1] > 2.5 * shares[0] > 0
    with pytest.raises(ValueError, match="needs a preview"):
        draw_changes(Augmentation(64, 48, max_class_share=0.5), 64, 48, np.random.default_rng(0))
    assert label_preview(ids).shape == (12, 120)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 16}, "at least 32x32, got 16x48"),
        ({"scale_min": 2.0, "scale_max": 1.0}, "0 < scale_min <= scale_max"),
        ({"scales": (1.0, 0.0)}, "scales must be above 0, got 1.0, 0.0"),
        ({"max_class_share": 0.0}, "max_class_share must lie above 0"),
        ({"photometric": 3.0}, "photometric must lie in 0 to 2"),
        ({"rotation_deg": -1.0}, "rotation_deg must lie in 0 to 180"),
        ({"haze": 1.5}, "haze is a share of the samples, from 0 to 1, got 1.5"),
    ],
)
def test_impossible_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Augmentation(**{"width": 64, "height": 48, **options})  # type: ignore[arg-type]
