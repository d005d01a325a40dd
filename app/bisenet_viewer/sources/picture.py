"""From decoded video frames to RGB arrays as a person expects them: right colours, square pixels, upright."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from bisenet_viewer.sources import hdr

_MATRICES = {
    1: Colorspace.ITU709, 4: Colorspace.FCC, 5: Colorspace.ITU601, 6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020,
}  # fmt: skip
"""H.273 matrix coefficients -> what the scaler knows."""

MOST_PIXELS = 1 << 27
"""Of a picture: 16K. A damaged header may ask for more than there is memory."""
_WIDEST_PIXEL = 8
"""A pixel eight times as wide as high, or as high as wide, is a mistake in the file."""
_SQUARE_ENOUGH = Fraction(1, 100)
"""No one sees a hundredth; scaling by so little would only blur."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture is turned to be upright: transposed first, then mirrored."""

    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @classmethod
    def of(cls, frame: av.VideoFrame) -> Orientation:
        """What the frame's display matrix asks for, to the nearest right angle."""
        try:
            # The type that PyAV declares for `side_data` knows one key only.
            matrix = bytes(cast(SideDataContainer, frame.side_data)[SideDataType.DISPLAYMATRIX])
        except KeyError:
            return cls()
        # ISO/IEC 14496-12, 8.2.2: p' = a p + c q, q' = b p + d q, with y downwards.
        a, b, _, c, d = struct.unpack_from("<5i", matrix)
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(True, mirrored_x=c < 0, mirrored_y=b < 0)
        return cls(False, mirrored_x=a < 0, mirrored_y=d < 0)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height once upright."""
        return (height, width) if self.transposed else (width, height)

    def upright(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn (height, width, 3); C-contiguous."""
        if self.transposed:
            rgb = rgb.swapaxes(0, 1)
        if self.mirrored_x:
            rgb = rgb[:, ::-1]
        if self.mirrored_y:
            rgb = rgb[::-1]
        return np.ascontiguousarray(rgb)


class Converter:
    """Makes RGB arrays of one size from the frames of one stream."""

    def __init__(self, first: av.VideoFrame, pixel_aspect: Fraction | None = None) -> None:
        """pixel_aspect: a stored pixel's width by its height; None where the stream does not say."""
        self._width, self._height = square_size(first.width, first.height, pixel_aspect)
        self._orientation = Orientation.of(first)
        self._keeps_shape = self.size == (first.width, first.height) and self._orientation == Orientation()
        self._reformatter = VideoReformatter()
        self._tone_maps: dict[str, hdr.ToneMap] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the arrays."""
        return self._orientation.size(self._width, self._height)

    @property
    def keeps_shape(self) -> bool:
        """Whether frames of the first one's size are neither turned nor scaled, so that only their colours change."""
        return self._keeps_shape

    def rgb(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """(height, width, 3) uint8, upright, C-contiguous. A stream that changes its size is brought to the first.

        Raises av.FFmpegError or ValueError for a picture that cannot be converted.
        """
        kind = hdr.TRANSFERS.get(int(frame.color_trc))
        converted = self._plain(frame) if kind is None or frame.format.is_rgb else self._mapped(kind, frame)
        return self._orientation.upright(np.asarray(converted.to_ndarray(), np.uint8))

    def _plain(self, frame: av.VideoFrame) -> av.VideoFrame:
        return self._reformatter.reformat(
            frame,
            width=self._width,
            height=self._height,
            format="rgb24",
            src_colorspace=matrix_of(frame),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if is_full_range(frame) else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            threads=1,  # more only take cores from decoding and inference
        )

    def _mapped(self, kind: str, frame: av.VideoFrame) -> av.VideoFrame:
        if kind not in self._tone_maps:
            self._tone_maps[kind] = hdr.ToneMap(kind, self._width, self._height)
        return self._tone_maps[kind].rgb24(frame, full_range=is_full_range(frame))


def square_size(width: int, height: int, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """The size at which pixels are square and none is lost: what is too narrow is widened, or else made higher."""
    if pixel_aspect is None or not Fraction(1, _WIDEST_PIXEL) <= pixel_aspect <= _WIDEST_PIXEL:
        return width, height
    if abs(pixel_aspect - 1) <= _SQUARE_ENOUGH:
        return width, height
    wider, higher = max(pixel_aspect, Fraction(1)), max(1 / pixel_aspect, Fraction(1))
    if width * wider * height * higher > MOST_PIXELS:
        return width, height
    return round(width * wider), round(height * higher)


def is_full_range(frame: av.VideoFrame) -> bool:
    """Whether black is 0 and white 255; else 16 and 235."""
    return frame.format.is_rgb or frame.format.name.startswith("yuvj") or frame.color_range == ColorRange.JPEG


def matrix_of(frame: av.VideoFrame) -> Colorspace:
    """The frame's colour matrix; where it does not say, BT.709 from 720 lines up and BT.601 below, as players do."""
    known = _MATRICES.get(int(frame.colorspace))
    if known is not None:
        return known
    large = max(frame.width, frame.height) >= 1280 or min(frame.width, frame.height) >= 720
    return Colorspace.ITU709 if large else Colorspace.ITU601
