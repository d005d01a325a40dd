"""`GrowingVideo`: a video file that can be played at any moment of its growth."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.codec.context import ThreadType
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.reformatter import ColorPrimaries, ColorTrc
from av.video.stream import VideoStream

from bisenet_viewer.frame import Frame
from bisenet_viewer.sinks.encoder_frames import EncoderFrames
from bisenet_viewer.sinks.encoding import Encoding
from bisenet_viewer.sinks.tracks import HEVC_TAG, TrackCopy

if TYPE_CHECKING:
    from bisenet.engines.cuda.pictures import Picture

_PLAIN_RATE = Fraction(30)
_KEY_FRAME_S = 2
_FRAGMENT_US = "1000000"
_FINE_ENOUGH = 90_000
_FINEST = Fraction(1, 1_000_000)


class GrowingVideo:
    """The encoder, the reader of the other tracks, and the file both go into.

    The file comes in fragments of a second (Matroska: clusters) that stand for themselves, so that a killed process
    leaves what plays. The methods raise av.FFmpegError or OSError when it cannot be written; `write` RuntimeError when
    the card fails that a picture lies on.
    """

    def __init__(
        self,
        path: Path,
        *,
        time_base: Fraction,
        rate: Fraction | None,
        first: Picture,
        encoding: Encoding,
        tracks_from: Path | None,
        origin_s: Fraction | None,
        say: Callable[[str], None],
    ) -> None:
        """path: where it grows; its extension decides the format. time_base: seconds per unit of the frames' pts.

        rate: frames per second for the encoder's rate control and level; no timestamp depends on it. first: the first
        picture, not yet written, whose even size all others have. tracks_from: the file whose sound and other tracks
        are copied along. origin_s: the time that becomes 0; None: times stay as they are. say: takes one line for
        people. Raises SinkError where the encoder is not there.
        """
        rate = rate if rate is not None and 1 <= rate <= 240 else _PLAIN_RATE
        # MP4 counts a frame's duration in 32 bits: in the nanoseconds of some WebM files a gap of 5 s would not fit.
        self._time_base = time_base = max(time_base, _FINEST)
        self._origin_s = origin_s or Fraction(0)
        height, width, _ = first.shape
        self.size = (width, height)
        """Width and height of all pictures."""
        self.encoder = encoding.encoder_name(width, height)
        """FFmpeg's name of what encodes."""
        self._frames = EncoderFrames(first, self.encoder)
        self._last_pts: int | None = None
        self._duration = max(1, round(1 / (rate * time_base)))
        """Of the last frame, whose end no next frame tells."""
        self._durations: dict[int, int] = {}
        self._container = av.open(str(path), "w", container_options=_growing_options(path, time_base.denominator))
        try:
            self._stream = _add_video(self._container, self.encoder, encoding, rate, self.size, time_base, self._frames)
            self._tracks = (
                None if tracks_from is None else TrackCopy(tracks_from, self._container, self._stream, say, origin_s)
            )
        except BaseException:
            self._container.close()
            raise

    def write(self, frame: Frame, picture: Picture) -> None:
        """Encode a picture of the first one's size at the time of `frame`."""
        height, width, _ = picture.shape
        if (width, height) != self.size:
            raise ValueError(f"expected {self.size[0]}x{self.size[1]}, got {width}x{height}")
        pts = round((frame.pts * frame.time_base - self._origin_s) / self._time_base)
        if self._last_pts is not None:
            # A muxer refuses times that do not grow; a file that has such is shown, not refused.
            pts = max(pts, self._last_pts + 1)
            self._durations[self._last_pts] = pts - self._last_pts
        self._last_pts = pts
        encodable = self._frames.frame(picture)
        encodable.pts = pts
        encodable.time_base = self._time_base
        # Before anything is written, for which all encoders are opened: one on a card needs its first picture for that.
        packets = self._stream.encode(encodable)
        if self._tracks is not None:
            self._tracks.copy_until(float(pts * self._time_base + self._origin_s))
        self._mux(packets)

    def finish(self, *, tracks_until_end: bool) -> None:
        """Write what the encoder holds back and the rest of the other tracks, and close the file."""
        try:
            if self._last_pts is not None:
                self._mux(self._stream.encode(None))
                if self._tracks is not None:
                    end_s = float(self.last_frame_s[1] + self._origin_s)
                    self._tracks.copy_until(None if tracks_until_end else end_s)
        finally:
            if self._tracks is not None:
                self._tracks.close()
            self._container.close()

    @property
    def last_frame_s(self) -> tuple[Fraction, Fraction]:
        """When the last frame begins and ends, in seconds of this file."""
        assert self._last_pts is not None
        return self._last_pts * self._time_base, (self._last_pts + self._duration) * self._time_base

    def _mux(self, packets: list[Packet[Stream]]) -> None:
        for packet in packets:
            # Encoders give no durations.
            if packet.pts is not None:
                packet.duration = self._durations.pop(packet.pts, self._duration)
            self._container.mux(packet)


def is_iso(path: Path) -> bool:
    """True for MP4 and QuickTime, whose index is one table; False for Matroska."""
    return path.suffix.lower() != ".mkv"


def _growing_options(path: Path, timescale: int) -> dict[str, str]:
    # Nothing stays in the writer's buffer. Audio that begins before 0 (encoder priming) must not shift the video.
    # Tracks with rare packets (subtitles) may hold the others back for a second, not for ten.
    options = {"flush_packets": "1", "avoid_negative_ts": "disabled", "max_interleave_delta": _FRAGMENT_US}
    if is_iso(path):
        # `delay_moov` waits with the header until the first times are known, so that they are kept in an edit list.
        options["movflags"] = "frag_keyframe+delay_moov+default_base_moof"
        options["frag_duration"] = _FRAGMENT_US
        options |= iso_clock(timescale)
    return options


def iso_clock(timescale: int) -> dict[str, str]:
    # The track's unit keeps each time, the movie's unit (1 ms unless told) the times at which tracks begin: a multiple,
    # so that the video's is exact and the sound's is not rounded to a whole frame.
    movie = timescale * -(-_FINE_ENOUGH // timescale)
    return {"video_track_timescale": str(timescale), "movie_timescale": str(movie)}


def _add_video(
    container: OutputContainer,
    encoder: str,
    encoding: Encoding,
    rate: Fraction,
    size: tuple[int, int],
    time_base: Fraction,
    frames: EncoderFrames,
) -> VideoStream:
    stream = container.add_stream(encoder, rate=rate, options=encoding.options(encoder), width=size[0], height=size[1])
    assert isinstance(stream, VideoStream)
    stream.pix_fmt = frames.format
    stream.time_base = time_base
    context = stream.codec_context
    context.time_base = time_base
    context.gop_size = max(1, round(rate * _KEY_FRAME_S))
    if encoding.bitrate is not None:
        context.bit_rate = encoding.bitrate
    if encoding.codec == "hevc" and container.format.name in ("mp4", "mov"):
        context.codec_tag = HEVC_TAG
    # Slices, PyAV's default, cost quality and speed and are for low latency.
    context.thread_type = ThreadType.FRAME
    context.colorspace = frames.colorspace
    context.color_range = frames.color_range
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    return stream
