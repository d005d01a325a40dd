"""Pictures to a network's input: the kernels and their twin against OpenCV, and against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tests.models.kernels.cuda.dense import by_matrices
from tests.models.kernels.cuda.tensors import Run, is_spared, padded, poisoned, random_picture
from torch import Tensor

from bisenet.inference import normalise
from bisenet.kernels.cuda.choice import Kernels
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.input_maker import InputMaker
from bisenet.pictures import resized

CPU = torch.device("cpu")
MEAN, STD = (0.3257, 0.3690, 0.3223), (0.2112, 0.2148, 0.2115)
RGB709 = YuvColors("bt709", False)

Sizes = tuple[tuple[int, int], tuple[int, int]]
SMALL: list[Sizes] = [
    ((6, 16), (16, 6)),  # as it is, rows aligned
    ((5, 15), (15, 5)),  # as it is, rows not aligned
    ((10, 32), (16, 5)),  # halved
    ((11, 24), (17, 7)),  # a fraction
    ((13, 31), (5, 3)),  # many taps
    ((6, 13), (19, 9)),  # enlarged
    ((9, 32), (32, 5)),  # only lower
    ((6, 19), (11, 8)),  # narrower and higher
    ((1, 1), (8, 8)),
    ((3, 90), (200, 2)),  # more than one block wide
]
LARGE: list[Sizes] = [
    ((720, 1280), (1024, 512)),
    ((1080, 1920), (1536, 768)),
    ((1080, 1920), (1024, 576)),
    ((1024, 2048), (2048, 1024)),
    ((1024, 2048), (1024, 512)),
    ((641, 1137), (1536, 768)),
    ((2160, 3840), (1536, 768)),
]


def on_twin(method: str, sizes: Sizes, *arguments: Any, mean: Any = None, std: Any = None) -> Tensor:
    """What the twin writes, on the CPU; the last argument is where."""
    out: Tensor = arguments[-1].clone()
    maker = InputMaker(*sizes, mean=mean, std=std, device=CPU, kernels="torch")
    getattr(maker, method)(*arguments[:-1], out)
    return out


def nv12(rng: np.random.Generator, height: int, width: int, padding: int = 0) -> tuple[Tensor, Tensor]:
    luma = random_picture(rng, height, width)
    chroma = random_picture(rng, (height + 1) // 2, (width + 1) // 2, 2)
    return padded(luma, padding), padded(chroma, padding)


def check_rgb(run: Run, sizes: Sizes) -> None:
    picture, imgsz = sizes
    rgb = random_picture(np.random.default_rng(0), *picture, 3)
    options = {"picture": picture, "imgsz": imgsz, "mean": None, "std": None}
    _, made = run(InputMaker, options, "write_rgb", rgb, poisoned((imgsz[1], imgsz[0], 3)))
    assert is_spared(made)
    off = np.abs(made.numpy().astype(int) - resized(rgb.numpy(), imgsz))
    assert off.max() <= 1
    assert (off > 0).mean() < 0.16  # of noise enlarged: OpenCV computes with 11 bits
    assert_nearly_equal(made, on_twin("write_rgb", sizes, rgb, made))


def check_nv12(run: Run, sizes: Sizes) -> None:
    picture, imgsz = sizes
    luma, chroma = nv12(np.random.default_rng(1), *picture, padding=6)
    options = {"picture": picture, "imgsz": imgsz, "mean": None, "std": None}
    *_, made = run(InputMaker, options, "write_nv12", luma, chroma, RGB709, poisoned((imgsz[1], imgsz[0], 3)))
    assert is_spared(made)
    assert_nearly_equal(made, on_twin("write_nv12", sizes, luma, chroma, RGB709, made))


def assert_nearly_equal(made: Tensor, expected: Tensor) -> None:
    """The last bit of a sum may round a level up or down."""
    off = (made.int() - expected.int()).abs()
    assert off.max() <= 1
    assert (off > 0).float().mean() < 0.005


@pytest.mark.parametrize("sizes", SMALL, ids=str)
def test_rgb_is_resized_as_on_the_cpu(interpreted: Run, sizes: Sizes) -> None:
    check_rgb(interpreted, sizes)


@pytest.mark.gpu
@pytest.mark.parametrize("sizes", SMALL + LARGE, ids=str)
def test_rgb_is_resized_as_on_the_cpu_on_the_card(on_card: Run, sizes: Sizes) -> None:
    check_rgb(on_card, sizes)


@pytest.mark.parametrize("sizes", SMALL, ids=str)
def test_nv12_is_what_the_twin_makes_of_it(interpreted: Run, sizes: Sizes) -> None:
    check_nv12(interpreted, sizes)


@pytest.mark.gpu
@pytest.mark.parametrize("sizes", SMALL + LARGE, ids=str)
def test_nv12_is_what_the_twin_makes_of_it_on_the_card(on_card: Run, sizes: Sizes) -> None:
    check_nv12(on_card, sizes)


@pytest.mark.parametrize("sizes", [*SMALL, ((9, 15), (40, 30)), ((54, 96), (64, 32))], ids=str)
def test_the_twin_converts_and_resizes_nv12(sizes: Sizes) -> None:
    picture, imgsz = sizes
    height, width = picture
    rng = np.random.default_rng(2)
    # Nothing to clamp: converting before and after resizing are the same.
    luma = torch.from_numpy(rng.integers(90, 160, picture, dtype=np.uint8))
    chroma = torch.from_numpy(rng.integers(118, 139, ((height + 1) // 2, (width + 1) // 2, 2), dtype=np.uint8))
    made = on_twin("write_nv12", sizes, luma, chroma, RGB709, poisoned((imgsz[1], imgsz[0], 3))).numpy()
    doubled = chroma.numpy().repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    matrix, offset = RGB709.to_rgb()
    rgb = np.dstack([luma.numpy(), doubled]) @ matrix.T + offset
    assert np.abs(made - by_matrices(rgb, imgsz)).max() < 0.501


@pytest.mark.parametrize("kernels", ["torch", "triton"])
def test_colours_beyond_what_can_be_shown_are_clamped(interpreted: Run, kernels: Kernels) -> None:
    luma, chroma = torch.full((4, 4), 255, dtype=torch.uint8), torch.full((2, 2, 2), 255, dtype=torch.uint8)
    luma[:, :2], chroma[:, 0] = 0, 0
    out = poisoned((4, 4, 3))
    if kernels == "torch":
        made = on_twin("write_nv12", ((4, 4), (4, 4)), luma, chroma, RGB709, out)
    else:
        options = {"picture": (4, 4), "imgsz": (4, 4), "mean": None, "std": None}
        *_, made = interpreted(InputMaker, options, "write_nv12", luma, chroma, RGB709, out)
    assert made[:, :2].tolist() == [[[0, 77, 0]] * 2] * 4
    assert made[:, 2:].tolist() == [[[255, 184, 255]] * 2] * 4


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize("sizes", [((6, 16), (16, 6)), ((9, 17), (7, 4))], ids=str)
def test_levels_are_normalised(run: Run, sizes: Sizes, dtype: torch.dtype) -> None:
    picture, (width, height) = sizes
    rng = np.random.default_rng(3)
    rgb, (luma, chroma) = random_picture(rng, *picture, 3), nv12(rng, *picture)
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, STD))
    for method, arguments in (("write_rgb", (rgb,)), ("write_nv12", (luma, chroma, RGB709))):
        plain = {"picture": picture, "imgsz": (width, height), "mean": None, "std": None}
        *_, levels = run(InputMaker, plain, method, *arguments, poisoned((height, width, 3)))
        out = poisoned((height, width, 3), dtype).permute(2, 0, 1)
        *_, made = run(InputMaker, {**plain, "mean": MEAN, "std": STD}, method, *arguments, out)
        assert is_spared(made)
        expected = normalise(levels.permute(2, 0, 1)[None], mean, std)[0]
        # Rounded to nearest; the interpreter cuts bfloat16 off.
        near = 1e-5 + torch.finfo(dtype).eps * expected.abs() / (1 if dtype is torch.bfloat16 else 2)
        assert ((made.float() - expected).abs() <= near).all()
        twin = on_twin(method, sizes, *arguments, out, mean=MEAN, std=STD)
        assert ((made.float() - twin.float()).abs() < 0.025).all()


def test_what_does_not_fit_is_refused() -> None:
    maker = InputMaker((9, 16), (8, 4), mean=MEAN, std=STD, device=CPU, kernels="torch")
    rgb, (luma, chroma) = torch.zeros(9, 16, 3, dtype=torch.uint8), nv12(np.random.default_rng(0), 9, 16)
    out = torch.zeros(4, 8, 3).permute(2, 0, 1)
    maker.write_rgb(rgb, out)
    for bad in (rgb[:8], rgb.float(), rgb.transpose(0, 1).contiguous().transpose(0, 1)):
        with pytest.raises(ValueError, match=r"expected \(9, 16, 3\) uint8, contiguous"):
            maker.write_rgb(bad, out)
    for bad in (torch.zeros(3, 4, 8), out[:, :3], out.to(torch.uint8), out[None], out.double()):
        with pytest.raises(ValueError, match=r"expected \(3, h, w\) floats, channels-last of 8 x 4"):
            maker.write_rgb(rgb, bad)
    for bad in (luma[:8], luma.float(), luma.t().contiguous().t()):
        with pytest.raises(ValueError, match="expected luma"):
            maker.write_nv12(bad, chroma, RGB709, out)
    for bad in (chroma[:4], chroma.float(), chroma.flip(2).transpose(1, 2).contiguous().transpose(1, 2)):
        with pytest.raises(ValueError, match="expected chroma"):
            maker.write_nv12(luma, bad, RGB709, out)
    maker = InputMaker((9, 16), (8, 4), mean=None, std=None, device=CPU, kernels="torch")
    with pytest.raises(ValueError, match=r"expected \(h, w, 3\) uint8, contiguous of 8 x 4"):
        maker.write_rgb(rgb, out)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"picture": (0, 16)}, "expected sizes"),
        ({"picture": (40000, 40000)}, "expected sizes"),
        ({"mean": None}, "expected mean and std, or neither"),
        ({"mean": (0.5,)}, "expected three means"),
        ({"std": (0.2, 0.2, 0.0)}, "expected three means and three positive"),
    ],
)
def test_makers_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        InputMaker(**{"picture": (9, 16), "imgsz": (8, 4), "mean": MEAN, "std": STD, "device": CPU, **options})
