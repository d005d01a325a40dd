"""Pictures that a CUDA card decodes and keeps, for an engine on the same card: they do not cross to the host."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.video.reformatter import Colorspace
from torch.utils.dlpack import from_dlpack

from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.kernels.cuda.colors import YuvColors
from bisenet_viewer.nv12 import in_one_piece, torch_context
from bisenet_viewer.sources import hardware, hdr
from bisenet_viewer.sources.container import open_container, video_stream
from bisenet_viewer.sources.decoders import GaveUpError
from bisenet_viewer.sources.picture import Converter, is_full_range, matrix_of

CODECS = frozenset({"h264", "hevc", "vp9", "av1"})
"""FFmpeg's decoders that NVDEC works for. The packages of PyAV decode AV1 with libdav1d, which knows no card."""
WORTH_PIXELS = 960 * 540
"""Up to here two threads of the processor decode about a thousand pictures a second, as many as an engine takes. What
is larger they hold up; and since nothing is fetched back, the card is worth it long before `hardware.WORTH_PIXELS`."""

_FORMATS = frozenset({"yuv420p", "yuvj420p", "nv12"})
_MATRICES: dict[Colorspace, Literal["bt601", "bt709", "bt2020"]] = {
    Colorspace.ITU601: "bt601", Colorspace.ITU709: "bt709", Colorspace.BT2020: "bt2020"
}  # fmt: skip
_FAULTS = (*hardware.FAULTS, TypeError, BufferError)
"""Also what DLPack's two sides raise where they do not understand each other."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardDecoder:
    """NVDEC of one card, for upright SDR pictures of 8 bits and of one even size."""

    index: int
    size: tuple[int, int]
    """Width and height of the pictures."""

    @property
    def name(self) -> str:
        return f"cuda:{self.index}"

    def open(self, path: Path) -> InputContainer:
        """A container whose pictures stay on the card. Raises GaveUpError."""
        try:
            return open_keeping(path, self.index)
        except _FAULTS as error:
            raise GaveUpError(first_line(error)) from error

    def pixels(self, frame: av.VideoFrame) -> Nv12Picture:
        """A copy of the picture on the card, in the order of torch's default stream there. Raises GaveUpError."""
        try:
            return self._copied(frame)
        except _FAULTS as error:
            raise GaveUpError(first_line(error)) from error

    def _copied(self, frame: av.VideoFrame) -> Nv12Picture:
        colors = _colors(frame)
        if (frame.width, frame.height) != self.size or colors is None:
            raise ValueError("the pictures have changed their size or their colours")
        planes = frame.planes
        if len(planes) != 2:
            raise ValueError(f"expected two planes, got {frame.format.name}")
        # As capsules: asked for a plane itself, torch names a stream to be waited for, which PyAV refuses.
        luma, chroma = (from_dlpack(plane.__dlpack__()) for plane in planes)
        # A decoder has few surfaces, and stands still without a free one, while frames may wait in channels as long as
        # they like. A copy, microseconds of the card's time for the 3 MB of 1080p, gives the surface back at once.
        # Nobody waits for it: an engine takes a picture in after what the default stream was given before.
        return Nv12Picture(*in_one_piece(luma, chroma), colors)


def card_decoder(path: Path, first: av.VideoFrame, converter: Converter, codec: str, index: int) -> CardDecoder | None:
    """A card that decodes a file's first picture as the processor did, and keeps it. None: it does not, or is not worth
    it.

    first: that picture. converter: of the file. codec: the name of the processor's decoder.
    """
    if not _fits(first, converter, codec):
        return None
    decoder = CardDecoder(index, (first.width, first.height))
    try:
        with decoder.open(path) as container:
            seen = next(container.decode(video_stream(container, path)), None)
            rgb = None if seen is None else decoder.pixels(seen).rgb()
    except (GaveUpError, *_FAULTS) as error:
        _log.info("%s: not kept on %s: %s", path.name, decoder.name, first_line(error))
        return None
    if rgb is None or hardware.difference(rgb, converter.rgb(first)) > hardware.UNLIKE:
        _log.warning("%s: not kept on %s: its pictures differ from the processor's", path.name, decoder.name)
        return None
    _log.info("%s: decoded on %s, and kept there", path.name, decoder.name)
    return decoder


def open_keeping(path: Path, index: int) -> InputContainer:
    """Open a file whose pictures a card decodes and keeps, in torch's context. Raises what PyAV and torch raise."""
    with torch_context(index):
        return open_container(
            path,
            HWAccel(
                "cuda",
                device=str(index),
                allow_software_fallback=False,
                options={"primary_ctx": "0", "current_ctx": "1"},
                is_hw_owned=True,
            ),
        )


def first_line(error: BaseException) -> str:
    """Without the advice that torch gives to programmers."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _fits(first: av.VideoFrame, converter: Converter, codec: str) -> bool:
    return (
        codec in CODECS
        and first.format.name in _FORMATS
        and first.width * first.height > WORTH_PIXELS
        and first.width % 2 == 0
        and first.height % 2 == 0
        and converter.keeps_shape
        and _colors(first) is not None
    )


def _colors(frame: av.VideoFrame) -> YuvColors | None:
    """None: HDR, or a matrix of the last century."""
    matrix = _MATRICES.get(matrix_of(frame))
    if matrix is None or int(frame.color_trc) in hdr.TRANSFERS:
        return None
    return YuvColors(matrix, is_full_range(frame))
