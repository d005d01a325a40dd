"""The training run, top to bottom; `step` has what happens in a step, and `bookkeeping` what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from bisenet.allocation import keep_freed_memory
from bisenet.batches import batches
from bisenet.bookkeeping import Bookkeeping
from bisenet.classes import load_classes
from bisenet.data import has_split, open_dataset
from bisenet.data.files import SegmentationFiles
from bisenet.distributed import World, joined, restarted
from bisenet.errors import ConfigError, DataError, EngineError
from bisenet.evaluation.metrics import Evaluation
from bisenet.interrupt import StopSignals
from bisenet.optimisation import class_weights
from bisenet.recipe import Recipe
from bisenet.run_folder import LAST, restore_state
from bisenet.segmenter import load
from bisenet.starting import card_of, completed, fresh_state
from bisenet.step import Step


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a run left behind."""

    model: Path
    """The weights and card, ready for `bisenet.load`."""
    evaluation: Evaluation | None
    """Of the saved weights on the validation split; None when there is no such split."""


def train(
    recipe: Recipe,
    data: Sequence[str],
    run: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    origin: str = "",
    tensorboard: bool = False,
    backdrops: Sequence[str] = (),
) -> TrainingResult:
    """Run a recipe on the train splits of `data`; the first data set's val split, if any, is evaluated on the way.

    `run` receives `last.pt` (to resume from), `log.csv`, a sheet of the worst pictures at each evaluation, and
    `NAME.safetensors`: the best on val, or the last where there is no val. origin: the command and the commit, for the
    model card, which tells of every resumption. Under torchrun the processes share each batch, and a run that torchrun
    starts again resumes. backdrops: data sets of streets that people are put before, for a recipe with
    `scenes: people`.

    Ctrl-C, SIGTERM, a damaged picture and a full GPU end the run after `last.pt` was written, so nothing is lost.
    Raises ConfigError, DataError, CheckpointError, EngineError, OSError, KeyboardInterrupt, and FloatingPointError when
    the loss is not finite.
    """
    with joined(device) as world, StopSignals() as signals:
        if world.device.type == "cpu":
            keep_freed_memory()
        classes = load_classes(recipe.classes)
        trainsets = [open_dataset(spec, "train", classes) for spec in data]
        valset = open_dataset(data[0], "val", classes) if has_split(data[0], "val") else None
        donor = load(recipe.init) if recipe.init else None
        recipe = completed(recipe, donor, world.device)
        card = card_of(recipe, classes, data, donor)
        last = run / LAST
        resume = resume or (restarted() and last.exists())
        if last.exists() and not resume:
            raise ConfigError(f"{run} holds a run already: --resume it, or choose another folder")
        state = fresh_state(recipe, card, world, donor, [] if resume else trainsets)
        run.mkdir(parents=True, exist_ok=True)
        if resume:
            restore_state(last, state)
        state.history.append(f"from iteration {state.iteration}: {origin or 'called from Python'}")
        weights = _weights(recipe, trainsets, len(classes), world)
        step = Step(recipe, card, state, world, weights)
        with Bookkeeping(run, recipe, card, state, valset, world, tensorboard=tensorboard) as books:
            try:
                if donor and valset and not state.iteration:
                    books.before()
                for pictures, labels in batches(
                    recipe, trainsets, backdrops, classes.ignore_id, state.iteration, world
                ):
                    books.after(step(pictures, labels))
                    if world.agree(signals.asked):
                        raise KeyboardInterrupt(books.kept("interrupted"))
            except (DataError, EngineError) as error:
                raise type(error)(books.kept(str(error))) from error
            except FloatingPointError as error:
                before = f"{last} is from before: --resume with" if last.exists() else "try again with"
                raise FloatingPointError(f"{error}: {before} a lower learning_rate, or precision f32") from error
    return TrainingResult(books.model, books.best)


def _weights(recipe: Recipe, trainsets: Sequence[SegmentationFiles], classes: int, world: World) -> Tensor | None:
    if recipe.class_weight_power == 0:
        return None
    return class_weights(trainsets, classes, recipe.class_weight_power).to(world.device)
