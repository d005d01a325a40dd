"""`--jobs` on cards: inputs share a process and its engine, each card has one, and faults stay where they were."""

from __future__ import annotations

import json
import multiprocessing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.app.segment import targets
from tests.app.segment.fakes import FakeEngine
from tests.app.segment.test_one import read_pictures, read_times

from bisenet.errors import EngineError
from bisenet_viewer.segment import batch, command
from bisenet_viewer.segment.places import Target
from bisenet_viewer.segment.request import BY_NAME, Request
from bisenet_viewer.segment.workers import Workers


@pytest.fixture(autouse=True)
def no_process_is_left(monkeypatch):
    # For the processes: the tests' own modules are found from here.
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def clips(make_clip) -> tuple[str, ...]:
    return tuple(Path(make_clip(f"{name}.mp4", count=6, audio=True)).name for name in "abcd")


@pytest.fixture
def do(monkeypatch):
    def do(target: Target, *sources: str, jobs: int = 2, **wishes: Any) -> int:
        monkeypatch.setattr(batch, "Workers", partial(Workers, target=target))
        wishes = {"output": Path("out"), "masks": BY_NAME, "report": Path("r.json")} | wishes
        return command.run(Request(sources, jobs=jobs, **wishes))

    return do


def report() -> list[dict[str, Any]]:
    return json.loads(Path("r.json").read_text())["inputs"]


def engines() -> list[str]:
    """The devices of those that were opened, each by its process."""
    return sorted(path.name.split("-")[1] for path in Path().glob("engine-*"))


def test_inputs_share_one_engine_and_make_what_one_after_the_other_makes(do, clips, capsys):
    assert do(targets.work_on_one_card, *clips, jobs=3) == 0
    assert engines() == ["cuda:0"]
    assert [(entry["result"], entry["device"]) for entry in report()] == [("done", "cuda:0")] * 4
    assert "on cuda:0, A card" in capsys.readouterr().out
    one = Request(clips, output=Path("one"), masks=BY_NAME)
    assert command.run(one, open_engine=lambda *_which, **_how: FakeEngine()) == 0
    for path in sorted(Path("one").glob("*_masks/*.png")):
        assert (Path("out") / path.relative_to("one")).read_bytes() == path.read_bytes()
    for clip in clips:
        name = f"{Path(clip).stem}_overlay.mp4"
        assert read_times(f"out/{name}") == read_times(f"one/{name}")
        assert len(read_pictures(f"out/{name}")) == 6
    # What was done on a card is whole for a run on the processor, and the other way round.
    assert do(targets.work_on_one_card, *clips, resume=True) == 0
    assert {entry["result"] for entry in report()} == {"skipped"}


def test_inputs_are_spread_over_all_cards(do, clips, capsys):
    assert do(targets.work_on_two_cards, *clips) == 0
    assert engines() == ["cuda:0", "cuda:1"]
    assert {entry["device"] for entry in report()} == {"cuda:0", "cuda:1"}
    assert "on cuda:0 and cuda:1, A card" in capsys.readouterr().out
    assert do(targets.work_on_two_cards, *clips, resume=True) == 0
    assert {entry["result"] for entry in report()} == {"skipped"}


def test_a_card_that_was_asked_for_is_the_only_one(do, clips):
    assert do(targets.work_on_one_card, *clips, device="cuda:1") == 0
    assert {entry["device"] for entry in report()} == {"cuda:1"}
    assert engines() == ["cuda:1"]


def test_a_card_that_cannot_be_used_is_left_out(do, clips, capsys):
    assert do(targets.work_with_an_old_card, *clips) == 0
    assert [(entry["result"], entry["device"]) for entry in report()] == [("done", "cuda:0")] * 4
    assert "cuda:1: left out: cuda:1 is too old" in capsys.readouterr().err


def test_of_several_in_a_process_that_crashes_only_the_guilty_one_fails(do, clips, make_clip, capsys):
    make_clip("crash.mp4", count=6)
    assert do(targets.work_on_one_card, clips[0], "crash.mp4", *clips[1:], jobs=3) == 4
    assert [entry["result"] for entry in report()] == ["done", "failed", "done", "done", "done"]
    assert report()[1]["error"] == "its process crashed (SIGKILL)"
    assert "its process crashed (SIGKILL) with 2 others: it is done again, alone" in capsys.readouterr().err
    assert sorted(path.name for path in Path("out").glob("*.mp4")) == [f"{name}_overlay.mp4" for name in "abcd"]
    assert len(list(Path("out").glob("*_masks/*.png"))) == 24


def test_a_card_that_is_lost_ends_the_run(do, clips, capsys):
    with pytest.raises(EngineError, match="no CUDA device is usable"):
        do(targets.work_on_a_card_that_is_lost, *clips)
    failed = [entry["error"] for entry in report() if entry["result"] == "failed"]
    # The second of the two may have been about to ask for the engine when it was lost.
    assert failed[0] == "cuda:0 is lost"
    assert len(failed) >= 3
    assert set(failed) == {"cuda:0 is lost", "no CUDA device is usable"}
    assert {entry["result"] for entry in report()} <= {"failed", "not started"}
    assert "no CUDA device is usable" in capsys.readouterr().err


def test_a_signal_stops_all_that_share_a_process(do, make_clip, capsys):
    clips = [Path(make_clip(f"{name}.mp4", count=50)).name for name in "abc"]
    with pytest.raises(KeyboardInterrupt):
        do(targets.work_until_interrupted, *clips)
    assert [entry["result"] for entry in report()] == ["interrupted", "interrupted", "not started"]
    kept = {path.name for path in Path("out").glob("*.mp4")}
    assert kept
    assert kept <= {"a_overlay.partial.mp4", "b_overlay.partial.mp4"}
    assert all(read_times(f"out/{name}") for name in kept)
    assert "the same command with --resume goes on" in capsys.readouterr().err
