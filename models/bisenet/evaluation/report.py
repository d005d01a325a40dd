"""`Report`: an evaluation and how it was made, as text, JSON, Markdown and pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bisenet.engines import EngineInfo
from bisenet.evaluation.confusion_picture import confusion_picture
from bisenet.evaluation.drawing import png, write_whole
from bisenet.evaluation.metrics import Evaluation, figure
from bisenet.evaluation.protocol import Protocol
from bisenet.evaluation.worst import WorstPicture, worst_sheet
from bisenet.grid import Column, Grid


@dataclass(frozen=True, slots=True)
class Conditions:
    """How an evaluation was made. Two that differ in the time alone are equal."""

    data: str
    """Data set and split, e.g. `camvid/val`."""
    protocol: Protocol
    engine: EngineInfo
    seconds: float = field(compare=False)
    """From the first picture to the last, reading included."""

    def __str__(self) -> str:
        info = self.engine
        return f"{info.model} on {self.data}, {self.protocol}, {info.engine} {info.device} {info.precision}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "model": self.engine.model,
            "data": self.data,
            "protocol": self.protocol.to_dict(),
            "engine": {
                "name": self.engine.engine,
                "device": self.engine.device,
                "device_name": self.engine.device_name,
                "precision": self.engine.precision,
            },
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All that there is to tell of one evaluation."""

    evaluation: Evaluation
    conditions: Conditions
    scores: tuple[tuple[str, float], ...]
    """Per picture its file's name, with folders where they differ, and its mIoU; nan where nothing is labelled."""
    worst: tuple[WorstPicture, ...] = ()
    """The lowest first; as many as were asked for."""

    def text(self) -> str:
        """For a terminal."""
        return f"{self.conditions}, {self.evaluation.pictures} pictures\n{self.evaluation.table()}"

    def json(self) -> str:
        """Conditions and figures, the figures of every picture, and the confusion matrix (a row per true class)."""
        plain = self.conditions.to_dict() | self.evaluation.to_dict()
        plain["scores"] = {name: None if score != score else round(score, 6) for name, score in self.scores}
        plain["classes"] = list(self.evaluation.classes.names)
        # A row of the matrix is a line: a line per number would be 29,241 of them for 171 classes.
        head = json.dumps(plain, indent=2, ensure_ascii=False)
        rows = ",\n    ".join(json.dumps(row) for row in self.evaluation.confusion.tolist())
        return f'{head[:-2]},\n  "confusion": [\n    {rows}\n  ]\n}}\n'

    def markdown(self) -> str:
        """Conditions, means, and a row per class."""
        evaluation, info = self.evaluation, self.conditions.engine
        about = [
            f"# {info.model} on {self.conditions.data}",
            "",
            f"Protocol: {self.conditions.protocol}. {evaluation.pictures} pictures in {self.conditions.seconds:.1f} s.",
            f"Engine: {info.engine}, {info.precision}, on {info.device} ({info.device_name}).",
        ]
        if evaluation.only:
            about += ["", f"Means are over {', '.join(evaluation.only)}."]
        means = Grid(
            (Column("mean"), Column("figure")), tuple((name, figure(value)) for name, value in evaluation.means())
        )
        columns = {"IoU": evaluation.iou, "recall": evaluation.recall, "precision": evaluation.precision}
        if evaluation.boundary:
            columns["boundary F1"] = evaluation.boundary.f1
        rows = zip(evaluation.classes.names, *columns.values(), strict=True)
        classes = Grid(
            (Column("class"), *(Column(name) for name in columns)),
            tuple((name, *(figure(value) for value in values)) for name, *values in rows),
        )
        return "\n".join([*about, "", means.markdown(), "", classes.markdown(), ""])

    def write_json(self, path: Path) -> None:
        """Whole or not at all. Raises OSError."""
        write_whole(path, self.json().encode("utf-8"))

    def write_markdown(self, path: Path) -> None:
        """Whole or not at all. Raises OSError."""
        write_whole(path, self.markdown().encode("utf-8"))

    def write_pictures(self, folder: Path) -> list[Path]:
        """`confusion.png`, and `worst.png` where there are worst pictures. Returns their paths. Raises OSError."""
        title = str(self.conditions)
        pictures = {"confusion.png": confusion_picture(self.evaluation, title)}
        if self.worst:
            pictures["worst.png"] = worst_sheet(self.worst, self.evaluation.classes, title)
        for name, rgb in pictures.items():
            write_whole(folder / name, png(rgb))
        return [folder / name for name in pictures]
