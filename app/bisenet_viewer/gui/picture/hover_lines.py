"""What the card says of the pixel under the pointer. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bisenet_viewer.gui.texts import picture as texts

if TYPE_CHECKING:
    from bisenet.classes import ClassSet
    from bisenet_viewer.gui.picture.shown import Shown

COLUMN = "\t"
"""Between a line's name and its figure."""


def hover_lines(shown: Shown, x: int, y: int) -> tuple[str, ...]:
    """The class of a pixel and its runner-up, with their probabilities where they are known; then the other model's.

    The first line tells what is painted, also where the scores, rounded otherwise, put another class before it.
    """
    class_id = int(shown.labels[y, x])
    if class_id >= len(shown.classes):
        lines = [texts.NO_CLASS]
    elif shown.scores is None:
        lines = [shown.classes.names[class_id]]
    else:
        best = shown.scores.at(x, y)
        ranked = sorted(best, key=lambda pair: pair[0] != class_id)[:2]
        lines = [_line(shown.classes, *pair) for pair in ranked]
        if ranked[0][0] != class_id:
            lines = [shown.classes.names[class_id], lines[0]]
    if shown.compared is not None:
        other = int(shown.compared.labels[y, x])
        names = shown.compared.classes.names
        lines.append(texts.other_model(names[other] if other < len(names) else texts.NO_CLASS))
    return tuple(lines)


def _line(classes: ClassSet, class_id: int, probability: float) -> str:
    return f"{classes.names[class_id]}{COLUMN}{texts.probability(probability)}"
