"""What a typed text would open, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisenet_viewer.gui.opening import recognising
from bisenet_viewer.gui.opening.recognising import checked, recognised, source_of
from bisenet_viewer.sources.devices import finding
from bisenet_viewer.sources.devices.device import Device


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rtsp://host/live", "Stream: rtsp://host/live"),
        ("rtsp://anna:s3cret@host/live?transport=udp", "Stream: rtsp://host/live"),
        ("rtmp://host/app/stream", "Stream: rtmp://host/app/stream"),
        ("https://host/live.m3u8", "Stream: https://host/live.m3u8"),
        ("udp://:5000", "Stream: udp://:5000"),
        ("tcp://:5000?listen=1", "Stream: tcp://:5000"),
        ("  'screen' ", "The screen"),
        ("demo://", "The demo street"),
        ("0", "Camera 0"),
        ("camera://brio", "Brio"),
        ("", ""),
        ("/v/clip.mp4", ""),
    ],
)
def test_what_is_right(text: str, told: str) -> None:
    verdict = recognised(text)
    assert (verdict.told, verdict.is_fault) == (told, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rtsp://", "The host is missing"),
        ("tcp://:5000", "The host is missing"),
        ("udp://", "The port is missing"),
        ("rtsp://host:99999/live", "The port, after the host's colon"),
        ("rtsp://anna:s3/cret@host/live", "In a password write %2F for /"),
        ("rtsp://host/a b", "An address has no spaces"),
        ("http://[::1/x", "This is no host"),
        ("rtsp://host/live?transport=tpc", "transport is tcp or udp"),
        ("rtps://host/live", "Is it rtsp://?"),
        ("htpp://host/live", "Is it http://?"),
        ("srt://host:5000", "srt:// cannot be opened: rtsp, rtmp, http"),
        ("rtsp:/host/live", "write rtsp://host/live"),
        ("http:host", "write http://host"),
        ("camera://", "Write a camera's name"),
    ],
)
def test_what_is_wrong_at_once(text: str, told: str) -> None:
    verdict = recognised(text)
    assert verdict.is_fault
    assert told in verdict.told
    assert "s3" not in verdict.told
    assert checked(text) == verdict


def test_files_are_looked_for(tmp_path: Path) -> None:
    clip = tmp_path / "clip 1.mp4"
    clip.write_bytes(b"x")
    assert checked(str(clip)).told == "Video: clip 1.mp4"
    assert checked(clip.as_uri()).source == str(clip)
    assert checked(str(tmp_path)).told == f"Folder: {tmp_path.name}"
    gone = checked(str(tmp_path / "gone.mp4"))
    assert gone.is_fault
    assert gone.told == f"No such file or folder: {tmp_path / 'gone.mp4'}"


def test_an_address_without_its_scheme_is_told() -> None:
    assert checked("cam.local:554/live").told.endswith("write rtsp://cam.local:554/live")
    assert checked("clip.mp4").told == "No such file or folder: clip.mp4"


def test_cameras_and_the_demo_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    brio = Device("Logitech BRIO", 2, "v4l2", "/dev/video2", "/dev/video2")
    monkeypatch.setattr(finding, "system", lambda: finding.System(lambda: [brio], lambda _: ()))
    assert checked("camera://brio").told == "Camera: Logitech BRIO"
    assert checked("7").told == "No camera 7; there are: 2 (Logitech BRIO)"
    assert checked("demo://?sed=1").told.startswith("demo:// has no option 'sed'; did you mean 'seed'?")
    assert not checked("demo://?seed=1").is_fault


def test_a_file_address_is_a_path() -> None:
    assert source_of("file:///v/clip%20%C3%A4.mp4") == "/v/clip ä.mp4"
    assert source_of("file:///C:/clip.mp4") == "C:/clip.mp4"
    assert source_of("file://server/share/clip.mp4") == "file://server/share/clip.mp4"
    assert recognising.source_of('"/v/clip.mp4"') == "/v/clip.mp4"
