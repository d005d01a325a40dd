"""`CardFrames`: pictures of a card as frames that NVENC encodes from there."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import av
import torch
from av.video.frame import CudaContext
from torch import Tensor

from bisenet.engines.cuda.card import open_card, wait_for
from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.errors import EngineError
from bisenet.kernels.cuda.colors import YuvColors
from bisenet_viewer.nv12 import in_one_piece, is_in_one_piece, torch_context
from bisenet_viewer.sinks.target import reason


class CardFrames:
    """Of one card. All frames share one context of FFmpeg's, which is torch's: NVENC registers what lies there only."""

    def __init__(self, index: int) -> None:
        """Raises RuntimeError with a PyAV that cannot share a context which torch has made."""
        if not hasattr(CudaContext, "current_ctx"):
            raise RuntimeError("PyAV 18.1 or newer is needed")
        self._index = index
        self._context = CudaContext(index, primary_ctx=False, current_ctx=True)

    def frame(self, picture: Nv12Picture) -> av.VideoFrame:
        """Keeps the picture's memory until the encoder is done with it.

        Raises RuntimeError or EngineError when the card fails, av.FFmpegError and ValueError where FFmpeg cannot.
        """
        with torch_context(self._index):
            planes = self._together(picture)
            return av.VideoFrame.from_dlpack(planes, format="nv12", cuda_context=self._context)

    def _together(self, picture: Nv12Picture) -> tuple[Tensor, Tensor]:
        """FFmpeg tells NVENC where brightness is, and NVENC looks for the colours right behind it."""
        if is_in_one_piece(picture.luma, picture.chroma):
            return picture.luma, picture.chroma
        planes = in_one_piece(picture.luma, picture.chroma)
        card = open_card(torch.device("cuda", self._index))
        copied = card.event()
        copied.record()
        # The copies read what may be freed, and used again by others, as soon as the result is let go of.
        wait_for(copied, f"cuda:{self._index}")
        return planes


@lru_cache
def card_obstacle(encoder: str, width: int, height: int, index: int) -> str | None:
    """Why an encoder cannot take pictures of that size from a card; None: it can. Tried with one.

    encoder: FFmpeg's name, `h264_nvenc`. PyAV may be too old, or the driver.
    """
    try:
        with torch_context(index):
            frames = CardFrames(index)
            luma = torch.zeros((height, width), dtype=torch.uint8, device=f"cuda:{index}")
            chroma = torch.full((height // 2, width // 2, 2), 128, dtype=torch.uint8, device=luma.device)
        context = av.CodecContext.create(encoder, "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "cuda"
        context.time_base = Fraction(1, 30)
        frame = frames.frame(Nv12Picture(luma, chroma, YuvColors("bt709", full_range=False)))
        frame.pts = 0
        packets = context.encode(frame) + context.encode(None)
    except (av.FFmpegError, OSError, ValueError, RuntimeError, EngineError) as error:
        return reason(error).splitlines()[0]
    return None if packets else "it gave nothing back"
