"""Streams from the network: what FFmpeg is told, what people are told, and RTSP over the loopback."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from tests.app.sources.live.rtsp_server import LOOP, RtspServer, number_of
from tests.app.sources.live.scripted import WAIT_S, readers

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.live.state import Limits, StreamPhase
from bisenet_viewer.sources.network import NetworkFeed, open_network

LIMITS = Limits(stall_s=0.5, drop_s=2.0, shortest_delay_s=0.05)


@pytest.fixture
def server() -> Iterator[RtspServer]:
    with RtspServer() as server:
        yield server


def opened(uri: str, limits: Limits = LIMITS) -> LiveSource:
    return LiveSource(NetworkFeed(uri), limits)


def taken(frames: Iterator[Frame | None], count: int) -> list[Frame]:
    until = time.monotonic() + WAIT_S
    some: list[Frame] = []
    for frame in frames:
        some += [] if frame is None else [frame]
        if len(some) == count:
            break
        assert time.monotonic() < until
    return some


def options_for(uri: str) -> tuple[str, dict[str, str], tuple[float, float]]:
    given: list[tuple[str, dict[str, str], tuple[float, float]]] = []

    def opener(*told):
        given.append(told)
        return av.open("testsrc2=duration=0.1", format="lavfi")

    NetworkFeed(uri, opener).connect().close()
    return given[0]


def test_rtsp_is_asked_for_over_tcp():
    uri, options, (_, read_s) = options_for("rtsp://u:p@host/a?b=c")
    assert uri == "rtsp://u:p@host/a?b=c"
    assert options["rtsp_transport"] == "tcp"
    assert read_s <= 3


def test_rtsp_over_udp():
    uri, options, _ = options_for("rtsp://host/a?transport=udp&b=c")
    assert (uri, options["rtsp_transport"]) == ("rtsp://host/a?b=c", "udp")


def test_a_transport_that_is_none():
    with pytest.raises(SourceError, match="transport='tpc' of rtsp://host/a must be tcp or udp"):
        open_network("rtsp://u:secret@host/a?transport=tpc")


@pytest.mark.parametrize("uri", ["rtsp://h/x", "http://h/x", "https://h/x.m3u8", "rtp://h:5000"])
def test_no_stream_may_name_local_files(uri):
    _, options, _ = options_for(uri)
    assert "file" not in options["protocol_whitelist"].split(",")


@pytest.mark.parametrize(
    ("uri", "paced"),
    [("http://h/live.m3u8?token=x", True), ("https://h/LIVE.M3U8", True), ("http://h/cam.mjpg", False)],
)
def test_hls_is_shown_at_its_own_pace(uri, paced):
    assert (NetworkFeed(uri).pacer() is not None) == paced


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (av.error.HTTPUnauthorizedError, "user or password is wrong or missing (401)"),
        (av.error.HTTPForbiddenError, "forbids it (403)"),
        (av.error.HTTPNotFoundError, "no such stream (404); check the path"),
        (av.error.HTTPServerError, "the server refuses it"),
        (av.error.ConnectionRefusedError, "nobody answers at that port"),
        (av.error.ExitError, "no answer within 10 s"),
        (av.error.InvalidDataError, "is no video"),
        (av.error.ProtocolNotFoundError, "cannot read rtsp"),
        (av.error.OSError, "cannot be reached (input/output error)"),
    ],
)
def test_what_a_person_is_told_holds_no_secret(error, expected):
    uri = "rtsp://user:hunter2@host/live?token=hunter2"

    def opener(*_):
        raise error(5, "Input/output error", uri)

    with pytest.raises(SourceError) as caught, LiveSource(NetworkFeed(uri, opener)) as source:
        _ = source.info
    assert str(caught.value).startswith("rtsp://host/live: ")
    assert expected in str(caught.value)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        pytest.raises(SourceError, match=f"^rtsp://127.0.0.1:{port}/x: nobody answers at that port"),
        opened(f"rtsp://127.0.0.1:{port}/x") as source,
    ):
        _ = source.info


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_rtsp_shows_the_present(server, transport):
    with opened(f"{server.url}?transport={transport}") as source:
        assert (source.info.width, source.info.height, source.info.rate) == (96, 64, 30)
        frames = source.frames()
        taken(frames, 5)
        # As slow as a reader may be: what it then gets is not what it missed.
        time.sleep(0.5)
        taken(frames, 1)
        (newest,) = taken(frames, 1)
        assert (server.number_now() - number_of(newest.rgb)) % LOOP <= 10
        assert source.overtaken > 5
        assert source.damaged == 0


def test_an_rtsp_server_that_drops_us_and_one_that_says_nothing(server, caplog):
    with caplog.at_level(logging.INFO), opened(server.url) as source:
        frames = source.frames()
        taken(frames, 3)
        server.drop()
        until = time.monotonic() + WAIT_S
        while server.connections < 2 and time.monotonic() < until:
            next(frames)
        taken(frames, 3)
        server.silent.set()
        until = time.monotonic() + WAIT_S
        while source.state.phase is not StreamPhase.STALLED and time.monotonic() < until:
            next(frames)
        server.silent.clear()
        taken(frames, 3)
        assert server.connections == 2
    told = [record.message for record in caplog.records]
    assert [text.split(":")[0].split(" after")[0].split(" in ")[0] for text in told] == [
        "connecting", "running", "reconnecting", "running again", "stalled", "running again",
    ]  # fmt: skip


def test_a_login_is_used_and_not_told(server, caplog):
    server.login = "anna:s3cret"
    with caplog.at_level(logging.INFO), opened(server.url.replace("//", "//anna:s3cret@")) as source:
        assert source.info.name == server.url
    with pytest.raises(SourceError, match="401") as caught, opened(server.url.replace("//", "//anna:wr0ng@")) as source:
        _ = source.info
    everything = caplog.text + "".join(str(vars(record)) for record in caplog.records) + str(caught.value)
    assert "s3cret" not in everything
    assert "wr0ng" not in everything


def test_no_such_stream(server):
    server.status = "404 Not Found"
    with pytest.raises(SourceError, match="404"), opened(server.url) as source:
        _ = source.info


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors are counted in /proc")
def test_nothing_is_left_open(server):
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  one of its entries is gone when asked about

    before, threads = descriptors(), threading.active_count()
    for _ in range(3):
        with opened(server.url, replace(LIMITS, shortest_delay_s=0.01)) as source:
            frames = source.frames()
            taken(frames, 2)
            server.drop()
            taken(frames, 2)
    server.drop()
    until = time.monotonic() + WAIT_S
    while (descriptors() > before or threading.active_count() > threads) and time.monotonic() < until:
        time.sleep(0.01)
    assert readers() == []
    assert descriptors() == before
    assert threading.active_count() == threads
