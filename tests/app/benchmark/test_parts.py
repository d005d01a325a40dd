"""What runs in the process that measures: chains, decoding, encoding, whole clips."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import av
import numpy as np
import pytest
import torch

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo
from bisenet.errors import ConfigError
from bisenet_viewer.benchmark import video
from bisenet_viewer.benchmark.baseline import BaselineChain
from bisenet_viewer.benchmark.chain import EngineChain
from bisenet_viewer.benchmark.clip_run import run_chain, run_segment
from bisenet_viewer.benchmark.models import untrained
from bisenet_viewer.benchmark.plan import Configuration, Sizes
from bisenet_viewer.benchmark.video import decode_ms, encode_ms, prepare_clip, read_pictures, to_and_fro
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.demo import parse_options

CLASSES = ClassSet("two", ("road", "sky"), ((128, 0, 0), (0, 0, 128)))


class FakeEngine(Closing):
    """Class 1 where the picture is bright."""

    def __init__(self) -> None:
        self.info = EngineInfo("fake", "street-x39", "cpu", "A processor", "f32")
        self.classes = CLASSES
        self.pictures = 0
        self.closed = False

    def infer(self, rgb, laps=None):
        self.pictures += 1
        if laps is not None:
            laps.update(pre=1.0, network=2.0, post=3.0)
        return (rgb[..., 0] > 150).astype(np.uint8)

    def infer_confidence(self, rgb, laps=None):
        labels = self.infer(rgb, laps)
        return labels, np.full_like(labels, 255)

    def close(self) -> None:
        self.closed = True


def test_a_frame_is_timed_from_the_picture_to_the_overlay():
    engine = FakeEngine()
    clock = count(step=0.5)
    with EngineChain(engine, clock=lambda: float(next(clock))) as chain:
        step = chain.run(np.full((8, 8, 3), 200, np.uint8))
    assert step.stage_ms == {"pre": 1.0, "network": 2.0, "post": 3.0, "overlay": 500.0}
    assert step.total_ms == 1000.0
    assert tuple(step.overlay[0, 0]) == (100, 100, 164)
    assert engine.closed


def test_the_baseline_colours_what_the_network_says():
    torch.manual_seed(0)
    model = untrained("bisenetv1-x39/torchseg")
    rgb = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    with BaselineChain(model, imgsz=(96, 64), device="cpu", threads=None) as chain:
        step = chain.run(rgb)
    palette = np.array(model.card.classes.palette)
    expected = (rgb * 0.5 + palette[model.segment(rgb, (96, 64))] * 0.5).astype(np.uint8)
    assert (step.overlay == expected).mean() > 0.99
    assert list(step.stage_ms) == ["pre", "network", "post", "overlay"]
    assert sum(step.stage_ms.values()) == pytest.approx(step.total_ms)


def test_an_unknown_network_names_the_known_ones():
    with pytest.raises(ConfigError, match="unknown architecture 'linknet': choose one of"):
        untrained("linknet/paper")


def _nothing() -> None:
    """Go on."""


def test_a_clip_of_the_source_has_the_size_asked_for(make_clip, tmp_path):
    prepare_clip(str(make_clip(count=12)), (96, 64), 0.2, tmp_path / "small.mp4", _nothing)
    pictures = read_pictures(tmp_path / "small.mp4", 24)
    assert [picture.shape for picture in pictures] == [(64, 96, 3)] * 6
    assert len(read_pictures(tmp_path / "small.mp4", 4)) == 4
    # Frame k is grey of level 16 + 4 k.
    assert [int(picture[40, 60, 0]) for picture in pictures] == pytest.approx([16 + 4 * k for k in range(6)], abs=4)


@pytest.mark.parametrize("source", ["demo://", "demo://?seed=1&width=640"])
def test_the_street_is_drawn_in_the_size_asked_for(tmp_path, monkeypatch, source):
    drawn = []

    def note_and_refuse(uri: str) -> None:
        drawn.append(parse_options(uri))
        raise SourceError("not today")  # it takes seconds

    monkeypatch.setattr(video, "open_source", note_and_refuse)
    with pytest.raises(SourceError, match="not today"):
        prepare_clip(source, (128, 64), 0.1, tmp_path / "street.mp4", _nothing)
    assert [(options.width, options.height, options.fps) for options in drawn] == [(128, 64, 30)]


def test_preparing_can_be_interrupted(tmp_path):
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare_clip("demo://", (64, 64), 1.0, tmp_path / "street.mp4", interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        prepare_clip(str(tmp_path / "none.mkv"), (64, 48), 1.0, tmp_path / "x.mp4", _nothing)


def test_as_many_frames_are_decoded_as_asked_for(make_clip):
    path = make_clip(count=8)
    samples = decode_ms(path, 12)
    assert len(samples) == 12
    assert all(sample > 0 for sample in samples)
    assert len(decode_ms(make_clip("short.mkv", count=2), 5)) == 5


def test_what_is_encoded_plays(tmp_path):
    pictures = [np.full((48, 64, 3), 20 * k, np.uint8) for k in range(4)]
    assert encode_ms(tmp_path / "a.mp4", to_and_fro(pictures, 10), 10) > 0
    with av.open(str(tmp_path / "a.mp4")) as container:
        levels = [int(frame.to_ndarray(format="rgb24")[0, 0, 0]) for frame in container.decode(video=0)]
    assert levels == pytest.approx([20 * k for k in (0, 1, 2, 3, 2, 1, 0, 1, 2, 3)], abs=6)


def test_a_whole_clip_goes_through_segment_and_through_the_chain(make_clip, tmp_path, capsys):
    path, engine = make_clip(count=20, rate=25), FakeEngine()
    configuration = Configuration("street-x39", Sizes((64, 48), (64, 48)))
    run = run_segment(lambda: engine, configuration, path, tmp_path / "out.mp4", 0.6)
    assert (run.frames, engine.closed) == (15, True)
    assert run.wall_s > 0
    assert run.opening_s > 0
    again = run_segment(FakeEngine, configuration, path, tmp_path / "out.mp4", 0.6)
    assert again.frames == 15
    plain = run_chain(EngineChain(FakeEngine()), path, tmp_path / "plain.mp4", 0.6)
    assert (plain.frames, plain.opening_s) == (15, 0.0)
    assert _frames(tmp_path / "plain.mp4") == 15
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def _frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))
