"""`EncoderFrames`: pictures, wherever they lie, as the frames that one encoder takes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from bisenet.kernels.cuda.colors import YuvColors

if TYPE_CHECKING:
    from bisenet.engines.cuda.pictures import Nv12Picture, Picture
    from bisenet_viewer.sinks.card_frames import CardFrames

_OF_RGB = YuvColors("bt709", full_range=False)
_MATRICES = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709, "bt2020": Colorspace.BT2020}
"""Their numbers are those of H.273 as well, with which a stream is tagged."""

_log = logging.getLogger(__name__)


class EncoderFrames:
    """All have the size and the colours of the first picture: its own on a card, BT.709 made of RGB.

    To NVENC the pictures go where they lie, if it takes them there; to others planes are fetched as they are, which is
    half of what RGB takes and no rounding.
    """

    def __init__(self, first: Picture, encoder: str) -> None:
        """encoder: FFmpeg's name of it."""
        self._colors = _OF_RGB if isinstance(first, np.ndarray) else first.colors
        self._card = None if isinstance(first, np.ndarray) else _card_frames(first, encoder)
        self._reformatter = VideoReformatter()

    @property
    def format(self) -> Literal["cuda", "yuv420p"]:
        """FFmpeg's name of what the encoder is to be set up for."""
        return "yuv420p" if self._card is None else "cuda"

    @property
    def colorspace(self) -> int:
        """By H.273."""
        return int(_MATRICES[self._colors.matrix])

    @property
    def color_range(self) -> int:
        """By H.273, as FFmpeg counts."""
        return int(_range(self._colors))

    def frame(self, picture: Picture) -> av.VideoFrame:
        """A frame of a picture of the first one's even size.

        The picture must stay as it is until the encoder is done with it. Raises RuntimeError when the card fails,
        av.FFmpegError.
        """
        if isinstance(picture, np.ndarray):
            stored, colors = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(picture), format="rgb24"), _OF_RGB
            source = None
        else:
            if self._card is not None and picture.colors == self._colors:
                return self._card.frame(picture)
            stored, colors = _fetched(picture), picture.colors
            source = _MATRICES[colors.matrix]
        return self._reformatter.reformat(
            stored,
            # What is uploaded to an encoder on a card has the form of what lies there.
            format="yuv420p" if self._card is None else "nv12",
            src_colorspace=source,
            src_color_range=None if source is None else _range(colors),
            dst_colorspace=_MATRICES[self._colors.matrix],
            dst_color_range=_range(self._colors),
            threads=1,
        )


def _card_frames(first: Nv12Picture, encoder: str) -> CardFrames | None:
    """None: that encoder takes no pictures where this one lies."""
    if not encoder.endswith("_nvenc") or not first.luma.is_cuda:
        return None
    from bisenet_viewer.sinks.card_frames import CardFrames, card_obstacle

    height, width, _ = first.shape
    index = first.luma.device.index
    obstacle = card_obstacle(encoder, width, height, index)
    if obstacle is not None:
        _log.warning("%s does not take pictures from cuda:%d (%s): they go over the host", encoder, index, obstacle)
        return None
    _log.info("%s takes the pictures from cuda:%d", encoder, index)
    return CardFrames(index)


def _fetched(picture: Nv12Picture) -> av.VideoFrame:
    return av.VideoFrame.from_dlpack((picture.luma.cpu(), picture.chroma.cpu()), format="nv12")


def _range(colors: YuvColors) -> ColorRange:
    return ColorRange.JPEG if colors.full_range else ColorRange.MPEG
