"""Tiny results to write, tiny sound to copy, and what reads the written files back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet_viewer.frame import Frame, Result, StreamInfo

MakeResult = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a finished video holds."""

    times: list[Fraction]
    pictures: list[NDArray[np.uint8]]
    end_s: Fraction
    sound: list[tuple[Fraction, bytes]]


@pytest.fixture
def info() -> StreamInfo:
    return StreamInfo(name="clip", width=64, height=48, rate=Fraction(30), live=False)


@pytest.fixture
def make_result() -> MakeResult:
    def make(
        index: int = 0,
        *,
        pts: int | None = None,
        time_base: Fraction = Fraction(1, 30),
        width: int = 64,
        height: int = 48,
        color: tuple[int, int, int] | None = None,
    ) -> Result:
        rgb = np.empty((height, width, 3), np.uint8)
        rgb[:] = color if color is not None else (index * 5 % 256, 128, 255 - index * 5 % 256)
        labels = (np.arange(height * width, dtype=np.uint32).reshape(height, width) // width % 11).astype(np.uint8)
        frame = Frame(index=index, pts=index if pts is None else pts, time_base=time_base, captured_at=0.0, pixels=rgb)
        return Result(frame, labels, {})

    return make


@pytest.fixture
def sound_clip(tmp_path: Path) -> Callable[..., Path]:
    """Makes a file with two seconds of sound and a black video."""

    def make(name: str = "sound.mp4", codec: str = "aac") -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            video = container.add_stream("mpeg4", rate=10, width=64, height=48)
            audio = container.add_stream(codec, rate=44100)
            audio.bit_rate = 64_000
            context = audio.codec_context
            size = 1024
            for index in range(20):
                frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, 10)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            for index in range(86):
                phase = np.arange(index * size, (index + 1) * size) * 0.06
                wave = (np.sin(phase) * 8000).astype(np.int16)
                plain = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
                plain.rate, plain.pts, plain.time_base = 44100, index * size, Fraction(1, 44100)
                for frame in av.AudioResampler(format=context.format).resample(plain):
                    container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
        return path

    return make


@pytest.fixture
def read_back(read_sound: Callable[[Path], list[tuple[Fraction, bytes]]]) -> Callable[[Path], ReadBack]:
    def read(path: Path) -> ReadBack:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            assert stream.codec_context.name == "h264"
            assert stream.codec_context.pix_fmt == "yuv420p"
            times, pictures, end_s = [], [], Fraction(0)
            for frame in container.decode(stream):
                assert frame.pts is not None
                times.append(frame.pts * frame.time_base)
                pictures.append(frame.to_ndarray(format="rgb24"))
            if stream.duration is not None and stream.start_time is not None:
                end_s = (stream.start_time + stream.duration) * stream.time_base
        return ReadBack(times, pictures, end_s, read_sound(path))

    return read


@pytest.fixture
def read_sound() -> Callable[[Path], list[tuple[Fraction, bytes]]]:
    """Time in seconds and bytes of each audio packet."""

    def read(path: Path) -> list[tuple[Fraction, bytes]]:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                return []
            packets = [packet for packet in container.demux(audio=0) if packet.size]
            return [((packet.pts or 0) * packet.time_base, bytes(packet)) for packet in packets]

    return read
