"""What inputs are called, of which kind they are, and where they are; without Qt."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.opening.kinds import Kind, file_kind, kind_of
from bisenet_viewer.gui.opening.naming import fault_text, kind_name, source_name, source_place, waiting_hint


@pytest.mark.parametrize(
    ("uri", "kind", "name"),
    [
        ("0", Kind.CAMERA, "camera 0"),
        ("/dev/video2", Kind.CAMERA, "camera 2"),
        ("camera://Logitech BRIO", Kind.CAMERA, "Logitech BRIO"),
        ("screen", Kind.SCREEN, "the screen"),
        ("screen://:1?rate=30", Kind.SCREEN, "screen :1"),
        ("screen://?rate=30", Kind.SCREEN, "the screen"),
        ("demo://?seconds=3", Kind.DEMO, "the demo street"),
        ("RTSP://anna:s3cret@host/live?token=1", Kind.STREAM, "RTSP://host/live"),
        ("udp://:5000", Kind.STREAM, "udp://:5000"),
        ("/v/clip.mp4", Kind.FILE, "clip.mp4"),
        ("/v/frames?fps=5", Kind.FILE, "frames"),
        ("/v/folder/", Kind.FILE, "folder"),
        ("ftp://anna:s3cret@host/clip.mp4", Kind.FILE, "ftp://host/clip.mp4"),
    ],
)
def test_kind_and_name(uri: str, kind: Kind, name: str) -> None:
    assert kind_of(uri) is kind
    assert source_name(uri) == name


def test_the_current_folder_has_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "street"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert source_name(".") == "street"


def test_kinds_of_what_is_on_the_disk(tmp_path: Path) -> None:
    for name in ("clip.mp4", "photo.JPG", "list.txt", "img_0001.png"):
        (tmp_path / name).write_bytes(b"x")
    found = {
        name: file_kind(str(tmp_path / name))
        for name in (
            "clip.mp4",
            "photo.JPG",
            "list.txt",
            "img_%04d.png",
            "*.png",
            "gone.mp4",
            ".?fps=5",
            "\0",
            "x" * 999,
        )
    }
    assert found == {
        "clip.mp4": Kind.FILE,
        "photo.JPG": Kind.PICTURE,
        "list.txt": Kind.LIST,
        "img_%04d.png": Kind.SEQUENCE,
        "*.png": Kind.SEQUENCE,
        "gone.mp4": None,
        ".?fps=5": Kind.FOLDER,
        "\0": None,
        "x" * 999: None,
    }
    assert all(kind_name(kind) for kind in Kind)


def test_a_place_is_short_where_it_is_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/anna"))
    assert source_place("/home/anna/Videos/clip.mp4") == str(Path("~/Videos"))
    assert source_place("/media/disk/clip.mp4") == "/media/disk"
    assert source_place("rtsp://host/live") == source_place("0") == source_place("screen") == ""


def test_faults_and_waiting_are_one_line() -> None:
    assert fault_text(SourceError("no such\nfile")) == "No such file"
    assert fault_text(KeyError()) == "Unexpected fault: KeyError"
    assert "camera" in waiting_hint("0")
    assert "sender" in waiting_hint("rtsp://host/live")
    assert "disk" in waiting_hint("clip.mp4")
