"""Losses against the values and gradients of the public implementations, and their edges."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from bisenet.losses import LossKind, PixelLoss, segmentation_loss


def reference_case(easy: bool) -> tuple[Tensor, Tensor]:
    def generator(seed: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(seed))

    logits = 2 * generator(10).standard_normal((2, 19, 16, 24), dtype=np.float32)
    labels = generator(11).integers(0, 19, (2, 16, 24))
    labels[generator(12).random((2, 16, 24)) < 0.2] = 255
    if easy:
        n, y, x = np.nonzero(labels != 255)
        inner = y > 0
        logits[n[inner], labels[n, y, x][inner], y[inner], x[inner]] += 12
    return torch.from_numpy(logits).requires_grad_(), torch.from_numpy(labels)


REFERENCES = {
    "torch_ce_mean_ignore255": PixelLoss(),
    "mmseg_ce(avg_non_ignore=False)": PixelLoss("mmseg-cross-entropy"),
    "coincheung_ohem(thresh=0.7)": PixelLoss("coincheung-ohem"),
    "torchseg_prob_ohem(thresh=0.7,min_kept=2*16*24//16=48)": PixelLoss("torchseg-ohem"),
    "torchseg_prob_ohem(thresh=0.7,min_kept=300)": PixelLoss("torchseg-ohem", kept=300),
    "mmseg_ohem(thresh=0.7,min_kept=24 per image)": PixelLoss("mmseg-ohem", kept=2 * 24),
    "mmseg_ohem(thresh=0.7,min_kept=150 per image)": PixelLoss("mmseg-ohem", kept=2 * 150),
}


@pytest.mark.parametrize("case", ["hard", "easy"])
@pytest.mark.parametrize("name", REFERENCES)
def test_values_and_gradients_of_the_references(fixtures: Path, name: str, case: str) -> None:
    values = json.loads((fixtures / "losses.json").read_text())["values"][case]
    assert set(values) == set(REFERENCES)
    logits, labels = reference_case(case == "easy")
    summed, divisor = REFERENCES[name](logits, labels, 255)
    loss = summed / divisor
    loss.backward()
    assert logits.grad is not None
    print(f"{case} {name}: {float(loss.detach()):.6f}, reference {values[name]['loss']:.6f}")
    assert float(loss.detach()) == pytest.approx(values[name]["loss"], rel=1e-6)
    assert float(logits.grad.abs().sum()) == pytest.approx(values[name]["grad_abs_sum"], rel=1e-5)
    assert int(logits.grad.abs().sum(1).gt(0).sum()) == values[name]["pixels_with_grad"]


@pytest.mark.parametrize("kind", ["cross-entropy", "coincheung-ohem", "torchseg-ohem", "mmseg-ohem"])
def test_no_valid_pixel_is_zero_and_not_nan(kind: LossKind) -> None:
    logits = torch.randn(1, 3, 4, 4, requires_grad=True)
    summed, divisor = PixelLoss(kind)(logits, torch.full((1, 4, 4), 255), 255)
    (summed / divisor).backward()
    assert float(summed.detach()) == 0.0
    assert float(divisor) >= 1
    assert logits.grad is not None
    assert not logits.grad.any()


def test_label_smoothing_is_torchs_and_does_not_choose_the_pixels() -> None:
    logits, labels = reference_case(easy=False)
    summed, divisor = PixelLoss(label_smoothing=0.1)(logits, labels, 255)
    expected = torch.nn.functional.cross_entropy(logits, labels, ignore_index=255, label_smoothing=0.1)
    assert float((summed / divisor).detach()) == pytest.approx(float(expected.detach()), rel=1e-6)
    plain = PixelLoss("coincheung-ohem")(logits, labels, 255)[1]
    assert float(PixelLoss("coincheung-ohem", label_smoothing=0.3)(logits, labels, 255)[1]) == float(plain)


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"threshold": 1.5}, {"kept": -1}, {"label_smoothing": 1.0}])
def test_settings_that_make_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected a threshold"):
        PixelLoss(**wrong)  # type: ignore[arg-type]


def test_strided_labels_are_all_seen_over_the_phases() -> None:
    logits = torch.zeros(1, 2, 8, 8)
    labels = torch.zeros(1, 8, 8, dtype=torch.int64)
    labels[:, 0, 0] = 1  # seen in phase 0 alone
    hard = torch.tensor([3.0, 1.0])
    losses = [
        float(
            segmentation_loss(
                [logits], labels, 255, "bilinear", PixelLoss(), strides=(2, 2), phase=p, class_weights=hard
            )
        )
        for p in range(3)
    ]
    assert losses[0] == losses[2] != losses[1]


def test_auxiliary_heads_are_added_with_their_weight() -> None:
    labels = torch.zeros(1, 16, 16, dtype=torch.int64)
    main, aux = torch.randn(1, 2, 2, 2), torch.randn(1, 2, 1, 1)
    alone = [float(segmentation_loss([x], labels, 255, "bilinear", PixelLoss())) for x in (main, aux)]
    both = float(segmentation_loss([main, aux], labels, 255, "bilinear", PixelLoss(), aux_weight=0.5))
    assert both == pytest.approx(alone[0] + 0.5 * alone[1])
