"""Pictures that an engine has drawn, on the host or on a card: encoded as they are, at the times of their frames."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import av
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.engines import BlendTable
from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.kernels.cuda.colors import YuvColors
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result, StreamInfo
from bisenet_viewer.nv12 import in_one_piece
from bisenet_viewer.sinks import card_frames, encoder_frames, growing
from bisenet_viewer.sinks.card_frames import CardFrames, card_obstacle
from bisenet_viewer.sinks.encoder_frames import EncoderFrames
from bisenet_viewer.sinks.encoding import Encoding, nvenc_obstacle
from bisenet_viewer.sinks.tracks import TrackCopy
from bisenet_viewer.sinks.video import VideoSink
from bisenet_viewer.sources import open_source

BLEND = BlendTable(bytes(1024))
COLORS = [YuvColors(matrix, full) for matrix in ("bt601", "bt709", "bt2020") for full in (False, True)]

MakeResult = Callable[..., Result]


def refuse(_rgb: NDArray[np.uint8], _labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    raise AssertionError("what was drawn is drawn again")


def gradient(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([y * 4, x * 3, 230 - x * 2 - y], axis=-1).astype(np.uint8)


def on_card(rgb: NDArray[np.uint8], colors: YuvColors = COLORS[0], device: torch.device | str = "cpu") -> Nv12Picture:
    """Planes of an even picture, which do not lie together."""
    matrix, offset = colors.from_rgb()
    yuv = np.rint(np.clip(rgb @ matrix.T + offset, 0, 255)).astype(np.uint8)
    halves = rgb.reshape(rgb.shape[0] // 2, 2, rgb.shape[1] // 2, 2, 3).mean(axis=(1, 3))
    chroma = np.rint(halves @ matrix.T + offset)[..., 1:].astype(np.uint8)
    luma = torch.from_numpy(np.ascontiguousarray(yuv[..., 0])).to(device)
    return Nv12Picture(luma, torch.from_numpy(np.ascontiguousarray(chroma)).to(device), colors)


def pictures_of(path: Path) -> list[NDArray[np.uint8]]:
    """By the colours that the file tells."""
    with open_source(str(path)) as source:
        return [frame.rgb for frame in source.frames() if frame is not None]


def write(path: Path, info: StreamInfo, results: list[Result], **options: Any) -> None:
    with VideoSink(path, info, **{"render": refuse, "blend": BLEND, "encoding": Encoding(crf=4)} | options) as sink:
        for result in results:
            sink.write(result)


def test_what_was_drawn_is_not_drawn_again(tmp_path: Path, info: StreamInfo, make_result: MakeResult) -> None:
    result = replace(make_result(0), drawn=gradient())
    write(tmp_path / "out.mp4", info, [result])
    assert np.abs(pictures_of(tmp_path / "out.mp4")[0].astype(int) - gradient()).mean() < 4


@pytest.mark.parametrize("drawn", [gradient(), on_card(gradient())], ids=["host", "card"])
def test_a_sink_that_wants_something_else_draws_for_itself(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult, drawn: NDArray[np.uint8] | Nv12Picture
) -> None:
    results = [replace(make_result(0), drawn=drawn), make_result(1)]

    def grey(rgb: NDArray[np.uint8], _labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.full_like(rgb, 90)

    write(tmp_path / "none.mp4", info, results, render=grey, blend=None)
    assert all(np.abs(rgb.astype(int) - 90).max() <= 3 for rgb in pictures_of(tmp_path / "none.mp4"))
    # With a table, but of one frame nothing was drawn.
    write(tmp_path / "one.mp4", info, results, render=grey)
    first, second = pictures_of(tmp_path / "one.mp4")
    assert np.abs(first.astype(int) - gradient()).mean() < 4
    assert np.abs(second.astype(int) - 90).max() <= 5


def test_a_sink_says_what_it_wants_drawn(tmp_path: Path, info: StreamInfo) -> None:
    assert VideoSink(tmp_path / "a.mp4", info, render=refuse, blend=BLEND).blend == BLEND
    assert VideoSink(tmp_path / "a.mp4", info, render=refuse).blend is None


def test_a_frame_on_the_card_is_fetched_for_the_renderer(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult
) -> None:
    result = make_result(0)
    result = replace(result, frame=replace(result.frame, pixels=on_card(gradient())))
    write(tmp_path / "out.mp4", info, [result], render=lambda rgb, _: rgb, blend=None)
    assert np.abs(pictures_of(tmp_path / "out.mp4")[0].astype(int) - gradient()).mean() < 4


@pytest.mark.parametrize("colors", COLORS, ids=str)
def test_planes_are_encoded_as_they_are_and_tagged(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult, colors: YuvColors
) -> None:
    picture = on_card(gradient(), colors)
    write(tmp_path / "out.mp4", info, [replace(make_result(k), drawn=picture) for k in range(3)])
    with av.open(str(tmp_path / "out.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert context.colorspace == {"bt601": 5, "bt709": 1, "bt2020": 9}[colors.matrix]
        assert context.color_range == (2 if colors.full_range else 1)
        planes = next(container.decode(video=0)).to_ndarray(format="nv12")
    assert np.abs(planes[:48].astype(int) - picture.luma.numpy()).mean() < 1
    assert np.abs(planes[48:].reshape(24, 32, 2).astype(int) - picture.chroma.numpy()).mean() < 1
    assert np.abs(pictures_of(tmp_path / "out.mp4")[0].astype(int) - gradient()).mean() < 4


def test_pictures_of_all_kinds_get_the_colours_of_the_first(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult
) -> None:
    kinds = [*(on_card(gradient(), colors) for colors in COLORS), gradient()]
    for first in (0, 5, 6):
        order = [kinds[first], *kinds]
        path = tmp_path / f"{first}.mp4"
        write(path, info, [replace(make_result(k), drawn=drawn) for k, drawn in enumerate(order)])
        pictures = pictures_of(path)
        assert len(pictures) == 8
        for rgb in pictures:
            assert np.abs(rgb.astype(int) - gradient()).mean() < 5


@pytest.mark.parametrize(("width", "height"), [(63, 47), (32, 48)])
def test_planes_of_another_size_are_fitted(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult, width: int, height: int
) -> None:
    luma = torch.full((height, width), 200, dtype=torch.uint8)
    chroma = torch.full(((height + 1) // 2, (width + 1) // 2, 2), 128, dtype=torch.uint8)
    small = Nv12Picture(luma, chroma, YuvColors("bt709", full_range=True))
    results = [
        replace(make_result(0), drawn=on_card(gradient())),
        replace(make_result(1, width=width, height=height), drawn=small),
    ]
    write(tmp_path / "out.mp4", info, results)
    write(tmp_path / "alone.mp4", info, results[1:])
    assert [rgb.shape for rgb in pictures_of(tmp_path / "out.mp4")] == [(48, 64, 3)] * 2
    (alone,) = pictures_of(tmp_path / "alone.mp4")
    assert alone.shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(alone.astype(int) - 200).max() <= 3


class Nvenc:
    """Takes planes where they lie, and notes how they lie there; in truth the processor encodes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[Nv12Picture] = []
        self.fails_at = 10**9
        monkeypatch.setattr(encoder_frames, "_card_frames", lambda _first, _encoder: self)
        monkeypatch.setattr(EncoderFrames, "format", "nv12")

    def frame(self, picture: Nv12Picture) -> av.VideoFrame:
        if len(self.taken) == self.fails_at:
            raise RuntimeError("CUDA error: an illegal memory access was encountered\nSearch for it in the docs")
        self.taken.append(picture)
        return av.VideoFrame.from_dlpack(in_one_piece(picture.luma, picture.chroma), format="nv12")


@pytest.fixture
def nvenc(monkeypatch: pytest.MonkeyPatch) -> Nvenc:
    return Nvenc(monkeypatch)


def test_times_and_sound_are_the_same_from_the_card(
    tmp_path: Path,
    info: StreamInfo,
    make_result: MakeResult,
    nvenc: Nvenc,
    sound_clip: Callable[..., Path],
    read_back: Callable[[Path], Any],
    read_sound: Callable[[Path], Any],
) -> None:
    sound, ptss = sound_clip(), [100, 110, 140, 141, 150, 200, 260, 270]
    results = [make_result(k, pts=pts, time_base=Fraction(1, 90)) for k, pts in enumerate(ptss)]
    results = [replace(result, drawn=on_card(gradient())) for result in results]
    write(tmp_path / "out.mp4", info, results, tracks_from=sound)
    back = read_back(tmp_path / "out.mp4")
    assert back.times == [Fraction(pts, 90) for pts in ptss]
    assert [data for _, data in back.sound] == [data for _, data in read_sound(sound)]
    assert nvenc.taken == [result.drawn for result in results]
    assert np.abs(pictures_of(tmp_path / "out.mp4")[3].astype(int) - gradient()).mean() < 4


def test_the_encoder_has_its_first_picture_before_the_sound_is_written(
    tmp_path: Path,
    info: StreamInfo,
    make_result: MakeResult,
    nvenc: Nvenc,
    sound_clip: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the first packet of sound all encoders are opened; NVENC is told its card by a picture."""
    opened: list[bool] = []

    class Watched(TrackCopy):
        def copy_until(self, time_s: float | None) -> None:
            opened.append(self._output.streams.video[0].codec_context.is_open)
            super().copy_until(time_s)

    monkeypatch.setattr(growing, "TrackCopy", Watched)
    write(tmp_path / "out.mp4", info, [replace(make_result(0), drawn=on_card(gradient()))], tracks_from=sound_clip())
    assert len(nvenc.taken) == 1
    assert opened[0]


def test_what_lies_elsewhere_is_brought_to_the_form_that_the_card_takes(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult, nvenc: Nvenc
) -> None:
    drawn = [on_card(gradient()), gradient(), on_card(gradient(), COLORS[3]), on_card(gradient())]
    write(tmp_path / "out.mp4", info, [replace(make_result(k), drawn=each) for k, each in enumerate(drawn)])
    assert nvenc.taken == [drawn[0], drawn[3]]
    for rgb in pictures_of(tmp_path / "out.mp4"):
        assert np.abs(rgb.astype(int) - gradient()).mean() < 5


def test_a_card_that_fails_is_one_line_and_what_was_written_plays(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult, nvenc: Nvenc
) -> None:
    nvenc.fails_at = 5
    results = [replace(make_result(k), drawn=on_card(gradient())) for k in range(9)]
    with pytest.raises(SinkError, match=r"cannot write .*out\.mp4: CUDA error: an illegal memory access was") as caught:
        write(tmp_path / "out.mp4", info, results)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["out.partial.mp4"]
    assert len(pictures_of(tmp_path / "out.partial.mp4")) == 5


def test_a_bug_in_drawing_is_no_fault_of_the_card(tmp_path: Path, info: StreamInfo, make_result: MakeResult) -> None:
    def broken(_rgb: NDArray[np.uint8], _labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        write(tmp_path / "out.mp4", info, [make_result(0)], render=broken)


def there(index: int = 1) -> Any:
    """A picture on a card, as far as it is asked where it lies."""
    luma = SimpleNamespace(is_cuda=True, device=torch.device("cuda", index))
    return SimpleNamespace(luma=luma, shape=(48, 64, 3), colors=COLORS[0])


def test_only_nvenc_that_works_takes_pictures_from_a_card(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[tuple[str, int, int, int]] = []

    def obstacle(*which: Any) -> str | None:
        asked.append(which)
        return "no session left"

    monkeypatch.setattr(card_frames, "card_obstacle", obstacle)
    assert EncoderFrames(gradient(), "h264_nvenc").format == "yuv420p"
    assert EncoderFrames(on_card(gradient()), "h264_nvenc").format == "yuv420p"
    assert EncoderFrames(there(), "libx264").format == "yuv420p"
    assert asked == []
    assert EncoderFrames(there(), "h264_nvenc").format == "yuv420p"
    assert "h264_nvenc does not take pictures from cuda:1 (no session left): they go over the host" in caplog.text
    monkeypatch.setattr(card_frames, "card_obstacle", lambda *_which: None)
    monkeypatch.setattr(card_frames, "CudaContext", Mock(current_ctx=False))
    assert EncoderFrames(there(), "h264_nvenc").format == "cuda"
    assert asked == [("h264_nvenc", 64, 48, 1)]


def test_an_older_pyav_goes_over_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        """Without `current_ctx`."""

    monkeypatch.setattr(card_frames, "CudaContext", Old)
    with pytest.raises(RuntimeError, match=r"PyAV 18\.1 or newer is needed"):
        CardFrames(0)


def test_a_card_that_is_not_there_is_an_obstacle() -> None:
    assert card_obstacle("h264_nvenc", 64, 48, 99) == "there is no card cuda:99"


@pytest.fixture
def encoder() -> None:
    obstacle = nvenc_obstacle("h264", 640, 360)
    if obstacle is not None:
        pytest.skip(f"this card does not encode: {obstacle}")


@pytest.mark.gpu
@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize(("width", "height"), [(640, 360), (854, 480)])
@pytest.mark.parametrize("colors", [COLORS[0], COLORS[2]], ids=str)
def test_nvenc_encodes_from_the_card(
    tmp_path: Path,
    info: StreamInfo,
    make_result: MakeResult,
    width: int,
    height: int,
    colors: YuvColors,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rgb = gradient(64, 48).repeat(-(-height // 48), axis=0).repeat(-(-width // 64), axis=1)[:height, :width]
    path = tmp_path / "out.mp4"
    with (
        caplog.at_level(logging.INFO),
        VideoSink(path, info, render=refuse, blend=BLEND, encoding=Encoding(encoder="nvenc", crf=10)) as sink,
    ):
        for k in range(90):
            # Other memory each time, that others may have as soon as the encoder is done with it.
            moved = np.roll(rgb, 2 * k, axis=1)
            sink.write(replace(make_result(k, width=width, height=height), drawn=on_card(moved, colors, "cuda:0")))
        sink.write(replace(make_result(90, width=width, height=height), drawn=rgb))
    assert "h264_nvenc takes the pictures from cuda:0" in caplog.text
    pictures = pictures_of(path)
    assert len(pictures) == 91
    for k, picture in enumerate(pictures[:90]):
        assert np.abs(picture.astype(int) - np.roll(rgb, 2 * k, axis=1)).mean() < 5
    assert np.abs(pictures[90].astype(int) - rgb).mean() < 5


@pytest.mark.gpu
def test_planes_on_a_card_are_encoded_by_the_processor_too(
    tmp_path: Path, info: StreamInfo, make_result: MakeResult
) -> None:
    software = Encoding(encoder="software", crf=4)
    results = [replace(make_result(k), drawn=on_card(gradient(), COLORS[2], "cuda:0")) for k in range(5)]
    write(tmp_path / "out.mp4", info, results, encoding=software)
    assert all(np.abs(rgb.astype(int) - gradient()).mean() < 4 for rgb in pictures_of(tmp_path / "out.mp4"))
