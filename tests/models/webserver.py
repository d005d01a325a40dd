"""A web server on the loopback that has the faults a test asks for; it will also do as a proxy."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

WAIT_S = 20.0
"""Only a test that fails waits so long."""


@dataclass
class Resource:
    """What is served under one path, and how. The lists are used up, an answer taking one of each."""

    body: bytes
    etag: str | None = '"v1"'
    last_modified: str | None = None
    content_type: str = "application/octet-stream"
    ranges: bool = True
    heeds_if_range: bool = True
    chunked: bool = False
    surplus: int = 0
    """Bytes that the Content-Length promises and that never come."""
    cuts: list[int] = field(default_factory=list)
    """Bytes of the body after which the connection is closed."""
    statuses: list[int] = field(default_factory=list)
    """Answers without the body."""
    location: str | None = None
    """Where to go instead."""
    gate: threading.Event | None = None
    """Set by the test to let the second half of the body through."""


@dataclass(frozen=True)
class Request:
    """What a client asked for."""

    target: str
    """A path, or as a proxy is asked a whole URL."""
    range: str | None
    if_range: str | None


class WebServer:
    """Serves `resources` by their path until the `with` is left."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.resources: dict[str, Resource] = {}
        self.requests: list[Request] = []
        self.body_bytes = 0
        """Sent so far, of all bodies."""
        self.halfway = threading.Event()
        """A body waits before its gate."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._serve(self)

            def log_message(self, format: str, *arguments: object) -> None:
                """Standard error belongs to the tests."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False  # so that server_close joins them
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
            self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="web server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for resource in self.resources.values():
            if resource.gate:
                resource.gate.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        headers = handler.headers
        self.requests.append(Request(handler.path, headers.get("Range"), headers.get("If-Range")))
        resource = self.resources.get(urlsplit(handler.path).path)
        if resource is None or resource.statuses:
            self._refuse(handler, resource.statuses.pop(0) if resource else 404)
        elif resource.location:
            handler.send_response(302)
            handler.send_header("Location", resource.location)
            handler.end_headers()
        else:
            self._send(handler, resource)

    def _refuse(self, handler: BaseHTTPRequestHandler, status: int) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()

    def _send(self, handler: BaseHTTPRequestHandler, resource: Resource) -> None:
        start = self._start(handler, resource)
        if start >= len(resource.body) and start:
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(resource.body)}")
            handler.end_headers()
            return
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(resource.body) - 1}/{len(resource.body)}")
        for name, value in (("ETag", resource.etag), ("Last-Modified", resource.last_modified)):
            if value:
                handler.send_header(name, value)
        handler.send_header("Content-Type", resource.content_type)
        part = resource.body[start:]
        if resource.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Content-Length", str(len(part) + resource.surplus))
        handler.end_headers()
        self._send_body(handler, resource, part)

    def _start(self, handler: BaseHTTPRequestHandler, resource: Resource) -> int:
        asked, condition = handler.headers.get("Range"), handler.headers.get("If-Range")
        if not asked or not resource.ranges:
            return 0
        if resource.heeds_if_range and condition and condition not in (resource.etag, resource.last_modified):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _send_body(self, handler: BaseHTTPRequestHandler, resource: Resource, part: bytes) -> None:
        sent = part[: resource.cuts.pop(0)] if resource.cuts else part
        whole = len(sent) == len(part)
        if resource.gate:
            self._write(handler, resource, sent[: len(sent) // 2])
            self.halfway.set()
            resource.gate.wait(WAIT_S)
            sent = sent[len(sent) // 2 :]
        self._write(handler, resource, sent)
        if resource.chunked and whole:
            handler.wfile.write(b"0\r\n\r\n")

    def _write(self, handler: BaseHTTPRequestHandler, resource: Resource, piece: bytes) -> None:
        if not piece:
            return
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if resource.chunked else piece)
        self.body_bytes += len(piece)
