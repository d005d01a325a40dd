"""`ModelCard`: all that is needed to rebuild a network around its weights, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bisenet.classes import ClassSet
from bisenet.errors import CheckpointError, ConfigError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Stored in the header of a checkpoint."""

    name: str
    architecture: str
    variant: str
    classes: ClassSet
    short_side: int
    """Pixels of the input's short side that the network was made for."""
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    """Of RGB in 0 to 1."""
    color_order: Literal["RGB", "BGR"] = "RGB"
    """Of the pictures that the weights were trained on. The network here takes RGB: see `convert`."""
    licence: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    """Data, recipe, history (commands and commits), iterations and figures, as plain values. Of a converted model:
    `origin` (file, sha256, family, url, notes) and `reported` (miou, split, by)."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "name": self.name,
            "architecture": self.architecture,
            "variant": self.variant,
            "classes": self.classes.to_dict(),
            "short_side": self.short_side,
            "mean": list(self.mean),
            "std": list(self.std),
            "color_order": self.color_order,
            "licence": self.licence,
            "training": dict(self.training),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ModelCard:
        """The inverse of `to_dict`. Raises CheckpointError naming what is wrong."""
        try:
            mean_r, mean_g, mean_b = (float(value) for value in data["mean"])
            std_r, std_g, std_b = (float(value) for value in data["std"])
            card = cls(
                name=str(data["name"]),
                architecture=str(data["architecture"]),
                variant=str(data["variant"]),
                classes=ClassSet.from_dict(data["classes"]),
                short_side=int(data["short_side"]),
                mean=(mean_r, mean_g, mean_b),
                std=(std_r, std_g, std_b),
                color_order=_color_order(data.get("color_order", "RGB")),
                licence=str(data["licence"]),
                training=dict(data["training"]),
            )
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise CheckpointError(f"the model card is damaged: {error!r}") from error
        if not 32 <= card.short_side <= 8192 or min(card.std) <= 0:
            raise CheckpointError(f"the model card is damaged: short_side {card.short_side}, std {card.std}")
        return card


def _color_order(text: object) -> Literal["RGB", "BGR"]:
    if text == "RGB":
        return "RGB"
    if text == "BGR":
        return "BGR"
    raise ValueError(f"color_order {text!r}")


def card_markdown(card: ModelCard) -> str:
    """The card for people: what the model is, where it comes from, its figures, and what may be done with it."""
    training = card.training
    rows = [
        ("network", f"{card.architecture}, variant {card.variant}"),
        ("classes", f"{len(card.classes)} of {card.classes.name}: {', '.join(card.classes.names)}"),
        ("input", f"RGB, short side {card.short_side}, mean {_listed(card.mean)}, std {_listed(card.std)}"),
        ("trained on", f"{card.color_order} pictures; the first convolutions were turned to take RGB")
        if card.color_order != "RGB"
        else ("", ""),
        ("data", ", ".join(f"`{spec}`" for spec in training.get("data", []))),
        ("iterations", training.get("iterations", "")),
        *_origin_rows(training.get("origin", {}), training.get("reported", {})),
        ("licence", card.licence),
    ]
    lines = [f"# {card.name}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows if value]
    if "val" in training:
        figures = training["val"]
        lines += [
            "",
            f"On the validation split of the first data set, {figures['pictures']} pictures, whole image:",
            "",
        ]
        lines += ["| class | IoU |", "|---|---|"]
        lines += [f"| {name} | {'-' if iou is None else format(iou, '.3f')} |" for name, iou in figures["iou"].items()]
        lines += [f"| **mIoU** | **{figures['miou']:.3f}** |", f"| pixel accuracy | {figures['pixel_accuracy']:.3f} |"]
    if "history" in training:
        lines += ["", "Trained:", "", *(f"- {line}" for line in training["history"])]
    if "recipe" in training:
        recipe = ", ".join(f"{key} {value}" for key, value in training["recipe"].items() if value not in (None, ""))
        lines += ["", f"Recipe: {recipe}."]
    return "\n".join(lines) + "\n"


def _origin_rows(origin: Mapping[str, Any], reported: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of a converted model: where its weights come from, and what is said of them there."""
    rows = []
    if origin:
        rows.append(("converted from", f"`{origin['file']}` of {origin['family']}, sha256 {origin['sha256']}"))
        rows += [(name, origin[name]) for name in ("url", "notes") if origin.get(name)]
    if reported:
        rows.append(("reported", f"mIoU {reported['miou']} on {reported['split']}, by {reported['by']}"))
    return rows


def _listed(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:g}" for value in values)
