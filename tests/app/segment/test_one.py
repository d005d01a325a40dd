"""`segment`: every frame once, in order, into each output; and what happens when something goes wrong."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo, Laps
from bisenet.errors import CheckpointError, EngineError
from bisenet_viewer.errors import SinkError, SourceError, UsageError
from bisenet_viewer.frame import Frame, StreamInfo
from bisenet_viewer.segment import SegmentOptions, run

CLASSES = ClassSet("two", ("road", "sky"), ((128, 0, 0), (0, 0, 128)))


class NotesClosing(Closing):
    """What a source and an engine have in common: closed in a `with`."""

    closed = False

    def close(self) -> None:
        self.closed = True


class FakeSource(NotesClosing):
    """`count` frames of the given times, or without end; breaks off with `error` after them."""

    def __init__(
        self,
        count: int | None = 20,
        *,
        live: bool = False,
        damaged: int = 0,
        told: int | None = None,
        error: Exception | None = None,
    ) -> None:
        self.info = StreamInfo("fake", 64, 48, Fraction(30), live=live, frame_count=told or count)
        self.count = count
        self.damaged = damaged
        self.error = error

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        assert from_s == 0
        index = 0
        while self.count is None or index < self.count:
            yield make_frame(index)
            yield None
            index += 1
        if self.error is not None:
            raise self.error


def make_frame(index: int) -> Frame:
    rgb = np.full((48, 64, 3), 100, np.uint8)
    rgb[:, : index % 64] = 200
    # Starts at 1 s, and not at an even rate.
    return Frame(index, 90 + 3 * index + index % 2, Fraction(1, 90), 0.0, rgb, decode_ms=0.5)


class FakeEngine(NotesClosing):
    """Class 1 where the picture is bright. `at_frame` is called with the number of each picture."""

    def __init__(self, at_frame=lambda _number: None) -> None:
        self.info = EngineInfo("fake", "street-x39", "cpu", "A processor", "f32")
        self.classes = CLASSES
        self.at_frame = at_frame
        self.number = 0

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        self.at_frame(self.number)
        self.number += 1
        if laps is not None:
            laps.update(pre=1.0, network=2.0, post=3.0)
        return (rgb[..., 0] > 150).astype(np.uint8)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    """Outputs go to a folder of the test's own, and no thread outlives it."""
    monkeypatch.chdir(tmp_path)
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def segment(source: FakeSource | Exception, engine: FakeEngine | Exception | None = None, /, **options) -> int:
    def open_source(_uri: str) -> FakeSource:
        if isinstance(source, Exception):
            raise source
        return source

    def open_engine(_name: str, _model: str, **_how: object) -> FakeEngine:
        if isinstance(engine, Exception):
            raise engine
        return engine or FakeEngine()

    return run(SegmentOptions(**{"source": "clip.mp4"} | options), open_source=open_source, open_engine=open_engine)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def read_times(path: str) -> list[Fraction]:
    with av.open(path) as container:
        return [frame.pts * frame.time_base for frame in container.decode(video=0)]


def read_pictures(path: str) -> list[NDArray[np.uint8]]:
    with av.open(path) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def read_sound(path: str) -> list[tuple[Fraction, bytes]]:
    with av.open(path) as container:
        packets = [packet for packet in container.demux(audio=0) if packet.size]
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in packets]


def read_ids(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path)) as container:
        (frame,) = container.decode(video=0)
    ids, _palette = frame.to_ndarray()
    return ids


def test_every_frame_is_in_the_video_at_its_time(capsys):
    source, engine = FakeSource(50), FakeEngine()
    assert segment(source, engine, output=Path("out.mp4")) == 0
    assert read_times("out.mp4") == [Fraction(90 + 3 * i + i % 2, 90) for i in range(50)]
    assert names() == ["out.mp4"]
    assert source.closed
    assert engine.closed
    report = capsys.readouterr().out
    for part in ("out.mp4", "50", "street-x39", "cpu", "A processor"):
        assert part in report
    stages = ["decode 0.5", "pre 1.0", "network 2.0", "post 3.0", "overlay ", "encode "]
    assert sorted(stages, key=report.index) == stages


def test_masks_hold_the_class_ids_of_their_frames(capsys):
    assert segment(FakeSource(5), output=Path("out.mp4"), masks=Path("masks")) == 0
    masks = sorted(Path("masks").iterdir())
    assert [path.name for path in masks] == [f"{number:08d}_pred.png" for number in range(1, 6)]
    for index, path in enumerate(masks):
        assert np.array_equal(read_ids(path), make_frame(index).rgb[..., 0] > 150)
    assert ", masks " in capsys.readouterr().out


@pytest.mark.parametrize("times_ms", [None, [400, 433, 500, 533, 700, 1200]])
def test_a_real_clip_keeps_its_times_its_pictures_and_its_sound(make_clip, times_ms):
    clip = make_clip("clip.mp4", width=63, height=47, codec="mpeg4", times_ms=times_ms, audio=True)
    options = SegmentOptions(str(clip), output=Path("out.mp4"), opacity=0.0)
    assert run(options, open_engine=lambda *_which, **_how: FakeEngine()) == 0
    assert read_times("out.mp4") == read_times(str(clip))
    assert read_sound("out.mp4") == read_sound(str(clip)) != []
    for shown, original in zip(read_pictures("out.mp4"), read_pictures(str(clip)), strict=True):
        assert shown.shape == (48, 64, 3)
        assert np.abs(shown[:47, :63].astype(int) - original).mean() < 6


ROTATED = Path(__file__).parents[2].parent / "shared/clips/edge/ax_internal_emulator_transformer_output_180_rotated.mp4"


@pytest.mark.skipif(not ROTATED.exists(), reason="needs the shared clips")
def test_a_clip_filmed_upside_down_comes_out_upright():
    options = SegmentOptions(str(ROTATED), output=Path("out.mp4"), opacity=0.0, to_s=0.1)
    assert run(options, open_engine=lambda *_which, **_how: FakeEngine()) == 0
    with av.open(str(ROTATED)) as container:
        frame = next(container.decode(video=0))
        assert frame.rotation in (180, -180)
        upright = frame.to_ndarray(format="rgb24")[::-1, ::-1]
    with av.open("out.mp4") as container:
        written = next(container.decode(video=0))
        assert written.rotation == 0
        assert np.abs(written.to_ndarray(format="rgb24").astype(int) - upright).mean() < 6


@pytest.mark.parametrize(
    ("options", "made"),
    [
        ({}, ["clip_overlay.mp4"]),
        ({"masks": Path("m")}, ["m"]),
        ({"output": Path("a.mkv")}, ["a.mkv"]),
        ({"source": "demo://", "to_s": 1.0}, ["demo_overlay.mp4"]),
        ({"source": "rtsp://user:secret@host:554/street?x=1"}, ["street_overlay.mp4"]),
        ({"source": "rtsp://user:secret@host"}, ["host_overlay.mp4"]),
        ({"source": "0", "to_s": 1.0}, ["camera0_overlay.mp4"]),
    ],
)
def test_default_names(options, made):
    assert segment(FakeSource(3), **options) == 0
    assert names() == made


def test_opacity_and_classes_decide_the_colours():
    segment(FakeSource(33), output=Path("opaque.mp4"), opacity=1.0)
    segment(FakeSource(33), output=Path("none.mp4"), opacity=0.0)
    segment(FakeSource(33), output=Path("sky.mp4"), opacity=1.0, classes=("sky",))
    opaque, none, sky = (read_pictures(name)[-1].astype(int) for name in ("opaque.mp4", "none.mp4", "sky.mp4"))
    bright, dark = (24, 10), (24, 50)  # the last picture is bright up to column 32
    assert opaque[bright] == pytest.approx((0, 0, 128), abs=12)
    assert opaque[dark] == pytest.approx((128, 0, 0), abs=12)
    assert none[bright] == pytest.approx((200, 200, 200), abs=6)
    assert sky[bright] == pytest.approx((0, 0, 128), abs=12)
    assert sky[dark] == pytest.approx((100, 100, 100), abs=6)


def test_to_ends_an_endless_source_after_so_many_seconds():
    assert segment(FakeSource(None), source="demo://", to_s=0.5) == 0
    times = read_times("demo_overlay.mp4")
    assert times == [Fraction(90 + 3 * i + i % 2, 90) for i in range(15)]


@pytest.mark.parametrize(("source", "uri"), [(FakeSource(None), "demo://"), (FakeSource(None, live=True), "0")])
def test_an_endless_source_needs_an_end(source, uri):
    with pytest.raises(UsageError, match="give --to SECONDS"):
        segment(source, source=uri)
    assert names() == []


def test_an_unknown_class_is_told_with_the_known_ones():
    with pytest.raises(UsageError, match="no class cat: the model knows road, sky"):
        segment(FakeSource(), classes=("road", "cat"))
    assert names() == []


def test_damaged_frames_are_counted_and_change_the_exit_code(capsys):
    assert segment(FakeSource(10, damaged=2), output=Path("out.mp4")) == 3
    assert len(read_times("out.mp4")) == 10
    told = capsys.readouterr().err
    assert "frames left out: 2 (damaged)" in told
    assert "breaks off" not in told


def test_a_file_with_fewer_frames_than_it_tells_of_is_named(capsys):
    assert segment(FakeSource(10, damaged=1, told=25), output=Path("out.mp4")) == 3
    assert "is damaged or breaks off: 10 of 25 frames came" in capsys.readouterr().err


def test_a_source_that_breaks_off_leaves_what_came_before(capsys):
    with pytest.raises(SourceError, match="cable pulled"):
        segment(FakeSource(30, error=SourceError("cable pulled")), output=Path("out.mp4"))
    assert names() == ["out.partial.mp4"]
    assert len(read_times("out.partial.mp4")) == 30
    assert "what was written is kept in out.partial.mp4" in capsys.readouterr().err


def test_an_engine_that_fails_leaves_what_came_before():
    def fail(number: int) -> None:
        if number == 12:
            raise EngineError("device lost")

    with pytest.raises(EngineError, match="device lost"):
        segment(FakeSource(None), FakeEngine(fail), output=Path("out.mp4"))
    assert len(read_times("out.partial.mp4")) == 12
    assert names() == ["out.partial.mp4"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_a_partial_video_that_plays(capsys, number):
    before = signal.getsignal(number)
    engine = FakeEngine(lambda frame: os.kill(os.getpid(), number) if frame == 40 else None)
    with pytest.raises(KeyboardInterrupt):
        segment(FakeSource(None), engine, output=Path("out.mp4"), masks=Path("masks"))
    assert names() == ["masks", "out.partial.mp4"]
    times = read_times("out.partial.mp4")
    assert times == [Fraction(90 + 3 * i + i % 2, 90) for i in range(len(times))]
    assert len(times) == len(list(Path("masks").iterdir())) >= 30
    assert "kept in out.partial.mp4" in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_an_input_that_is_not_there_is_told_before_the_model_loads():
    opened: list[str] = []

    def open_source(_uri: str) -> FakeSource:
        raise SourceError("clip.mp4: no such file")

    def open_engine(_name: str, model: str, **_how: object) -> FakeEngine:
        opened.append(model)
        return FakeEngine()

    with pytest.raises(SourceError, match="no such file"):
        run(SegmentOptions("clip.mp4"), open_source=open_source, open_engine=open_engine)
    assert opened == []
    assert names() == []


def test_a_model_that_cannot_be_loaded_leaves_nothing():
    source = FakeSource(None)
    with pytest.raises(CheckpointError, match="no such model"):
        segment(source, CheckpointError("no such model"))
    assert source.closed
    assert names() == []


def test_no_frame_at_all_is_a_fault_of_the_input():
    with pytest.raises(SourceError, match="fake: no frame could be read"):
        segment(FakeSource(0))
    assert names() == []


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"output": Path("there.mp4")}, "exists"),
        ({"output": Path("a.gif")}, r"cannot write \.gif"),
        ({"masks": Path("full")}, "not empty"),
        ({"output": Path("a.mp4"), "masks": Path("nowhere/masks")}, "no such folder"),
    ],
)
def test_bad_outputs_are_told_before_the_input_is_opened(options, text):
    Path("there.mp4").write_bytes(b"precious")
    Path("full").mkdir()
    Path("full/note.txt").touch()
    with pytest.raises(SinkError, match=text):
        segment(AssertionError("was opened"), **options)
    assert names() == ["full", "there.mp4"]


def test_the_input_is_never_the_output():
    Path("clip.mp4").write_bytes(b"precious")
    with pytest.raises(UsageError, match="the input itself"):
        segment(FakeSource(), output=Path("../") / Path.cwd().name / "clip.mp4", overwrite=True)
    assert Path("clip.mp4").read_bytes() == b"precious"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_stops_the_run():
    Path("out.partial.mp4").symlink_to("/dev/full")
    with pytest.raises(SinkError, match="No space left on device"):
        segment(FakeSource(None), output=Path("out.mp4"), overwrite=True)
    assert names() == []
