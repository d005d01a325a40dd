"""Recordings and play lists on a web server, over the loopback."""

from __future__ import annotations

import functools
import http.server
import socketserver
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from tests.app.conftest import LEVEL_STEP, MakeClip
from tests.app.sources.live.scripted import readers

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources import open_source
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.remote import RemoteRecording


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    cut_at: int | None = None
    """Answers break off after so many bytes."""


class Answer(http.server.SimpleHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def copyfile(self, source, outputfile) -> None:
        outputfile.write(source.read(-1 if self.server.cut_at is None else self.server.cut_at))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), functools.partial(Answer, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
    assert readers() == []


def address(server: Server, name: str) -> str:
    return f"http://user:hunter2@127.0.0.1:{server.server_port}/{name}?token=hunter2"


def test_every_frame_of_a_file_twice(server: Server, make_clip: MakeClip) -> None:
    make_clip("clip.mp4", count=30)
    with open_source(address(server, "clip.mp4")) as source:
        assert isinstance(source, RemoteRecording)
        info = source.info
        assert (info.name, info.live, info.seekable) == (
            f"http://127.0.0.1:{server.server_port}/clip.mp4",
            False,
            False,
        )
        assert (info.width, info.height, info.rate, info.frame_count) == (64, 48, 25, 30)
        assert info.duration_s == pytest.approx(1.2)
        for _ in range(2):
            frames = [frame for frame in source.frames() if frame is not None]
            assert [frame.index for frame in frames] == list(range(30))
            assert [round(frame.time_s * 25) for frame in frames] == list(range(30))
            levels = [int(frame.rgb[40, 32, 0]) for frame in frames]
            assert np.allclose(levels, [16 + LEVEL_STEP * k for k in range(30)], atol=4)
        assert source.damaged == 0


def test_an_iteration_may_be_left_and_another_begun(server: Server, make_clip: MakeClip) -> None:
    make_clip("clip.mp4", count=30)
    with open_source(address(server, "clip.mp4")) as source:
        old = source.frames()
        next(old)
        new = source.frames()
        first = next(frame for frame in new if frame is not None)
        assert list(old) == []
        assert first.index == 0
        assert next(frame for frame in new if frame is not None).index == 1


def test_a_file_that_breaks_off(server: Server, make_clip: MakeClip) -> None:
    size = make_clip("clip.mkv", count=60, gop=1, width=320, height=240).stat().st_size
    server.cut_at = size // 2
    with open_source(address(server, "clip.mkv")) as source:
        shown = []
        with pytest.raises(SourceError, match=r"clip\.mkv: the connection was lost") as caught:
            shown += [frame.index for frame in source.frames() if frame is not None]
    assert "hunter2" not in str(caught.value)


def test_what_is_no_video(server: Server, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body>hello</body></html>" * 50)
    with pytest.raises(SourceError, match=r"page\.html: what comes from there is no video"):
        open_source(address(server, "page.html"))


def test_a_file_that_is_not_there(server: Server) -> None:
    with pytest.raises(SourceError, match=r"gone\.mp4: the server has no such stream \(404\)") as caught:
        open_source(address(server, "gone.mp4"))
    assert "hunter2" not in str(caught.value)


def test_there_is_no_seeking(server: Server, make_clip: MakeClip) -> None:
    make_clip("clip.mp4")
    with open_source(address(server, "clip.mp4")) as source, pytest.raises(ValueError, match="from_s 0, got 1"):
        next(source.frames(1.0))


def write_play_list(folder: Path, make_clip: MakeClip, *, over: bool) -> None:
    clip = make_clip("clip.mp4", count=50, gop=25)
    options = {"hls_time": "1", "hls_playlist_type": "vod"}
    with av.open(str(clip)) as source, av.open(str(folder / "list.m3u8"), "w", format="hls", options=options) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    if not over:
        path = folder / "list.m3u8"
        path.write_text(path.read_text().replace("#EXT-X-PLAYLIST-TYPE:VOD\n", "").replace("#EXT-X-ENDLIST", ""))


def test_a_play_list_with_an_end_is_a_recording(server: Server, tmp_path: Path, make_clip: MakeClip) -> None:
    write_play_list(tmp_path, make_clip, over=True)
    with open_source(address(server, "list.m3u8")) as source:
        assert isinstance(source, RemoteRecording)
        assert len([frame for frame in source.frames() if frame is not None]) == 50


def test_a_play_list_without_one_is_live_and_shown_at_its_pace(
    server: Server, tmp_path: Path, make_clip: MakeClip
) -> None:
    write_play_list(tmp_path, make_clip, over=False)
    with open_source(address(server, "list.m3u8")) as source:
        assert isinstance(source, LiveSource)
        frames = list(islice((frame for frame in source.frames() if frame is not None), 8))
    spans = frames[-1].captured_at - frames[0].captured_at, frames[-1].time_s - frames[0].time_s
    assert spans[0] == pytest.approx(7 / 25, abs=0.15)
    assert spans[1] == pytest.approx(7 / 25, abs=0.15)
