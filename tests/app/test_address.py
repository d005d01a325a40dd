"""Addresses as people see them: nothing secret is left in."""

from __future__ import annotations

import pytest

from bisenet_viewer.address import public, scheme_of, without_options


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("rtsp://host/live", "rtsp://host/live"),
        ("rtsp://host:554/live", "rtsp://host:554/live"),
        ("rtsp://[fe80::1]:554/live", "rtsp://[fe80::1]:554/live"),
        ("rtsp://user:secret@host:554/live", "rtsp://host:554/live"),
        ("rtsp://user@host/live", "rtsp://host/live"),
        ("rtsp://user:sec@ret@host/live", "rtsp://host/live"),
        ("rtsp://user:sec/ret@host/live", "rtsp://host/live"),
        ("rtsp://user:sec?ret@host/live", "rtsp://…"),
        ("rtsp://user:sec#ret@host/live", "rtsp://…"),
        ("http://host/cam?user=secret&key=secret#secret", "http://host/cam"),
        ("https://host/cam?mail=secret@secret", "https://host/cam"),
        ("rtsp://host/user=secret&password=secret&channel=1", "rtsp://host/user=…&password=…&channel=…"),
        ("rtsps://host:7441/aB3dE5gH7jK9mN1p", "rtsps://host:7441/…"),
        ("rtsp://host/h264Preview_01_main", "rtsp://host/h264Preview_01_main"),
        ("rtmp://host/app/live_123456_secretSECRET", "rtmp://host/app/…"),
        ("rtmp://host/live/stream", "rtmp://host/live/stream"),
        ("RTSP://User:Secret@host", "RTSP://host"),
        ("clip.mp4", "clip.mp4"),
        ("0", "0"),
    ],
)
def test_shown(uri, shown):
    assert public(uri) == shown
    assert "sec" not in public(uri).lower()


@pytest.mark.parametrize(("uri", "scheme"), [("RTSP://h/x", "rtsp"), ("clip.mp4", ""), ("screen", "")])
def test_scheme(uri, scheme):
    assert scheme_of(uri) == scheme


@pytest.mark.parametrize(
    ("uri", "left", "taken"),
    [
        ("rtsp://h/x", "rtsp://h/x", {}),
        ("rtsp://h/x?transport=udp", "rtsp://h/x", {"transport": "udp"}),
        ("rtsp://h/x?channel=1&transport=udp&b=%20", "rtsp://h/x?channel=1&b=+", {"transport": "udp"}),
        ("rtsp://h/x?Channel=1&b", "rtsp://h/x?Channel=1&b", {}),
    ],
)
def test_our_own_options_are_taken_out(uri, left, taken):
    assert without_options(uri, frozenset({"transport"})) == (left, taken)
