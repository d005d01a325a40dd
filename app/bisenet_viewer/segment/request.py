"""`Request`: the command line of `segment`, as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bisenet_viewer.errors import UsageError
from bisenet_viewer.segment.options import SegmentOptions, View
from bisenet_viewer.sinks.encoding import Codec, EncoderChoice, Encoding
from bisenet_viewer.sources.listing import VIDEOS

BY_NAME = ""
"""Stands for a file or folder that is wanted and called after the input."""

DATA = ("masks", "cvat", "coco", "confidence", "dataset", "stats")
"""What may be written beside a video or instead of it, by the names of the options."""

_OPACITY = 0.5
_CERTAIN = 0.9


@dataclass(frozen=True, slots=True)
class Request:
    """Inputs and wishes. What is None was not given."""

    sources: tuple[str, ...]
    output: Path | None = None
    video: bool = True
    """Whether there may be a video at all."""
    masks: str | None = None
    """A folder, or BY_NAME; None, here and below: not wanted."""
    cvat: str | None = None
    coco: str | None = None
    confidence: str | None = None
    dataset: str | None = None
    stats: str | None = None
    """A file, BY_NAME, or a format: `jsonl`, `csv`."""
    certain: float | None = None
    view: View | None = None
    codec: Codec | None = None
    encoder: EncoderChoice | None = None
    crf: int | None = None
    bitrate: int | None = None
    """Bits per second."""
    model: str = "street-x39"
    engine: str = "auto"
    device: str = "auto"
    precision: str = "auto"
    imgsz: tuple[int, int] | None = None
    context_every: int = 1
    classes: tuple[str, ...] | None = None
    opacity: float | None = None
    from_s: float = 0.0
    to_s: float | None = None
    every: int = 1
    jobs: int = 1
    resume: bool = False
    overwrite: bool = False
    dry_run: bool = False
    report: Path | None = None

    @property
    def wants_video(self) -> bool:
        """By default where nothing else is asked for; with `-o` also beside the rest."""
        return self.video and (self.output is not None or not self._wants_data)

    @property
    def settings(self) -> SegmentOptions:
        """What is the same for all inputs. Raises UsageError for what fits no codec."""
        try:
            encoding = Encoding(self.codec or "h264", self.encoder or "auto", self.crf, self.bitrate)
        except ValueError as error:
            raise UsageError(str(error)) from error
        return SegmentOptions(
            source="",
            view=self.view or "overlay",
            encoding=encoding,
            model=self.model,
            engine=self.engine,
            device=self.device,
            precision=self.precision,
            imgsz=self.imgsz,
            context_every=self.context_every,
            classes=self.classes,
            certain=_CERTAIN if self.certain is None else self.certain,
            opacity=_OPACITY if self.opacity is None else self.opacity,
            from_s=self.from_s,
            to_s=self.to_s,
            every=self.every,
            overwrite=self.overwrite,
        )

    def check(self, inputs: int) -> None:
        """Raise UsageError for options that do not fit together."""
        if self.to_s is not None and self.to_s <= self.from_s:
            raise UsageError(f"--to {self.to_s:g} is not after --from {self.from_s:g}: both count from the beginning")
        if not self.video and not self._wants_data:
            raise UsageError("--no-video leaves nothing to write: ask for masks or data")
        if not self.wants_video:
            self._refuse_video_options()
        if self.certain is not None and self.dataset is None:
            raise UsageError("--certain is for --dataset: give that as well, or leave it away")
        if self.opacity is not None and self.view == "mask":
            raise UsageError("--opacity changes nothing in --view mask: there is no picture under the colours")
        if inputs > 1:
            self._check_several()

    def _refuse_video_options(self) -> None:
        given = {
            "--view": self.view,
            "--codec": self.codec,
            "--encoder": self.encoder,
            "--crf": self.crf,
            "--bitrate": self.bitrate,
            "--opacity": self.opacity,
        }
        useless = [name for name, value in given.items() if value is not None]
        if useless:
            raise UsageError(f"{useless[0]} is for a video, and none is written: give -o as well, or leave it away")

    def _check_several(self) -> None:
        for name, value in self._data.items():
            if value not in (None, BY_NAME) and not (name == "stats" and value in ("jsonl", "csv")):
                raise UsageError(f"several inputs: give --{name} without a name; -o FOLDER says where all goes")
        if self.output is not None and self.output.suffix.lower() in VIDEOS and not self.output.is_dir():
            raise UsageError(f"several inputs: -o names a folder for all of them, not {self.output}")

    @property
    def _wants_data(self) -> bool:
        return any(value is not None for value in self._data.values())

    @property
    def _data(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in DATA}
