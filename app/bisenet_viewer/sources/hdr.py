"""`ToneMap`: HDR pictures (PQ, HLG; ITU-R BT.2100) as they look on an ordinary screen.

Cut to 8 bits as they are, they come out flat and grey, and no network was trained on that. The curve is the one of
ITU-R BT.2390, 5.4.1: what is not brighter than a film's usual surfaces stays as it is, highlights are compressed.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray

TRANSFERS = {int(ColorTrc.SMPTE2084): "pq", int(ColorTrc.ARIB_STD_B67): "hlg"}
"""H.273 transfer characteristics -> the ones that are mapped."""
WHITE_NITS = 203.0
"""Diffuse white of HDR programmes (ITU-R BT.2408): full white of the result."""
PEAK_NITS = 1000.0
"""The brightest that is told apart: what most films are mastered for."""

_POINTS = 33
_BT2020_TO_BT709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)
"""Linear light, ITU-R BT.2087."""
_LUMINANCE = np.array([0.2627, 0.6780, 0.0593])

Values = NDArray[np.float64]


class ToneMap:
    """Makes RGB pictures of one size from HDR ones of one stream, by a table in libavfilter."""

    def __init__(self, kind: str, width: int, height: int) -> None:
        """kind: `pq` or `hlg`. width, height: of the results."""
        self._kind, self._size = kind, (width, height)
        self._format: tuple[object, ...] | None = None
        self._graph: Graph | None = None

    def rgb24(self, frame: av.VideoFrame, *, full_range: bool) -> av.VideoFrame:
        """A frame in `rgb24`, of full range, BT.709 and the size of the results."""
        shape = (frame.width, frame.height, frame.format.name, full_range)
        if self._graph is None or self._format != shape:
            self._graph, self._format = self._built(frame, full_range), shape
        # The filters compare what a frame says of itself with the first; a stream that changes its mind is no matter.
        frame.color_range, frame.colorspace = (2 if full_range else 1), 9
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _built(self, frame: av.VideoFrame, full_range: bool) -> Graph:
        graph = Graph()
        graph.threads = 1
        width, height = self._size
        size = f"{frame.width}x{frame.height}"
        colour = f"colorspace=bt2020nc:range={'pc' if full_range else 'tv'}"
        nodes = [
            graph.add("buffer", f"video_size={size}:pix_fmt={frame.format.name}:time_base=1/1000000:{colour}"),
            graph.add("scale", f"{width}:{height}:flags=bilinear:out_range=pc"),
            graph.add("format", "gbrp12le"),
        ]
        with tempfile.TemporaryDirectory(prefix="bisenet-") as folder:
            # The filter takes its table from a file only, and reads it at once.
            file = Path(folder) / "table.cube"
            file.write_text(_cube(self._kind), "ascii")
            nodes.append(graph.add("lut3d", file=str(file), interp="tetrahedral"))
        nodes += [graph.add("format", "rgb24"), graph.add("buffersink")]
        graph.link_nodes(*nodes).configure()
        return graph


def to_sdr(kind: str, signal: Values) -> Values:
    """(..., 3) R'G'B' signals of BT.2100 in 0..1 -> those of BT.709 for an ordinary screen."""
    nits = _pq_nits(signal) if kind == "pq" else _hlg_nits(signal)
    # By the brightest of the three, so that the hue stays and nothing is cut off.
    brightest = nits.max(axis=-1, keepdims=True)
    light = nits * (_compressed(brightest) / np.maximum(brightest, 1e-6)) / WHITE_NITS
    narrower: Values = np.clip(light @ _BT2020_TO_BT709.T, 0, 1)
    return narrower ** (1 / 2.4)  # the screen's own curve, ITU-R BT.1886


def _pq_nits(signal: Values) -> Values:
    """SMPTE ST 2084."""
    power = np.clip(signal, 0, 1) ** (32 / 2523)
    nits: Values = 10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (16384 / 2610)
    return nits


def _pq_signal(nits: Values) -> Values:
    power = (np.maximum(nits, 0) / 10_000) ** (2610 / 16384)
    signal: Values = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** (2523 / 32)
    return signal


def _hlg_nits(signal: Values) -> Values:
    """ITU-R BT.2100, table 5, for a screen of PEAK_NITS."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = scene @ _LUMINANCE
    nits: Values = PEAK_NITS * scene * np.maximum(luminance, 1e-9)[..., None] ** 0.2
    return nits


def _compressed(nits: Values) -> Values:
    """ITU-R BT.2390, 5.4.1: 0..PEAK_NITS into 0..WHITE_NITS, the darker part unchanged."""
    peak = float(_pq_signal(np.array(PEAK_NITS)))
    top = float(_pq_signal(np.array(WHITE_NITS))) / peak
    knee = 1.5 * top - 0.5
    signal = np.minimum(_pq_signal(nits) / peak, 1)
    t = np.clip((signal - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * top
    return _pq_nits(np.where(signal < knee, signal, bent) * peak)


@cache
def _cube(kind: str) -> str:
    """The table as a .cube file: red fastest."""
    axis = np.linspace(0, 1, _POINTS)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    values = to_sdr(kind, np.stack([red, green, blue], axis=-1)).reshape(-1, 3)
    lines = (f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in values.tolist())
    return f"LUT_3D_SIZE {_POINTS}\n" + "\n".join(lines) + "\n"
