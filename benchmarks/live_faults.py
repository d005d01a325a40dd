"""What becomes of an RTSP stream whose server misbehaves: `python -m benchmarks.live_faults` (about four minutes).

A server process on the loopback is killed, started again, stopped with SIGSTOP, made slow and asked with a login; what
the log says is printed as it comes, with the time from the server's recovery to the next picture. Then the stream is
cut 200 times, and memory, threads and descriptors are told on the way.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.app.sources.live.rtsp_server import RtspServer

from bisenet_viewer import log
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.live.state import Limits
from bisenet_viewer.sources.network import NetworkFeed, open_network

LOGIN = "anna:s3cret"


def start(port: int) -> subprocess.Popen[str]:
    """A server process that serves."""
    command = [sys.executable, "-m", "tests.app.sources.live.rtsp_server", "--port", str(port), "--login", LOGIN]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def watch(frames: Iterator[Frame | None], seconds: float) -> int:
    """How many frames come in so many seconds."""
    until, count = time.monotonic() + seconds, 0
    for frame in frames:
        count += frame is not None
        if time.monotonic() >= until:
            break
    return count


def await_picture(frames: Iterator[Frame | None], since: float) -> None:
    """Tell how long after a moment the first picture was captured that is newer."""
    for frame in frames:
        if frame is not None and frame.captured_at > since:
            print(f"== a picture {frame.captured_at - since:.1f} s after the server was back", flush=True)
            return


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def show_faults() -> None:
    port = free_port()
    url = f"rtsp://{LOGIN}@127.0.0.1:{port}/live?token=s3cret"
    say("nobody there")
    attempt(url)
    server = start(port)
    try:
        say("wrong password")
        attempt(url.replace("s3cret@", "wr0ng@"))
        say("credentials in the address")
        with open_network(url) as source:
            frames = source.frames()
            print(f"== called {source.info.name}; {watch(frames, 2)} frames in 2 s", flush=True)
            say("the server is killed, and back after 8 s")
            server.kill()
            watch(frames, 8)
            server.wait()
            server = start(port)
            await_picture(frames, time.monotonic())
            for seconds in (5, 30):
                say(f"SIGSTOP for {seconds} s")
                server.send_signal(signal.SIGSTOP)
                watch(frames, seconds)
                server.send_signal(signal.SIGCONT)
                await_picture(frames, time.monotonic())
            say("slow: stopped for 2 of every 3 s, for 15 s")
            count = 0
            for _ in range(5):
                server.send_signal(signal.SIGSTOP)
                count += watch(frames, 2)
                server.send_signal(signal.SIGCONT)
                count += watch(frames, 1)
            print(f"== {count} frames, damaged {source.damaged}, overtaken {source.overtaken}", flush=True)
    finally:
        server.send_signal(signal.SIGCONT)
        server.kill()
        server.wait()


def attempt(url: str) -> None:
    try:
        with open_network(url) as source:
            print(source.info)
    except SourceError as error:
        print(f"== error: {error}", flush=True)


def show_reconnects(count: int) -> None:
    say(f"cut {count} times")
    logging.getLogger("bisenet_viewer").setLevel(logging.ERROR)
    limits = Limits(shortest_delay_s=0.02)
    with RtspServer(width=640, height=360) as server, LiveSource(NetworkFeed(server.url), limits) as source:
        frames = source.frames()
        begun = time.monotonic()
        for k in range(count + 1):
            if watch(frames, 0.05) == 0:
                next(frame for frame in frames if frame is not None)
            if k % max(1, count // 10) == 0:
                print(f"== after {k:>3}: {usage()}", flush=True)
            server.drop()
            cut = time.monotonic()
            next(frame for frame in frames if frame is not None and frame.captured_at > cut + 0.05)
        print(f"== {server.connections} connections in {time.monotonic() - begun:.0f} s", flush=True)


def usage() -> str:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  one of its entries is gone when asked about
    resident = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return f"{resident:.1f} MB resident, {threading.active_count()} threads, {descriptors} descriptors"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reconnects", type=int, default=200)
    given = parser.parse_args()
    log.set_up(verbose=True)
    show_faults()
    show_reconnects(given.reconnects)


if __name__ == "__main__":
    main()
