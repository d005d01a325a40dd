"""The stream of samples made on the device, where the whole data set is held: no step waits for files or workers.

A pixel takes four bytes: red, green, blue, label. Sample n is the one that `stream` makes, up to rounding.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from bisenet.data.augment_device import Place, apply_on_device, pack
from bisenet.data.augmentation import Augmentation
from bisenet.data.changes import draw_changes, label_preview
from bisenet.data.stream import Key, Pictures, augmentation_rng
from bisenet.errors import ConfigError

DataOn = Literal["auto", "host", "device"]

_SHARE = 0.4
"""Of the free memory that data may take: the rest is for the network's activations and what else grows."""
_PROBES = 16
"""Pictures of each data set that are read to learn how large they are."""
_READ_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Choice:
    """Where samples are made."""

    where: Literal["host", "device"]
    reason: str
    """For people."""


@dataclass(frozen=True, slots=True)
class HeldPictures:
    """Data sets on a device."""

    pixels: Tensor
    """(P,) int32, see `augment_device.pack`."""
    places: tuple[tuple[Place, ...], ...]
    """By data set and index."""
    previews: tuple[tuple[NDArray[np.uint8], ...], ...] | None
    """Of the labels, by data set and index, on the host; None unless they were asked for."""


def choose(data_on: DataOn, datasets: Sequence[Pictures], device: torch.device, *, composed: bool = False) -> Choice:
    """Where to make the samples: `auto` is a card with room for the data, else the host.

    composed: whether scenes are composed first, which only the host does. Reads a few pictures of each data set. Raises
    ConfigError where the device is asked for and cannot be had, and DataError.
    """
    if data_on == "host":
        return Choice("host", "data_on: host")
    if composed:
        if data_on == "device":
            raise ConfigError("data_on: device cannot compose scenes: use data_on: host")
        return Choice("host", "scenes are composed there")
    if data_on == "auto" and device.type == "cpu":
        return Choice("host", "workers leave the network its cores")
    needed, free = bytes_needed(datasets), free_bytes(device)
    if free is None:
        return Choice("device", f"the data takes {_gib(needed)}")
    sizes = f"the data takes {_gib(needed)} of {_gib(free)} free on {device}"
    if needed <= free * _SHARE:
        return Choice("device", sizes)
    if data_on == "device":
        raise ConfigError(f"{sizes}, and may take {_SHARE:.0%}: use data_on: host, or smaller pictures")
    return Choice("host", f"{sizes}, more than {_SHARE:.0%}")


def bytes_needed(datasets: Sequence[Pictures]) -> int:
    """On the device, estimated from some pictures of each data set. Raises DataError."""
    total = 0.0
    for dataset in datasets:
        probes = np.unique(np.linspace(0, len(dataset) - 1, _PROBES).astype(int)).tolist()
        total += len(dataset) * float(np.mean([dataset.read(index)[1].size for index in probes])) * 4
    return round(total)


def free_bytes(device: torch.device) -> int | None:
    """Of a card's memory, or of the computer's; None where the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows, macOS
        return None


def hold(datasets: Sequence[Pictures], device: torch.device, *, previews: bool) -> HeldPictures:
    """Read the data sets, in threads, with a progress bar, and keep them on the device.

    previews: needed where Augmentation.max_class_share is below 1. Raises DataError naming a damaged file.
    """
    pixels = torch.empty(max(bytes_needed(datasets) // 4, 1), dtype=torch.int32, device=device)
    used = 0
    places: list[list[Place]] = [[] for _ in datasets]
    kept: list[list[NDArray[np.uint8]]] = [[] for _ in datasets]
    with ThreadPoolExecutor(thread_name_prefix="read") as threads:
        total = sum(len(dataset) for dataset in datasets)
        with tqdm(total=total, unit="img", desc=f"data to {device}") as progress:
            for which, dataset in enumerate(datasets):
                for first in range(0, len(dataset), _READ_AT_ONCE):  # not all: what is read waits in memory
                    numbers = range(first, min(first + _READ_AT_ONCE, len(dataset)))
                    for rgb, labels in threads.map(dataset.read, numbers):
                        pixels = _with_room(pixels, used, labels.size)
                        packed = pack(torch.from_numpy(rgb), torch.from_numpy(labels))
                        pixels[used : used + labels.size].copy_(packed)
                        places[which].append(Place(used, labels.shape[1], labels.shape[0]))
                        if previews:
                            kept[which].append(label_preview(labels))
                        used += labels.size
                        progress.update()
    return HeldPictures(pixels[:used], tuple(map(tuple, places)), tuple(map(tuple, kept)) if previews else None)


def _with_room(pixels: Tensor, used: int, more: int) -> Tensor:
    """The same pixels with room for more; the estimate falls short where pictures are of many sizes."""
    if used + more <= len(pixels):
        return pixels
    larger = torch.empty(used + more + len(pixels) // 8, dtype=pixels.dtype, device=pixels.device)
    larger[:used].copy_(pixels[:used])
    return larger


def device_batches(
    held: HeldPictures,
    keys: Iterable[Key],
    augmentation: Augmentation,
    ignore_id: int,
    seed: int,
    batch_size: int,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of pictures (B, 3, H, W) uint8 and labels (B, H, W) uint8 on the device; only full ones.

    keys: of this process's samples; batch_size: of this process.
    """
    size = (augmentation.width, augmentation.height)
    rest = iter(keys)
    while len(batch := list(islice(rest, batch_size))) == batch_size:
        places, changes = [], []
        for number, which, index in batch:
            place = held.places[which][index]
            preview = held.previews[which][index] if held.previews else None
            rng = augmentation_rng(seed, number)
            places.append(place)
            changes.append(draw_changes(augmentation, place.width, place.height, rng, preview, ignore_id))
        yield apply_on_device(held.pixels, places, changes, size, ignore_id)


def _gib(count: float) -> str:
    return f"{count / 2**30:.2f} GiB"
