"""`SegmentOptions`: one input, what is wanted of it, and where that goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bisenet_viewer.segment.naming import stem_of
from bisenet_viewer.sinks.encoding import Encoding

View = Literal["overlay", "mask", "side-by-side"]
VIEWS: tuple[View, ...] = ("overlay", "mask", "side-by-side")


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """What is asked for of one input."""

    source: str
    output: Path | None = None
    """Where the video goes; None, and nothing else wanted: `NAME_overlay.mp4` in the current folder."""
    masks: Path | None = None
    """The folder for the masks; None, here and below: not wanted."""
    cvat: Path | None = None
    """The archive for CVAT, `.zip`."""
    coco: Path | None = None
    """The COCO annotations, `.json`."""
    confidence: Path | None = None
    """The folder for the pictures of confidence."""
    dataset: Path | None = None
    """The folder for pictures and masks to train on."""
    certain: float = 0.9
    """Pixels of the data set whose class has a lower probability than this get none."""
    stats: Path | None = None
    """The figures per frame, `.jsonl` or `.csv`."""
    view: View = "overlay"
    encoding: Encoding = field(default_factory=Encoding)
    model: str = "street-x39"
    engine: str = "auto"
    device: str = "auto"
    precision: str = "auto"
    imgsz: tuple[int, int] | None = None
    """The network's input (width, height); None: the model's own choice."""
    context_every: int = 1
    """How many frames share what the network's context path made of one."""
    threads: int | None = None
    """Of the network on the processor, at most; None: the engine's own choice."""
    classes: tuple[str, ...] | None = None
    """Names of the classes to colour, and to write for CVAT and COCO; None: all."""
    opacity: float = 0.5
    from_s: float = 0.0
    """Begin where so many seconds of the input are over."""
    to_s: float | None = None
    """Stop when so many seconds of the input are over."""
    every: int = 1
    """Take the first frame and each so many after it."""
    overwrite: bool = False

    @property
    def video(self) -> Path | None:
        """The video file, None when none is wanted."""
        if self.output is None and not any(self._beside_the_video):
            return Path(f"{stem_of(self.source)}_overlay.mp4")
        return self.output

    @property
    def outputs(self) -> tuple[Path, ...]:
        """Every file and folder that is wanted, the video first."""
        return tuple(path for path in (self.video, *self._beside_the_video) if path is not None)

    @property
    def wants_confidence(self) -> bool:
        """Whether the network has to say how sure it is, which costs time."""
        return self.confidence is not None or self.dataset is not None

    @property
    def keeps_on_card(self) -> bool:
        """Whether all that is made of a picture can be made on a card, so that one which is decoded there may stay."""
        return (
            self.device != "cpu" and not self.wants_confidence and (self.video is None or self.view != "side-by-side")
        )

    @property
    def is_whole(self) -> bool:
        """Whether all of the input is wanted."""
        return self.from_s == 0 and self.to_s is None and self.every == 1

    @property
    def _beside_the_video(self) -> tuple[Path | None, ...]:
        return (self.masks, self.cvat, self.coco, self.confidence, self.dataset, self.stats)
