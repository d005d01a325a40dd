"""`open_source`: which address is for what, and what a person is told when it is for nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bisenet_viewer import sources
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources import open_source


def complaint(uri: str) -> str:
    with pytest.raises(SourceError) as caught:
        open_source(uri)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("", "no source given"),
        ("ftp://host/a.mp4", "unknown kind of source ftp://"),
        ("demo://?second=3", "no option 'second'; did you mean 'seconds'?"),
        ("demo://?width=ten", "width='ten' must be a whole number from 64 to 3840"),
        ("demo://?width=8", "width=8 must be a whole number from 64 to 3840"),
        ("demo://?seconds=-1", "seconds=-1 must be a number from 0.1 to 86400"),
        ("demo://?fps=nan", "fps=nan must be a number from 1 to 240"),
        ("demo://house", "not a demo address"),
        ("no/such/clip.mp4", "no such file: no/such/clip.mp4"),
        ("x" * 5000, "cannot look for xxx"),
        ("a\0b.mp4", "zero byte in its name"),
        ("~nobody.here/clip.mp4", "there is no such user"),
    ],
)
def test_bad_addresses(uri: str, expected: str) -> None:
    assert expected in complaint(uri)


def test_secrets_of_addresses_are_not_repeated() -> None:
    assert "secret" not in complaint("ftp://user:secret@host/a")


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("0", "camera"), ("/dev/video7", "camera"), ("camera://Front Camera", "camera"), ("/dev/null", "camera"),
        ("rtsp://user:secret@host/a", "network"), ("HTTPS://host/a.mp4", "network"), ("udp://:1234", "network"),
        ("screen", "screen"), ("screen://:1", "screen"), ("demo://", "demo"), ("Demo://?seconds=1", "demo"),
        ("clip.mp4", "files"), ("~/clip.mp4", "files"), ("shots", "files"), ("*.jpg", "files"), ("12", "files"),
        ("f_%04d.png?fps=5", "files"), ("films.txt", "files"), ("13", "camera"), ("./13", "files"),
        ("x" * 5000, "files"),
    ],
)  # fmt: skip
def test_which_kind_an_address_is(uri: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "12").touch()  # a file called like a camera; and a folder called so, which hides none
    (tmp_path / "13").mkdir()
    monkeypatch.chdir(tmp_path)
    opened: list[tuple[str, str]] = []
    for name in sources.OPENERS:
        monkeypatch.setitem(sources.OPENERS, name, lambda uri, name=name: opened.append((name, uri)))
    open_source(uri)
    assert opened == [(kind, uri)]


def test_folder(tmp_path: Path) -> None:
    assert "is a folder without pictures and videos" in complaint(str(tmp_path))


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    assert "is empty" in complaint(str(path))


@pytest.mark.parametrize("name", ["notes.mp4", "notes.srt"])
def test_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n" * 50)
    assert "not a video" in complaint(str(path))


def test_play_list_opens_nothing_else(tmp_path: Path, make_clip: Callable[..., Path]) -> None:
    clip = make_clip("clip.mp4")
    path = tmp_path / "list.mp4"
    path.write_text(f"ffconcat version 1.0\nfile {clip.name}\n")
    assert "not a video" in complaint(str(path))


def test_sound_only(make_sound: Path) -> None:
    assert "holds no video, only sound" in complaint(str(make_sound))


def test_cut_off_mp4(make_clip: Callable[..., Path]) -> None:
    path = make_clip("clip.mp4")
    path.write_bytes(path.read_bytes()[:-2000])
    assert "cut off" in complaint(str(path))


def test_no_frame_decodes(make_clip: Callable[..., Path]) -> None:
    path = make_clip("clip.mkv", codec="mjpeg", count=5, damaged=range(5))
    assert "can be decoded" in complaint(str(path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable(make_clip: Callable[..., Path]) -> None:
    path = make_clip()
    path.chmod(0)
    assert "no permission to read" in complaint(str(path))


def test_file_whose_name_looks_like_a_number_or_a_protocol(
    make_clip: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clip("clip.mkv").rename(tmp_path / "7")
    make_clip("concat:ä.mkv")
    monkeypatch.chdir(tmp_path)
    for name in ("7", "concat:ä.mkv"):
        with open_source(name) as source:
            assert source.info.name == name


def test_demo_needs_no_decoder() -> None:
    code = (
        "import sys; from bisenet_viewer.sources import open_source;"
        "next(filter(None, open_source('demo://?width=64&height=64').frames())); assert 'av' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=environment)
