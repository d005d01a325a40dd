"""`TrackCopy`: sound, subtitles and data of a file, packet by packet and unchanged, into another file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sinks.target import reason

_KINDS = {"audio": "sound", "subtitle": "subtitles", "data": "data track", "attachment": "attachment"}
HEVC_TAG = "hvc1"
"""By this name alone Apple's players know HEVC."""

_OF_THE_FILE_ITSELF = ("major_brand", "minor_version", "compatible_brands", "encoder")
"""What a container says of itself and not of the recording."""


class TrackCopy:
    """A second reader of the input that hands over its other packets up to the time the video has reached."""

    def __init__(
        self,
        source: Path,
        output: OutputContainer,
        video: Stream,
        say: Callable[[str], None],
        origin_s: Fraction | None = None,
    ) -> None:
        """Add a stream to `output` for each of `source` that is no video; one that the format cannot hold is told.

        Title, place, languages and the time code (as what `video` begins at) go along. origin_s: the time that becomes
        0, and before which nothing is copied; None: times stay as they are. Must come before the first packet is
        written to `output`. Raises SourceError when `source` cannot be opened.
        """
        self._output = output
        self._say = say
        self._origin_s = origin_s
        self._last_dts: dict[int, int] = {}
        self._next: Packet[Stream] | None = None
        try:
            # Absolute, so that no part of the name is read as a protocol.
            self._input: InputContainer = av.open(
                str(source.absolute()), options={"protocol_whitelist": "file"}, metadata_errors="replace"
            )
        except (av.FFmpegError, OSError) as error:
            raise SourceError(f"cannot read the sound of {source}: {reason(error)}") from error
        copy_metadata(self._input, output)
        self._copies = self._add_streams(video)
        self._packets = self._read()

    def copy_until(self, time_s: float | None) -> None:
        """Write the packets that begin at `time_s` seconds of the input or earlier, all that are left when None.

        Raises av.FFmpegError when the output cannot be written.
        """
        while True:
            if self._next is None:
                self._next = next(self._packets, None)
            packet = self._next
            if packet is None or (time_s is not None and _time_s(packet) > time_s):
                return
            self._next = None
            packet.stream = self._copies[packet.stream_index]
            if self._origin_s is not None:
                shift = round(self._origin_s / packet.time_base)
                assert packet.pts is not None
                assert packet.dts is not None
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            self._output.mux(packet)

    def close(self) -> None:
        """Close the input; harmless when repeated."""
        self._input.close()

    def _add_streams(self, video: Stream) -> dict[int, Stream]:
        copies: dict[int, Stream] = {}
        for stream in self._input.streams:
            code = time_code(stream)
            if code is not None and stream.type in ("video", "data"):
                # The muxer makes a track of its own of it.
                self._keep_time_code(stream, code, video)
            elif stream.type != "video":
                if _holds(self._output.format.name, stream):
                    copies[stream.index] = add_track(self._output, stream)
                else:
                    kind = _KINDS.get(stream.type, stream.type)
                    self._say(f"the {kind} ({_name(stream)}) cannot go into {self._output.format.name}: left out")
        return copies

    def _keep_time_code(self, stream: Stream, code: str, video: Stream) -> None:
        if self._origin_s is None:
            video.metadata["timecode"] = code
        elif stream.type == "video":
            self._say("the time code is left out: it is that of the recording's beginning")

    def _read(self) -> Iterator[Packet[Stream]]:
        if not self._copies:
            return
        left_out = 0
        try:
            if self._origin_s is not None:
                self._input.seek(int(self._origin_s * av.time_base))
            for packet in self._input.demux([self._input.streams[index] for index in self._copies]):
                if packet.size == 0:  # the demuxer's end mark
                    continue
                if packet.dts is None or packet.pts is None or not self._follows(packet):
                    left_out += 1
                    continue
                if self._origin_s is not None and packet.pts * packet.time_base < self._origin_s:
                    continue
                self._last_dts[packet.stream_index] = packet.dts
                yield packet
        except av.FFmpegError as error:
            self._say(f"the sound breaks off: {reason(error)}")
        if left_out:
            self._say(f"{left_out} damaged audio packets were left out")

    def _follows(self, packet: Packet[Stream]) -> bool:
        """A muxer refuses packets that run backwards, of sound also those that stand still; damaged files have both."""
        last = self._last_dts.get(packet.stream_index)
        assert packet.dts is not None
        return last is None or packet.dts > last or (packet.dts == last and packet.stream.type != "audio")


def copy_metadata(source: InputContainer, output: OutputContainer) -> None:
    """What the recording says of itself: title, place, when it was made."""
    output.metadata.update(
        {key: value for key, value in source.metadata.items() if key.lower() not in _OF_THE_FILE_ITSELF}
    )


def add_track(output: OutputContainer, stream: Stream) -> Stream:
    """Add a stream like `stream`, with its language and title. Raises ValueError where the format cannot hold it."""
    # `opaque` copies the parameters alone: there may be no encoder of the decoder's name (libdav1d, mp3float).
    copy: Stream = output.add_stream_from_template(stream, opaque=True)
    if stream.type == "video" and stream.codec_context.codec_tag == HEVC_TAG:
        copy.codec_context.codec_tag = HEVC_TAG
    for key in ("language", "title"):
        if key in stream.metadata:
            copy.metadata[key] = stream.metadata[key]
    return copy


def time_code(stream: Stream) -> str | None:
    """What a stream says its first frame's time code is; Matroska writes the word in capitals."""
    return next((value for key, value in stream.metadata.items() if key.lower() == "timecode"), None)


def _holds(container_format: str, stream: Stream) -> bool:
    """Whether a file of that format can hold the stream: tried in memory, since a refusal comes with the header."""
    try:
        with av.open(io.BytesIO(), "w", format=container_format) as trial:
            trial.add_stream_from_template(stream, opaque=True)
            trial.start_encoding()
    except (av.FFmpegError, OSError, ValueError):
        return False
    return True


def _name(stream: Stream) -> str:
    context = getattr(stream, "codec_context", None)
    if context is not None:
        return str(context.name)
    handler = stream.metadata.get("handler_name", "")
    return "".join(letter for letter in handler if letter.isprintable()).strip() or "unknown"


def _time_s(packet: Packet[Stream]) -> float:
    assert packet.pts is not None
    return float(packet.pts * packet.time_base)
