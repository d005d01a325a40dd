"""Still pictures: upright, in RGB whatever they are stored as; damaged ones left out, or an error when alone."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources import Source, open_source
from bisenet_viewer.sources.images import read_picture


def save(path: Path, image: NDArray[np.uint8] | NDArray[np.uint16]) -> Path:
    """image: as OpenCV has it, BGR or BGRA or grey. Any name, also one that OpenCV itself cannot open everywhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


def plain(level: int, width: int = 32, height: int = 24) -> NDArray[np.uint8]:
    return np.full((height, width, 3), level, np.uint8)


def frames_of(source: Source, from_s: float = 0.0) -> list[Frame]:
    return [frame for frame in source.frames(from_s) if frame is not None]


def levels(source: Source, from_s: float = 0.0) -> list[int]:
    return [round(float(frame.rgb.mean())) for frame in frames_of(source, from_s)]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff", ".ppm", ".JPG"])
def test_a_picture_in_each_format(tmp_path: Path, suffix: str) -> None:
    bgr = np.zeros((24, 32, 3), np.uint8)
    bgr[...] = (20, 60, 200)
    with open_source(str(save(tmp_path / f"ä picture{suffix}", bgr))) as source:
        (frame,) = frames_of(source)
        assert (source.info.width, source.info.height, source.info.frame_count) == (32, 24, 1)
        assert source.info.duration_s is None
        assert source.info.name == f"ä picture{suffix}"
    assert np.abs(frame.rgb.astype(int) - (200, 60, 20)).max() < 6


def exif(orientation: int) -> bytes:
    """A JPEG segment that says how the picture was held (EXIF 2.3, tag 0x0112)."""
    tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\x00\x00" + tiff


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),  # where the stored picture's upper left corner is seen
    [
        (1, (32, 24), (0, 0)), (2, (32, 24), (0, -1)), (3, (32, 24), (-1, -1)), (4, (32, 24), (-1, 0)),
        (5, (24, 32), (0, 0)), (6, (24, 32), (0, -1)), (7, (24, 32), (-1, -1)), (8, (24, 32), (-1, 0)),
    ],
)  # fmt: skip
def test_pictures_are_upright(tmp_path: Path, orientation: int, size: tuple[int, int], corner: tuple[int, int]) -> None:
    image = plain(0)
    image[:8, :8] = 255
    path = save(tmp_path / "held.jpg", image)
    data = path.read_bytes()
    path.write_bytes(data[:2] + exif(orientation) + data[2:])
    rgb = read_picture(path)
    assert rgb.shape == (size[1], size[0], 3)
    assert rgb.flags.c_contiguous
    bright = {(y, x) for y in (0, -1) for x in (0, -1) if rgb[y, x].mean() > 200}
    assert bright == {corner}


def test_deep_grey_and_palette_pictures(tmp_path: Path) -> None:
    deep = np.full((24, 32, 3), (0x1234, 0x8000, 0xFEDC), np.uint16)
    assert read_picture(save(tmp_path / "deep.png", deep))[3, 3].tolist() == [0xFE, 0x80, 0x12]
    assert read_picture(save(tmp_path / "deep.tiff", deep))[3, 3].tolist() == [0xFE, 0x80, 0x12]
    assert read_picture(save(tmp_path / "grey.png", np.full((24, 32), 77, np.uint8)))[3, 3].tolist() == [77, 77, 77]


def test_cmyk(tmp_path: Path) -> None:
    (tmp_path / "print.tif").write_bytes(cmyk_tiff(8, 8, (0, 255, 255, 0)))
    assert read_picture(tmp_path / "print.tif")[4, 4].tolist() == [255, 0, 0]


def cmyk_tiff(width: int, height: int, ink: tuple[int, int, int, int]) -> bytes:
    """TIFF 6.0, section 16: uncompressed, one strip."""
    begin = 8 + 2 + 9 * 12 + 4
    tags = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 4, begin), (259, 3, 1, 1), (262, 3, 1, 5),
        (273, 4, 1, begin + 8), (277, 3, 1, 4), (278, 3, 1, height), (279, 4, 1, 4 * width * height),
    ]  # fmt: skip
    head = b"II*\x00" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return head + struct.pack("<I4H", 0, 8, 8, 8, 8) + bytes(ink) * (width * height)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_what_is_transparent_lies_over_white(tmp_path: Path, depth: type[np.uint8] | type[np.uint16]) -> None:
    top = np.iinfo(depth).max
    bgra = np.zeros((24, 32, 4), depth)
    bgra[..., 2] = top  # red; hidden, half seen, seen
    bgra[:, 10:20, 3], bgra[:, 20:, 3] = top // 2, top
    rgb = read_picture(save(tmp_path / "cut_out.png", bgra))
    assert [rgb[5, x].tolist() for x in (5, 15, 25)] == [[255, 255, 255], [255, 128, 128], [255, 0, 0]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", r"shot\.png is empty; copy or save it again"),
        (b"no picture at all", r"shot\.png is not a picture that can be shown: unknown format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), r"shot\.png is not a picture that can be shown"),
    ],
)
def test_a_damaged_picture_alone_is_an_error(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "shot.png"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=expected):
        open_source(str(path))


def test_a_picture_larger_than_any_memory(tmp_path: Path) -> None:
    data = bytearray(cv2.imencode(".bmp", plain(1))[1].tobytes())
    struct.pack_into("<ii", data, 18, 1_000_000, 1_000_000)
    (tmp_path / "shot.bmp").write_bytes(data)
    with pytest.raises(SourceError, match="not a picture that can be shown"):
        open_source(str(tmp_path / "shot.bmp"))


def test_damaged_pictures_of_a_folder_are_left_out_and_counted(tmp_path: Path) -> None:
    for k in range(5):
        save(tmp_path / f"f{k}.png", plain(40 * k))
    for k in (0, 3):
        (tmp_path / f"f{k}.png").write_bytes(b"rubbish")
    with open_source(str(tmp_path)) as source:
        for _ in range(2):
            frames = frames_of(source)
            assert [frame.index for frame in frames] == [0, 1, 2]
            assert [frame.time_s for frame in frames] == [1, 2, 4]
            assert source.damaged == 2
        assert (source.info.frame_count, source.info.duration_s, source.info.rate) == (5, 5, 1)
        assert levels(source, 3.5) == [80, 160]  # the second picture's time has come, and it cannot be read
        assert levels(source, 2.0) == [80, 160]
        assert levels(source, 1e9) == [160]


def test_a_folder_of_damaged_pictures(tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"f{k}.png").write_bytes(b"rubbish")
    with pytest.raises(SourceError, match=r"f0\.png is not a picture .*; nor can the 2 others"):
        open_source(str(tmp_path))


def test_missing_entries_of_a_list_count_as_damaged(tmp_path: Path) -> None:
    save(tmp_path / "a.png", plain(10))
    (tmp_path / "some.txt").write_text("a.png\ngone.png\na.png\n")
    with open_source(str(tmp_path / "some.txt")) as source:
        assert levels(source) == [10, 10]
        assert source.damaged == 1


def test_a_sequence_at_its_rate(tmp_path: Path) -> None:
    for k in range(4):
        save(tmp_path / f"f_{k + 8:03}.png", plain(10 * k))
    with open_source(str(tmp_path / "f_%03d.png?fps=30000/1001")) as source:
        frames = frames_of(source)
        assert [(frame.pts, frame.time_base) for frame in frames] == [(k, Fraction(1001, 30000)) for k in range(4)]
        for k in range(4):
            assert levels(source, frames[k].time_s)[0] == 10 * k


def test_each_picture_keeps_its_own_size(tmp_path: Path) -> None:
    save(tmp_path / "a.png", plain(10, 32, 24))
    save(tmp_path / "b.png", plain(20, 20, 48))
    with open_source(str(tmp_path)) as source:
        assert [frame.rgb.shape[:2] for frame in frames_of(source)] == [(24, 32), (48, 20)]
        assert (source.info.width, source.info.height) == (32, 24)


def test_a_picture_that_vanishes_is_left_out(tmp_path: Path) -> None:
    for k in range(3):
        save(tmp_path / f"{k}.png", plain(10 * k))
    with open_source(str(tmp_path)) as source:
        (tmp_path / "1.png").unlink()
        assert levels(source) == [0, 20]
        assert source.damaged == 1
