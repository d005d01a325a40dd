"""YUV of video to RGB and back."""

from __future__ import annotations

from typing import Literal, get_args, get_type_hints

import av
import numpy as np
import pytest
import torch
from av.video.reformatter import ColorRange, VideoReformatter

from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.input_maker import InputMaker

Matrix = Literal["bt601", "bt709", "bt2020"]
MATRICES: tuple[Matrix, ...] = get_args(get_type_hints(YuvColors)["matrix"])
AVCOL = {"bt601": 5, "bt709": 1, "bt2020": 9}
"""FFmpeg's numbers, AVCOL_SPC_*."""


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("name", MATRICES)
def test_white_black_and_grey(name: Matrix, full_range: bool) -> None:
    matrix, offset = YuvColors(name, full_range).to_rgb()
    white, black = (255, 0) if full_range else (235, 16)
    yuv = np.array([[white, 128, 128], [black, 128, 128], [(white + black) / 2, 128, 128]])
    np.testing.assert_allclose(yuv @ matrix.T + offset, [[255] * 3, [0] * 3, [127.5] * 3], atol=1e-3)


@pytest.mark.parametrize(
    ("colors", "rgb", "yuv"),
    [
        # Red and blue of BT.601-7, BT.709-6 and BT.2020-2, digital 8 bit levels; red of JFIF.
        (YuvColors("bt601", False), (255, 0, 0), (81.5, 90.2, 240)),
        (YuvColors("bt601", False), (0, 0, 255), (41.0, 240, 109.8)),
        (YuvColors("bt709", False), (255, 0, 0), (62.6, 102.3, 240)),
        (YuvColors("bt709", False), (0, 0, 255), (31.8, 240, 117.7)),
        (YuvColors("bt2020", False), (255, 0, 0), (73.5, 96.7, 240)),
        (YuvColors("bt601", True), (255, 0, 0), (76.2, 85.0, 255.5)),
    ],
)
def test_primaries(colors: YuvColors, rgb: tuple[int, ...], yuv: tuple[float, ...]) -> None:
    matrix, offset = colors.from_rgb()
    np.testing.assert_allclose(matrix @ np.array(rgb) + offset, yuv, atol=0.1)


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("name", MATRICES)
def test_back_and_forth(name: Matrix, full_range: bool) -> None:
    colors = YuvColors(name, full_range)
    (there, offset), (back, back_offset) = colors.from_rgb(), colors.to_rgb()
    rgb = np.random.default_rng(0).uniform(0, 255, (50, 3))
    np.testing.assert_allclose((rgb @ there.T + offset) @ back.T + back_offset, rgb, atol=1e-2)


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("name", MATRICES)
def test_pictures_are_as_pyav_makes_them_of_what_processors_decode(name: Matrix, full_range: bool) -> None:
    rng = np.random.default_rng(3)
    height, width = 96, 128
    luma = torch.from_numpy(rng.integers(40, 200, (height, width), dtype=np.uint8))
    chroma = torch.from_numpy(rng.integers(110, 146, (height // 2, width // 2, 2), dtype=np.uint8))
    planes = [luma.numpy(), *(chroma[..., part].reshape(-1, width).numpy() for part in (0, 1))]
    expected = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(np.concatenate(planes), format="yuv420p"),
        format="rgb24",
        src_colorspace=AVCOL[name],
        dst_colorspace=1,
        src_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    maker = InputMaker((height, width), (width, height), mean=None, std=None, device=torch.device("cpu"))
    made = torch.empty(height, width, 3, dtype=torch.uint8)
    maker.write_nv12(luma, chroma, YuvColors(name, full_range), made)
    off = made.numpy().astype(int) - expected.to_ndarray()
    # FFmpeg's fast conversion rounds down in several places, which makes its pictures about one level darker.
    assert np.abs(off).mean() < 1.5
    assert (off - off.mean(axis=(0, 1))).std() < 0.6
    assert np.abs(off).max() <= 3
