"""`GrowingVideo`: an H.264 file that can be played at any moment of its growth, and its last copy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from bisenet_viewer.frame import Frame
from bisenet_viewer.sinks.audio import AudioCopy

_PLAIN_RATE = Fraction(30)
_KEY_FRAME_S = 2
_FRAGMENT_US = "1000000"
_FINEST = Fraction(1, 1_000_000)


class GrowingVideo:
    """x264, the reader of the sound, and the file both go into.

    The file comes in fragments of a second (Matroska: clusters) that stand for themselves, so that a killed process
    leaves what plays. The methods raise av.FFmpegError or OSError when it cannot be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        time_base: Fraction,
        rate: Fraction | None,
        width: int,
        height: int,
        options: dict[str, str],
        audio_from: Path | None,
        say: Callable[[str], None],
    ) -> None:
        """path: where it grows; its extension decides the format. time_base: seconds per unit of the frames' pts.

        rate: frames per second for x264's rate control and level; no timestamp depends on it. options: x264's.
        audio_from: the file whose sound is copied along. say: takes one line for people.
        """
        rate = rate if rate is not None and 1 <= rate <= 240 else _PLAIN_RATE
        # MP4 counts a frame's duration in 32 bits: in the nanoseconds of some WebM files a gap of 5 s would not fit.
        self._time_base = time_base = max(time_base, _FINEST)
        self._size = (width, height)
        self._reformatter = VideoReformatter()
        self._last_pts: int | None = None
        self._duration = max(1, round(1 / (rate * time_base)))
        """Of the last frame, whose end no next frame tells."""
        self._durations: dict[int, int] = {}
        self._container = av.open(str(path), "w", container_options=_growing_options(path, time_base.denominator))
        try:
            self._stream = _add_h264(self._container, rate, width, height, time_base, options)
            self._audio = None if audio_from is None else AudioCopy(audio_from, self._container, say)
        except BaseException:
            self._container.close()
            raise

    def write(self, frame: Frame, rgb: NDArray[np.uint8]) -> None:
        """Encode `rgb`, (H, W, 3) uint8 of the first frame's even size, at the time of `frame`."""
        height, width, _ = rgb.shape
        if (width, height) != self._size:
            raise ValueError(f"expected {self._size[0]}x{self._size[1]}, got {width}x{height}")
        pts = round(frame.pts * frame.time_base / self._time_base)
        if self._last_pts is not None:
            # A muxer refuses times that do not grow; a file that has such is shown, not refused.
            pts = max(pts, self._last_pts + 1)
            self._durations[self._last_pts] = pts - self._last_pts
        self._last_pts = pts
        picture = self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(rgb), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        picture.pts = pts
        picture.time_base = self._time_base
        if self._audio is not None:
            self._audio.copy_until(float(pts * self._time_base))
        self._mux(self._stream.encode(picture))

    def finish(self, *, audio_until_end: bool) -> None:
        """Write what the encoder holds back and the rest of the sound, and close the file."""
        try:
            if self._last_pts is not None:
                self._mux(self._stream.encode(None))
                if self._audio is not None:
                    self._audio.copy_until(None if audio_until_end else float(self.last_frame_s[1]))
        finally:
            if self._audio is not None:
                self._audio.close()
            self._container.close()

    @property
    def last_frame_s(self) -> tuple[Fraction, Fraction]:
        """When the last frame begins and ends, in seconds."""
        assert self._last_pts is not None
        return self._last_pts * self._time_base, (self._last_pts + self._duration) * self._time_base

    def _mux(self, packets: list[Packet[Stream]]) -> None:
        for packet in packets:
            # x264 gives no durations.
            if packet.pts is not None:
                packet.duration = self._durations.pop(packet.pts, self._duration)
            self._container.mux(packet)


def copy_with_index_in_front(fragmented: Path, finished: Path, last_frame_s: tuple[Fraction, Fraction]) -> None:
    """Rewrite a fragmented file as a plain one that starts to play before it is all there; nothing is encoded again.

    last_frame_s: when the last frame begins and ends; fragments tell it only in decoding order, which may be wrong.
    """
    with ExitStack() as stack:
        source = stack.enter_context(av.open(str(fragmented)))
        time_base = source.streams.video[0].time_base
        assert time_base is not None
        options = {"movflags": "faststart", "avoid_negative_ts": "disabled", **_iso_clock(time_base.denominator)}
        target = stack.enter_context(av.open(str(finished), "w", container_options=options))
        copies = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None:  # the demuxer's end mark
                continue
            if packet.stream.type == "video" and packet.pts is not None:
                until_end = round((last_frame_s[1] - packet.pts * time_base) / time_base)
                is_last = packet.pts * time_base >= last_frame_s[0]
                packet.duration = until_end if is_last else min(packet.duration or 1, until_end)
            packet.stream = copies[packet.stream_index]
            target.mux(packet)


def plays(path: Path) -> bool:
    """Whether a first picture can be decoded from the file."""
    with suppress(av.FFmpegError, OSError), av.open(str(path)) as container:
        return next(container.decode(video=0), None) is not None
    return False


def is_iso(path: Path) -> bool:
    """True for MP4 and QuickTime, whose index is one table; False for Matroska."""
    return path.suffix.lower() != ".mkv"


def _growing_options(path: Path, timescale: int) -> dict[str, str]:
    # Nothing stays in the writer's buffer. Audio that begins before 0 (encoder priming) must not shift the video.
    options = {"flush_packets": "1", "avoid_negative_ts": "disabled"}
    if is_iso(path):
        # `delay_moov` waits with the header until the first times are known, so that they are kept in an edit list.
        options["movflags"] = "frag_keyframe+delay_moov+default_base_moof"
        options["frag_duration"] = _FRAGMENT_US
        options |= _iso_clock(timescale)
    return options


def _iso_clock(timescale: int) -> dict[str, str]:
    # The track's unit keeps each time, the movie's unit (1 ms unless told) the time the track begins at.
    return {"video_track_timescale": str(timescale), "movie_timescale": str(timescale)}


def _add_h264(
    container: OutputContainer, rate: Fraction, width: int, height: int, time_base: Fraction, options: dict[str, str]
) -> VideoStream:
    stream = container.add_stream("libx264", rate=rate, options=options, width=width, height=height)
    stream.pix_fmt = "yuv420p"
    stream.time_base = time_base
    context = stream.codec_context
    context.time_base = time_base
    context.gop_size = max(1, round(rate * _KEY_FRAME_S))
    # Slices, PyAV's default, cost quality and speed and are for low latency.
    context.thread_type = ThreadType.FRAME
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    return stream
