"""Many inputs: what is made, skipped, made again, failed; and how the run ends."""

from __future__ import annotations

import errno
import json
import os
import signal
from pathlib import Path

import pytest
from tests.app.segment.fakes import FakeEngine, FakeSource

from bisenet.errors import CheckpointError, EngineError
from bisenet_viewer.errors import SinkError, SourceError, UsageError
from bisenet_viewer.segment import command
from bisenet_viewer.segment.request import BY_NAME, Request
from bisenet_viewer.sinks import stats


class World:
    """The inputs there are, and the engines that were opened."""

    def __init__(self, clip: bytes) -> None:
        self.clip = clip
        self.sources: dict[str, FakeSource | Exception] = {}
        self.engines: list[FakeEngine] = []
        self.at_frame = lambda _number: None
        self.read: list[str] = []

    def add(self, name: str, source: FakeSource | Exception | None = None) -> str:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(self.clip)
        self.sources[str(Path(name).resolve())] = source or FakeSource(4)
        return name

    def open_source(self, uri: str) -> FakeSource:
        self.read.append(uri)
        source = self.sources[str(Path(uri).resolve())]
        if isinstance(source, Exception):
            raise source
        return source

    def open_engine(self, _name: str, model: str, **_how: object) -> FakeEngine:
        if model == "missing":
            raise CheckpointError("no such model")
        if model == "no device":
            raise EngineError("no such device")
        self.engines.append(FakeEngine(self.at_frame))
        return self.engines[-1]

    def run(self, *sources: str, **wishes: object) -> int:
        self.read.clear()
        request = Request(sources, **wishes)
        return command.run(request, open_source=self.open_source, open_engine=self.open_engine)


@pytest.fixture
def world(make_clip) -> World:
    clip = make_clip("seed.mkv", count=2)  # what the sound is looked for in
    content = clip.read_bytes()
    clip.unlink()
    return World(content)


@pytest.fixture
def three(world) -> tuple[str, ...]:
    """Three good inputs."""
    return tuple(world.add(name) for name in ("a.mp4", "b.mp4", "c.mov"))


def made(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir() if path.name != ".bisenet-viewer")


def frames_of(name: str) -> int:
    return len(Path(name).read_text().splitlines())


def test_each_input_has_its_outputs_and_the_model_is_loaded_once(world, three, capsys):
    assert world.run(*three, output=Path("out"), masks=BY_NAME, stats=BY_NAME) == 0
    assert made() == [
        "a_masks", "a_overlay.mp4", "a_stats.jsonl",
        "b_masks", "b_overlay.mp4", "b_stats.jsonl",
        "c_masks", "c_overlay.mp4", "c_stats.jsonl",
    ]  # fmt: skip
    assert len(world.engines) == 1
    assert world.engines[0].closed
    told = capsys.readouterr()
    assert "3 inputs: 3 done" in told.out
    assert "12 frames in" in told.out
    assert [line.split(": ", 1)[1][:4] for line in told.err.splitlines()] == ["done"] * 3
    assert "(3/3)" in told.err


def test_without_o_the_outputs_are_in_the_current_folder(world, three):
    assert world.run(*three, stats="csv") == 0
    assert {"a_stats.csv", "b_stats.csv", "c_stats.csv"} <= set(made("."))
    assert not list(Path().glob("*_overlay.mp4"))


def test_the_view_is_in_the_name(world, three):
    assert world.run(*three[:2], output=Path("out"), view="side-by-side") == 0
    assert made() == ["a_side-by-side.mp4", "b_side-by-side.mp4"]


def test_inputs_of_one_name_do_not_meet(world):
    both = world.add("x/clip.mp4"), world.add("y/clip.mp4", FakeSource(7))
    assert world.run(*both, output=Path("out"), video=False, stats=BY_NAME) == 0
    assert made() == ["x_clip_stats.jsonl", "y_clip_stats.jsonl"]
    assert [frames_of(f"out/{name}") for name in made()] == [4, 7]


def test_faults_of_some_inputs_do_not_end_the_others(world, three, capsys):
    world.add("bad.mp4", SourceError("bad.mp4: damaged"))
    world.add("odd.mp4", FakeSource(2, error=ZeroDivisionError("a bug")))
    inputs = ("bad.mp4", three[0], "odd.mp4", three[1])
    assert world.run(*inputs, output=Path("out"), report=Path("r.json")) == 4
    assert made() == ["a_overlay.mp4", "b_overlay.mp4", "odd_overlay.partial.mp4"]
    told = capsys.readouterr()
    assert "4 inputs: 2 failed, 2 done" in told.out
    assert "failed: bad.mp4: damaged" in told.err
    assert "failed: internal error: ZeroDivisionError: a bug; please report it" in told.err
    report = json.loads(Path("r.json").read_text())
    assert [entry["result"] for entry in report["inputs"]] == ["failed", "done", "failed", "done"]
    assert report["inputs"][0]["error"] == "bad.mp4: damaged"
    assert report["inputs"][1]["frames"] == 4
    assert report["inputs"][1]["outputs"] == ["out/a_overlay.mp4"]
    assert report["engine"]["model"] == "street-x39"


def test_lost_frames_are_code_3_also_when_that_input_is_skipped_later(world, three):
    world.add("torn.mp4", FakeSource(5, damaged=2))
    inputs = (three[0], "torn.mp4")
    assert world.run(*inputs, output=Path("out")) == 3
    assert world.run(*inputs, output=Path("out"), resume=True) == 3
    assert world.read == []


def test_resume_skips_what_is_whole_and_makes_the_rest_anew(world, three, capsys):
    wishes = {"output": Path("out"), "stats": BY_NAME}
    assert world.run(*three, **wishes) == 0
    before = Path("out/a_overlay.mp4").stat().st_mtime_ns
    world.sources[str(Path("b.mp4").resolve())] = FakeSource(9)
    Path("b.mp4").write_bytes(world.clip + b"more")
    Path("out/c_stats.jsonl").write_text("cut")
    assert world.run(*three, **wishes, resume=True) == 0
    assert world.read == ["b.mp4", "c.mov"]
    assert "3 inputs: 1 skipped, 2 done" in capsys.readouterr().out
    assert [frames_of(f"out/{name}_stats.jsonl") for name in "abc"] == [4, 9, 4]
    assert Path("out/a_overlay.mp4").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "wish",
    [
        {"opacity": 0.9},
        {"imgsz": (64, 32)},
        {"model": "other"},
        {"crf": 30},
        {"every": 2},
        {"classes": ("sky",)},
        {"from_s": 0.1},
    ],
)
def test_resume_makes_anew_what_was_made_with_other_settings(world, three, wish):
    assert world.run(*three[:2], output=Path("out")) == 0
    assert world.run(*three[:2], output=Path("out"), resume=True, **wish) == 0
    assert world.read == ["a.mp4", "b.mp4"]
    assert world.run(*three[:2], output=Path("out"), resume=True, **wish) == 0
    assert world.read == []


def test_resume_with_another_number_of_jobs_skips_all_the_same(world, three):
    assert world.run(*three[:2], output=Path("out")) == 0
    assert world.run(*three[:2], output=Path("../") / Path.cwd().name / "out", resume=True, jobs=2) == 0
    assert world.read == []


def test_resume_touches_nothing_that_no_record_tells_of(world, three, capsys):
    Path("out").mkdir()
    Path("out/a_overlay.mp4").write_bytes(b"precious")
    assert world.run(*three, output=Path("out"), resume=True) == 4
    assert Path("out/a_overlay.mp4").read_bytes() == b"precious"
    assert (
        "a_overlay.mp4 exists, and no record tells what it was made with; give --overwrite" in capsys.readouterr().out
    )
    assert world.read == ["b.mp4", "c.mov"]
    Path("out/b_stats.jsonl").write_text("precious")
    assert world.run(*three[1:], output=Path("out"), stats=BY_NAME, resume=True) == 4
    assert Path("out/b_stats.jsonl").read_text() == "precious"


def test_nothing_is_overwritten_in_silence(world, three):
    assert world.run(*three, output=Path("out")) == 0
    with pytest.raises(SinkError, match=r"3 of the outputs exist, out/a_overlay\.mp4 for one: give --resume"):
        world.run(*three, output=Path("out"))
    assert world.read == []
    assert world.run(*three, output=Path("out"), overwrite=True) == 0
    assert world.read == list(three)


def test_an_interruption_keeps_what_is_done_and_resume_goes_on(world, three, capsys):
    world.add("b.mp4", FakeSource(200))
    world.at_frame = lambda number: os.kill(os.getpid(), signal.SIGTERM) if number == 60 else None
    with pytest.raises(KeyboardInterrupt):
        world.run(*three, output=Path("out"), stats=BY_NAME, report=Path("r.json"))
    assert made() == ["a_overlay.mp4", "a_stats.jsonl", "b_overlay.partial.mp4", "b_stats.partial.jsonl"]
    told = capsys.readouterr()
    assert "3 inputs: 1 done, 1 interrupted, 1 not started" in told.out
    assert "kept in out/b_overlay.partial.mp4" in told.err
    assert "1 of 3 inputs are done; the same command with --resume goes on" in told.err
    assert [entry["result"] for entry in json.loads(Path("r.json").read_text())["inputs"]] == [
        "done", "interrupted", "not started",
    ]  # fmt: skip
    world.at_frame = lambda _number: None
    assert world.run(*three, output=Path("out"), stats=BY_NAME, report=Path("r.json"), resume=True) == 0
    assert world.read == ["b.mp4", "c.mov"]
    assert made() == [f"{name}_{what}" for name in "abc" for what in ("overlay.mp4", "stats.jsonl")]
    assert frames_of("out/b_stats.jsonl") == 200


@pytest.mark.parametrize(
    ("wish", "error", "text"),
    [
        ({"model": "missing"}, CheckpointError, "no such model"),
        ({"model": "no device"}, EngineError, "no such device"),
        ({"classes": ("cat",)}, UsageError, "no class cat"),
    ],
)
def test_what_would_end_every_input_ends_the_run(world, three, capsys, wish, error, text):
    with pytest.raises(error, match=text):
        world.run(*three, output=Path("out"), **wish)
    assert world.read == ["a.mp4"]
    assert "3 inputs: 1 failed, 2 not started" in capsys.readouterr().out


def test_a_full_disk_ends_the_run_and_a_fault_of_one_output_does_not(world, three, monkeypatch):
    write, number = stats.GrowingFile.write, [errno.ENOSPC]

    def full(self, record):
        if "b_stats" in str(self._path):
            raise SinkError("cannot write b_stats.jsonl") from OSError(number[0], "x")
        write(self, record)

    monkeypatch.setattr(stats.GrowingFile, "write", full)
    with pytest.raises(SinkError, match="cannot write b_stats"):
        world.run(*three, output=Path("out"), stats=BY_NAME)
    assert world.read == ["a.mp4", "b.mp4"]
    number[0] = errno.EACCES
    assert world.run(*three, output=Path("out"), stats=BY_NAME, resume=True) == 4
    assert world.read == ["b.mp4", "c.mov"]


def test_an_engine_that_fails_is_opened_again_for_the_next_input(world, three):
    def fail(number: int) -> None:
        if number == 2 and len(world.engines) == 1:
            raise EngineError("device lost")

    world.at_frame = fail
    assert world.run(*three, output=Path("out")) == 4
    assert made() == ["a_overlay.partial.mp4", "b_overlay.mp4", "c_overlay.mp4"]
    assert [engine.closed for engine in world.engines] == [True, True]


def test_a_dry_run_tells_and_writes_nothing(world, three, capsys):
    assert world.run(*three[:2], output=Path("out"), masks=BY_NAME, dry_run=True) == 0
    told = capsys.readouterr().out
    assert told.splitlines() == [
        "make  a.mp4", "      out/a_overlay.mp4", "      out/a_masks",
        "make  b.mp4", "      out/b_overlay.mp4", "      out/b_masks",
        "2 inputs, 2 to do; nothing was written",
    ]  # fmt: skip
    assert not Path("out").exists()
    assert world.read == []
    world.run(three[0], output=Path("out/"), resume=True, video=True)
    world.run(*three[:2], output=Path("out"), dry_run=True, resume=True)
    assert "2 inputs, 1 to do" in capsys.readouterr().out


def test_one_input_may_name_its_outputs_and_all_of_them_are_made(world):
    world.add("a.mp4", FakeSource(6))
    wishes = {"masks": "m", "cvat": "v.zip", "coco": "o.json", "confidence": "c", "dataset": "d", "stats": "s.csv"}
    assert world.run("a.mp4", output=Path("a_out.mkv"), every=2, **wishes) == 0
    assert made(".") == ["a.mp4", "a_out.mkv", "c", "d", "m", "o.json", "s.csv", "v.zip"]
    assert sorted(path.name for path in Path("m").iterdir()) == [f"{n:08d}_pred.png" for n in (1, 3, 5)]
    assert frames_of("s.csv") == 4
    header = Path("s.csv").read_text().splitlines()[0].split(",")
    assert {"confidence", "ms network", "ms encode", "ms cvat", "share road"} <= set(header)


def test_one_input_can_be_resumed(world):
    world.add("a.mp4", FakeSource(200))
    world.at_frame = lambda number: os.kill(os.getpid(), signal.SIGINT) if number == 60 else None
    with pytest.raises(KeyboardInterrupt):
        world.run("a.mp4", output=Path("o.mp4"))
    world.at_frame = lambda _number: None
    with pytest.raises(SinkError, match="left from an interrupted run"):
        world.run("a.mp4", output=Path("o.mp4"))
    assert world.run("a.mp4", output=Path("o.mp4"), resume=True) == 0
    assert made(".") == ["a.mp4", "o.mp4"]
    assert world.run("a.mp4", output=Path("o.mp4"), resume=True) == 0
    assert world.read == []


@pytest.mark.parametrize(
    ("inputs", "wish", "text"),
    [
        (2, {"output": Path("o.mp4")}, "-o names a folder"),
        (2, {"masks": "m"}, "--masks without a name"),
        (2, {"stats": "s.csv"}, "--stats without a name"),
        (1, {"video": False}, "leaves nothing to write"),
        (1, {"masks": BY_NAME, "crf": 20}, "--crf is for a video"),
        (1, {"masks": BY_NAME, "view": "mask"}, "--view is for a video"),
        (1, {"view": "mask", "opacity": 0.2}, "--opacity changes nothing"),
        (1, {"from_s": 3.0, "to_s": 2.0}, "--to 2 is not after --from 3"),
        (1, {"crf": 60}, "crf of h264 is 0 to 51"),
        (1, {"output": Path("o.mp4"), "masks": "o.mp4"}, "written twice"),
        (2, {"output": Path(), "stats": BY_NAME, "report": Path("nowhere/r.json")}, "no such folder"),
    ],
)
def test_wishes_that_do_not_fit_together(world, three, inputs, wish, text):
    with pytest.raises((UsageError, SinkError), match=text):
        world.run(*three[:inputs], **wish)
    assert world.read == []
    assert made(".") == list(three)


def test_an_output_is_never_an_input(world):
    world.add("a.mp4")
    world.add("a_overlay.mp4")
    with pytest.raises(UsageError, match=r"a_overlay\.mp4 is an input"):
        world.run("a.mp4", "a_overlay.mp4", output=Path(), overwrite=True)
    assert Path("a_overlay.mp4").read_bytes() == world.clip


def test_a_report_stays_unless_it_goes_on_or_may_be_replaced(world, three):
    Path("r.json").write_text("precious")
    with pytest.raises(SinkError, match=r"r\.json exists"):
        world.run(*three, output=Path("out"), report=Path("r.json"))
    assert Path("r.json").read_text() == "precious"
    assert world.run(three[0], output=Path("one.mp4"), report=Path("new.json")) == 0
    assert json.loads(Path("new.json").read_text())["inputs"][0]["encoder"] == "libx264"
