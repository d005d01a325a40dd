"""`segment`: every frame once, in order, into each output; and what happens when something goes wrong."""

from __future__ import annotations

import json
import os
import signal
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.app.segment.fakes import FakeEngine, FakeSource, make_frame

from bisenet.errors import CheckpointError, EngineError
from bisenet_viewer.errors import SinkError, SourceError, UsageError
from bisenet_viewer.segment import SegmentOptions, run


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


ROTATED = Path(__file__).parents[4] / "shared/clips/edge/ax_internal_emulator_transformer_output_180_rotated.mp4"


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


def test_views_show_the_colours_alone_or_beside_the_picture():
    segment(FakeSource(33), output=Path("mask.mp4"), view="mask", classes=("sky",))
    segment(FakeSource(33), output=Path("both.mp4"), view="side-by-side", opacity=1.0)
    mask, both = (read_pictures(name)[-1].astype(int) for name in ("mask.mp4", "both.mp4"))
    bright, dark = (24, 10), (24, 50)
    assert mask[bright] == pytest.approx((0, 0, 128), abs=12)
    assert mask[dark] == pytest.approx((0, 0, 0), abs=12)
    assert both.shape == (48, 128, 3)
    assert both[bright] == pytest.approx((200, 200, 200), abs=6)
    assert both[24, 64 + 10] == pytest.approx((0, 0, 128), abs=12)


def test_a_part_of_a_clip_begins_at_0(make_clip):
    clip = make_clip("clip.mp4", count=20, rate=10, audio=True)
    options = SegmentOptions(
        str(clip), output=Path("out.mp4"), masks=Path("m"), from_s=0.5, to_s=1.1, every=2, opacity=0.0
    )
    assert run(options, open_engine=lambda *_which, **_how: FakeEngine()) == 0
    assert read_times("out.mp4") == [0, Fraction(2, 10), Fraction(4, 10)]
    assert sorted(path.name for path in Path("m").iterdir()) == [f"{n:08d}_pred.png" for n in (1, 3, 5)]
    originals = read_pictures(str(clip))[5:11:2]
    for shown, original in zip(read_pictures("out.mp4"), originals, strict=True):
        assert np.abs(shown.astype(int) - original).mean() < 6
    assert 0 <= read_sound("out.mp4")[0][0] < Fraction(13, 100)
    assert read_sound("out.mp4")[-1][0] < Fraction(75, 100)


def test_confidence_is_what_the_engine_says():
    assert segment(FakeSource(3), confidence=Path("c"), stats=Path("s.jsonl")) == 0
    lines = [json.loads(line) for line in Path("s.jsonl").read_text().splitlines()]
    for index, path in enumerate(sorted(Path("c").iterdir())):
        picture = make_frame(index).rgb[..., 0]
        assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), picture)
        assert lines[index]["confidence"] == pytest.approx(picture.mean() / 255, abs=1e-4)
        assert {"decode", "network", "confidence"} <= set(lines[index]["ms"])


def test_pictures_of_several_sizes_are_one_video():
    Path("p").mkdir()
    for number, (width, height) in enumerate([(64, 48), (32, 48), (63, 20)], 1):
        cv2.imwrite(f"p/{number}.png", np.full((height, width, 3), 90, np.uint8))
    options = SegmentOptions("p", output=Path("out.mp4"), masks=Path("m"))
    assert run(options, open_engine=lambda *_which, **_how: FakeEngine()) == 0
    assert [picture.shape for picture in read_pictures("out.mp4")] == [(48, 64, 3)] * 3
    assert [read_ids(path).shape for path in sorted(Path("m").iterdir())] == [(48, 64), (48, 32), (20, 63)]


def test_the_log_tells_what_goes_well(caplog):
    caplog.set_level("INFO", "bisenet_viewer")
    segment(FakeSource(3), source="rtsp://user:secret@host/street", to_s=5.0)
    lines = [f"{record.source}: {record.getMessage()}" for record in caplog.records if hasattr(record, "source")]
    assert lines == [
        "rtsp://host/street: opened: 64x48, frames per second: 30.00",
        "rtsp://host/street: engine: fake f32 on cpu",
        "rtsp://host/street: written: 3 frames",
    ]


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
