"""Measuring in turns, over scripted subjects."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from tests.app.benchmark.fakes import SIZES, FakeSubject

from bisenet.errors import EngineError
from bisenet_viewer.benchmark.bench import Order
from bisenet_viewer.benchmark.measuring import How, Measuring
from bisenet_viewer.benchmark.plan import Configuration
from bisenet_viewer.benchmark.schedule import Limits
from bisenet_viewer.benchmark.tally import busy_elsewhere
from bisenet_viewer.meters.processor import Reading

MS = {"fast": 10.0, "slow": 30.0, "baseline": 100.0}


class Stand:
    """Everything around `Measuring`."""

    def __init__(self, *, limits: Limits | None = None, clip_s: float | None = None) -> None:
        self.log: list[str] = []
        self.subjects: list[FakeSubject] = []
        self.before_turn: dict[str, Callable[[int], None]] = {}
        self.refused: dict[str, Exception] = {}
        seconds = count()
        how = How(
            device="cpu", threads=2, limits=limits or Limits(10, None), clips={SIZES.picture: Path("street.mp4")},
            folder=Path(), clip_s=clip_s, clip_runs=2,
        )  # fmt: skip
        # Each reading is a second after the one before, in which two cores were busy.
        self.measuring = Measuring(
            how, self.open, tell=lambda _text: None, read_meters=lambda: Reading(*_second(next(seconds)))
        )

    def open(self, order: Order) -> FakeSubject:
        engine = order.configuration.engine
        self.log.append(f"open {engine}")
        if engine in self.refused:
            raise self.refused[engine]
        subject = FakeSubject(order, MS[engine], self.log, self.before_turn.get(engine, lambda _number: None))
        self.subjects.append(subject)
        return subject

    def measure(self, *engines: str, sizes=SIZES, network_only: bool = False) -> None:
        self.measuring.measure(
            [Configuration("street-x39", sizes, engine, "f32", network_only=network_only) for engine in engines]
        )

    @property
    def turns(self) -> list[str]:
        return [line.split()[0] for line in self.log if line.split()[1].isdigit()]


def _second(number: int) -> tuple[float, tuple[int, ...] | None, float]:
    return float(number), None, 2.0 * number


def test_turns_go_round_and_back():
    stand = Stand()
    stand.measure("fast", "slow")
    assert stand.log[:2] == ["open fast", "open slow"]
    assert stand.turns == ["fast", "slow", "slow", "fast", "fast", "slow", "slow", "fast", "fast", "slow"]
    fast, slow = (tally.measurement() for tally in stand.measuring.found.tallies)
    assert fast is not None
    assert slow is not None
    # Turns of two frames, the second a ms longer.
    assert (fast.stages["network"].count, fast.stages["network"].median, fast.stages["network"].p99) == (10, 10.5, 11)
    assert fast.frame is not None
    assert fast.frame.median == 13.5
    assert slow.stages["network"].median == 30.5
    assert all(subject.closed for subject in stand.subjects)


def test_the_fastest_measures_decoding_and_encoding():
    stand = Stand()
    stand.measure("slow", "fast")
    assert [line for line in stand.log if "video" in line] == ["fast video street.mp4"] * 3
    (video,) = stand.measuring.found.videos
    assert (video.picture, video.decode.median, video.decode.count, video.encode.count) == ((1280, 720), 4.0, 180, 3)


def test_clips_are_run_in_turns_too():
    stand = Stand(clip_s=2.5)
    stand.measure("fast", "baseline")
    runs = [line for line in stand.log if " clip " in line]
    assert runs == [f"{who} clip street.mp4 2.5" for who in ("fast", "baseline", "baseline", "fast")]
    fast, baseline = (tally.measurement() for tally in stand.measuring.found.tallies)
    assert fast is not None
    assert fast.clip is not None
    assert (fast.clip.runs, fast.clip.frames, fast.clip.wall_s) == (2, 30, 1.0)
    assert baseline is not None
    assert baseline.clip is not None
    assert baseline.clip.wall_s == 10.0


def test_what_cannot_be_opened_is_left_out_and_not_tried_again_at_other_sizes():
    stand = Stand()
    stand.refused["slow"] = EngineError("no package slow in /usr/lib/python3/slow.so")
    configurations = [
        Configuration("street-x39", SIZES, engine, "f32") for engine in ("slow", "fast", "slow")
    ]  # fmt: skip
    stand.measuring.measure(configurations)
    assert stand.log.count("open slow") == 1
    assert [tally.configuration.engine for tally in stand.measuring.found.tallies] == ["fast"]
    (left_out,) = stand.measuring.found.left_out
    assert left_out.what == "street-x39 slow f32 1280x720@640x360"
    assert left_out.why == "no package slow in slow.so"


def test_what_fails_on_the_way_is_left_out_and_the_others_go_on():
    def fail(number: int) -> None:
        if number == 2:
            raise EngineError("device lost")

    stand = Stand()
    stand.before_turn["slow"] = fail
    stand.measure("slow", "fast")
    assert stand.turns.count("slow") == 2
    assert stand.turns.count("fast") == 5
    assert [tally.configuration.engine for tally in stand.measuring.found.tallies] == ["fast"]
    assert [each.why for each in stand.measuring.found.left_out] == ["device lost"]


def test_what_was_measured_before_an_interruption_is_kept():
    def interrupt(number: int) -> None:
        if number == 1:
            raise KeyboardInterrupt

    stand = Stand()
    stand.before_turn["slow"] = interrupt
    with pytest.raises(KeyboardInterrupt):
        stand.measure("fast", "slow")
    fast, slow = (tally.measurement() for tally in stand.measuring.found.tallies)
    assert fast is not None
    assert slow is not None
    assert (fast.stages["network"].count, slow.stages["network"].count) == (2, 2)
    assert all(subject.closed for subject in stand.subjects)


def test_the_warm_up_stands_for_a_frame_that_takes_longer_than_there_is_time():
    stand = Stand(limits=Limits(10, 0.05))
    stand.measure("baseline", "fast")
    baseline, fast = (tally.measurement() for tally in stand.measuring.found.tallies)
    assert baseline is not None
    assert fast is not None
    assert (baseline.stages["network"].count, baseline.stages["network"].median) == (1, 100.0)
    assert fast.stages["network"].count == 3
    assert "baseline" not in stand.turns


def test_of_networks_alone_nothing_else_is_told():
    stand = Stand()
    stand.measure("fast", network_only=True)
    (tally,) = stand.measuring.found.tallies
    measurement = tally.measurement()
    assert measurement is not None
    assert (list(measurement.stages), measurement.frame) == (["network"], None)
    assert stand.measuring.found.videos == []
    assert stand.subjects[0].order.clip is None


def test_what_others_keep_busy_is_what_is_not_our_own():
    stand = Stand()
    stand.measure("fast")
    # Of two busy cores a quarter of one was the subject's.
    assert busy_elsewhere(stand.measuring.found.tallies) == pytest.approx(1.75)


def test_only_a_group_is_open_at_once():
    stand = Stand()
    stand.measuring.measure(
        [Configuration(f"model-{number}", SIZES, "fast", "f32") for number in range(9)],
    )
    assert [line for line in stand.log if line.startswith("open")] == ["open fast"] * 9
    last_open = len(stand.log) - 1 - stand.log[::-1].index("open fast")
    assert "fast video street.mp4" in stand.log[:last_open]
