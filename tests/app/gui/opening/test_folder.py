"""Which files are gone through."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisenet_viewer.gui.opening.folder import FileList, file_list


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("clip10.mp4", "clip2.mp4", "Clip1.mkv", "photo.jpg", "notes.pdf", ".hidden.mp4"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "stills").mkdir()
    for name in ("b.png", "a.png"):
        (tmp_path / "stills" / name).write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    return tmp_path


def names(files: FileList) -> list[str]:
    return [Path(source).name for source in files.sources]


def test_a_folder_is_its_videos_and_pictures_by_number(folder: Path) -> None:
    files = file_list([str(folder)])
    assert names(files) == ["Clip1.mkv", "clip2.mp4", "clip10.mp4", "photo.jpg"]
    assert (files.name, files.index, files.goes_on) == (folder.name, 0, True)


def test_a_file_comes_with_its_neighbours_but_stops_at_its_end(folder: Path) -> None:
    files = file_list([str(folder / "clip2.mp4")])
    assert files.current == str(folder / "clip2.mp4")
    assert (files.previous, files.index, files.next) == (0, 1, 2)
    assert files.after_end(1) is None


@pytest.mark.parametrize("name", ["stills", "empty", "notes.pdf", "gone.mp4", "*.mp4", "img_%04d.png"])
def test_some_are_one_thing(folder: Path, name: str) -> None:
    files = file_list([str(folder / name)])
    assert files.sources == (str(folder / name),)
    assert (files.previous, files.next, files.after_end(0)) == (None, None, None)


def test_what_is_no_file_is_alone() -> None:
    for source in ("rtsp://host/live", "0", "screen", "demo://"):
        assert file_list([source]).sources == (source,)


def test_several_are_sorted_once_each_and_folders_give_what_they_hold(folder: Path) -> None:
    dropped = ["clip10.mp4", "stills", "clip2.mp4", "clip2.mp4", "empty"]
    files = file_list([str(folder / name) for name in dropped])
    assert names(files) == ["clip2.mp4", "clip10.mp4", "a.png", "b.png"]
    assert (files.name, files.goes_on) == ("4 files", True)
    assert file_list([str(folder / "empty")] * 2).sources == (str(folder / "empty"),)
    with pytest.raises(ValueError, match="got none"):
        file_list([])


def test_going_on() -> None:
    files = FileList("three", ("a", "b", "c"), goes_on=True)
    assert [files.after_end(index) for index in range(3)] == [1, 2, None]
    last = files.at(2)
    assert (last.current, last.previous, last.next) == ("c", 1, None)
    with pytest.raises(IndexError, match="below 3, got 3"):
        files.at(3)
