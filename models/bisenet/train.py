"""The training run, top to bottom: data, network, optimiser, the loop, evaluation, what is saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from bisenet.batches import batches
from bisenet.card import ModelCard
from bisenet.checkpoint import save_checkpoint
from bisenet.classes import load_classes
from bisenet.data import has_split, open_dataset
from bisenet.data.files import SegmentationFiles
from bisenet.distributed import World, joined, restarted
from bisenet.errors import ConfigError, DataError, EngineError
from bisenet.evaluate import Evaluation, Scored, evaluate
from bisenet.evaluation.drawing import png, write_whole
from bisenet.evaluation.worst import WorstPictures, worst_sheet
from bisenet.interrupt import StopSignals
from bisenet.optimisation import class_weights
from bisenet.progress_line import ProgressLine
from bisenet.recipe import Recipe
from bisenet.run_folder import RunLog, TrainingState, restore_state, save_state
from bisenet.segmenter import Segmenter, load
from bisenet.starting import card_of, completed, fresh_state
from bisenet.step import Step
from bisenet.zoo import build

_SHOWN = 6
"""Pictures on the sheet of an evaluation."""


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
        classes = load_classes(recipe.classes)
        trainsets = [open_dataset(spec, "train", classes) for spec in data]
        valset = open_dataset(data[0], "val", classes) if has_split(data[0], "val") else None
        donor = load(recipe.init) if recipe.init else None
        recipe = completed(recipe, donor)
        card = card_of(recipe, classes, data, donor)
        state = fresh_state(recipe, card, world, donor)
        run.mkdir(parents=True, exist_ok=True)
        last = run / "last.pt"
        if resume or (restarted() and last.exists()):
            restore_state(last, state)
        elif last.exists():
            raise ConfigError(f"{run} holds a run already: --resume it, or choose another folder")
        state.history.append(f"from iteration {state.iteration}: {origin or 'called from Python'}")
        weights = _weights(recipe, trainsets, len(classes), world)
        step = Step(recipe, card, state, world, weights)
        best = TrainingResult(run / f"{recipe.name}.safetensors", None)

        with RunLog(run, tensorboard=tensorboard and world.first) as log, ProgressLine(recipe, state, world) as bar:
            try:
                for pictures, labels in batches(
                    recipe, trainsets, backdrops, classes.ignore_id, state.iteration, world
                ):
                    loss = step(pictures, labels)
                    state.iteration += 1
                    bar.advance(loss)
                    ends = state.iteration == recipe.iterations
                    figures = bar.figures(loss) if ends or state.iteration % recipe.log_every == 0 else {}
                    if ends or state.iteration % recipe.evaluate_every == 0:
                        if world.first:
                            with bar.paused():
                                evaluation = _evaluate_and_keep(state, recipe, card, valset, best, world)
                            figures = {**bar.figures(loss), **({"miou": evaluation.miou} if evaluation else {})}
                            bar.tell(evaluation)
                            if evaluation and evaluation.miou >= state.best:
                                best = dataclasses.replace(best, evaluation=evaluation)
                        world.wait()
                    if figures and world.first:
                        log.add(figures)
                    if world.first and (ends or state.iteration % recipe.checkpoint_every == 0):
                        save_state(last, state)
                    if world.agree(signals.asked):
                        if world.first:
                            save_state(last, state)
                        raise KeyboardInterrupt(_kept("interrupted", state, last))
            except (DataError, EngineError) as error:
                if world.first:
                    save_state(last, state)
                raise type(error)(_kept(str(error), state, last)) from error
            except FloatingPointError as error:
                kept = f"{last} is from before: --resume with" if last.exists() else "try again with"
                raise FloatingPointError(f"{error}: {kept} a lower learning_rate, or precision f32") from error
    return best


def _kept(what: str, state: TrainingState, last: Path) -> str:
    return f"{what}; iteration {state.iteration} is kept in {last}: --resume goes on from there"


def _weights(recipe: Recipe, trainsets: Sequence[SegmentationFiles], classes: int, world: World) -> Tensor | None:
    if recipe.class_weight_power == 0:
        return None
    return class_weights(trainsets, classes, recipe.class_weight_power).to(world.device)


def _evaluate_and_keep(
    state: TrainingState,
    recipe: Recipe,
    card: ModelCard,
    valset: SegmentationFiles | None,
    best: TrainingResult,
    world: World,
) -> Evaluation | None:
    """Evaluate what would be shipped now, and write it if it is the best so far (or if nothing can be compared)."""
    shipped = build(card.architecture, len(card.classes), card.variant).to(world.device)
    shipped.load_state_dict(state.average.state if recipe.ema_decay else state.network.state_dict())
    story = {**card.training, "history": list(state.history), "iterations": state.iteration}
    evaluation = None
    if valset:
        worst = WorstPictures(card.classes, _SHOWN)
        evaluation = evaluate(
            Segmenter(shipped.eval(), card).segment,
            card.classes,
            valset,
            on_picture=lambda each: _show(each, worst, valset),
        )
        story["val"] = evaluation.to_dict()
        _write_sheet(best.model.parent / "evaluations" / f"{state.iteration:06d}.png", worst, card, evaluation)
    if evaluation is None or evaluation.miou > state.best:
        state.best = evaluation.miou if evaluation else state.best
        save_checkpoint(best.model, shipped, dataclasses.replace(card, training=story))
    return evaluation


def _show(scored: Scored, worst: WorstPictures, valset: SegmentationFiles) -> None:
    name = valset.pairs[scored.index][0].name
    worst.add(name, scored.evaluation.miou, scored.rgb, scored.labels, scored.predicted)


def _write_sheet(path: Path, worst: WorstPictures, card: ModelCard, evaluation: Evaluation) -> None:
    """The pictures that the model does worst on now, with what it makes of them."""
    if worst.pictures():
        path.parent.mkdir(exist_ok=True)
        title = f"{card.name}, val mIoU {evaluation.miou:.4f}"
        write_whole(path, png(worst_sheet(worst.pictures(), card.classes, title)))
