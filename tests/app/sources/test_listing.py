"""Which files folders, globs, numbered patterns and lists mean, in which order, and what is told of those that miss."""

from __future__ import annotations

import logging
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.listing import LONGEST_LIST, Listing, listed

Touch = Callable[..., None]


@pytest.fixture
def touch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Touch:
    """Makes empty files in the current folder, which is `tmp_path`."""
    monkeypatch.chdir(tmp_path)

    def make(*names: str) -> None:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    return make


def names(listing: Listing | None) -> list[str]:
    assert listing is not None
    return [path.name for path in listing.paths]


def test_a_folder_in_the_order_people_count(touch: Touch) -> None:
    touch("shots/img10.jpg", "shots/IMG2.PNG", "shots/img1.jpg", "shots/clip.mp4", "shots/.hidden.jpg", "shots/a.txt")
    touch("shots/deeper/img0.jpg")
    listing = listed("shots")
    assert names(listing) == ["clip.mp4", "img1.jpg", "IMG2.PNG", "img10.jpg"]
    assert listing is not None
    assert (listing.name, listing.rate, listing.missing) == ("shots", 1, 0)


def test_a_glob(touch: Touch, tmp_path: Path) -> None:
    touch("b9.jpg", "b10.jpg", "c1.jpg", "x/b1.jpg", "b.jpg/inside.png")
    assert names(listed("b*.jpg")) == ["b9.jpg", "b10.jpg"]
    assert names(listed(str(tmp_path / "[bc]*.jpg"))) == ["b9.jpg", "b10.jpg", "c1.jpg"]
    assert names(listed("**/*.jpg")) == ["b9.jpg", "b10.jpg", "c1.jpg", "b1.jpg"]


def test_a_numbered_sequence_by_its_numbers(touch: Touch, caplog: pytest.LogCaptureFixture) -> None:
    touch(
        "f_0099.png", "f_0100.png", "f_0101.png", "f_10000.png", "f_099.png", "f_00101.png", "f_0100.jpg", "g_0100.png"
    )
    with caplog.at_level(logging.WARNING):
        listing = listed("f_%04d.png")
    assert names(listing) == ["f_0099.png", "f_0100.png", "f_0101.png", "f_10000.png"]
    assert listing is not None
    assert listing.rate == 25
    assert "f_%04d.png: 9898 numbers between the first and the last are not there" in caplog.text
    touch("n9.png", "n10.png")
    assert names(listed("n%d.png")) == ["n9.png", "n10.png"]


def test_a_list(touch: Touch, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    touch("lists/b.mp4", "lists/sub/a.png", "c d.jpg", "lists/other.txt")
    text = "\ufeff# chosen\n\nb.mp4\n  sub/a.png  \n../c d.jpg\ngone.mp4\nsub\nother.txt\nhttp://host/x\n"
    text += f"{tmp_path}/c d.jpg\n"
    (tmp_path / "lists" / "films.txt").write_text(text, "utf-8")
    with caplog.at_level(logging.WARNING):
        listing = listed("lists/films.txt")
    assert names(listing) == ["b.mp4", "a.png", "c d.jpg", "c d.jpg"]
    assert listing is not None
    assert (listing.name, listing.missing) == ("films.txt", 4)
    assert [record.getMessage() for record in caplog.records] == [
        "lists/films.txt, line 6: no such file: gone.mp4; left out",
        "lists/films.txt, line 7: sub is a folder; left out",
        "lists/films.txt, line 8: other.txt is a list itself; left out",
        "lists/films.txt, line 9: http:// addresses cannot stand in a list; left out",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "lists no file that is there; give a picture or a video per line"),
        (b"# nothing\n", "lists no file that is there; give"),
        (b"gone.mp4\nalso.mp4\n", "lists no file that is there: line 1: no such file: gone.mp4"),
        (b"\xff\xfe\x00z", "is no list of files: it is not UTF-8 text"),
        (b"x" * (LONGEST_LIST + 1), "too long for a list of files: over 4 MiB"),
        (b"a\x00b.mp4\n" + b"y" * 5000, "lists no file that is there: line 1: no such file"),
    ],
)
def test_no_list(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "films.txt"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=expected):
        listed(str(path))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("empty", "is a folder without pictures and videos"),
        ("*.jpg", r"no file is called \*\.jpg; check"),
        ("f_%03d.png", r"no file is called f_%03d\.png with a number in place of %03d"),
        ("nowhere/f_%d.png", r"cannot read nowhere/f_%d\.png: No such file or directory"),
        ("nowhere?fps=5", "no such file: nowhere"),
        ("empty?fps=0", "fps=0 must be pictures per second from 1/3600 to 240"),
        ("empty?fps=ten", "fps=ten must be"),
        ("empty?fps=1/0", "fps=1/0 must be"),
    ],
)
def test_what_a_person_is_told(touch: Touch, address: str, expected: str) -> None:
    touch("empty/notes.doc")
    with pytest.raises(SourceError, match=expected):
        listed(address)


def test_the_rate_is_chosen(touch: Touch) -> None:
    touch("shots/a.jpg", "f_1.png")
    for address, rate in (("shots?fps=30000/1001", Fraction(30000, 1001)), ("f_%d.png?fps=0.5", Fraction(1, 2))):
        listing = listed(address)
        assert listing is not None
        assert listing.rate == rate


def test_a_single_video_is_no_listing(touch: Touch) -> None:
    touch("clip.mp4")
    assert listed("clip.mp4") is None
    assert listed("gone.mp4") is None


@pytest.mark.parametrize("name", ["a%02d.jpg", "what?.jpg", "[1].jpg", "b.jpg?fps=3"])
def test_a_file_of_that_very_name_comes_first(touch: Touch, name: str) -> None:
    touch(name, "a01.jpg", "whatx.jpg", "1.jpg", "b.jpg")
    listing = listed(name)
    assert (listing is None) if name.endswith("=3") else names(listing) == [name]
