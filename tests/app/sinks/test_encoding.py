"""Encoding: which encoder takes the pictures, with what; NVENC only where it works."""

from __future__ import annotations

import os

import pytest

from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks import encoding
from bisenet_viewer.sinks.encoding import Encoding, nvenc_obstacle


@pytest.fixture
def nvenc(monkeypatch):
    """Sets why NVENC cannot be used; None: it can."""

    def install(obstacle: str | None) -> None:
        monkeypatch.setattr(encoding, "nvenc_obstacle", lambda *_which: obstacle)

    return install


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_auto_takes_nvenc_where_it_works_and_else_the_software(nvenc, codec):
    software = {"h264": "libx264", "hevc": "libx265", "av1": "libsvtav1"}[codec]
    nvenc("no driver")
    assert Encoding(codec).encoder_name(640, 360) == software
    nvenc(None)
    assert Encoding(codec).encoder_name(640, 360) == f"{codec}_nvenc"
    assert Encoding(codec, "software").encoder_name(640, 360) == software


def test_nvenc_that_is_asked_for_and_not_there_is_an_error(nvenc):
    nvenc("no driver")
    with pytest.raises(
        SinkError, match=r"NVENC cannot encode hevc at 640x360 here \(no driver\): use --encoder software"
    ):
        Encoding("hevc", "nvenc").encoder_name(640, 360)


def test_the_trial_says_why_it_failed_and_breaks_nothing():
    # Below what any NVENC takes, so that this holds with and without a card.
    assert nvenc_obstacle("h264", 16, 16)


@pytest.mark.gpu
def test_the_trial_on_a_card():
    obstacle = nvenc_obstacle("h264", 640, 360)
    if obstacle is not None:
        pytest.skip(f"this card does not encode: {obstacle}")
    assert Encoding("h264", "nvenc").encoder_name(640, 360) == "h264_nvenc"


@pytest.mark.parametrize(
    ("wishes", "encoder", "expected"),
    [
        ({}, "libx264", {"preset": "superfast", "crf": "20"}),
        ({"crf": 30, "threads": 2}, "libx264", {"preset": "superfast", "crf": "30", "threads": "2"}),
        ({"bitrate": 500_000}, "libx264", {"preset": "superfast"}),
        ({"codec": "hevc", "threads": 3}, "libx265", {"crf": "24", "x265-params": "log-level=none:pools=3"}),
        ({"codec": "av1", "threads": 3}, "libsvtav1", {"crf": "32", "svtav1-params": "lp=3"}),
        ({"crf": 30}, "h264_nvenc", {"preset": "p5", "rc": "vbr", "cq": "30"}),
        ({"bitrate": 500_000}, "h264_nvenc", {"preset": "p5", "rc": "vbr"}),
    ],
)
def test_options(wishes, encoder, expected):
    options = Encoding(**wishes).options(encoder)
    assert expected.items() <= options.items()
    assert ("crf" in options) == ("crf" in expected)


@pytest.mark.parametrize(
    ("wishes", "text"),
    [
        ({"crf": 52}, "0 to 51"),
        ({"codec": "av1", "crf": 64}, "0 to 63"),
        ({"crf": 20, "bitrate": 10_000}, "not both"),
        ({"bitrate": 10}, "1000 or more"),
    ],
)
def test_what_fits_no_codec_is_refused(wishes, text):
    with pytest.raises(ValueError, match=text):
        Encoding(**wishes)


def test_the_av1_encoder_is_told_to_be_quiet():
    assert os.environ["SVT_LOG"]
