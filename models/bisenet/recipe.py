"""`Recipe`: every choice of a training run, read from YAML with strict keys."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from bisenet.data.augmentation import Augmentation
from bisenet.errors import ConfigError
from bisenet.losses import LossKind, PixelLoss
from bisenet.resources import read_yaml


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training run. The YAML files under assets/recipes say which paper they follow and where they depart."""

    name: str
    """Name of the model that comes out."""
    architecture: str = ""
    """Empty: that of `init`, with its variant."""
    variant: str | None = None
    classes: str = "camvid11"
    """A class list by name, or a YAML file."""
    init: str | None = None
    """A model to start from; classes with the same name keep their classifier rows."""
    licence: str = ""
    """Of the weights; empty: that of the model to start from."""

    crop_width: int = 480
    crop_height: int = 352
    short_side: int = 0
    """Pixels of the input's short side when the model runs; 0: as with `init`, or 480."""
    scale_min: float = 0.75
    scale_max: float = 2.0
    scales: tuple[float, ...] = ()
    rotation_deg: float = 0.0
    photometric: float = 0.0
    max_class_share: float = 1.0
    cutout: float = 0.0
    shadow: float = 0.0
    vignette: float = 0.0
    haze: float = 0.0
    glare: float = 0.0
    rain: float = 0.0
    night: float = 0.0
    low_resolution: float = 0.0
    jpeg: float = 0.0
    """These, from scale_min on, as in `data.augmentation.Augmentation`."""
    scenes: Literal["none", "people"] = "none"
    """people: cut people out and put them before other backgrounds, as before a webcam (`data.people`)."""
    data_shares: tuple[float, ...] = ()
    """How often each data set is drawn from; empty: in proportion to its size."""

    iterations: int = 10000
    batch_size: int = 16
    """Of all processes together."""
    optimizer: Literal["sgd", "adamw"] = "sgd"
    learning_rate: float = 0.025
    momentum: float = 0.9
    weight_decay: float = 0.0005
    """Of convolution weights; normalisation and biases have none."""
    warmup: Literal["linear", "exponential"] = "linear"
    warmup_iterations: int = 500
    warmup_from: float = 0.1
    """Where the warm-up begins, as a share of the learning rate."""
    poly_power: float = 0.9
    rate_floor: float = 0.0
    """The learning rate decays to this."""
    fast_parts: tuple[str, ...] = ()
    """Parts of the network, by the beginning of their names (`head`, `ffm`), that learn `fast_factor` times as fast."""
    fast_factor: float = 10.0
    frozen_parts: tuple[str, ...] = ()
    """Parts that keep their weights and statistics, e.g. `context_path.backbone`."""
    gradient_clip: float = 0.0
    """Largest norm of all gradients together; 0 is no limit."""
    loss: LossKind = "cross-entropy"
    ohem_threshold: float = 0.7
    ohem_kept: int = 0
    label_smoothing: float = 0.0
    aux_weight: float = 1.0
    loss_stride: int = 1
    aux_loss_stride: int = 1
    class_weight_power: float = 0.0
    """Classes are weighted by frequency to the power of minus this; 0 is none."""
    ema_decay: float = 0.0
    """Of the averaged weights that are evaluated and saved; 0 saves the last ones."""
    precision: Literal["auto", "f32", "bf16", "f16"] = "auto"
    """What products are computed in. auto: bf16 where the device has instructions for it, else f16 on a card and f32 on
    a processor."""
    compile: bool = False
    """With torch.compile; the first steps then take minutes."""
    seed: int = 0
    workers: int = 1
    data_on: Literal["auto", "host", "device"] = "auto"
    """Where samples are made: by workers on the host, or on a card that holds the whole data."""
    log_every: int = 20
    evaluate_every: int = 500
    checkpoint_every: int = 200

    def __post_init__(self) -> None:
        positive = ("iterations", "batch_size", "learning_rate", "loss_stride", "aux_loss_stride", "evaluate_every")
        for key in (
            *positive,
            "checkpoint_every",
            "log_every",
            "fast_factor",
            "crop_width",
            "crop_height",
        ):
            if getattr(self, key) <= 0:
                raise ConfigError(f"{key} must be above 0, got {getattr(self, key)}")
        if not self.architecture and not self.init:
            raise ConfigError("give an architecture, or a model to start from (init)")
        if self.short_side and not 32 <= self.short_side <= 8192:
            raise ConfigError(f"short_side must be 32 to 8192, or 0, got {self.short_side}")
        if self.batch_size < 2:
            raise ConfigError("batch_size must be at least 2: batch normalisation of pooled maps needs two pictures")
        if self.workers < 0 or self.warmup_iterations < 0 or not 0 <= self.ema_decay < 1:
            raise ConfigError("workers and warmup_iterations must not be negative, ema_decay lies in [0, 1)")
        if not 0 < self.warmup_from <= 1 or not 0 <= self.rate_floor < self.learning_rate:
            raise ConfigError("warmup_from lies in (0, 1], rate_floor in [0, learning_rate)")
        if self.gradient_clip < 0 or self.weight_decay < 0 or self.aux_weight < 0:
            raise ConfigError("gradient_clip, weight_decay and aux_weight must not be negative")
        try:
            self.pixel_loss()
            self.augmentation()
        except ValueError as error:
            raise ConfigError(str(error)) from error

    def augmentation(self) -> Augmentation:
        """Raises ValueError when it makes no sense."""
        same: dict[str, Any] = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(Augmentation)
            if field.name not in ("width", "height")
        }
        return Augmentation(self.crop_width, self.crop_height, **same)

    def pixel_loss(self) -> PixelLoss:
        return PixelLoss(self.loss, self.ohem_threshold, self.ohem_kept, self.label_smoothing)


def load_recipe(name_or_path: str, settings: Sequence[str] = ()) -> Recipe:
    """Read a recipe by name (assets/recipes) or path, and apply `key=value` settings over it. Raises ConfigError."""
    values, path = read_yaml("recipes", name_or_path, "recipe")
    if not isinstance(values, dict):
        raise ConfigError(f"recipe {path}: expected key: value lines")
    for setting in settings:
        key, separator, text = setting.partition("=")
        if not separator:
            raise ConfigError(f"--set {setting}: expected key=value")
        try:
            values[key.strip()] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {setting}: not a value") from error
    return recipe_from(values, str(path))


def recipe_from(values: dict[str, Any], origin: str) -> Recipe:
    """A Recipe from plain values; origin names them in errors. Raises ConfigError with the nearest known key."""
    kinds = typing.get_type_hints(Recipe)
    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in kinds:
            near = difflib.get_close_matches(str(key), kinds, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigError(f"{origin}: unknown key {key!r}{hint}")
        checked[key] = _checked(value, kinds[key], f"{origin}: {key}")
    missing = [f.name for f in dataclasses.fields(Recipe) if f.default is dataclasses.MISSING and f.name not in checked]
    if missing:
        raise ConfigError(f"{origin}: missing {', '.join(missing)}")
    return Recipe(**checked)


def _checked(value: Any, kind: Any, where: str) -> Any:
    """The value as the kind wants it: int for float and list for tuple are fine, everything else must be exact."""
    origin, options = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        return None if value is None else _checked(value, options[0], where)
    if origin is Literal:
        if value in options:
            return value
        raise ConfigError(f"{where} must be one of {', '.join(map(str, options))}, got {value!r}")
    if origin is tuple:
        if isinstance(value, list):
            return tuple(_checked(each, options[0], where) for each in value)
        raise ConfigError(f"{where} must be a list, got {value!r}")
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
        return value
    raise ConfigError(f"{where} must be {kind.__name__}, got {value!r}")
