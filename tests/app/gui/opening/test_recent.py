"""Which sources are remembered, and which never."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisenet_viewer.gui.opening.recent import MOST, Recent


def test_newest_first_and_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recent = Recent()
    for source in ("a.mp4", "rtsp://host/live", "0", "a.mp4", str(tmp_path / "a.mp4")):
        recent = recent.add(source)
    assert recent.sources == (str(tmp_path / "a.mp4"), "0", "rtsp://host/live")
    assert recent.without("0").sources == (str(tmp_path / "a.mp4"), "rtsp://host/live")


def test_no_more_than_twenty() -> None:
    recent = Recent()
    for number in range(MOST + 5):
        recent = recent.add(str(number))
    assert recent.sources == tuple(str(number) for number in range(MOST + 4, 4, -1))


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://anna:s3cret@host/live",
        "rtsp://anna@host/live",
        "http://host/cam?token=s3cret",
        "rtsp://host/user=a&password=s3cret",
        "rtsps://host:7441/aB3dE5gH7jK9mN1p",
        "rtmp://host/app/live_123456_secretSECRET",
        "demo://",
        "demo://?seed=2",
        "  ",
    ],
)
def test_secrets_and_the_demo_are_not_kept(source: str) -> None:
    assert Recent(("0",)).add(source).sources == ("0",)
    assert Recent.of([source, "screen"]).sources == ("screen",)


@pytest.mark.parametrize(
    "source",
    ["rtsp://host/live?transport=udp", "tcp://:5000?listen=1", "camera://Brio", "screen://?rate=30", "http://h/c.mjpg"],
)
def test_what_is_harmless_is_kept_as_it_is(source: str) -> None:
    assert Recent().add(source).sources == (source,)
