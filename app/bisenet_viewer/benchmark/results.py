"""What a run of the benchmark found: `Report` and its parts, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bisenet_viewer.benchmark.machine import Machine
from bisenet_viewer.benchmark.plan import Chain, Size, Sizes
from bisenet_viewer.benchmark.summary import Summary

COUNTED = (
    "network: the network alone, on a picture already resized, as papers count. frame: a decoded picture in, its "
    "overlay out (pre + network + post + overlay), one picture after the other. Milliseconds; medians, where nothing "
    "else is said. fps: 1000 / frame. first: from no engine to the first overlay. MiB: what a process of its own grew "
    "by, at most."
)
COUNTED_VIDEO = (
    "decode, encode: per frame of an H.264 clip of that size, alone on the machine, as `segment` does it; there the "
    "stages run at the same time."
)
COUNTED_CLIP = (
    "wall: the whole `segment` of the clip (the baseline: frame after frame), from the open engine to the finished "
    "file. sum, slowest: of the stages' mean times, each measured alone, times the frames of the clip. cores: that "
    "were busy with it, in the mean."
)
UNTRAINED = "Networks named as ARCHITECTURE/VARIANT are untrained: their speed does not depend on the weights."


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """Of the runs over a whole clip; medians."""

    runs: int
    frames: int
    wall_s: float
    opening_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One configuration."""

    model: str
    chain: Chain
    engine: str
    precision: str
    device: str
    device_name: str
    sizes: Sizes
    network_only: bool
    untrained: bool
    stages: Mapping[str, Summary]
    """ms by stage: `pre`, `network`, `post`, `overlay`; `network` alone where only that was measured."""
    frame: Summary | None
    """ms from a picture to its overlay; None where only the network was measured."""
    open_s: float
    first_ms: float
    memory_mib: float | None
    """How far a process of its own grew, at most, for this engine, model and size."""
    watts: float | None
    mhz: float | None
    notes: tuple[str, ...] = ()
    file: str | None = None
    """Name of the model's file, where it was given as one."""
    clip: ClipFigures | None = None

    @property
    def whole(self) -> Summary:
        """By what it is compared: the frame, or the network where only that was measured."""
        return self.frame or self.stages["network"]

    @property
    def runs_on(self) -> str:
        """For tables: what runs the network."""
        file = "" if self.file is None else f" {self.file}"
        return ("baseline" if self.chain == "baseline" else f"{self.engine} {self.precision}") + file

    @property
    def key(self) -> tuple[object, ...]:
        """The same in two runs that measured the same."""
        return (self.model, self.file, self.chain, self.engine, self.precision, self.sizes, self.network_only)

    @property
    def peers(self) -> tuple[object, ...]:
        """The same for what may be compared within one run: other engines with the same work."""
        return (self.model, self.sizes, self.network_only)


@dataclass(frozen=True, slots=True)
class VideoTimes:
    """Decoding and encoding at one picture size, in ms per frame."""

    picture: Size
    decode: Summary
    encode: Summary
    """Of the means of whole clips: an encoder returns frames late."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was asked for and could not be measured."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How it was measured."""

    source: str
    """A file's name without its folder."""
    device: str
    threads: int | None
    repeats: int | None
    seconds: float | None
    clip_s: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    when: str
    """UTC, ISO 8601."""
    partial: bool
    """Interrupted: what is there is true, but not all that was asked for is there."""
    machine: Machine
    settings: Settings
    busy_elsewhere: float | None
    """Mean number of cores that other programs kept busy meanwhile."""
    measurements: tuple[Measurement, ...]
    videos: tuple[VideoTimes, ...]
    left_out: tuple[LeftOut, ...]

    def video(self, picture: Size) -> VideoTimes | None:
        """Of that picture size; None where it was not measured."""
        return next((times for times in self.videos if times.picture == picture), None)

    def baseline(self, measurement: Measurement) -> Measurement | None:
        """What it is to be compared with, if that was measured and is another."""
        if measurement.chain == "baseline":
            return None
        baselines = (each for each in self.measurements if each.chain == "baseline")
        return next((each for each in baselines if each.peers == measurement.peers), None)
