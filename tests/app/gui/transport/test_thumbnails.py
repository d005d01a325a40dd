"""The thread of the small pictures: the right ones, the newest wish, and its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot
from tests.app.conftest import LEVEL_STEP, MakeClip, MakeTurned

from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.transport import thumbnails as module
from bisenet_viewer.gui.transport.thumbnail_file import HEIGHT, WIDTH, ThumbnailFile
from bisenet_viewer.gui.transport.thumbnails import MOST_KEPT, PictureFile, Thumbnails
from bisenet_viewer.sources import open_source

OpenThumbnails = Callable[..., Thumbnails]


@pytest.fixture
def open_thumbnails() -> Iterator[OpenThumbnails]:
    """Thumbnails that are closed after the test, which fails when their thread is left."""
    made: list[Thumbnails] = []

    def make(open_path: Callable[[Path], PictureFile] | None = None) -> Thumbnails:
        made.append(Thumbnails(open_path))
        return made[-1]

    yield make
    for one in made:
        one.close()
    assert "thumbnails" not in [thread.name for thread in threading.enumerate()]


class MemoryFile:
    """Pictures out of memory. Each is announced in `asked`, and waits for `gate`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[float] = []
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.is_closed = False

    def pictures(self, time_s: float, is_wanted: Callable[[], bool]) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        self.asked.append(time_s)
        self.begun.set()
        self.gate.wait(5)
        if is_wanted():
            yield time_s, np.full((9, 16, 3), int(time_s) % 256, np.uint8)

    def close(self) -> None:
        self.is_closed = True


def level(image: QImage) -> int:
    """Which frame of a made clip this is."""
    color = image.pixelColor(image.width() // 2, image.height() // 2)
    return round((color.red() - 16) / LEVEL_STEP)


def waits_for(qtbot: QtBot, thumbnails: Thumbnails, time_s: float, frame: int) -> QImage:
    """Ask for a picture and wait until it is this frame, by its time, and by its grey as well as that was coded."""
    thumbnails.request(time_s)

    def is_there() -> bool:
        made = thumbnails.nearest(time_s)
        return made is not None and round(made[0] * 25) == frame

    qtbot.waitUntil(is_there)
    made = thumbnails.nearest(time_s)
    assert made is not None
    assert abs(level(made[1]) - frame) <= 1
    return made[1]


def test_the_frame_under_the_pointer(qtbot: QtBot, open_thumbnails: OpenThumbnails, make_clip: MakeClip) -> None:
    thumbnails = open_thumbnails()
    thumbnails.open(make_clip(count=50, width=640, height=360, gop=100, codec="mpeg4"))
    assert waits_for(qtbot, thumbnails, 1.0, 25).size().width() == WIDTH
    for time_s, frame in ((0.0, 0), (1.97, 49), (0.7, 17), (1.999, 49), (1.5, 37)):
        image = waits_for(qtbot, thumbnails, time_s, frame)
        assert (image.width(), image.height()) == (160, 90)


def test_the_key_frame_comes_first_and_the_exact_one_after_it(make_clip: MakeClip) -> None:
    path = make_clip(count=50, gop=30, codec="mpeg4")
    with ThumbnailFile(path) as file:
        for time_s, is_wanted, times in (
            (1.0, True, [0.0, 1.0]), (1.3, True, [1.2]), (1.0, False, [0.0]), (9.0, True, [1.2, 1.96]),
            (-1.0, True, [0.0]),
        ):  # fmt: skip
            seen = [round(at_s, 2) for at_s, _ in file.pictures(time_s, lambda is_wanted=is_wanted: is_wanted)]
            assert seen == times, time_s


@pytest.mark.parametrize(
    ("width", "height", "aspect", "size"),
    [
        (640, 360, Fraction(1), (160, 90)),
        (90, 640, Fraction(1), (17, HEIGHT)),
        (320, 240, Fraction(2), (160, 60)),
        (64, 48, Fraction(1), (64, 48)),
    ],
)
def test_pictures_are_small_and_their_pixels_square(
    make_clip: MakeClip, width: int, height: int, aspect: Fraction, size: tuple[int, int]
) -> None:
    path = make_clip(count=2, width=width, height=height, pixel_aspect=aspect)
    with ThumbnailFile(path) as file:
        _, rgb = next(file.pictures(0.0, lambda: True))
        assert (rgb.shape[1], rgb.shape[0]) == size
        red, blue = rgb[rgb.shape[0] // 8, rgb.shape[1] // 8], rgb[rgb.shape[0] // 8, -rgb.shape[1] // 8]
        assert red[0] > red[2] + 100
        assert blue[2] > blue[0] + 100


def test_a_recording_of_a_turned_telephone_is_upright(make_turned_clip: MakeTurned) -> None:
    path = make_turned_clip(0, 1, -1, 0)
    with ThumbnailFile(path) as file, open_source(str(path)) as source:
        _, rgb = next(file.pictures(0.0, lambda: True))
        frame = next(iter(source.frames()))
        assert frame is not None
        assert rgb.shape == (64, 48, 3)
        np.testing.assert_array_equal(rgb, frame.rgb)


def test_hdr_is_brought_to_an_ordinary_screen(make_clip: MakeClip) -> None:
    path = make_clip("hdr.mkv", count=6, codec="libx264", pixels="yuv420p10le", transfer=16, width=64, height=64)
    with ThumbnailFile(path) as file, open_source(str(path)) as source:
        _, rgb = next(file.pictures(0.0, lambda: True))
        frame = next(iter(source.frames()))
        assert frame is not None
        np.testing.assert_array_equal(rgb, frame.rgb)


def test_the_newest_wish_wins(qtbot: QtBot, open_thumbnails: OpenThumbnails) -> None:
    file = MemoryFile(Path("a"))
    file.gate.clear()
    thumbnails = open_thumbnails(lambda _: file)
    thumbnails.open(Path("a"))
    thumbnails.request(1.0)
    assert file.begun.wait(5)
    for time_s in (2.0, 3.0, 4.0, 5.0):
        thumbnails.request(time_s)
    with qtbot.waitSignal(thumbnails.ready):
        file.gate.set()
    assert file.asked == [1.0, 5.0]
    newest = thumbnails.newest()
    assert newest is not None
    assert newest[0] == 5.0
    assert newest[1].pixelColor(0, 0).red() == 5


def test_what_is_kept_is_not_made_again_and_is_bounded(qtbot: QtBot, open_thumbnails: OpenThumbnails) -> None:
    file = MemoryFile(Path("a"))
    thumbnails = open_thumbnails(lambda _: file)
    thumbnails.open(Path("a"))

    def ask(time_s: float) -> None:
        thumbnails.request(time_s)
        qtbot.waitUntil(lambda: (thumbnails.nearest(time_s) or (-1.0,))[0] == time_s)

    for second in range(MOST_KEPT + 3):
        ask(float(second))
        # It is told to be final after it was told to be there.
        key = round(second / module._STEP_S)
        qtbot.waitUntil(lambda key=key: thumbnails.newest() is not None and thumbnails._kept[key].final)
    asked = len(file.asked)
    thumbnails.request(100.0)
    nearest = thumbnails.nearest(100.4)
    assert nearest is not None
    assert nearest[0] == 100.0
    assert len(file.asked) == asked
    oldest = thumbnails.nearest(0.0)
    assert oldest is not None
    assert oldest[0] == 3.0


def test_another_file_has_other_pictures(qtbot: QtBot, open_thumbnails: OpenThumbnails) -> None:
    files: list[MemoryFile] = []

    def open_path(path: Path) -> MemoryFile:
        files.append(MemoryFile(path))
        return files[-1]

    thumbnails = open_thumbnails(open_path)
    for name in ("a", "b"):
        thumbnails.open(Path(name))
        assert thumbnails.newest() is None
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.request(7.0)
    thumbnails.open(Path("b"))
    assert thumbnails.newest() is not None
    assert [file.path.name for file in files] == ["a", "b"]
    assert files[0].is_closed
    thumbnails.open(None)
    qtbot.waitUntil(lambda: files[1].is_closed)
    thumbnails.request(8.0)
    assert thumbnails.nearest(8.0) is None


def test_a_late_picture_of_the_file_before_is_not_shown(qtbot: QtBot, open_thumbnails: OpenThumbnails) -> None:
    file = MemoryFile(Path("a"))
    file.gate.clear()
    thumbnails = open_thumbnails(lambda _: file)
    thumbnails.open(Path("a"))
    thumbnails.request(1.0)
    assert file.begun.wait(5)
    thumbnails._wishes.clear()
    thumbnails._generation += 1
    with qtbot.waitSignal(thumbnails.ready):
        file.gate.set()
    assert thumbnails.newest() is None


def test_a_file_that_nobody_asks_for_is_closed(
    qtbot: QtBot, open_thumbnails: OpenThumbnails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_IDLE_S", 0.01)
    files: list[MemoryFile] = []

    def open_path(path: Path) -> MemoryFile:
        files.append(MemoryFile(path))
        return files[-1]

    thumbnails = open_thumbnails(open_path)
    thumbnails.open(Path("a"))
    for count in (1, 2):
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.request(float(count))
        qtbot.waitUntil(lambda count=count: len(files) == count and files[-1].is_closed)


@pytest.mark.parametrize("content", [b"", b"no video at all" * 100, None], ids=["empty", "text", "missing"])
def test_what_is_no_video_has_none_and_says_nothing(
    qtbot: QtBot, open_thumbnails: OpenThumbnails, make_clip: MakeClip, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError):
        ThumbnailFile(path)
    thumbnails = open_thumbnails()
    thumbnails.open(path)
    for time_s in (0.0, 1.0, 2.0):
        thumbnails.request(time_s)
    # The thread is as it was: what can be read comes after it.
    good = make_clip("good.mkv", count=3)
    thumbnails.open(good)
    waits_for(qtbot, thumbnails, 0.0, 0)


def test_a_damaged_file_has_what_can_be_read(
    qtbot: QtBot, open_thumbnails: OpenThumbnails, make_clip: MakeClip
) -> None:
    thumbnails = open_thumbnails()
    thumbnails.open(make_clip("damaged.mkv", count=40, gop=10, codec="mpeg4", damaged=range(12, 25)))
    thumbnails.request(0.8)
    waits_for(qtbot, thumbnails, 0.0, 0)
    waits_for(qtbot, thumbnails, 1.2, 30)


def test_past_the_end_of_a_file_that_is_cut_off_there_is_its_last_picture(make_clip: MakeClip) -> None:
    path = make_clip("cut.ts", count=60, gop=10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with ThumbnailFile(path) as file:
        last_s = max(time_s for time_s, _ in file.pictures(2.3, lambda: True))
        assert 0.8 < last_s < 1.6
        assert max(time_s for time_s, _ in file.pictures(0.7, lambda: True)) == pytest.approx(0.68, abs=0.03)


def test_closing_is_quick_even_while_it_decodes(open_thumbnails: OpenThumbnails, make_clip: MakeClip) -> None:
    thumbnails = open_thumbnails()
    thumbnails.open(make_clip(count=60, gop=250, width=1280, height=720))
    thumbnails.request(2.3)
    thumbnails.close()
    thumbnails.close()
    thumbnails.request(1.0)
    thumbnails.open(None)
    assert "thumbnails" not in [thread.name for thread in threading.enumerate()]


def test_without_a_wish_there_is_no_thread(open_thumbnails: OpenThumbnails, make_clip: MakeClip) -> None:
    thumbnails = open_thumbnails()
    thumbnails.request(1.0)
    thumbnails.open(make_clip(count=2))
    assert "thumbnails" not in [thread.name for thread in threading.enumerate()]
