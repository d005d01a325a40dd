"""The training run, top to bottom: data, network, optimiser, the loop, evaluation, what is saved."""

from __future__ import annotations

import dataclasses
import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from bisenet.card import ModelCard
from bisenet.checkpoint import save_checkpoint
from bisenet.classes import load_classes
from bisenet.data import has_split, open_dataset
from bisenet.data.files import SegmentationFiles
from bisenet.data.stream import Draws, Samples, sample_batches
from bisenet.data.transforms import Augmentation
from bisenet.distributed import Share, World, joined, restarted
from bisenet.errors import ConfigError, DataError, EngineError
from bisenet.evaluate import Evaluation, evaluate
from bisenet.inference import normalise
from bisenet.interrupt import StopSignals
from bisenet.losses import segmentation_loss
from bisenet.optimisation import class_weights, learning_rate, train_mode
from bisenet.recipe import Recipe
from bisenet.run_folder import RunLog, TrainingState, restore_state, save_state
from bisenet.segmenter import Segmenter, load
from bisenet.starting import card_of, completed, fresh_state
from bisenet.zoo import build

_DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}
_WARM_STEPS = 3
"""Not timed: buffers are allocated, kernels chosen, workers started."""


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
) -> TrainingResult:
    """Run a recipe on the train splits of `data`; the first data set's val split, if any, is evaluated on the way.

    `run` receives `last.pt` (to resume from), `log.csv`, and `NAME.safetensors`: the best on val, or the last where
    there is no val. origin: the command and the commit, for the model card, which tells of every resumption. Under
    torchrun the processes share each batch, and a run that torchrun starts again resumes.

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
        step = _Step(recipe, card, state, world, weights)
        best = TrainingResult(run / f"{recipe.name}.safetensors", None)

        with RunLog(run, tensorboard=tensorboard and world.first) as log, _Bar(recipe, state, world) as bar:
            try:
                for pictures, labels in _batches(recipe, trainsets, classes.ignore_id, state.iteration, world):
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
                raise type(error)(_kept(_said(error), state, last)) from error
            except FloatingPointError as error:
                kept = f"{last} is from before: --resume with" if last.exists() else "try again with"
                raise FloatingPointError(f"{error}: {kept} a lower learning_rate, or precision f32") from error
    return best


def _kept(what: str, state: TrainingState, last: Path) -> str:
    return f"{what}; iteration {state.iteration} is kept in {last}: --resume goes on from there"


def _said(error: Exception) -> str:
    """What an error says; one that comes from a worker has the worker's whole traceback before that."""
    return str(error).strip().splitlines()[-1].rpartition("DataError: ")[2]


class _Step:
    """One optimiser step on a batch."""

    def __init__(
        self, recipe: Recipe, card: ModelCard, state: TrainingState, world: World, weights: Tensor | None
    ) -> None:
        self.recipe, self.state, self.world, self.weights = recipe, state, world, weights
        self.ignore_id = card.classes.ignore_id
        self.pixel_loss = recipe.pixel_loss()
        self.mean, self.std = (
            torch.tensor(values, device=world.device).view(3, 1, 1) for values in (card.mean, card.std)
        )
        forward: nn.Module = _TrainingForward(state.network)
        if recipe.compile:
            forward = torch.compile(forward)  # type: ignore[assignment]
        self.forward = world.shared(forward)
        train_mode(state.network, recipe.frozen_parts)

    def __call__(self, pictures: Tensor, labels: Tensor) -> float:
        """pictures (B, 3, H, W) uint8, labels (B, H, W) uint8. Returns the loss of the whole batch, before the step.

        Raises FloatingPointError when it is not finite, before anything was changed, and EngineError when the card's
        memory is full.
        """
        try:
            return self._run(pictures.to(self.world.device, non_blocking=True), labels.to(self.world.device))
        except torch.OutOfMemoryError as error:
            recipe = self.recipe
            raise EngineError(
                f"{self.world.device} has too little memory for batches of {recipe.batch_size} crops of "
                f"{recipe.crop_width}x{recipe.crop_height}: --set a smaller batch_size (and learning_rate) or crop"
            ) from error

    def _run(self, pictures: Tensor, labels: Tensor) -> float:
        recipe, state = self.recipe, self.state
        # Dropout is that of the step, however often the run was resumed.
        torch.manual_seed((recipe.seed + 1) * 1_000_003 + state.iteration * 1009 + self.world.rank)
        rate = learning_rate(state.iteration, recipe)
        for group in state.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        inputs = normalise(pictures, self.mean, self.std).contiguous(memory_format=torch.channels_last)
        with torch.autocast(inputs.device.type, _DTYPES.get(recipe.precision), enabled=recipe.precision in _DTYPES):
            outputs = self.forward(inputs)
        loss = segmentation_loss(
            outputs,
            labels.long(),
            self.ignore_id,
            state.network.logits_upsampling,
            self.pixel_loss,
            strides=(recipe.loss_stride, recipe.aux_loss_stride),
            phase=state.iteration,
            aux_weight=recipe.aux_weight,
            class_weights=self.weights,
            over_all=self.world.mean,
        )
        value = float(self.world.mean(loss.detach()))
        if not math.isfinite(value):
            raise FloatingPointError(f"the loss is {value} at iteration {state.iteration}")
        state.optimizer.zero_grad(set_to_none=True)
        state.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if recipe.gradient_clip:
            state.scaler.unscale_(state.optimizer)
            nn.utils.clip_grad_norm_(state.network.parameters(), recipe.gradient_clip)
        state.scaler.step(state.optimizer)
        state.scaler.update()
        state.average.update(state.network, state.iteration)
        return value


class _TrainingForward(nn.Module):
    """A network whose forward is that of training: what DistributedDataParallel and torch.compile wrap is `forward`."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> list[Tensor]:
        outputs: list[Tensor] = self.network.forward_train(x)  # type: ignore[operator]
        return outputs


class _Bar:
    """One line of progress: where the run is, pictures per second, time left, loss, best mIoU."""

    def __init__(self, recipe: Recipe, state: TrainingState, world: World) -> None:
        self._recipe, self._state = recipe, state
        self._began = self._counted_from = time.monotonic()
        self._first = state.iteration
        self._bar = tqdm(
            initial=state.iteration * recipe.batch_size,
            total=recipe.iterations * recipe.batch_size,
            unit="img",
            desc=recipe.name,
            disable=not world.first,
            # A log file takes a line now and then, not ten a second.
            mininterval=0.2 if sys.stderr.isatty() else 20,
        )

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.close()

    def advance(self, loss: float) -> None:
        """After a step."""
        if self._state.iteration == self._first + _WARM_STEPS:
            self._counted_from = time.monotonic()
        best = f"{self._state.best:.4f}" if self._state.best >= 0 else "-"
        self._bar.set_postfix(loss=f"{loss:.3f}", miou=best, refresh=False)
        self._bar.update(self._recipe.batch_size)

    def figures(self, loss: float) -> dict[str, float]:
        """Of this iteration, for the log; the rate is the mean since the run was begun or resumed."""
        iteration = self._state.iteration
        steps = iteration - self._first - _WARM_STEPS
        seconds = time.monotonic() - self._counted_from
        figures = {
            "iteration": iteration,
            "loss": loss,
            "learning_rate": learning_rate(iteration - 1, self._recipe),
            "seconds": round(time.monotonic() - self._began),
        }
        if steps > 0:
            figures["images_per_s"] = round(steps * self._recipe.batch_size / seconds, 2)
        return figures

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens meanwhile does not count as training."""
        begun = time.monotonic()
        yield
        self._counted_from += time.monotonic() - begun

    def tell(self, evaluation: Evaluation | None) -> None:
        """Write a line above the bar."""
        if evaluation:
            self._bar.write(f"iteration {self._state.iteration}: val mIoU {evaluation.miou:.4f}")


def _weights(recipe: Recipe, trainsets: Sequence[SegmentationFiles], classes: int, world: World) -> Tensor | None:
    if recipe.class_weight_power == 0:
        return None
    return class_weights(trainsets, classes, recipe.class_weight_power).to(world.device)


def _batches(
    recipe: Recipe, trainsets: Sequence[SegmentationFiles], ignore_id: int, done: int, world: World
) -> DataLoader[tuple[Tensor, Tensor]]:
    try:
        draws = Draws(
            [len(dataset) for dataset in trainsets],
            recipe.data_shares,
            recipe.seed,
            start=done * recipe.batch_size,
            count=max(recipe.iterations - done, 0) * recipe.batch_size,
        )
        augmentation = Augmentation(
            recipe.crop_width,
            recipe.crop_height,
            recipe.scale_min,
            recipe.scale_max,
            recipe.rotation_deg,
            recipe.photometric,
        )
    except ValueError as error:
        raise ConfigError(f"recipe {recipe.name}: {error}") from error
    samples = Samples(trainsets, augmentation, ignore_id, recipe.seed)
    mine = Share(draws, recipe.batch_size, world)
    return sample_batches(samples, mine, recipe.batch_size // world.size, recipe.workers)


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
        evaluation = evaluate(Segmenter(shipped.eval(), card).segment, card.classes, valset, _silent)
        story["val"] = evaluation.to_dict()
    if evaluation is None or evaluation.miou > state.best:
        state.best = evaluation.miou if evaluation else state.best
        save_checkpoint(best.model, shipped, dataclasses.replace(card, training=story))
    return evaluation


def _silent(numbers: Iterable[int]) -> Iterable[int]:
    return numbers
