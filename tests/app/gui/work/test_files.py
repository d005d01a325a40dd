"""Names that say source and time, and files that are never written over."""

from __future__ import annotations

import errno
from datetime import datetime
from pathlib import Path

import pytest
from tests.app.gui.work.conftest import names

from bisenet_viewer.gui.work import new_files
from bisenet_viewer.gui.work.naming import date_text, identity, stem_of, time_text
from bisenet_viewer.gui.work.new_files import take_name, write_new, write_part


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("/data/My drive.mp4", "My_drive"),
        ("0", "camera0"),
        ("/dev/video2", "video2"),
        ("rtsp://user:secret@cam.local:554/front?token=abc", "front"),
        ("rtsp://cam.local", "cam.local"),
        ("demo://?seconds=10", "demo"),
        ("http://[broken/x", "http"),
        ("shots/*.jpg", "shots"),
        ("..", "video"),
        ("a" * 300 + ".mp4", "a" * 60),
        ("ünï/Straße.mkv", "Straße"),
    ],
)
def test_stems_are_safe_and_tell_no_secret(source, stem):
    assert stem_of(source) == stem


def test_times_sort_as_text():
    assert [time_text(0), time_text(123.45), time_text(99999.9996), time_text(-1)] == [
        "000000.000", "000123.450", "100000.000", "000000.000",
    ]  # fmt: skip
    moment = datetime(2026, 1, 31, 12, 5, 9).timestamp()
    assert date_text(moment) == "2026-01-31_12-05-09"


def test_sources_of_one_name_in_two_folders_differ():
    assert identity("/a/clip.mp4") != identity("/b/clip.mp4")
    assert identity("/a/clip.mp4") == identity("/a/clip.mp4")
    assert identity("clip.mp4") == identity(str(Path("clip.mp4").absolute()))


@pytest.mark.parametrize("links", [True, False])
def test_files_come_whole_under_a_new_name_each(tmp_path, monkeypatch, links):
    if not links:

        def no_links(_path, _target):
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(Path, "hardlink_to", no_links)
    folder = tmp_path / "new" / "pictures"
    paths = [write_new(folder, "clip", ".png", bytes([number])) for number in range(3)]
    assert names(folder) == ["clip.png", "clip_2.png", "clip_3.png"]
    assert [path.read_bytes() for path in paths] == [b"\0", b"\1", b"\2"]
    other = write_part(folder, b"other")
    assert not take_name(other, paths[0])
    assert paths[0].read_bytes() == b"\0"


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def write(self, _data):
            raise OSError(errno.ENOSPC, "No space left on device")

    real = Path.open

    def half(path, *arguments, **options):
        real(path, *arguments, **options).close()
        return Full()

    monkeypatch.setattr(new_files.Path, "open", half)
    with pytest.raises(OSError, match="No space left"):
        write_new(tmp_path, "clip", ".png", b"data")
    assert names(tmp_path) == []
