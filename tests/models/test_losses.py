"""OHEM against the values of the public implementations, and its edges."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from bisenet.losses import ohem_cross_entropy, segmentation_loss


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


@pytest.mark.parametrize("case", ["hard", "easy"])
def test_ohem_equals_coincheung(fixtures: Path, case: str) -> None:
    reference = json.loads((fixtures / "losses.json").read_text())["values"][case]["coincheung_ohem(thresh=0.7)"]
    logits, labels = reference_case(case == "easy")
    loss = ohem_cross_entropy(logits, labels, 255)
    loss.backward()
    assert logits.grad is not None
    assert float(loss.detach()) == pytest.approx(reference["loss"], rel=1e-6)
    assert float(logits.grad.abs().sum()) == pytest.approx(reference["grad_abs_sum"], rel=1e-5)
    assert int(logits.grad.abs().sum(1).gt(0).sum()) == reference["pixels_with_grad"]


def test_no_valid_pixel_is_zero_and_not_nan() -> None:
    logits = torch.randn(1, 3, 4, 4, requires_grad=True)
    loss = ohem_cross_entropy(logits, torch.full((1, 4, 4), 255), 255)
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_strided_labels_are_all_seen_over_the_phases() -> None:
    logits = torch.zeros(1, 2, 8, 8)
    labels = torch.zeros(1, 8, 8, dtype=torch.int64)
    labels[:, 0, 0] = 1  # seen in phase 0 alone
    hard = torch.tensor([3.0, 1.0])
    losses = [
        float(segmentation_loss([logits], labels, 255, "bilinear", strides=(2, 2), phase=p, class_weights=hard))
        for p in range(3)
    ]
    assert losses[0] == losses[2] != losses[1]


def test_auxiliary_heads_are_added_with_their_weight() -> None:
    labels = torch.zeros(1, 16, 16, dtype=torch.int64)
    main, aux = torch.randn(1, 2, 2, 2), torch.randn(1, 2, 1, 1)
    alone = [float(segmentation_loss([x], labels, 255, "bilinear")) for x in (main, aux)]
    both = float(segmentation_loss([main, aux], labels, 255, "bilinear", aux_weight=0.5))
    assert both == pytest.approx(alone[0] + 0.5 * alone[1])
