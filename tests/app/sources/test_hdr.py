"""HDR pictures on an ordinary screen: brightness and hue where the standards put them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet_viewer.sources import open_source
from bisenet_viewer.sources.hdr import ToneMap, to_sdr

PQ, HLG = 16, 18

PQ_OF_NITS = {0: 0.0, 26: 0.3800, 100: 0.5081, 203: 0.5807, 1000: 0.7518, 4000: 0.9026}
"""ITU-R BT.2408, table 1, and SMPTE ST 2084."""


def grey(signal: float) -> NDArray[np.float64]:
    return np.full(3, signal)


@pytest.mark.parametrize(
    ("kind", "signal", "level"),
    [
        ("pq", PQ_OF_NITS[0], 0),
        ("pq", PQ_OF_NITS[26], 255 * (26 / 203) ** (1 / 2.4)),  # dark parts stay as they are
        ("pq", PQ_OF_NITS[203], 230),  # white leaves room for what is brighter
        ("pq", PQ_OF_NITS[1000], 255),
        ("pq", PQ_OF_NITS[4000], 255),
        ("hlg", 0.75, 230),  # white of HLG, by BT.2408
        ("hlg", 0.0, 0),
        ("hlg", 1.0, 255),
    ],
)
def test_greys(kind: str, signal: float, level: float) -> None:
    assert to_sdr(kind, grey(signal)) * 255 == pytest.approx(grey(level), abs=1.5)


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_brighter_stays_brighter(kind: str) -> None:
    levels = [float(to_sdr(kind, grey(k / 100))[0]) for k in range(101)]
    assert levels == sorted(levels)


def test_a_bright_red_stays_red() -> None:
    red, green, blue = to_sdr("pq", np.array([0.9, 0.45, 0.45]))
    assert red > 0.95
    assert green < 0.6
    assert abs(green - blue) < 0.2


def test_the_table_is_close_to_the_formula() -> None:
    rng = np.random.default_rng(5)
    # Colours as they occur, in patches so that chroma need not be interpolated.
    signal = rng.uniform(0.05, 0.75, (6, 8, 1)) + rng.uniform(-0.03, 0.03, (6, 8, 3))
    expected = np.kron(to_sdr("pq", signal) * 255, np.ones((8, 8, 1)))
    picture = ToneMap("pq", 64, 48).rgb24(frame_of(np.kron(signal, np.ones((8, 8, 1)))), full_range=True)
    off = np.abs(np.asarray(picture.to_ndarray(), np.float64) - expected)
    assert off.mean() < 0.8
    assert off.max() < 10


def frame_of(signal: NDArray[np.float64]) -> av.VideoFrame:
    """12-bit full-range 4:4:4 Y'CbCr of BT.2020 (ITU-R BT.2020, table 4) from R'G'B'."""
    red, _, blue = np.moveaxis(signal, -1, 0)
    luma = signal @ (0.2627, 0.6780, 0.0593)
    planes = (luma, (blue - luma) / 1.8814 + 2048 / 4095, (red - luma) / 1.4746 + 2048 / 4095)
    frame = av.VideoFrame(signal.shape[1], signal.shape[0], "yuv444p12le")
    for plane, values in zip(frame.planes, planes, strict=True):
        whole = np.zeros((plane.height, plane.line_size // 2), np.uint16)
        whole[:, : plane.width] = np.rint(np.clip(values, 0, 1) * 4095)
        plane.update(whole.tobytes())
    return frame


@pytest.mark.parametrize(("transfer", "signal"), [(PQ, PQ_OF_NITS[203]), (HLG, 0.75)])
def test_a_film(tmp_path: Path, transfer: int, signal: float) -> None:
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "4"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        stream.codec_context.color_trc, stream.codec_context.colorspace = transfer, 9
        stream.codec_context.color_primaries, stream.codec_context.color_range = 9, 1
        for k in range(3):
            planes = np.full((72, 64), 512, np.uint16)
            planes[:48] = round(64 + 876 * signal)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p10le")
            frame.pts, frame.time_base = k, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with open_source(str(path)) as source:
        for _ in range(2):
            frames = [frame for frame in source.frames() if frame is not None]
            assert [frame.pts for frame in frames] == [0, 40, 80]
            for frame in frames:
                assert np.abs(frame.rgb.astype(int) - 230).max() <= 4
