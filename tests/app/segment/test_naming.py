"""Names of outputs, and which inputs an argument stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisenet_viewer.errors import SourceError
from bisenet_viewer.segment.inputs import expanded
from bisenet_viewer.segment.naming import distinct_stems, stem_of


@pytest.mark.parametrize(
    ("source", "stem"),
    [
        ("a/b/clip.mp4", "clip"),
        ("demo://?seed=3", "demo"),
        ("rtsp://user:secret@host:554/street?x=1", "street"),
        ("rtsp://user:secret@host", "host"),
        ("0", "camera0"),
        ("shots/*.jpg", "shots"),
        ("shots/img_%04d.png", "shots"),
        ("shots/", "shots"),
    ],
)
def test_stems(source, stem):
    assert stem_of(source) == stem


@pytest.mark.parametrize(
    ("sources", "stems"),
    [
        (["a.mp4", "b.mp4"], ["a", "b"]),
        (["clip.mp4", "clip.mov", "other.mp4"], ["clip_mp4", "clip_mov", "other"]),
        (["x/clip.mp4", "y/clip.mp4"], ["x_clip", "y_clip"]),
        (["x/clip.mp4", "x/clip.mov", "y/clip.mp4"], ["x_clip", "clip_mov", "y_clip"]),
        (["x/Clip.mp4", "y/clip.mp4"], ["x_Clip", "y_clip"]),
        (["x/clip.mp4", "y/clip.mp4", "z/x_clip.mp4"], ["x_clip_mp4", "y_clip", "z_x_clip"]),
        (["x/a/clip.mp4", "y/a/clip.mp4"], ["a_clip_mp4", "a_clip_mp4_2"]),
        (["rtsp://a/live", "rtsp://b/live"], ["a_live", "b_live"]),
        (["demo://?seed=1", "demo://?seed=2"], ["demo", "demo_2"]),
    ],
)
def test_no_two_inputs_have_one_name(sources, stems):
    assert distinct_stems(sources) == stems
    assert len({stem.casefold() for stem in stems}) == len(sources)


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"x")


def expand(*addresses: str) -> tuple[list[str], list[str]]:
    told: list[str] = []
    return expanded(addresses, told.append), told


def test_each_video_of_a_folder_and_of_a_glob_is_an_input():
    touch("d/b10.mp4", "d/b2.mkv", "d/note.md", "d/.hidden.mp4")
    assert expand("d") == (["d/b2.mkv", "d/b10.mp4"], [])
    assert expand("d/b*.mp4", "d/b2.mkv") == (["d/b10.mp4", "d/b2.mkv"], [])


def test_an_input_that_is_named_twice_is_done_once():
    touch("d/a.mp4", "d/b.mp4")
    assert expand("d/b.mp4", "d", "d/../d/a.mp4") == (["d/b.mp4", "d/a.mp4"], [])


def test_pictures_that_come_together_are_one_input():
    touch("p/1.jpg", "p/2.jpg", "m/1.jpg", "m/a.mp4")
    assert expand("p", "p/*.jpg") == (["p", "p/*.jpg"], [])
    assert expand("m") == (
        ["m/a.mp4"],
        ["m: 1 pictures beside the videos are left out: name them as an input of their own"],
    )


def test_what_an_earlier_run_made_is_no_input_unless_it_is_named():
    touch("d/a.mp4", "d/a_overlay.mp4", "d/b.mp4", "d/b_overlay.partial.mp4", "d/b_mp4_mask.mp4", "d/my_overlay.mp4")
    inputs, told = expand("d")
    assert inputs == ["d/a.mp4", "d/b.mp4", "d/my_overlay.mp4"]
    assert told == ["d: 3 videos that an earlier run made of the others are left out"]
    assert expand("d/a_overlay.mp4") == (["d/a_overlay.mp4"], [])


def test_a_list_names_its_files_also_those_that_are_not_there():
    touch("d/a.mp4", "d/e/b.mp4")
    Path("d/list.txt").write_text("# drives\na.mp4\n\ngone.mp4\ne\n")
    assert expand("d/list.txt") == (["d/a.mp4", "d/gone.mp4", "d/e/b.mp4"], [])


def test_streams_and_missing_files_are_passed_on():
    assert expand("rtsp://host/a", "0", "gone.mp4") == (["rtsp://host/a", "0", "gone.mp4"], [])
    with pytest.raises(SourceError, match="no file is called"):
        expand("d/*.mp4")
