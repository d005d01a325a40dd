"""TrackCopy: subtitles, data and what the recording says of itself go along, where the format can hold them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bisenet_viewer.sinks.video import VideoSink

CUES = [(200, b"Hello"), (700, b"World"), (1400, b"End")]


@pytest.fixture
def recording(tmp_path) -> Path:
    """Two seconds of black with German subtitles, a title and a time code."""
    template = tmp_path / "cues.srt"
    template.write_text("1\n00:00:00,000 --> 00:00:00,100\nx\n")
    path = tmp_path / "recording.mkv"
    with av.open(str(template)) as source, av.open(str(path), "w") as container:
        container.metadata["title"] = "A drive"
        video = container.add_stream("mpeg4", rate=10, width=64, height=48)
        video.metadata["timecode"] = "01:02:03:04"
        cues = container.add_stream_from_template(source.streams.subtitles[0])
        cues.metadata["language"] = "ger"
        for index in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            container.mux(video.encode(frame))
        for begin_ms, text in CUES:
            packet = av.Packet(text)
            packet.stream, packet.time_base = cues, Fraction(1, 1000)
            packet.pts = packet.dts = begin_ms
            packet.duration = 300
            container.mux(packet)
        container.mux(video.encode(None))
    return path


@pytest.fixture
def write(tmp_path, info, make_result, recording):
    """Writes two seconds with the tracks of the recording; returns the file and what was said."""

    def run(name: str, first: int = 0, **options) -> tuple[Path, list[str]]:
        told: list[str] = []
        path = tmp_path / name
        with VideoSink(
            path, info, render=lambda rgb, _: rgb, tracks_from=recording, say=told.append, **options
        ) as sink:
            for index in range(first, 60):
                sink.write(make_result(index))
        return path, told

    return run


def read_cues(path: Path) -> list[tuple[int, bytes]]:
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(subtitles=0) if packet.size]
        return [(round(packet.pts * packet.time_base * 1000), bytes(packet)) for packet in packets]


def test_subtitles_title_and_time_code_go_into_a_matroska_file(write):
    path, told = write("out.mkv")
    assert told == []
    assert read_cues(path) == CUES
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "A drive"
        assert container.streams.subtitles[0].metadata["language"] == "ger"
        assert container.streams.video[0].metadata["TIMECODE"] == "01:02:03:04"


def test_what_the_format_cannot_hold_is_told_and_the_time_code_becomes_a_track(write):
    path, told = write("out.mp4")
    assert told == ["the subtitles (srt) cannot go into mp4: left out"]
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "A drive"
        assert [stream.type for stream in container.streams] == ["video", "data"]
        assert [stream.metadata["timecode"] for stream in container.streams] == ["01:02:03:04"] * 2
        assert sum(1 for _ in container.decode(video=0)) == 60


def test_a_part_of_a_recording_has_its_part_of_the_subtitles(write):
    path, told = write("out.mkv", first=18, from_zero=True)
    assert read_cues(path) == [(100, b"World"), (800, b"End")]
    assert told == ["the time code is left out: it is that of the recording's beginning"]


def test_a_real_recording_keeps_its_data_tracks(tmp_path, info, make_result):
    clip = Path(__file__).parents[4] / "shared/clips/driving/gopro_max-heromode.mp4"
    if not clip.exists():
        pytest.skip("needs the shared clips")
    told: list[str] = []
    with VideoSink(tmp_path / "out.mp4", info, render=lambda rgb, _: rgb, tracks_from=clip, say=told.append) as sink:
        for index in range(30):
            sink.write(make_result(index))
    assert told == ["the data track (GoPro SOS) cannot go into mp4: left out"]
    with av.open(str(clip)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        assert [stream.type for stream in after.streams] == ["video", "audio", "data", "data"]
        assert after.streams.video[0].metadata["timecode"] == "15:44:35:10"
        assert after.metadata["location"] == before.metadata["location"]
        telemetry = [bytes(packet) for packet in before.demux(before.streams[3]) if packet.size]
        assert [bytes(packet) for packet in after.demux(after.streams[2]) if packet.size] == telemetry != []
