"""Logits to class ids, confidence and overlays: the kernels and their twin against torch in float64."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.models.kernels.cuda.tensors import Run, is_spared, padded, poisoned, random_picture
from torch import Tensor

from bisenet.kernels.cuda import label_twin
from bisenet.kernels.cuda.label_maker import LabelMaker
from bisenet.kernels.cuda.tables import MOST_CELL_ROWS, RowBlocks
from bisenet.kernels.sampling import sampling
from bisenet.layers import upsample
from bisenet.upsampling import Upsampling

CPU = torch.device("cpu")
KINDS: tuple[Upsampling, ...] = get_args(Upsampling)
RED, GREEN = (255, 0, 0, 128), (0, 255, 0, 255)

Case = tuple[int, tuple[int, int], tuple[int, int]]
"""Classes, cells, picture."""
SMALL: list[Case] = [
    (6, (3, 5), (24, 40)),  # at stride 8
    (4, (3, 5), (25, 41)),  # odd
    (2, (4, 6), (17, 30)),  # 4.25 times
    (3, (5, 4), (5, 4)),  # as it is
    (3, (9, 12), (4, 5)),  # smaller than the logits
    (1, (1, 1), (3, 2)),
    (5, (2, 20), (9, 170)),  # more than one block wide
]
LARGE: list[Case] = [
    (19, (128, 256), (1024, 2048)),
    (19, (64, 128), (1080, 1920)),
    (11, (90, 160), (720, 1280)),
    (150, (64, 128), (1080, 1920)),
    (19, (96, 192), (2160, 3840)),
    (2, (45, 80), (359, 641)),
    (255, (30, 40), (240, 320)),
]


def random_logits(rng: np.random.Generator, case: Case, dtype: torch.dtype = torch.float16) -> Tensor:
    """Channels-last, as networks on a card give them."""
    classes, (height, width), _ = case
    values = torch.from_numpy(rng.normal(size=(height, width, classes)) * 4).to(dtype)
    return values.permute(2, 0, 1)


def enlarged(logits: Tensor, case: Case, upsampling: Upsampling) -> Tensor:
    """(C, H, W) float64"""
    return upsample(logits.double()[None], case[2], upsampling)[0]


def options(case: Case, upsampling: Upsampling = "bilinear") -> dict[str, Any]:
    return {"cells": case[1], "picture": case[2], "upsampling": upsampling}


def on_twin(case: Case, method: str, *arguments: Tensor, upsampling: Upsampling = "bilinear") -> tuple[Tensor, ...]:
    given = tuple(item.clone() for item in arguments)
    getattr(LabelMaker(**options(case, upsampling), device=CPU, kernels="torch"), method)(*given)
    return given


def assert_wins(labels: Tensor, values: Tensor) -> None:
    """Every pixel's class is the highest of values (C, H, W), but for what float32 cannot tell apart."""
    behind = values.amax(dim=0) - values.gather(0, labels.long()[None])[0]
    assert behind.max() < 1e-4


def check_labels(run: Run, case: Case, upsampling: Upsampling, dtype: torch.dtype = torch.float16) -> None:
    logits = random_logits(np.random.default_rng(0), case, dtype)
    values = enlarged(logits, case, upsampling)
    _, labels, confidence = run(
        LabelMaker, options(case, upsampling), "write_with_confidence", logits, poisoned(case[2]), poisoned(case[2])
    )
    assert is_spared(labels)
    assert is_spared(confidence)
    assert_wins(labels, values)
    probability = values.softmax(dim=0).amax(dim=0) * 255
    assert (confidence - probability).abs().max() < 0.51
    _, alone = run(LabelMaker, options(case, upsampling), "write", logits, poisoned(case[2]))
    assert is_spared(alone)
    assert torch.equal(alone, labels)
    _, twin, twin_confidence = on_twin(case, "write_with_confidence", logits, labels, confidence, upsampling=upsampling)
    assert (twin != labels).float().mean() < 1e-4
    assert (twin_confidence.int() - confidence.int()).abs().max() <= 1


@pytest.mark.parametrize("upsampling", KINDS)
@pytest.mark.parametrize("case", SMALL, ids=str)
def test_labels_and_confidence(interpreted: Run, case: Case, upsampling: Upsampling) -> None:
    check_labels(interpreted, case, upsampling)


@pytest.mark.gpu
@pytest.mark.parametrize("upsampling", KINDS)
@pytest.mark.parametrize("case", SMALL + LARGE, ids=str)
def test_labels_and_confidence_on_the_card(on_card: Run, case: Case, upsampling: Upsampling) -> None:
    check_labels(on_card, case, upsampling)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
def test_logits_of_any_type(run: Run, dtype: torch.dtype) -> None:
    check_labels(run, (5, (2, 3), (16, 24)), "bilinear", dtype)


def test_as_many_classes_as_there_can_be(interpreted: Run) -> None:
    case: Case = (255, (1, 2), (2, 3))
    logits = torch.zeros(case[0], *case[1])
    logits[254] = 1
    _, labels, confidence = interpreted(
        LabelMaker, options(case), "write_with_confidence", logits, poisoned(case[2]), poisoned(case[2])
    )
    assert labels.tolist() == [[254] * 3] * 2
    assert confidence.tolist() == [[round(255 * np.e / (np.e + 254))] * 3] * 2


def test_logits_of_any_strides(run: Run) -> None:
    case: Case = (5, (2, 3), (9, 14))
    logits = random_logits(np.random.default_rng(1), case)
    spread = torch.zeros(11, 2, 3, 7).half()[1::2, :, :, 2].copy_(logits)
    for each in (logits, logits.contiguous(), logits.transpose(1, 2).contiguous().transpose(1, 2), spread):
        _, labels = run(LabelMaker, options(case), "write", each, poisoned(case[2]))
        assert_wins(labels, enlarged(logits, case, "bilinear"))


@pytest.mark.parametrize("classes", [2, 5, 9])
def test_of_equal_classes_the_lowest_wins(run: Run, classes: int) -> None:
    case: Case = (classes, (3, 3), (20, 20))
    logits = random_logits(np.random.default_rng(2), (1, *case[1:])).repeat(classes, 1, 1)
    logits[0] -= 1
    _, labels, confidence = run(
        LabelMaker, options(case), "write_with_confidence", logits, poisoned(case[2]), poisoned(case[2])
    )
    assert (labels == 1).all()
    assert (confidence.float() - 255 / (classes - 1 + np.exp(-1))).abs().max() < 0.51
    assert (on_twin(case, "write", logits, labels)[1] == 1).all()


def color_table(rng: np.random.Generator, classes: int) -> Tensor:
    table = torch.from_numpy(rng.integers(0, 256, (256, 4), dtype=np.uint8))
    table[0, 3] = 0  # not drawn
    table[1, 3] = 255
    table[classes:] = 99  # never asked for
    return table


def blended(values: NDArray[np.uint8], colors: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.float64]:
    part = alpha / 255.0
    return np.asarray((1 - part) * values + part * colors, np.float64)


def check_overlay(run: Run, case: Case) -> None:
    rng = np.random.default_rng(3)
    logits, rgb, table = random_logits(rng, case), random_picture(rng, *case[2], 3), color_table(rng, case[0])
    _, labels, _, _, drawn = run(
        LabelMaker, options(case), "write_overlay", logits, poisoned(case[2]), rgb, table, poisoned((*case[2], 3))
    )
    assert is_spared(labels)
    assert is_spared(drawn)
    assert_wins(labels, enlarged(logits, case, "bilinear"))
    entries = table.numpy()[labels.numpy()]
    expected = blended(rgb.numpy(), entries[..., :3], entries[..., 3:])
    assert np.abs(drawn.numpy() - expected).max() < 0.501
    untouched = labels == 0
    assert torch.equal(drawn[untouched], rgb[untouched])
    *_, twin = on_twin(case, "write_overlay", logits, labels, rgb, table, drawn)
    assert (twin != drawn).float().mean() < 1e-3


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_overlay(interpreted: Run, case: Case) -> None:
    check_overlay(interpreted, case)


@pytest.mark.gpu
@pytest.mark.parametrize("case", SMALL + LARGE, ids=str)
def test_overlay_on_the_card(on_card: Run, case: Case) -> None:
    check_overlay(on_card, case)


def test_the_picture_itself_can_be_drawn_on(run: Run) -> None:
    case: Case = (3, (3, 5), (25, 41))
    rng = np.random.default_rng(4)
    logits, rgb, table = random_logits(rng, case), random_picture(rng, *case[2], 3), color_table(rng, 3)
    *_, apart = run(
        LabelMaker, options(case), "write_overlay", logits, poisoned(case[2]), rgb, table, poisoned((*case[2], 3))
    )
    *_, drawn = run(LabelMaker, options(case), "write_overlay", logits, poisoned(case[2]), rgb, table, rgb)
    assert torch.equal(drawn, apart)


def check_nv12_overlay(run: Run, case: Case) -> None:
    height, width = case[2]
    rng = np.random.default_rng(5)
    halves = ((height + 1) // 2, (width + 1) // 2, 2)
    logits, table = random_logits(rng, case), color_table(rng, case[0])
    luma, chroma = padded(random_picture(rng, height, width), 5), padded(random_picture(rng, *halves), 4)
    arguments = (
        logits,
        poisoned(case[2]),
        luma,
        chroma,
        table,
        poisoned(case[2], padding=3),
        poisoned(halves, padding=6),
    )
    _, labels, _, _, _, drawn_luma, drawn_chroma = run(LabelMaker, options(case), "write_overlay_nv12", *arguments)
    for written in (labels, drawn_luma, drawn_chroma):
        assert is_spared(written)
    assert_wins(labels, enlarged(logits, case, "bilinear"))
    entries = table.numpy()[labels.numpy()]
    expected = blended(luma.numpy(), entries[..., 0], entries[..., 3])
    assert np.abs(drawn_luma.numpy() - expected).max() < 0.501
    # Each pixel's blend; the mean of the one, two or four that there are.
    doubled = chroma.numpy().repeat(2, 0).repeat(2, 1)[:height, :width]
    colored = np.full((halves[0] * 2, halves[1] * 2, 2), np.nan)
    colored[:height, :width] = blended(doubled, entries[..., 1:3], entries[..., 3:])
    mean = np.nanmean(colored.reshape(halves[0], 2, halves[1], 2, 2), axis=(1, 3))
    assert np.abs(drawn_chroma.numpy() - mean).max() < 0.501
    *_, twin_luma, twin_chroma = on_twin(case, "write_overlay_nv12", *arguments)
    assert (twin_luma != drawn_luma).float().mean() < 1e-3
    assert (twin_chroma.int() - drawn_chroma.int()).abs().max() <= 1


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_nv12_overlay(interpreted: Run, case: Case) -> None:
    check_nv12_overlay(interpreted, case)


@pytest.mark.gpu
@pytest.mark.parametrize("case", SMALL + LARGE, ids=str)
def test_nv12_overlay_on_the_card(on_card: Run, case: Case) -> None:
    check_nv12_overlay(on_card, case)


def test_an_overlay_of_all_classes_in_full_colour(run: Run) -> None:
    case: Case = (2, (2, 2), (6, 7))
    logits = torch.zeros(2, 2, 2)
    logits[0, :, 0] = logits[1, :, 1] = 8
    table = torch.zeros(256, 4, dtype=torch.uint8)
    table[:2] = torch.tensor([RED, GREEN])
    _, labels, _, _, drawn = run(
        LabelMaker, options(case), "write_overlay", logits, poisoned(case[2]),
        torch.full((6, 7, 3), 100, dtype=torch.uint8), table, poisoned((6, 7, 3)),
    )  # fmt: skip
    assert labels.tolist() == [[0, 0, 0, 0, 1, 1, 1]] * 6
    assert drawn[0].tolist() == [[178, 50, 50]] * 4 + [[0, 255, 0]] * 3


def test_the_twin_works_in_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    case: Case = (6, (5, 7), (43, 57))
    rng = np.random.default_rng(6)
    logits, table = random_logits(rng, case), color_table(rng, 6)
    luma, chroma = random_picture(rng, 43, 57), random_picture(rng, 22, 29, 2)
    whole = on_twin(case, "write_overlay_nv12", logits, poisoned(case[2]), luma, chroma, table, luma, chroma)
    monkeypatch.setattr(label_twin, "_STRIP_BYTES", 9 * 57 * 6 * 4)
    strips = on_twin(case, "write_overlay_nv12", logits, poisoned(case[2]), luma, chroma, table, luma, chroma)
    assert all(torch.equal(*pair) for pair in zip(whole, strips, strict=True))
    assert not torch.equal(whole[-1], chroma)


def test_blocks_of_rows_have_all_cells_that_they_need() -> None:
    rng = np.random.default_rng(7)
    for _ in range(300):
        cells, pixels = int(rng.integers(1, 40)), int(rng.integers(1, 300))
        for kind in KINDS:
            blocks = RowBlocks.of(cells, pixels, kind, 8)
            cell = sampling(cells, pixels, kind).cell
            assert blocks.shift % 2 == 0
            for begin in range(-blocks.shift, pixels, blocks.height):
                inside = cell[max(begin, 0) : begin + blocks.height]
                assert inside[0] + blocks.cell_rows > min(inside[-1] + 1, cells - 1)
            assert blocks.cell_rows <= MOST_CELL_ROWS or blocks.height == 2


def test_at_stride_8_blocks_need_two_rows_of_cells() -> None:
    assert RowBlocks.of(128, 1024, "bilinear", 8) == RowBlocks(8, 4, 2)


def test_what_does_not_fit_is_refused() -> None:
    case: Case = (3, (2, 3), (16, 24))
    maker = LabelMaker(**options(case), device=CPU, kernels="torch")
    logits, labels = torch.zeros(3, 2, 3), torch.zeros(16, 24, dtype=torch.uint8)
    rgb, table = torch.zeros(16, 24, 3, dtype=torch.uint8), torch.zeros(256, 4, dtype=torch.uint8)
    chroma = torch.zeros(8, 12, 2, dtype=torch.uint8)
    maker.write(logits, labels)
    for bad in (logits[None], logits[:, :1], logits.int(), torch.zeros(256, 2, 3), logits[:0]):
        with pytest.raises(ValueError, match=r"expected logits \(1 to 255 classes, 2, 3\)"):
            maker.write(bad, labels)
    for wrong in (labels[:8], labels.int(), labels[None], torch.zeros(24, 16, dtype=torch.uint8).t()):
        with pytest.raises(ValueError, match=r"expected \(16, 24\) uint8"):
            maker.write(logits, wrong)
        with pytest.raises(ValueError, match=r"expected \(16, 24\) uint8"):
            maker.write_with_confidence(logits, labels, wrong)
    for wrong in (table[:255], table.int(), table.t().contiguous().t()):
        with pytest.raises(ValueError, match=r"expected a table \(256, 4\)"):
            maker.write_overlay(logits, labels, rgb, wrong, rgb)
    with pytest.raises(ValueError, match=r"expected \(16, 24, 3\) uint8"):
        maker.write_overlay(logits, labels, rgb[:, :20], table, rgb)
    with pytest.raises(ValueError, match="expected luma"):
        maker.write_overlay_nv12(logits, labels, labels[:8], chroma, table, labels, chroma)
    with pytest.raises(ValueError, match="expected chroma"):
        maker.write_overlay_nv12(logits, labels, labels, chroma, table, labels, chroma[:4])
    with pytest.raises(ValueError, match="expected logits that span less"):
        maker.write(torch.empty_strided((3, 2, 3), (2**30, 3, 1), device="meta"), labels)
    with pytest.raises(ValueError, match="expected sizes"):
        LabelMaker((0, 3), (16, 24), "bilinear", device=CPU)
