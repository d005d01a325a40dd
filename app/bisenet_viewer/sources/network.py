"""Streams from the network: RTSP, RTMP, HTTP and HLS, MPEG-TS over UDP and TCP."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import av
from av.container import InputContainer

from bisenet_viewer import address
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.live.connection import Connection, reason_of
from bisenet_viewer.sources.live.source import LiveSource
from bisenet_viewer.sources.live.state import Limits
from bisenet_viewer.sources.remote import RemoteRecording
from bisenet_viewer.timing import Pacer

_OPEN_S = 10.0
_READ_S = 3.0
"""Of what resumes: long, since one that ends in the middle of a picture breaks the connection."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """What FFmpeg is to be told for a kind of address."""

    options: dict[str, str] = field(default_factory=dict)
    read_s: float = 6.0
    """A read that takes longer ends the connection, unless it `resumes`."""
    resumes: bool = False
    bursts: bool = False
    """Packets come long before they are due."""
    limits: Limits = field(default_factory=Limits)
    advice: str = "is the sender running, and is this the right port?"
    """For when nobody answers."""


_QUICK = {"flags": "low_delay", "analyzeduration": "500000", "fpsprobesize": "2"}
"""Not `nobuffer`: it throws the first key frame away, so that the first picture comes a key frame later."""
_WEB = "http,https,tcp,tls,crypto,data,httpproxy"
"""A play list from elsewhere may name no local file."""

_RTSP = Protocol(
    {
        **_QUICK,
        "analyzeduration": "200000",
        "max_delay": "500000",
        "protocol_whitelist": "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https,httpproxy",
    },
    read_s=_READ_S,
    resumes=True,
    advice="is the camera on, and are host and port right?",
)
_RTMP = Protocol({**_QUICK, "rtmp_live": "live"})
_HTTP = Protocol({**_QUICK, "protocol_whitelist": _WEB})
_HLS = Protocol(
    {"protocol_whitelist": _WEB, "http_persistent": "0"},
    read_s=30.0,
    bursts=True,
    limits=Limits(stall_s=10.0, drop_s=40.0, attempt_s=45.0),
)
_TS = Protocol({**_QUICK})
_UDP = Protocol({**_QUICK, "overrun_nonfatal": "1", "fifo_size": "50000"})
_RTP = Protocol({**_QUICK, "protocol_whitelist": "rtp,udp"}, read_s=_READ_S, resumes=True)

PROTOCOLS: dict[str, Protocol] = {
    "rtsp": _RTSP, "rtsps": _RTSP, "rtmp": _RTMP, "rtmps": _RTMP, "http": _HTTP, "https": _HTTP, "hls": _HLS,
    "udp": _UDP, "tcp": _TS, "rtp": _RTP,
}  # fmt: skip
"""By scheme; `hls` for http and https where the path ends in .m3u8."""

Opener = Callable[[str, dict[str, str], tuple[float, float]], InputContainer]


class NetworkFeed:
    """One address. `?transport=udp` (or `tcp`, the default) is for RTSP and goes no further than here."""

    def __init__(self, uri: str, opener: Opener | None = None) -> None:
        self._opener = opener or _open
        self._scheme = address.scheme_of(uri)
        is_hls = self._scheme in ("http", "https") and uri.partition("?")[0].lower().endswith((".m3u8", ".m3u"))
        self.protocol = PROTOCOLS["hls" if is_hls else self._scheme]
        self._options = dict(self.protocol.options)
        self._uri = uri
        self._kept: Connection | None = None
        if self._scheme in ("rtsp", "rtsps"):
            self._uri, given = address.without_options(uri, frozenset({"transport"}))
            transport = given.get("transport", "tcp")
            if transport not in ("tcp", "udp"):
                raise SourceError(f"transport={transport!r} of {self.name} must be tcp or udp")
            self._options["rtsp_transport"] = transport

    @property
    def name(self) -> str:
        return address.public(self._uri)

    @property
    def title(self) -> str:
        return self.name

    @property
    def may_be_recorded(self) -> bool:
        """Whether a file with an end may be behind the address."""
        return self._scheme in ("http", "https")

    def keep(self, connection: Connection) -> None:
        """The next `connect` gives this one."""
        self._kept = connection

    def pacer(self) -> Pacer | None:
        return Pacer() if self.protocol.bursts else None

    def connect(self) -> Connection:
        """Raises SourceError: one line, without secrets, that says what to do."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        begun = time.monotonic()
        try:
            container = self._opener(self._uri, self._options, (_OPEN_S, self.protocol.read_s))
        except (av.error.FFmpegError, ValueError) as error:
            # Not chained: FFmpeg's own text repeats the address, password and all.
            timed_out = time.monotonic() - begun >= _OPEN_S - 0.5
            raise SourceError(self._silence if timed_out else self._fault(error)) from None
        return Connection(
            container,
            gone="the connection was lost",
            timeout_s=self.protocol.read_s,
            resumes=self.protocol.resumes,
            catches_up=not self.protocol.bursts,
        )

    @property
    def _silence(self) -> str:
        return f"no answer within {_OPEN_S:g} s; {self.protocol.advice}"

    def _fault(self, error: av.error.FFmpegError | ValueError) -> str:
        advice = self.protocol.advice
        match error:
            case av.error.HTTPUnauthorizedError():
                return f"user or password is wrong or missing (401); write {self._scheme}://user:password@host/path"
            case av.error.HTTPForbiddenError():
                return "the server forbids it (403); use another user, or ask for access"
            case av.error.HTTPNotFoundError():
                return "the server has no such stream (404); check the path after the host"
            case av.error.HTTPError():
                return f"the server refuses it ({reason_of(error)}); look at its log"
            case av.error.ConnectionRefusedError():
                return f"nobody answers at that port (connection refused); {advice}"
            case av.error.ExitError() | av.error.TimeoutError():
                return self._silence
            case av.error.InvalidDataError():
                return "what comes from there is no video; check the address in a browser or player"
            case av.error.ProtocolNotFoundError() | av.error.DemuxerNotFoundError():
                return f"this build of FFmpeg cannot read {self._scheme}; try another kind of stream"
            case av.error.FFmpegError():
                return f"cannot be reached ({reason_of(error)}); check host and path; write %40 for @ in a password"
            case _:
                return "the address is malformed; write scheme://host:port/path"


def open_network(uri: str) -> LiveSource | RemoteRecording:
    """Begin to open a stream; what goes wrong later is raised by `await_open`, `info` and `frames`. Returns at once.

    An http address is connected to first, for ten seconds at most: with an end it is a recording, of which every frame
    counts. Raises SourceError where that fails, or for a malformed option.
    """
    feed = NetworkFeed(uri)
    if feed.may_be_recorded:
        try:
            connection = feed.connect()
        except SourceError as error:
            raise SourceError(f"{feed.name}: {error}") from error
        feed.keep(connection)
        if connection.duration_s is not None:
            return RemoteRecording(feed)
    return LiveSource(feed, feed.protocol.limits)


def _open(uri: str, options: dict[str, str], timeout: tuple[float, float]) -> InputContainer:
    return av.open(uri, mode="r", options=options, timeout=timeout, metadata_errors="replace")
