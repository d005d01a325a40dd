"""`AudioCopy`: the sound of a file, packet by packet and unchanged, into another file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sinks.target import reason


class AudioCopy:
    """A second reader of the input that hands over its audio packets up to the time the video has reached."""

    def __init__(self, source: Path, output: OutputContainer, say: Callable[[str], None]) -> None:
        """Add a stream to `output` for each audio stream of `source`; one that the format cannot hold is told to `say`.

        Must come before the first packet is written to `output`. Raises SourceError when `source` cannot be opened.
        """
        self._output = output
        self._say = say
        self._last_dts: dict[int, int] = {}
        self._next: Packet[Stream] | None = None
        try:
            self._input = av.open(str(source))
        except (av.FFmpegError, OSError) as error:
            raise SourceError(f"cannot read the sound of {source}: {reason(error)}") from error
        self._copies: dict[int, AudioStream] = {}
        for stream in self._input.streams.audio:
            try:
                self._copies[stream.index] = output.add_stream_from_template(stream)
            except ValueError:
                say(f"the sound ({stream.codec_context.name}) cannot go into {output.format.name}: left out")
        self._packets = self._read()

    def copy_until(self, time_s: float | None) -> None:
        """Write the packets that begin at `time_s` seconds or earlier, all that are left when None.

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
            self._output.mux(packet)

    def close(self) -> None:
        """Close the input; harmless when repeated."""
        self._input.close()

    def _read(self) -> Iterator[Packet[Stream]]:
        if not self._copies:
            return
        left_out = 0
        try:
            for packet in self._input.demux([self._input.streams[index] for index in self._copies]):
                if packet.size == 0:  # the demuxer's end mark
                    continue
                last = self._last_dts.get(packet.stream_index)
                # A muxer refuses packets without a time and those that run backwards; damaged files have both.
                if packet.dts is None or packet.pts is None or (last is not None and packet.dts <= last):
                    left_out += 1
                    continue
                self._last_dts[packet.stream_index] = packet.dts
                yield packet
        except av.FFmpegError as error:
            self._say(f"the sound breaks off: {reason(error)}")
        if left_out:
            self._say(f"{left_out} damaged audio packets were left out")


def _time_s(packet: Packet[Stream]) -> float:
    assert packet.pts is not None
    return float(packet.pts * packet.time_base)
