"""Decoding on a graphics card that plays its part: used where it decodes right, left where it does not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from bisenet_viewer.sources import hardware, open_source
from bisenet_viewer.sources.container import open_container

MakeClip = Callable[..., Path]


class Card:
    """Stands for a device: decodes as the processor does, until it fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = 0
        self.fails_at: int | None = None
        self.fails_to_open = False
        self.upside_down = False
        monkeypatch.setattr(hardware, "WORTH_PIXELS", 1)
        monkeypatch.setattr(hardware, "usable_devices", lambda _: ("cuda",))
        monkeypatch.setattr(hardware, "open_on", self._open)

    def _open(self, path: Path, _device: str) -> Any:
        if self.fails_to_open:
            raise av.error.ExternalError(1, "no memory left on the device")
        self.opened += 1
        return Container(path, self)


class Container:
    """As PyAV's, with the card's faults in it."""

    def __init__(self, path: Path, card: Card) -> None:
        self._inner, self._card = open_container(path), card
        self.streams, self.seek, self.close = self._inner.streams, self._inner.seek, self._inner.close

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def decode(self, stream: Any) -> Iterator[Any]:
        for frame in self._inner.decode(stream):
            if self._card.upside_down:
                frame = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24")[::-1].copy(), format="rgb24")
            yield frame

    def demux(self, stream: Any) -> Iterator[Any]:
        for k, packet in enumerate(self._inner.demux(stream)):
            yield Undecodable(packet) if k == self._card.fails_at else packet


class Undecodable:
    """A packet that the card gives up on."""

    def __init__(self, packet: Any) -> None:
        self.size, self.is_keyframe = packet.size, packet.is_keyframe

    def decode(self) -> list[av.VideoFrame]:
        raise av.error.ExternalError(1, "the driver was reset")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    return Card(monkeypatch)


def played(path: Path, from_s: float = 0.0) -> list[tuple[int, int, bytes]]:
    with open_source(str(path)) as source:
        frames = [(f.index, f.pts, f.rgb.tobytes()) for f in source.frames(from_s) if f is not None]
        assert source.damaged == 0
        return frames


def test_it_is_used_where_its_first_picture_is_right(card: Card, make_clip: MakeClip) -> None:
    assert len(played(make_clip("clip.mp4"))) == 20
    assert card.opened == 2  # once to see, once to play


def test_it_is_left_where_its_pictures_differ(
    card: Card, make_clip: MakeClip, caplog: pytest.LogCaptureFixture
) -> None:
    card.upside_down = True
    assert len(played(make_clip("clip.mp4"))) == 20
    assert card.opened == 1
    assert "clip.mp4: not decoded on cuda: its pictures differ" in caplog.text


def test_it_is_left_where_it_cannot_be_opened(card: Card, make_clip: MakeClip) -> None:
    card.fails_to_open = True
    assert len(played(make_clip("clip.mp4"))) == 20


@pytest.mark.parametrize("fails_at", [0, 1, 6, 13, 19])
@pytest.mark.parametrize("from_s", [0.0, 0.3])
def test_the_processor_goes_on_where_it_gives_up(
    card: Card, make_clip: MakeClip, fails_at: int, from_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_clip("clip.mp4", count=40)
    expected = played(path, from_s)
    card.fails_at = fails_at
    assert played(path, from_s) == expected
    assert "clip.mp4: cuda gave up" in caplog.text


def test_it_is_not_asked_for_small_pictures(make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_codec: str) -> tuple[str, ...]:
        raise AssertionError("a driver was woken up for nothing")

    monkeypatch.setattr(hardware, "usable_devices", refuse)
    assert len(played(make_clip("clip.mp4"))) == 20


def test_the_devices_of_this_machine(make_clip: MakeClip, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is here: a device that is found decodes right or is left, and is never an error."""
    assert set(hardware.usable_devices("h264")) <= set(hardware.DEVICES)
    assert hardware.usable_devices("gif") == ()
    path = make_clip("large.mp4", count=3, width=1920, height=1088)
    with caplog.at_level(logging.INFO), open_source(str(path)) as source:
        frames = [frame for frame in source.frames() if frame is not None]
    assert len(frames) == 3
    assert np.abs(frames[2].rgb[500, 900].astype(int) - 24).max() < 4
