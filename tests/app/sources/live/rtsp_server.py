"""An RTSP server of one H.264 stream, to be stopped, starved and killed.

`python -m tests.app.sources.live.rtsp_server` runs it alone. It speaks what a player needs (RFC 2326: OPTIONS,
DESCRIBE, SETUP, PLAY, TEARDOWN), over TCP or UDP, with basic authentication. Each picture tells its number in its top
row, so that a reader knows how old it is.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

LOOP = 240
"""So many pictures, again and again."""
BITS = 8
"""2 ** BITS > LOOP."""
_MTU = 1400
_CLOCK = 90_000


def picture(number: int, width: int = 96, height: int = 64) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: grey, with the bits of the number as white and black squares along the top."""
    rgb = np.full((height, width, 3), 40 + number % 160, np.uint8)
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        rgb[: height // 4, left:right] = 235 if number >> bit & 1 else 16
    return rgb


def number_of(rgb: NDArray[np.uint8]) -> int:
    """Which picture this is."""
    height, width, _ = rgb.shape
    return sum(1 << bit for bit in range(BITS) if rgb[height // 8, (2 * bit + 1) * width // (2 * BITS), 1] > 125)


def encoded(width: int, height: int, rate: int, gop: int) -> list[bytes]:
    """LOOP pictures as H.264 access units (Annex B), the first a key frame."""
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.framerate, codec.time_base, codec.gop_size = Fraction(rate), Fraction(1, rate), gop
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0:repeat-headers=1"}
    units: list[bytes] = []
    for k in [*range(LOOP), None]:
        frame = None
        if k is not None:
            frame = av.VideoFrame.from_ndarray(picture(k, width, height), format="rgb24")
            frame.pts = k
        units += [bytes(packet) for packet in codec.encode(frame)]
    return units


@dataclass(eq=False)
class _Client:
    """One connection, and where its packets go once it plays."""

    connection: socket.socket
    udp: socket.socket | None = None
    playing: bool = False
    sequence: int = 0

    def send(self, payload: bytes, stamp: int, *, last: bool) -> None:
        marker = 0x80 if last else 0
        packet = struct.pack(">BBHII", 0x80, 96 | marker, self.sequence & 0xFFFF, stamp & 0xFFFFFFFF, 7) + payload
        self.sequence += 1
        if self.udp is not None:
            self.udp.send(packet)
        else:
            self.connection.sendall(struct.pack(">BBH", 0x24, 0, len(packet)) + packet)


class RtspServer:
    """Serves `rtsp://127.0.0.1:PORT/live` from threads of its own until it is closed."""

    def __init__(
        self, port: int = 0, *, width: int = 96, height: int = 64, rate: int = 30, gop: int = 15, login: str = ""
    ) -> None:
        self._units = encoded(width, height, rate, gop)
        self._rate = rate
        self.login = login
        """`user:password`; empty: everybody may watch."""
        self._clients: list[_Client] = []
        self._lock = threading.Lock()
        self._closed = False
        self.silent = threading.Event()
        """While set, connections stay open and nothing is sent."""
        self.status = "200 OK"
        """What DESCRIBE is answered with."""
        self.connections = 0
        """How many there were."""
        self.began_at = time.monotonic()
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self.port}/live"
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._accept, self._play)]
        for thread in self._threads:
            thread.start()

    def number_now(self) -> int:
        """Which picture is due at this moment."""
        return int((time.monotonic() - self.began_at) * self._rate) % LOOP

    def drop(self) -> None:
        """Cut all connections."""
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            with contextlib.suppress(OSError):
                client.connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.drop()
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> RtspServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = _Client(connection)
            with self._lock:
                self._clients.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _play(self) -> None:
        k = 0
        while not self._closed:
            time.sleep(max(0.0, self.began_at + k / self._rate - time.monotonic()))
            if not self.silent.is_set():
                self._send(k)
            # After having been stopped it goes on in the present, as a camera does.
            k = max(k + 1, int((time.monotonic() - self.began_at) * self._rate))

    def _send(self, k: int) -> None:
        with self._lock:
            clients = [client for client in self._clients if client.playing]
        for client in clients:
            with contextlib.suppress(OSError):
                payloads = list(_payloads(self._units[k % LOOP]))
                for payload in payloads:
                    client.send(payload, k * _CLOCK // self._rate, last=payload is payloads[-1])

    def _serve(self, client: _Client) -> None:
        with contextlib.suppress(OSError, ValueError), client.connection:
            while request := _request(client.connection):
                client.connection.sendall(self._answer(client, request))
                if request.startswith("PLAY"):
                    client.playing = True
                if request.startswith("TEARDOWN"):
                    break
        with self._lock:
            if client in self._clients:
                self._clients.remove(client)
        if client.udp is not None:
            client.udp.close()

    def _answer(self, client: _Client, request: str) -> bytes:
        method = request.split(" ", 1)[0]
        status, fields, body = "200 OK", ["Session: 12345678"], ""
        expected = base64.b64encode(self.login.encode()).decode()
        if method == "OPTIONS":
            fields = ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]
        elif self.login and f"Basic {expected}" not in request:
            status, fields = "401 Unauthorized", ['WWW-Authenticate: Basic realm="test"']
        elif method == "DESCRIBE":
            status, body = self.status, _SDP
            fields = ["Content-Type: application/sdp", f"Content-Base: {self.url}/"]
        elif method == "SETUP":
            ports = re.search(r"client_port=(\d+)-", request)
            transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
            if ports:
                client.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                client.udp.bind(("127.0.0.1", 0))
                client.udp.connect(("127.0.0.1", int(ports[1])))
                mine = client.udp.getsockname()[1]
                transport = f"RTP/AVP;unicast;client_port={ports[1]}-{int(ports[1]) + 1};server_port={mine}-{mine + 1}"
            fields.append(f"Transport: {transport}")
        number = re.search(r"CSeq: *(\d+)", request)
        head = [f"RTSP/1.0 {status}", f"CSeq: {number[1] if number else 0}", *fields, f"Content-Length: {len(body)}"]
        return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


_SDP = """v=0\r
o=- 0 0 IN IP4 127.0.0.1\r
s=test\r
c=IN IP4 0.0.0.0\r
t=0 0\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1\r
a=control:track1\r
"""


def _request(connection: socket.socket) -> str:
    """The next request; interleaved packets of the client (its reports) are left out. Empty at the end."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return ""
        if byte == b"$" and not data:
            _, length = struct.unpack(">BH", connection.recv(3, socket.MSG_WAITALL))
            connection.recv(length, socket.MSG_WAITALL)
            continue
        data += byte
    return data.decode()


def _payloads(unit: bytes) -> Iterator[bytes]:
    """RTP payloads of an access unit (RFC 6184): single NAL units, or fragments where they are too long."""
    for nal in filter(None, re.split(rb"\x00\x00\x00?\x01", unit)):
        if len(nal) <= _MTU:
            yield nal
            continue
        indicator, kind = nal[0] & 0xE0 | 28, nal[0] & 0x1F
        body = nal[1:]
        for at in range(0, len(body), _MTU):
            start, end = at == 0, at + _MTU >= len(body)
            yield bytes([indicator, start << 7 | end << 6 | kind]) + body[at : at + _MTU]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8554)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--rate", type=int, default=30)
    parser.add_argument("--gop", type=int, default=30)
    parser.add_argument("--login", default="", help="user:password")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    with RtspServer(
        given.port, width=width, height=height, rate=given.rate, gop=given.gop, login=given.login
    ) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
