"""Small whole files of each format, made on the spot, that the variants are made of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace, ColorTrc
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAMES = 64, 48, 10

_FILMS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    # name, encoder, pixel format, options of the container
    ("h264.mp4", "libx264", "yuv420p", {}),
    ("fragments.mp4", "libx264", "yuv420p", {"movflags": "frag_keyframe+empty_moov"}),
    ("h264.mkv", "libx264", "yuv444p", {}),
    ("h264.ts", "libx264", "yuv420p", {}),
    ("h264.flv", "libx264", "yuv420p", {}),
    ("hdr.mp4", "libx264", "yuv420p10le", {}),
    ("mpeg4.avi", "mpeg4", "yuv420p", {}),
    ("mpeg2.mpg", "mpeg2video", "yuv420p", {}),
    ("vp9.webm", "libvpx-vp9", "yuv420p", {}),
    ("vp8.webm", "libvpx", "yuv420p", {}),
    ("av1.mp4", "libsvtav1", "yuv420p", {}),
    ("mjpeg.avi", "mjpeg", "yuvj420p", {}),
    ("prores.mov", "prores_ks", "yuv422p10le", {}),
    ("ffv1.mkv", "ffv1", "yuv420p", {}),
    ("film.gif", "gif", "rgb8", {}),
    ("film.apng", "apng", "rgba", {}),
)
_PICTURES = ("still.jpg", "still.png", "still.webp", "still.bmp", "still.tiff", "still.avif", "still.jp2", "still.ppm")


def make(folder: Path) -> list[Path]:
    """Write the files into a folder; those that this build of FFmpeg or OpenCV cannot write are left out."""
    os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder would print its settings
    made = [*_films(folder), *_pictures(folder)]
    listing = folder / "list.txt"
    listing.write_text("# several\n" + "\n".join(str(path) for path in made[:3] + made[-3:]) + "\nmissing.mp4\n")
    return [*made, listing]


def picture(k: int) -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) uint8 with edges, smooth parts and motion."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    rgb = np.stack([4 * x, 5 * y, 2 * (x + y) + 9 * k], axis=-1).astype(np.uint8)
    rgb[8 + k : 20 + k, 10 + 3 * k : 22 + 3 * k] = (240, 40, 40)
    return rgb


def _films(folder: Path) -> Iterator[Path]:
    for name, codec, pixels, options in _FILMS:
        if codec not in av.codecs_available:
            continue
        with av.open(str(folder / name), "w", container_options=dict(options)) as container:
            stream = container.add_stream(codec, rate=25)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
            # One thread: the same file each time.
            stream.codec_context.thread_count = 1
            stream.codec_context.gop_size = 4
            stream.codec_context.time_base = Fraction(1, 25)
            if name.startswith("hdr"):
                stream.codec_context.color_trc, stream.codec_context.colorspace = ColorTrc.SMPTE2084, Colorspace.BT2020
                stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
            for k in range(FRAMES):
                frame = av.VideoFrame.from_ndarray(picture(k), format="rgb24")
                frame.pts, frame.time_base = k, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        yield folder / name


def _pictures(folder: Path) -> Iterator[Path]:
    bgr = picture(3)[..., ::-1].copy()
    deep = np.dstack([bgr.astype(np.uint16) * 257, np.full((HEIGHT, WIDTH), 40_000, np.uint16)])
    for name in _PICTURES:
        image = deep if name == "still.png" else bgr
        try:
            written, data = cv2.imencode(Path(name).suffix, image)
        except cv2.error:
            continue
        if written:
            (folder / name).write_bytes(data.tobytes())
            yield folder / name
