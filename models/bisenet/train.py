"""The training run, top to bottom: data, network, optimiser, the loop, evaluation, what is saved."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from bisenet.card import IMAGENET_MEAN, IMAGENET_STD, ModelCard
from bisenet.checkpoint import save_checkpoint
from bisenet.classes import ClassSet, load_classes
from bisenet.data.camvid import SegmentationFiles, has_split, open_dataset
from bisenet.data.stream import Draws, Samples, sample_batches
from bisenet.data.transforms import Augmentation
from bisenet.engines.device import resolve_device
from bisenet.errors import ConfigError
from bisenet.evaluate import Evaluation, evaluate
from bisenet.inference import normalise
from bisenet.losses import segmentation_loss
from bisenet.optimisation import AveragedWeights, class_weights, learning_rate, parameter_groups
from bisenet.recipe import Recipe
from bisenet.run_folder import TrainingState, log_row, restore_state, save_state
from bisenet.segmenter import Segmenter, load
from bisenet.zoo import ARCHITECTURES, build

_DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}


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
) -> TrainingResult:
    """Run a recipe on the train splits of `data`; the first data set's val split, if any, is evaluated on the way.

    `run` receives `last.pt` (to resume from), `log.csv`, and `NAME.safetensors`: the best on val, or the last where
    there is no val. origin: the command and the commit, for the model card, which tells of every resumption. Raises
    ConfigError, DataError, CheckpointError, EngineError, OSError, and FloatingPointError when the loss is not finite.
    """
    target = resolve_device(device)
    classes = load_classes(recipe.classes)
    trainsets = [open_dataset(spec, "train") for spec in data]
    valset = open_dataset(data[0], "val") if has_split(data[0], "val") else None
    donor = load(recipe.init) if recipe.init else None
    card = _card(recipe, classes, data, donor)
    state = _fresh_state(recipe, card, target, donor)
    run.mkdir(parents=True, exist_ok=True)
    last = run / "last.pt"
    if resume:
        restore_state(last, state)
    elif last.exists():
        raise ConfigError(f"{run} holds a run already: --resume it, or choose another folder")
    state.history.append(f"from iteration {state.iteration}: {origin or 'called from Python'}")
    weights = _weights(recipe, trainsets, len(classes), target)
    batches = _batches(recipe, trainsets, classes.ignore_id, state.iteration)
    best = TrainingResult(run / f"{recipe.name}.safetensors", None)

    began = time.monotonic()
    state.network.train()
    progress = tqdm(batches, initial=state.iteration, total=recipe.iterations, unit="it", desc=recipe.name)
    for pictures, labels in progress:
        rate = learning_rate(state.iteration, recipe)
        loss = _step(recipe, state, pictures.to(target), labels.to(target), rate, weights, classes.ignore_id)
        if not math.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss} at iteration {state.iteration}: lower learning_rate")
        state.iteration += 1
        progress.set_postfix(loss=f"{loss:.3f}", lr=f"{rate:.4f}", miou=f"{max(state.best, 0):.4f}", refresh=False)

        ends = state.iteration == recipe.iterations
        if ends or state.iteration % recipe.evaluate_every == 0:
            evaluation = _evaluate_and_keep(state, recipe, card, valset, best, target)
            figures = {"iteration": state.iteration, "loss": loss, "seconds": round(time.monotonic() - began)}
            if evaluation:
                figures["miou"] = evaluation.miou
                progress.write(f"iteration {state.iteration}: val mIoU {evaluation.miou:.4f}")
                if evaluation.miou >= state.best:
                    best = dataclasses.replace(best, evaluation=evaluation)
            log_row(run / "log.csv", figures)
        if ends or state.iteration % recipe.checkpoint_every == 0:
            save_state(last, state)
    return best


def start_from(network: nn.Module, classes: Sequence[str], donor: Segmenter) -> list[str]:
    """Copy a trained model's weights; classifier rows go by class name. Returns the names that kept theirs.

    Raises ConfigError when the donor is of another architecture.
    """
    given = donor.network.state_dict()
    kept = [name for name in classes if name in donor.card.classes.names]
    here = [classes.index(name) for name in kept]
    there = [donor.card.classes.names.index(name) for name in kept]
    for key, value in network.state_dict().items():
        if key not in given or given[key].shape[1:] != value.shape[1:]:
            raise ConfigError(
                f"cannot start from {donor.card.name}: it is {donor.card.architecture}, unlike the recipe"
            )
        if ".classifier." in key:
            value[here] = given[key][there]
        else:
            value.copy_(given[key])
    return kept


def _card(recipe: Recipe, classes: ClassSet, data: Sequence[str], donor: Segmenter | None) -> ModelCard:
    if recipe.architecture not in ARCHITECTURES:
        raise ConfigError(f"unknown architecture {recipe.architecture!r}: choose one of {', '.join(ARCHITECTURES)}")
    variant = recipe.variant or next(iter(ARCHITECTURES[recipe.architecture]))
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(recipe).items()}
    return ModelCard(
        recipe.name,
        recipe.architecture,
        variant,
        classes,
        recipe.short_side,
        licence=recipe.licence or (donor.card.licence if donor else ""),
        training={"data": list(data), "recipe": plain},
    )


def _fresh_state(recipe: Recipe, card: ModelCard, target: torch.device, donor: Segmenter | None) -> TrainingState:
    torch.manual_seed(recipe.seed)
    network = build(card.architecture, len(card.classes), card.variant)
    if donor:
        kept = start_from(network, card.classes.names, donor)
        print(f"starting from {donor.card.name}; classes that keep their weights: {', '.join(kept) or 'none'}")
    network.to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return TrainingState(
        network,
        torch.optim.SGD(parameter_groups(network, recipe.weight_decay), lr=0.0, momentum=recipe.momentum),
        torch.amp.GradScaler(target.type, enabled=recipe.precision == "f16"),
        AveragedWeights(network, recipe.ema_decay),
        iteration=0,
        best=-1.0,
        history=[],
    )


def _weights(
    recipe: Recipe, trainsets: Sequence[SegmentationFiles], classes: int, target: torch.device
) -> Tensor | None:
    if recipe.class_weight_power == 0:
        return None
    return class_weights(trainsets, classes, recipe.class_weight_power).to(target)


def _batches(
    recipe: Recipe, trainsets: Sequence[SegmentationFiles], ignore_id: int, done: int
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
    return sample_batches(
        Samples(trainsets, augmentation, ignore_id, recipe.seed), draws, recipe.batch_size, recipe.workers
    )


def _step(
    recipe: Recipe,
    state: TrainingState,
    pictures: Tensor,
    labels: Tensor,
    rate: float,
    weights: Tensor | None,
    ignore_id: int,
) -> float:
    """One optimiser step; pictures (B, 3, H, W) uint8, labels (B, H, W) uint8. Returns the loss before it."""
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    mean, std = (torch.tensor(values, device=pictures.device).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    inputs = normalise(pictures, mean, std).contiguous(memory_format=torch.channels_last)
    with torch.autocast(inputs.device.type, _DTYPES.get(recipe.precision), enabled=recipe.precision in _DTYPES):
        outputs = state.network.forward_train(inputs)
    loss = segmentation_loss(
        outputs,
        labels.long(),
        ignore_id,
        state.network.logits_upsampling,
        strides=(recipe.loss_stride, recipe.aux_loss_stride),
        phase=state.iteration,
        aux_weight=recipe.aux_weight,
        threshold=recipe.ohem_threshold,
        class_weights=weights,
    )
    value = float(loss.detach())
    if math.isfinite(value):
        state.optimizer.zero_grad(set_to_none=True)
        state.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        state.scaler.step(state.optimizer)
        state.scaler.update()
        state.average.update(state.network, state.iteration)
    return value


def _evaluate_and_keep(
    state: TrainingState,
    recipe: Recipe,
    card: ModelCard,
    valset: SegmentationFiles | None,
    best: TrainingResult,
    target: torch.device,
) -> Evaluation | None:
    """Evaluate what would be shipped now, and write it if it is the best so far (or if nothing can be compared)."""
    shipped = build(card.architecture, len(card.classes), card.variant).to(target)
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
