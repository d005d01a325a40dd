"""Set-up for the application's tests: Qt without a screen, and tiny clips made on the spot."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import ctypes
import struct
import sys
from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import pytest
from numpy.typing import NDArray

LEVEL_STEP = 4
"""Frame k of a clip is grey of level 16 + LEVEL_STEP * k, with marks in two corners."""


class MakeClip(Protocol):
    """Writes a clip and returns its path."""

    def __call__(
        self,
        name: str = "clip.mkv",
        *,
        count: int = 20,
        width: int = 64,
        height: int = 48,
        rate: int = 25,
        codec: str = "libx264",
        gop: int = 6,
        times_ms: Sequence[int] | None = None,
        audio: bool = False,
        damaged: Collection[int] = (),
        pixels: str | None = None,
        pixel_aspect: Fraction = Fraction(1),
        transfer: int = 2,
    ) -> Path: ...


def clip_picture(k: int, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: frame k. Upper left quarter's corner is red, the upper right one blue."""
    rgb = np.full((height, width, 3), 16 + LEVEL_STEP * k, np.uint8)
    rgb[: height // 4, : width // 4] = (220, 30, 30)
    rgb[: height // 4, -(width // 4) :] = (30, 30, 220)
    return rgb


def _write_audio(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    samples = np.zeros((1, 1024), np.float32)
    for k in range(max(1, int(seconds * 8000 / 1024))):
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, k * 1024, Fraction(1, 8000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Make clips in `tmp_path`. `times_ms` makes the rate vary; packets in `damaged` hold rubbish.

    transfer: the transfer characteristics it is marked with, by H.273.
    """

    def make(
        name: str = "clip.mkv", *, count: int = 20, width: int = 64, height: int = 48, rate: int = 25,
        codec: str = "libx264", gop: int = 6, times_ms: Sequence[int] | None = None,
        audio: bool = False, damaged: Collection[int] = (), pixels: str | None = None,
        pixel_aspect: Fraction = Fraction(1), transfer: int = 2,
    ) -> Path:  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        times = times_ms if times_ms is not None else [round(k * 1000 / rate) for k in range(count)]
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate)
            stream.width, stream.height = width, height
            stream.pix_fmt = pixels or ("yuvj420p" if codec == "mjpeg" else "yuv420p")
            stream.codec_context.sample_aspect_ratio = pixel_aspect
            stream.codec_context.color_trc = transfer
            # MPEG-2 knows a few rates only, and counts time in their frames.
            stream.codec_context.time_base = Fraction(1, rate) if codec == "mpeg2video" else Fraction(1, 1000)
            stream.codec_context.gop_size = gop
            sound = container.add_stream("aac", rate=8000, layout="mono") if audio else None
            written = 0
            for k, time_ms in enumerate([*times, None]):
                frame = None
                if time_ms is not None:
                    frame = av.VideoFrame.from_ndarray(clip_picture(k, width, height), format="rgb24")
                    frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
                for packet in stream.encode(frame):
                    chosen = packet
                    if written in damaged:
                        chosen = av.Packet(b"\x00\xff" * 40)
                        chosen.stream, chosen.time_base = stream, packet.time_base
                        chosen.pts, chosen.dts = packet.pts, packet.dts
                    container.mux(chosen)
                    written += 1
            if sound is not None:
                _write_audio(container, sound, times[-1] / 1000)
        return path

    return make


@pytest.fixture
def make_sound(tmp_path: Path) -> Path:
    """A file with sound and no pictures."""
    path = tmp_path / "sound.m4a"
    with av.open(str(path), "w") as container:
        _write_audio(container, container.add_stream("aac", rate=8000, layout="mono"), 1.0)
    return path


def set_display_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Set how an MP4's picture is to be turned: p' = a p + c q, q' = b p + d q (ISO/IEC 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    # The header of the first track: 4 bytes of version and 36 more lie between the box's name and the matrix.
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


class MakeTurned(Protocol):
    """Writes an MP4 whose pictures are to be turned by a display matrix."""

    def __call__(self, a: int, b: int, c: int, d: int, pixel_aspect: Fraction = Fraction(1)) -> Path: ...


@pytest.fixture
def make_turned_clip(make_clip: MakeClip) -> MakeTurned:
    """Make clips of 64 x 48 that are shown turned by the matrix ((a, b), (c, d))."""

    def make(a: int, b: int, c: int, d: int, pixel_aspect: Fraction = Fraction(1)) -> Path:
        path = make_clip("turned.mp4", count=6, pixel_aspect=pixel_aspect)
        set_display_matrix(path, a, b, c, d)
        return path

    return make


@pytest.fixture
def shared_clips() -> Path:
    """The folder of real clips beside the project; the test is skipped where there is none."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "clips"
    if not folder.is_dir():
        pytest.skip("no ../shared/clips")
    return folder


@pytest.fixture
def video_engine() -> int:
    """The index of a card that decodes, for tests marked `gpu`; skipped where the driver has no part for video."""
    try:
        ctypes.CDLL("nvcuvid.dll" if sys.platform == "win32" else "libnvcuvid.so.1")
    except OSError as error:
        pytest.skip(f"the driver here has no video engine: {error}")
    return 0
