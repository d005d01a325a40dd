"""Addresses of streams: which are on the network, and how they are shown, without what is secret in them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

NETWORK_SCHEMES = frozenset({"rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp", "rtp"})

_HIDDEN = "…"
_TOKEN = re.compile(r"(?<=/)(?=[^/]*\d)(?=[^/]*[a-z])(?=[^/]*[A-Z])[A-Za-z0-9]{16,}(?=/|$)")
"""A part of a path that looks drawn by lot: some cameras have nothing else to keep strangers out."""
_STREAM_KEY = re.compile(r"(?<=/)(?=[^/]*\d)[\w-]{20,}(?=/|$)")


def scheme_of(uri: str) -> str:
    """The part before `://` in small letters; empty where there is none."""
    scheme, separator, _ = uri.partition("://")
    return scheme.lower() if separator else ""


def public(uri: str) -> str:
    """An address as people may see it: no user, no password, no query, no value in the path that may be a key.

    What is no `scheme://` address (a file, a camera) comes back as it is.
    """
    scheme, separator, rest = uri.partition("://")
    if not separator:
        return uri
    place = re.split(r"[?#]", _after_login(rest), maxsplit=1)[0]
    place = re.sub(r"=[^/&;,]*", f"={_HIDDEN}", place)
    place = _TOKEN.sub(_HIDDEN, place)
    if scheme.lower() in ("rtmp", "rtmps"):
        place = _STREAM_KEY.sub(_HIDDEN, place)
    return f"{scheme}://{place}"


def without_options(uri: str, names: frozenset[str]) -> tuple[str, dict[str, str]]:
    """Take our own options out of an address's query: the address without them, and their values by name."""
    head, mark, query = uri.partition("?")
    if not mark:
        return uri, {}
    pairs = parse_qsl(query, keep_blank_values=True)
    taken = {name: value for name, value in pairs if name in names}
    if not taken:
        return uri, {}
    left = [(name, value) for name, value in pairs if name not in names]
    return head + (f"?{urlencode(left)}" if left else ""), taken


def _after_login(rest: str) -> str:
    """What follows `user:password@`, also where the password holds a `/`, `@`, `?` or `#` that should be escaped."""
    before, *query = re.split(r"(?=[?#])", rest, maxsplit=1)
    if "@" in before:
        return before[before.rindex("@") + 1 :]
    if query and "@" in query[0] and ":" in before.split("/", 1)[0]:
        # A port, or a login that a question mark in its password cuts short; nobody can tell.
        return _HIDDEN
    return before
