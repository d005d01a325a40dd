"""Pictures that stay on a card: the processor's memory stands for the card's, its decoder for NVDEC."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch

from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.kernels.cuda.colors import YuvColors
from bisenet_viewer.frame import Frame
from bisenet_viewer.nv12 import is_in_one_piece
from bisenet_viewer.sources import hardware, on_card, open_source
from bisenet_viewer.sources.container import open_container
from bisenet_viewer.sources.picture import Converter

MakeClip = Callable[..., Path]
MakeTurned = Callable[..., Path]


class Card:
    """Decodes as the processor does, to two planes, until it fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = 0
        self.fails_at: int | None = None
        self.opening_fails: Exception | None = None
        self.changes: Callable[[av.VideoFrame], av.VideoFrame] = lambda frame: frame
        self.memory_lasts = 10**9
        """Pictures until there is none left."""
        monkeypatch.setattr(on_card, "WORTH_PIXELS", 1)
        monkeypatch.setattr(hardware, "usable_devices", lambda _: ())
        monkeypatch.setattr(on_card, "open_keeping", self._open)
        self._in_one_piece = on_card.in_one_piece
        monkeypatch.setattr(on_card, "in_one_piece", self._copied)

    def _open(self, path: Path, index: int) -> Any:
        assert index == 3
        self.opened += 1
        if self.opening_fails is not None:
            raise self.opening_fails
        return Container(path, self)

    def _copied(self, luma: torch.Tensor, chroma: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        self.memory_lasts -= 1
        if self.memory_lasts < 0:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.\nSee the documentation")
        return self._in_one_piece(luma, chroma)


class Container:
    """As PyAV's with a device that owns its pictures."""

    def __init__(self, path: Path, card: Card) -> None:
        self._inner, self._card = open_container(path), card
        self.streams, self.seek, self.close = self._inner.streams, self._inner.seek, self._inner.close

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def decode(self, stream: Any) -> Iterator[av.VideoFrame]:
        for packet in self.demux(stream):
            yield from packet.decode()

    def demux(self, stream: Any) -> Iterator[Packet]:
        for k, packet in enumerate(self._inner.demux(stream)):
            yield Packet(packet, self._card, fails=k == self._card.fails_at)


class Packet:
    def __init__(self, packet: Any, card: Card, *, fails: bool) -> None:
        self.size, self.is_keyframe = packet.size, packet.is_keyframe
        self._packet, self._card, self._fails = packet, card, fails

    def decode(self) -> list[av.VideoFrame]:
        if self._fails:
            raise av.error.ExternalError(1, "the driver was reset")
        return [self._card.changes(frame.reformat(format="nv12")) for frame in self._packet.decode()]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    return Card(monkeypatch)


def frames_of(path: Path, from_s: float = 0.0) -> list[Frame]:
    with open_source(str(path), on_card=3) as source:
        frames = [frame for frame in source.frames(from_s) if frame is not None]
        assert source.damaged == 0
        return frames


def on_host(path: Path, from_s: float = 0.0) -> list[Frame]:
    with open_source(str(path)) as source:
        return [frame for frame in source.frames(from_s) if frame is not None]


def assert_alike(frames: list[Frame], wanted: list[Frame]) -> None:
    assert [(f.index, f.pts, f.time_base) for f in frames] == [(f.index, f.pts, f.time_base) for f in wanted]
    for one, other in zip(frames, wanted, strict=True):
        assert one.shape == other.shape
        assert np.abs(one.rgb.astype(int) - other.rgb).mean() < 2


def kept(frames: list[Frame]) -> list[bool]:
    return [isinstance(frame.pixels, Nv12Picture) for frame in frames]


@pytest.mark.parametrize(
    ("codec", "size", "from_s"),
    [
        ("libx264", (64, 48), 0.0), ("libx264", (130, 98), 0.3), ("libx264", (64, 48), 100.0),
        ("libx265", (64, 64), 0.3), ("libvpx-vp9", (64, 48), 0.3),
    ],
)  # fmt: skip
def test_frames_stay_there_with_the_processors_times_and_colours(
    card: Card, make_clip: MakeClip, codec: str, size: tuple[int, int], from_s: float
) -> None:
    path = make_clip("clip.mkv", codec=codec, width=size[0], height=size[1])
    frames = frames_of(path, from_s)
    assert all(kept(frames))
    assert {frame.decoder for frame in frames} == {"cuda:3"}
    assert card.opened >= 2  # once to see, once to play
    assert_alike(frames, on_host(path, from_s))
    for frame in frames:
        assert isinstance(frame.pixels, Nv12Picture)
        assert is_in_one_piece(frame.pixels.luma, frame.pixels.chroma)


def test_the_processor_decodes_where_no_card_is_asked_for(card: Card, make_clip: MakeClip) -> None:
    frames = on_host(make_clip("clip.mp4"))
    assert not any(kept(frames))
    assert {frame.decoder for frame in frames} == {"cpu"}
    assert card.opened == 0


def test_frames_hold_nothing_of_the_decoder(card: Card, make_clip: MakeClip) -> None:
    """However many wait: each of them has memory of its own."""
    surfaces: list[torch.Tensor] = []
    inner = card._in_one_piece

    def watched(luma: torch.Tensor, chroma: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        surfaces.append(luma)
        return inner(luma, chroma)

    card._in_one_piece = watched
    frames = frames_of(make_clip("clip.mp4", count=40))
    assert all(kept(frames))
    before = [frame.rgb.copy() for frame in frames]
    for surface in surfaces:
        surface.fill_(1)  # the decoder takes them again
    for frame, rgb in zip(frames, before, strict=True):
        assert isinstance(frame.pixels, Nv12Picture)
        assert np.array_equal(frame.pixels.rgb(), rgb)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, YuvColors("bt601", full_range=False)),
        ({"colorspace": 1}, YuvColors("bt709", full_range=False)),
        ({"colorspace": 9}, YuvColors("bt2020", full_range=False)),
        ({"colorspace": 6, "color_range": 2}, YuvColors("bt601", full_range=True)),
    ],
)
def test_colours_are_the_pictures_own(tags: dict[str, int], expected: YuvColors) -> None:
    y, x = np.mgrid[0:48, 0:64]
    gradient = np.stack([y * 5, x * 4, 255 - x * 2 - y], axis=-1).astype(np.uint8)
    picture = av.VideoFrame.from_ndarray(gradient).reformat(format="nv12")
    for name, value in tags.items():
        setattr(picture, name, value)
    pixels = on_card.CardDecoder(3, (64, 48)).pixels(picture)
    assert pixels.colors == expected
    assert np.abs(pixels.rgb().astype(int) - Converter(picture).rgb(picture)).mean() < 2


def test_without_a_tag_large_pictures_are_bt709() -> None:
    picture = av.VideoFrame(1280, 720, "nv12")
    assert on_card.CardDecoder(0, (1280, 720)).pixels(picture).colors == YuvColors("bt709", full_range=False)


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("name", ["clips/driving/carnd_solidWhiteRight.mp4", "clips/edge/tc_bt709_full_range.mp4"])
def test_real_pictures_look_as_the_processors(shared_clips: Path, name: str) -> None:
    path = shared_clips.parent / name
    if not path.exists():
        pytest.skip(f"no {path.name}")
    with open_source(str(path), on_card=3) as source, open_source(str(path)) as other:
        frame, wanted = next(source.frames(1.0)), next(other.frames(1.0))
    assert frame is not None
    assert wanted is not None
    assert isinstance(frame.pixels, Nv12Picture)
    assert frame.pts == wanted.pts
    assert np.abs(frame.rgb.astype(int) - wanted.rgb).mean() < 2


def test_what_a_card_cannot_keep_comes_to_the_host(
    card: Card, make_clip: MakeClip, make_turned_clip: MakeTurned
) -> None:
    refused = [
        make_turned_clip(0, 1, -1, 0),
        make_clip("wide.mp4", pixel_aspect=Fraction(2)),
        make_clip("deep.mkv", codec="libx265", pixels="yuv420p10le", width=64, height=64),
        make_clip("fine.mp4", pixels="yuv444p"),
        make_clip("hdr.mp4", transfer=16),
        make_clip("old.avi", codec="mpeg4"),
        make_clip("stills.mkv", codec="mjpeg"),
        make_clip("odd.mkv", codec="libvpx-vp9", width=63, height=47),
    ]
    for path in refused:
        frames = frames_of(path)
        assert frames
        assert not any(kept(frames)), path.name
    assert card.opened == 0


@pytest.mark.usefixtures("card")
def test_small_pictures_are_left_to_the_processor(make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_card, "WORTH_PIXELS", 64 * 48)
    assert not any(kept(frames_of(make_clip("clip.mp4"))))
    assert all(kept(frames_of(make_clip("more.mp4", width=66))))


@pytest.mark.parametrize(
    "error",
    [
        av.error.ExternalError(1, "no memory left on the device"),
        RuntimeError("CUDA error: unknown error\nCompile with"),
        ValueError("there is no card cuda:3"),
        NotImplementedError("no device"),
    ],
)
def test_a_card_that_does_not_open_is_left(
    card: Card, make_clip: MakeClip, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    card.opening_fails = error
    with caplog.at_level(logging.INFO):
        assert not any(kept(frames_of(make_clip("clip.mp4"))))
    assert "clip.mp4: not kept on cuda:3: " in caplog.text
    assert "Compile" not in caplog.text


def test_then_another_way_is_tried(card: Card, make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    card.opening_fails = RuntimeError("no DLPack")
    monkeypatch.setattr(hardware, "WORTH_PIXELS", 1)
    monkeypatch.setattr(hardware, "usable_devices", lambda _: ("vaapi",))
    monkeypatch.setattr(hardware, "open_on", lambda path, _: open_container(path))
    assert {frame.decoder for frame in frames_of(make_clip("clip.mp4"))} == {"vaapi"}


def test_a_card_whose_pictures_differ_is_left(
    card: Card, make_clip: MakeClip, caplog: pytest.LogCaptureFixture
) -> None:
    def brighter(frame: av.VideoFrame) -> av.VideoFrame:
        planes = frame.to_ndarray()
        planes[: frame.height] += 10
        return av.VideoFrame.from_ndarray(planes, format="nv12")

    card.changes = brighter
    assert not any(kept(frames_of(make_clip("clip.mp4"))))
    assert "not kept on cuda:3: its pictures differ" in caplog.text


@pytest.mark.parametrize("fails_at", [0, 6, 19])
@pytest.mark.parametrize("from_s", [0.0, 0.3])
def test_the_processor_goes_on_where_it_gives_up(
    card: Card, make_clip: MakeClip, fails_at: int, from_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_clip("clip.mp4", count=40)
    wanted = on_host(path, from_s)
    with open_source(str(path), on_card=3) as source:
        card.fails_at = fails_at
        frames = [frame for frame in source.frames(from_s) if frame is not None]
        assert source.damaged == 0
    assert_alike(frames, wanted)
    held = kept(frames)
    assert held == sorted(held, reverse=True)
    assert not held[-1]
    assert [frame.decoder for frame in frames] == ["cuda:3" if stayed else "cpu" for stayed in held]
    assert "clip.mp4: cuda:3 gave up" in caplog.text


def out_of_memory(card: Card) -> None:
    card.memory_lasts = 8


def another_size(card: Card) -> None:
    card.changes = lambda frame: frame if (frame.pts or 0) < 400 else frame.reformat(width=32, height=32)


def software_frames(card: Card) -> None:
    card.changes = lambda frame: frame if (frame.pts or 0) < 400 else frame.reformat(format="yuv420p")


def other_colours(card: Card) -> None:
    def change(frame: av.VideoFrame) -> av.VideoFrame:
        if (frame.pts or 0) >= 400:
            frame.color_trc = 16
        return frame

    card.changes = change


@pytest.mark.parametrize("fault", [out_of_memory, another_size, software_frames, other_colours])
def test_it_gives_up_where_a_picture_cannot_be_kept(
    card: Card, make_clip: MakeClip, fault: Callable[[Card], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = make_clip("clip.mkv", count=40)
    wanted = on_host(path)
    with open_source(str(path), on_card=3) as source:
        fault(card)
        frames = [frame for frame in source.frames() if frame is not None]
        assert source.damaged == 0
    assert_alike(frames, wanted)
    held = kept(frames)
    assert held[0]
    assert not held[-1]
    assert "clip.mkv: cuda:3 gave up" in caplog.text
    assert "documentation" not in caplog.text


@pytest.mark.usefixtures("card")
def test_a_list_hands_the_card_on_to_its_videos(make_clip: MakeClip, tmp_path: Path) -> None:
    make_clip("films/a.mp4", count=3)
    make_clip("films/b.mp4", count=2)
    make_clip("films/c.avi", count=1, codec="mpeg4")
    av.VideoFrame(64, 48, "rgb24").save(str(tmp_path / "films" / "d.png"))
    frames = frames_of(tmp_path / "films")
    assert [frame.index for frame in frames] == list(range(7))
    assert [frame.decoder for frame in frames] == ["cuda:3"] * 5 + ["cpu", None]
    assert kept(frames) == [True] * 5 + [False] * 2


@pytest.mark.gpu
@pytest.mark.parametrize(("codec", "pixels"), [("libx264", "yuv420p"), ("libx265", "yuv420p"), ("libx264", "yuvj420p")])
def test_nvdec_gives_the_processors_pictures(video_engine: int, make_clip: MakeClip, codec: str, pixels: str) -> None:
    path = make_clip("clip.mp4", count=40, width=1280, height=720, codec=codec, pixels=pixels)
    with open_source(str(path), on_card=video_engine) as source:
        frames = [frame for frame in source.frames(0.5) if frame is not None]
    assert all(kept(frames))
    assert {frame.decoder for frame in frames} == {f"cuda:{video_engine}"}
    assert_alike(frames, on_host(path, 0.5))
    first = frames[0].pixels
    assert isinstance(first, Nv12Picture)
    assert first.luma.device == torch.device("cuda", video_engine)
    with open_container(path) as container:
        pictures = [picture.to_ndarray(format="nv12") for picture in container.decode(video=0)]
    for frame, planes in zip(reversed(frames), reversed(pictures), strict=False):
        assert isinstance(frame.pixels, Nv12Picture)
        # The standards leave a decoder no freedom.
        assert np.array_equal(frame.pixels.luma.cpu().numpy(), planes[:720])
        assert np.array_equal(frame.pixels.chroma.cpu().numpy().reshape(360, 1280), planes[720:])
