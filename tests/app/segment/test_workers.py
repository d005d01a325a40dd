"""Workers: several processes, each with its own inputs, and nothing left of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from functools import partial
from pathlib import Path

import pytest
from tests.app.segment.fakes import FakeEngine
from tests.app.segment.targets import obey, work_with_a_fake_engine

from bisenet.interrupt import StopSignals
from bisenet_viewer.errors import SinkError
from bisenet_viewer.progress import Board
from bisenet_viewer.segment import batch, command
from bisenet_viewer.segment.job import Settled
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.request import BY_NAME, Request
from bisenet_viewer.segment.workers import Workers


class Run:
    """Inputs given to processes, and how they ended."""

    def __init__(self, *sources: str, count: int = 2) -> None:
        self.settled: dict[int, Settled] = {}
        inputs = [(number, SegmentOptions(source)) for number, source in enumerate(sources)]
        with Board(len(inputs), count) as board, StopSignals() as stop:
            self.stop = stop
            self.error: BaseException | None = None
            try:
                Workers(inputs, count, board=board, settle=self.settle, target=obey).run(stop)
            except KeyboardInterrupt as error:
                self.error = error

    def settle(self, number: int, settled: Settled) -> None:
        self.settled[number] = settled
        if len(self.settled) == 2 and self.interrupt_after_two:
            os.kill(os.getpid(), signal.SIGINT)

    interrupt_after_two = False

    @property
    def endings(self) -> list[str]:
        return [self.settled[number].outcome.ending for number in sorted(self.settled)]


class Interrupted(Run):
    interrupt_after_two = True


@pytest.fixture(autouse=True)
def no_process_is_left(monkeypatch):
    # For the processes: the tests' own modules are found from here.
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    yield
    assert multiprocessing.active_children() == []


def test_a_process_that_crashes_is_one_failed_input(capsys):
    run = Run("a", "crash", "b", "c", "d")
    assert run.endings == ["done", "failed", "done", "done", "done"]
    assert run.settled[1].outcome.error == "its process crashed (SIGKILL)"
    jobs = {line for line in capsys.readouterr().err.splitlines() if "job " in line}
    assert 2 <= len(jobs) <= 3


def test_what_ends_all_gives_out_nothing_more():
    run = Run("full", "a", "b", count=1)
    assert run.endings == ["failed"]
    assert isinstance(run.settled[0].fatal, SinkError)


def test_a_signal_stops_all_jobs_when_they_have_closed_their_files():
    run = Interrupted("a", "b", "wait", "wait", "c")
    assert isinstance(run.error, KeyboardInterrupt)
    assert run.endings[:2] == ["done", "done"]
    assert set(run.endings[2:]) <= {"interrupted", "done"}
    assert "interrupted" in run.endings


def test_two_jobs_make_what_one_makes(make_clip, capsys, monkeypatch):
    clips = [str(make_clip(name, count=6, audio=True)) for name in ("a.mp4", "b.mp4", "c.mp4")]
    Path("broken.mp4").write_bytes(b"no video")
    monkeypatch.setattr(batch, "Workers", partial(Workers, target=work_with_a_fake_engine))
    assert command.run(Request((*clips, "broken.mp4"), output=Path("two"), masks=BY_NAME, jobs=2)) == 4
    assert "4 inputs: 3 done, 1 failed" in capsys.readouterr().out
    one = Request(tuple(clips), output=Path("one"), masks=BY_NAME)
    assert command.run(one, open_engine=lambda *_which, **_how: FakeEngine()) == 0
    for path in sorted(Path("one").glob("*_masks/*.png")):
        assert (Path("two") / path.relative_to("one")).read_bytes() == path.read_bytes()
    assert len(list(Path("two").glob("*_masks/*.png"))) == 18
    assert sorted(path.name for path in Path("two").glob("*.mp4")) == [f"{name}_overlay.mp4" for name in "abc"]
