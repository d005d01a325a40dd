"""Measuring in turns: every configuration of a group is opened, then each has its turn, round after round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bisenet.errors import BisenetError
from bisenet_viewer.benchmark.bench import Opened, Order, Turn
from bisenet_viewer.benchmark.clip_run import ClipRun
from bisenet_viewer.benchmark.plan import Configuration, Size
from bisenet_viewer.benchmark.results import LeftOut, VideoTimes
from bisenet_viewer.benchmark.schedule import Limits, frames_to_measure, rounds
from bisenet_viewer.benchmark.summary import Summary
from bisenet_viewer.benchmark.tally import Tally, without_folders
from bisenet_viewer.errors import AppError
from bisenet_viewer.meters.gpu import GpuMeter
from bisenet_viewer.meters.processor import Reading, read, usage

GROUP = 8
"""Configurations that are open at once, each in a process of its own; more would fill the memory."""

_VIDEO_RUNS = 3
_VIDEO_FRAMES = 60


class Subject(Protocol):
    """What is measured: see `bench.Bench`, and `worker.Worker`, which runs one in a process."""

    @property
    def opened(self) -> Opened: ...
    def turn(self, frames: int) -> Turn: ...
    def video(self, path: Path, target: Path, frames: int) -> tuple[list[float], float]: ...
    def clip(self, path: Path, target: Path, seconds: float) -> ClipRun: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class How:
    """What all configurations have in common."""

    device: str
    threads: int | None
    limits: Limits
    clips: Mapping[Size, Path]
    """The pictures by their size; none where only networks are measured."""
    folder: Path
    """For what is encoded."""
    clip_s: float | None = None
    """So much of the clips also goes through `segment`, from file to file."""
    clip_runs: int = 0


@dataclass(slots=True)
class Found:
    """What was measured until now; true also when the measuring was broken off."""

    tallies: list[Tally] = field(default_factory=list)
    videos: list[VideoTimes] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    """Why, in the order of `left_out`."""


@dataclass(slots=True)
class Measuring:
    """Measures group by group. open_subject raises AppError or BisenetError for what cannot be measured here.

    tell: takes what is going on, for a progress line.
    """

    how: How
    open_subject: Callable[[Order], Subject]
    tell: Callable[[str], None]
    read_meters: Callable[[], Reading] = read
    found: Found = field(default_factory=Found)
    _failed: set[tuple[str, str, str, str]] = field(default_factory=set)

    def measure(self, configurations: Sequence[Configuration]) -> None:
        """Add to `found`, turn by turn."""
        for begin in range(0, len(configurations), GROUP):
            with ExitStack() as stack:
                self._measure_group(configurations[begin : begin + GROUP], stack)

    def _measure_group(self, configurations: Sequence[Configuration], stack: ExitStack) -> None:
        running: dict[int, tuple[Tally, Subject]] = {}
        for configuration in configurations:
            opened = self._open(configuration, stack)
            if opened is not None:
                running[len(running)] = opened
        gpu = stack.enter_context(_gpu_meter([tally for tally, _ in running.values()]))
        for turns in rounds([self._frames(tally) for tally, _ in running.values()]):
            for place, frames in turns:
                if place in running:
                    with self._leaving_out(running, place):
                        self._turn(*running[place], frames, gpu)
        if any(not tally.configuration.network_only for tally, _ in running.values()):
            self._measure_video(running)
        if self.how.clip_s is not None:
            self._measure_clips(running, self.how.clip_s)

    def _open(self, configuration: Configuration, stack: ExitStack) -> tuple[Tally, Subject] | None:
        which = (configuration.model, configuration.engine, configuration.precision, configuration.chain)
        if which in self._failed:  # told once: at other sizes it would fail again
            return None
        self.tell(f"opening {configuration.label}")
        clip = None if configuration.network_only else self.how.clips[configuration.sizes.picture]
        try:
            subject = self.open_subject(Order(configuration, clip, self.how.device, self.how.threads))
        except (AppError, BisenetError) as error:
            self._failed.add(which)
            self._leave_out(configuration, error)
            return None
        stack.callback(subject.close)
        tally = Tally(configuration, subject.opened)
        self.found.tallies.append(tally)
        return tally, subject

    def _frames(self, tally: Tally) -> int:
        frames = frames_to_measure(tally.opened.warm_ms, self.how.limits)
        tally.warm_up_counts = frames == 0
        return frames

    def _turn(self, tally: Tally, subject: Subject, frames: int, gpu: GpuMeter | None) -> None:
        self.tell(f"{tally.configuration.label}: {frames} frames")
        if gpu is not None:
            gpu.usage()
        before = self.read_meters()
        turn = subject.turn(frames)
        tally.turns.append(turn)
        tally.usages.append(usage(before, self.read_meters()))
        if gpu is not None:
            tally.gpu_usages.append(gpu.usage())

    def _measure_video(self, running: dict[int, tuple[Tally, Subject]]) -> None:
        """Decoding and encoding do not depend on what runs between: the fastest of each picture size measures them."""
        by_picture: dict[Size, int] = {}
        for place in sorted(running, key=lambda place: running[place][0].opened.warm_ms):
            by_picture.setdefault(running[place][0].configuration.sizes.picture, place)
        measured = {times.picture for times in self.found.videos}
        todo = {picture: place for picture, place in by_picture.items() if picture not in measured}
        decode_ms: dict[Size, list[float]] = {picture: [] for picture in todo}
        encode_ms: dict[Size, list[float]] = {picture: [] for picture in todo}
        try:
            for _ in range(_VIDEO_RUNS):
                for picture, place in todo.items():
                    self.tell(f"decoding and encoding {picture[0]}x{picture[1]}")
                    _, subject = running[place]
                    decoding, encoding = subject.video(
                        self.how.clips[picture], self.how.folder / "encoded.mp4", _VIDEO_FRAMES
                    )
                    decode_ms[picture] += decoding
                    encode_ms[picture].append(encoding)
        finally:
            self.found.videos += [
                VideoTimes(picture, Summary.of(decode_ms[picture]), Summary.of(encode_ms[picture]))
                for picture in todo
                if encode_ms[picture]
            ]

    def _measure_clips(self, running: dict[int, tuple[Tally, Subject]], seconds: float) -> None:
        for run in range(self.how.clip_runs):
            places = list(running)
            for place in places[::-1] if run % 2 else places:
                tally, subject = running[place]
                self.tell(f"{tally.configuration.label}: whole clip, {run + 1} of {self.how.clip_runs}")
                clip = self.how.clips[tally.configuration.sizes.picture]
                with self._leaving_out(running, place):
                    tally.clip_runs.append(subject.clip(clip, self.how.folder / "segmented.mp4", seconds))

    @contextmanager
    def _leaving_out(self, running: dict[int, tuple[Tally, Subject]], place: int) -> Iterator[None]:
        """A configuration that fails on the way is left out; the others go on."""
        try:
            yield
        except (AppError, BisenetError) as error:
            tally, _ = running.pop(place)
            self.found.tallies.remove(tally)
            self._leave_out(tally.configuration, error)

    def _leave_out(self, configuration: Configuration, error: Exception) -> None:
        self.found.left_out.append(LeftOut(configuration.label, without_folders(str(error))))
        self.found.errors.append(error)


@contextmanager
def _gpu_meter(tallies: Sequence[Tally]) -> Iterator[GpuMeter | None]:
    """For the card that is measured, if one is."""
    devices = [tally.opened.info.device for tally in tallies if tally.opened.info.device.startswith("cuda")]
    if not devices:
        yield None
        return
    _, _, index = devices[0].partition(":")
    with GpuMeter(int(index or 0)) as meter:
        yield meter
