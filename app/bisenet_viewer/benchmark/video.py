"""Decoding and encoding, measured; and the short clips that stand for the source at each picture size."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from itertools import chain, islice, repeat
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet_viewer.benchmark.plan import Size
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.sinks.video import VideoSink
from bisenet_viewer.sources import open_source
from bisenet_viewer.sources.video import open_video

_RATE = Fraction(30)
_FIRST_FRAMES = 3
"""Not counted: they open the file and fill the decoder's threads."""

Pictures = Iterable[NDArray[np.uint8]]


def prepare_clip(source: str, picture: Size, seconds: float, path: Path, check: Callable[[], None]) -> None:
    """Write the source's first frames as H.264, resized to a size (width, height); `demo://` is drawn at that size.

    Frames are numbered by 30 a second. check is called for each, and what it raises ends it. Raises SourceError for a
    source without frames.
    """
    width, height = picture
    if source.startswith("demo:"):
        joint = "&" if "?" in source else "?"
        source = f"{source}{joint}width={width}&height={height}&fps={_RATE}"
    with open_source(source) as opened, closing(_generator(opened.frames())) as frames:
        pictures = (frame.rgb for frame in _checked(frames, check) if frame is not None)
        wanted = list(islice(pictures, max(1, round(seconds * _RATE))))
    if not wanted:
        raise SourceError(f"{opened.info.name}: no frame could be read")
    encode_ms(path, (_resized(rgb, picture) for rgb in wanted), len(wanted))


def read_pictures(path: Path, count: int) -> list[NDArray[np.uint8]]:
    """The first `count` pictures of a file, (H, W, 3) uint8 RGB; fewer when it has fewer."""
    with open_video(path) as source, closing(_generator(source.frames())) as frames:
        return [frame.rgb for frame in islice((frame for frame in frames if frame is not None), count)]


def decode_ms(path: Path, count: int) -> list[float]:
    """Milliseconds to decode each of `count` frames, with nothing beside it; the file is begun anew as often as needed.

    A file of no more than three frames counts whole.
    """
    samples: list[float] = []
    while len(samples) < count:
        with open_video(path) as source:
            whole = [frame.decode_ms for frame in source.frames() if frame is not None]
        samples += whole[_FIRST_FRAMES:] or whole
    return samples[:count]


def encode_ms(path: Path, pictures: Pictures, count: int) -> float:
    """Write an H.264 file as `segment` does; the mean ms per picture, with what the encoder holds back at the end."""
    spent_s = 0.0
    sink: VideoSink | None = None
    for index, rgb in enumerate(pictures):
        height, width = rgb.shape[:2]
        begin = time.perf_counter()
        if sink is None:
            info = StreamInfo(path.name, width, height, _RATE, live=False)
            sink = VideoSink(path, info, render=lambda rgb, _labels: rgb, overwrite=True)
        sink.write(Result(Frame(index, index, 1 / _RATE, 0.0, rgb), np.zeros((height, width), np.uint8), {}))
        spent_s += time.perf_counter() - begin
    assert sink is not None
    begin = time.perf_counter()
    sink.close()
    return (spent_s + time.perf_counter() - begin) * 1000 / count


def to_and_fro(pictures: Sequence[NDArray[np.uint8]], count: int) -> Iterator[NDArray[np.uint8]]:
    """`count` pictures out of a few, forwards and backwards in turn: motion goes on without a cut."""
    there_and_back = [*pictures, *pictures[-2:0:-1]]
    return islice(chain.from_iterable(repeat(there_and_back)), count)


def _resized(rgb: NDArray[np.uint8], picture: Size) -> NDArray[np.uint8]:
    if rgb.shape[1::-1] == picture:
        return rgb
    shrinking = picture[0] < rgb.shape[1]
    return np.asarray(
        cv2.resize(rgb, picture, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR), np.uint8
    )


def _checked(frames: Iterable[Frame | None], check: Callable[[], None]) -> Iterator[Frame | None]:
    for frame in frames:
        check()
        yield frame


def _generator(frames: Iterator[Frame | None]) -> Generator[Frame | None]:
    """With a `close` of its own, which ends the iteration before the file is closed."""
    yield from frames
