"""Augmentation on the device computes what the host computes, and the stream there is the stream of the host."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.data import device_stream, open_dataset
from bisenet.data.augment_device import Place, apply_on_device, pack
from bisenet.data.augment_host import apply_on_host
from bisenet.data.augmentation import EFFECTS, Augmentation
from bisenet.data.changes import (
    Changes,
    Color,
    Cutout,
    Geometry,
    Glare,
    Haze,
    Noise,
    Rain,
    Shadow,
    Tone,
)
from bisenet.data.device_stream import bytes_needed, choose, device_batches, hold
from bisenet.data.stream import Draws, Samples
from bisenet.errors import ConfigError, DataError

CPU = torch.device("cpu")
SIZE = (72, 56)
STILL = Geometry(1.0, 0.0, 1.0, 60.0, 45.0)


def scene() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """120x90: smooth colours with edges and some grain, and labels in blocks."""
    y, x = np.mgrid[:90, :120]
    rgb = np.stack([x * 2, y * 2.5, 255 - x - y], axis=2) + np.where((x // 17 + y // 13) % 2, 25, -25)[:, :, None]
    rgb = rgb + np.random.default_rng(0).normal(0, 6, rgb.shape)
    return np.clip(rgb, 0, 255).astype(np.uint8), ((x // 17 + 3 * (y // 13)) % 11).astype(np.uint8)


EVERYTHING = Changes(
    STILL._replace(scale=1.3, angle=0.05),
    Cutout(0.1, 0.2, 0.4, 0.5, 200.0, 30.0, 90.0),
    Shadow(0.6, 0.8, 0.1, 0.05, 0.5),
    0.5,
    Haze(0.5, 0.9, 0.6, 200.0, 200.0, 205.0),
    Glare(0.8, 0.7, 0.2, 0.15),
    Rain(0.5, 0.3, 0.6, 0.2, 0.8),
    0.9,
    Tone(1.2, 1.1, 0.03, 1.1, 1.0, 0.9),
    Color(0.2, 0.8),
    Noise(8.0, 0.7, 0.1),
    0.6,
)


@pytest.mark.parametrize(
    ("changes", "mean_bound", "largest_bound"),
    [
        (Changes(STILL), 0, 0),
        (Changes(STILL._replace(mirror=-1.0, centre_x=20.0)), 0, 0),
        # OpenCV places its samples to a 32nd of a pixel.
        (Changes(Geometry(1.7, 0.07, -1.0, 50.3, 40.8)), 0.5, 8),
        (Changes(Geometry(0.6, -0.05, 1.0, 61.2, 44.4)), 0.5, 5),
        (Changes(Geometry(0.3, 0.02, 1.0, 61.2, 44.4)), 0.5, 5),
        (Changes(STILL, cutout=EVERYTHING.cutout), 0, 0),
        (Changes(STILL, shadow=EVERYTHING.shadow), 0.01, 1),
        (Changes(STILL, vignette=0.5), 0.01, 1),
        (Changes(STILL, haze=EVERYTHING.haze), 0.01, 1),
        (Changes(STILL, glare=EVERYTHING.glare), 0.01, 1),
        (Changes(STILL, rain=EVERYTHING.rain), 0.02, 60),  # a point between two tile pixels may go either way
        (Changes(STILL, blur=0.5), 0.01, 1),
        (Changes(STILL, blur=1.4), 0.01, 1),
        (Changes(STILL, tone=EVERYTHING.tone), 0.01, 1),
        (Changes(STILL, color=EVERYTHING.color), 0.08, 1),
        (Changes(STILL, color=Color(0.0, 0.0)), 0.03, 1),
        (Changes(STILL, noise=EVERYTHING.noise), 0.01, 1),
        (Changes(STILL, low_resolution=0.37), 0.3, 2),
        (Changes(STILL, low_resolution=0.8), 0.3, 2),
        (Changes(STILL, jpeg=30.0), 1.3, 20),
        (Changes(STILL, jpeg=90.0), 1.2, 10),
        (EVERYTHING, 0.8, 20),
    ],
)
def test_device_agrees_with_host(changes: Changes, mean_bound: float, largest_bound: int) -> None:
    rgb, labels = scene()
    picture, ids = apply_on_host(rgb, labels, changes, SIZE, 255)
    pixels = pack(torch.from_numpy(rgb), torch.from_numpy(labels))
    # Among others that have nothing done to them.
    pictures, batch_ids = apply_on_device(
        pixels, [Place(0, 120, 90)] * 3, [Changes(STILL), changes, Changes(STILL)], SIZE, 255
    )
    assert pictures.dtype == batch_ids.dtype == torch.uint8
    for other in (0, 2):
        assert np.array_equal(pictures[other].permute(1, 2, 0).numpy(), rgb[17:73, 24:96])
    difference = np.abs(pictures[1].permute(1, 2, 0).numpy().astype(int) - picture)
    assert difference.mean() <= mean_bound
    assert difference.max() <= largest_bound
    assert (batch_ids[1].numpy() != ids).mean() < 0.005


def test_pictures_of_unequal_sizes_keep_apart() -> None:
    small, large = np.full((40, 50, 3), 10, np.uint8), np.full((90, 80, 3), 200, np.uint8)
    parts = [pack(torch.from_numpy(rgb), torch.from_numpy(rgb[:, :, 0])) for rgb in (small, large)]
    places = [Place(0, 50, 40), Place(2000, 80, 90)]
    centred = [Changes(Geometry(1.0, 0.0, 1.0, width / 2, height / 2)) for _, width, height in places]
    pictures, labels = apply_on_device(torch.cat(parts), places, centred, (96, 96), 255)
    assert pictures.unique().tolist() == [0, 10, 200]
    assert (labels[0] == 10).sum() == 2000
    assert (labels[1] == 200).sum() == 7200
    assert (labels == 255).sum() == 2 * 96 * 96 - 9200
    with pytest.raises(ValueError, match=r"both uint8, got \(40, 50, 3\) torch.uint8 and \(40, 50\) torch.int64"):
        pack(torch.from_numpy(small), torch.zeros(40, 50, dtype=torch.int64))


@pytest.mark.parametrize("most", [1.0, 0.6])
def test_the_stream_is_that_of_the_host(stripes: Path, most: float) -> None:
    data = [open_dataset(str(stripes), split) for split in ("train", "val")]
    shares = dict.fromkeys(EFFECTS, 0.3)
    shares["rain"] = 0.0
    options = Augmentation(64, 48, 0.5, 2.0, 5.0, 0.7, max_class_share=most, **shares)  # type: ignore[arg-type]
    held = hold(data, CPU, previews=most < 1)
    assert bytes_needed(data) == 8 * 96 * 64 * 4 == held.pixels.numel() * 4
    keys = Draws([6, 2], (2, 1), 4, 3, 40)
    samples = Samples(data, options, 11, 4)
    batches = list(device_batches(held, keys, options, 11, 4, 16))
    assert [len(pictures) for pictures, _ in batches] == [16, 16]
    pictures = torch.cat([pictures for pictures, _ in batches])
    labels = torch.cat([labels for _, labels in batches])
    for key, picture, ids in zip(keys, pictures, labels, strict=False):
        rgb, host_ids = samples[key]
        assert (picture.int() - rgb.int()).abs().float().mean() < 2
        assert (ids != host_ids).float().mean() < 0.01


def test_pictures_larger_than_those_looked_at_find_room(stripes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_stream, "_PROBES", 1)
    for number in (3, 5):
        cv2.imwrite(str(stripes / "train" / f"{number}.png"), np.full((200, 300, 3), number, np.uint8))
        cv2.imwrite(str(stripes / "trainannot" / f"{number}.png"), np.full((200, 300), number, np.uint8))
    data = open_dataset(str(stripes), "train")
    held = hold([data], CPU, previews=False)
    for place, index in zip(held.places[0], range(6), strict=True):
        rgb, labels = data.read(index)
        there = held.pixels[place.offset : place.offset + labels.size].view(torch.uint8).view(*labels.shape, 4).numpy()
        assert np.array_equal(there[..., :3], rgb)
        assert np.array_equal(there[..., 3], labels)


def test_a_damaged_file_is_named(stripes: Path) -> None:
    (stripes / "train" / "1.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"1\.png is not a picture"):
        hold([open_dataset(str(stripes), "train")], CPU, previews=False)


def test_where_samples_are_made(stripes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = [open_dataset(str(stripes), "train")]
    card = torch.device("cuda", 0)
    needed = 6 * 96 * 64 * 4
    for free, where in ((needed * 3, "device"), (needed * 2, "host")):
        monkeypatch.setattr(device_stream, "free_bytes", lambda _, free=free: free)
        assert choose("auto", data, card).where == where
    with pytest.raises(ConfigError, match="GiB free on cuda:0, and may take 40%: use data_on: host"):
        choose("device", data, card)
    assert choose("host", data, card).where == "host"
    monkeypatch.setattr(device_stream, "free_bytes", lambda _: 10 * needed)
    assert choose("device", data, CPU).where == "device"
    assert choose("auto", data, CPU).where == "host"
    assert choose("auto", data, card, composed=True).where == "host"
    with pytest.raises(ConfigError, match="cannot compose scenes"):
        choose("device", data, card, composed=True)


@pytest.mark.gpu
def test_on_a_card(stripes: Path) -> None:
    data = [open_dataset(str(stripes), "train")]
    options = Augmentation(64, 48, 0.5, 2.0, 5.0, 0.7, **dict.fromkeys(EFFECTS, 0.3))  # type: ignore[arg-type]
    found = []
    for device in (CPU, torch.device("cuda", 0)):
        held = hold(data, device, previews=False)
        found.append(next(device_batches(held, Draws([6], (), 4, 0, 16), options, 11, 4, 16)))
    assert (found[0][0].int() - found[1][0].cpu().int()).abs().float().mean() < 1
    assert (found[0][1] != found[1][1].cpu()).float().mean() < 0.005
