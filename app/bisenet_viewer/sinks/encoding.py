"""`Encoding`: which codec, which encoder, how much quality; and whether the graphics card can encode."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import av
import numpy as np

from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks.target import reason

Codec = Literal["h264", "hevc", "av1"]
EncoderChoice = Literal["auto", "software", "nvenc"]

NICEST_CRF: dict[Codec, int] = {"h264": 20, "hevc": 24, "av1": 32}
"""About the same picture with each."""
HIGHEST_CRF: dict[Codec, int] = {"h264": 51, "hevc": 51, "av1": 63}

_SOFTWARE: dict[Codec, tuple[str, dict[str, str]]] = {
    # What makes files small at `veryfast`, with the searches of `superfast`: 58 % of the processor's time of the former
    # for 6 % larger files of the same quality (a drive at 720p; plain `superfast` makes them 76 % larger).
    "h264": ("libx264", {"preset": "superfast", "x264-params": "mbtree=1:rc-lookahead=10:weightp=1"}),
    "hevc": ("libx265", {"preset": "veryfast", "x265-params": "log-level=none"}),
    "av1": ("libsvtav1", {"preset": "9"}),
}

# SVT-AV1 prints its settings on stderr and can be told not to by this alone.
os.environ.setdefault("SVT_LOG", "0")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the pictures of a video are compressed."""

    codec: Codec = "h264"
    encoder: EncoderChoice = "auto"
    """`nvenc` is NVIDIA's encoder; `auto` takes it when it works, else the software."""
    crf: int | None = None
    """Constant quality, lower is better; None: a good one for the codec, unless there is a bit rate."""
    bitrate: int | None = None
    """Bits per second on average, instead of constant quality."""
    threads: int | None = None
    """Of the software encoder, at most; None: as it likes."""

    def __post_init__(self) -> None:
        if self.crf is not None and self.bitrate is not None:
            raise ValueError("give a quality (crf) or a bit rate, not both")
        if self.crf is not None and not 0 <= self.crf <= HIGHEST_CRF[self.codec]:
            raise ValueError(f"crf of {self.codec} is 0 to {HIGHEST_CRF[self.codec]}, got {self.crf}")
        if self.bitrate is not None and self.bitrate < 1000:
            raise ValueError(f"expected a bit rate of 1000 or more per second, got {self.bitrate}")

    def check_container(self, suffix: str) -> None:
        """Raise SinkError where a file with that extension (`.mov`) cannot hold the codec."""
        if self.codec == "av1" and suffix.lower() == ".mov":
            raise SinkError("QuickTime (.mov) cannot hold AV1; use .mp4 or .mkv")

    def encoder_name(self, width: int, height: int) -> str:
        """FFmpeg's name of the encoder that takes pictures of that size.

        Raises SinkError when NVENC is asked for and does not work.
        """
        if self.encoder == "software":
            return _SOFTWARE[self.codec][0]
        obstacle = nvenc_obstacle(self.codec, width, height)
        if obstacle is None:
            return f"{self.codec}_nvenc"
        if self.encoder == "nvenc":
            raise SinkError(
                f"NVENC cannot encode {self.codec} at {width}x{height} here ({obstacle}): use --encoder software"
            )
        return _SOFTWARE[self.codec][0]

    def options(self, encoder_name: str) -> dict[str, str]:
        """The encoder's private options: speed, quality, threads."""
        crf = None if self.bitrate is not None else str(NICEST_CRF[self.codec] if self.crf is None else self.crf)
        if encoder_name.endswith("_nvenc"):
            return {"preset": "p5", "rc": "vbr"} | ({} if crf is None else {"cq": crf})
        options = dict(_SOFTWARE[self.codec][1])
        if crf is not None:
            options["crf"] = crf
        if self.threads is not None:
            if self.codec == "h264":
                options["threads"] = str(self.threads)
            elif self.codec == "hevc":
                options["x265-params"] += f":pools={self.threads}"
            else:
                options["svtav1-params"] = f"lp={self.threads}"
        return options


@lru_cache
def nvenc_obstacle(codec: Codec, width: int, height: int) -> str | None:
    """Why NVENC cannot encode pictures of that size here; None: it can.

    Tried with one picture: a card may have no encoder (H100), too old a driver, no session left, or a minimum size.
    """
    try:
        context = av.CodecContext.create(f"{codec}_nvenc", "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, 30)
        picture = av.VideoFrame.from_ndarray(np.zeros((height * 3 // 2, width), np.uint8), format="yuv420p")
        picture.pts = 0
        packets = context.encode(picture) + context.encode(None)
    except (av.FFmpegError, OSError, ValueError) as error:
        return reason(error)
    return None if packets else "it gave nothing back"
