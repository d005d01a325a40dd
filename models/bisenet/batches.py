"""The batches that a recipe asks for: which samples, changed how, made where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from bisenet.classes import load_classes
from bisenet.data import open_dataset
from bisenet.data.backdrops import BackdropPictures
from bisenet.data.device_stream import choose, device_batches, hold
from bisenet.data.files import SegmentationFiles
from bisenet.data.people import PeopleScenes
from bisenet.data.stream import Draws, Samples, sample_batches
from bisenet.distributed import Share, World
from bisenet.errors import ConfigError
from bisenet.recipe import Recipe

_STREET = "camvid11"
_PERSON = (9,)
_NO_PERSON = tuple(range(9))
"""Ids of camvid11; on a bicycle (10) there is a person, but not all of it is one."""


def batches(
    recipe: Recipe,
    trainsets: Sequence[SegmentationFiles],
    backdrops: Sequence[str],
    ignore_id: int,
    done: int,
    world: World,
) -> Iterator[tuple[Tensor, Tensor]]:
    """What this process sees from iteration `done` on: pictures (B, 3, H, W) uint8, labels (B, H, W) uint8.

    Sample n of a run is the same wherever it is made and however many processes share a batch. backdrops: data sets of
    streets, for `scenes: people`. Raises ConfigError and DataError.
    """
    augmentation, scenes = recipe.augmentation(), _scenes(recipe, trainsets, backdrops)
    choice = choose(recipe.data_on, trainsets, world.device, composed=scenes is not None)
    if world.first:
        print(f"samples are made on the {choice.where}: {choice.reason}")
    try:
        draws = Draws(
            [len(dataset) for dataset in trainsets],
            recipe.data_shares,
            recipe.seed,
            start=done * recipe.batch_size,
            count=max(recipe.iterations - done, 0) * recipe.batch_size,
        )
    except ValueError as error:
        raise ConfigError(f"recipe {recipe.name}: {error}") from error
    mine, batch_size = Share(draws, recipe.batch_size, world), recipe.batch_size // world.size
    if choice.where == "device":
        held = hold(trainsets, world.device, previews=augmentation.max_class_share < 1)
        return device_batches(held, mine, augmentation, ignore_id, recipe.seed, batch_size)
    samples = Samples(trainsets, augmentation, ignore_id, recipe.seed, scenes)
    return sample_batches(samples, mine, batch_size, recipe.workers)


def _scenes(recipe: Recipe, people: Sequence[SegmentationFiles], backdrops: Sequence[str]) -> PeopleScenes | None:
    if recipe.scenes == "none":
        if backdrops:
            raise ConfigError("backdrops are for a recipe with scenes: people")
        return None
    streets = [open_dataset(spec, "train", load_classes(_STREET)) for spec in backdrops]
    return PeopleScenes(tuple(people), tuple(BackdropPictures(street, _NO_PERSON, _PERSON) for street in streets))
