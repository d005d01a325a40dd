"""The last copy of a video that grew in fragments: a plain file with its index in front."""

from __future__ import annotations

import struct
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path

import av

from bisenet_viewer.sinks.growing import iso_clock
from bisenet_viewer.sinks.tracks import add_track, copy_metadata, time_code

_BOX = struct.Struct(">I4s")
"""Length and kind of a box (ISO/IEC 14496-12, 4.2). Our fragments are far below the 4 GiB that need more."""


def copy_with_index_in_front(fragmented: Path, finished: Path, last_frame_s: tuple[Fraction, Fraction]) -> None:
    """Rewrite a fragmented file as a plain one that starts to play before it is all there; nothing is encoded again.

    last_frame_s: when the last frame begins and ends; fragments tell it only in decoding order, which may be wrong.
    """
    with ExitStack() as stack:
        source = stack.enter_context(av.open(str(fragmented)))
        time_base = source.streams.video[0].time_base
        assert time_base is not None
        options = {"movflags": "faststart", "avoid_negative_ts": "disabled", **iso_clock(time_base.denominator)}
        target = stack.enter_context(av.open(str(finished), "w", container_options=options))
        copy_metadata(source, target)
        # The muxer makes the track of the time code anew, of what the video says of it.
        streams = [stream for stream in source.streams if stream.type == "video" or time_code(stream) is None]
        copies = {stream.index: add_track(target, stream) for stream in streams}
        video = source.streams.video[0]
        if (code := time_code(video)) is not None:
            copies[video.index].metadata["timecode"] = code
        for packet in source.demux(streams):
            if packet.dts is None:  # the demuxer's end mark
                continue
            if packet.stream.type == "video" and packet.pts is not None:
                until_end = round((last_frame_s[1] - packet.pts * time_base) / time_base)
                is_last = packet.pts * time_base >= last_frame_s[0]
                packet.duration = until_end if is_last else min(packet.duration or 1, until_end)
            packet.stream = copies[packet.stream_index]
            target.mux(packet)


def drop_half_fragment(path: Path) -> None:
    """Cut off what a full disk left unfinished at the end of a fragmented MP4. Raises OSError."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        at = whole = 0
        while at + _BOX.size <= size:
            file.seek(at)
            length, kind = _BOX.unpack(file.read(_BOX.size))
            if length < _BOX.size or at + length > size:
                break
            at += length
            # A fragment is a table, `moof`, and then its data.
            whole = whole if kind == b"moof" else at
        if at < size:
            file.truncate(whole)


def plays(path: Path) -> bool:
    """Whether a first picture can be decoded from the file."""
    with suppress(av.FFmpegError, OSError), av.open(str(path)) as container:
        return next(container.decode(video=0), None) is not None
    return False
