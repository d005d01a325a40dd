"""The scores of single pixels: those that the class ids and the confidence of the whole picture were made of."""

from __future__ import annotations

import time
from statistics import median
from typing import get_args

import numpy as np
import pytest
import torch

from bisenet.engines.scores import Scores, scored
from bisenet.layers import upsample
from bisenet.upsampled_argmax import upsampled_argmax, upsampled_confidence
from bisenet.upsampling import Upsampling

KINDS: tuple[Upsampling, ...] = get_args(Upsampling)
SIZES = [(45, 61), (64, 64), (7, 90), (1, 33), (9, 12), (5, 3)]
"""Of the picture; the logits are 9 x 12."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("upsampling", KINDS)
def test_every_pixel_agrees_with_the_ids_the_confidence_and_torch(
    upsampling: Upsampling, size: tuple[int, int]
) -> None:
    logits = np.random.default_rng(4).normal(size=(6, 9, 12)).astype(np.float32) * 3
    scores = Scores(logits, size, upsampling)
    labels, confidence = upsampled_confidence(logits, size, upsampling)
    exact = upsample(torch.from_numpy(logits)[None], size, upsampling)[0].softmax(dim=0).numpy()
    for y in range(size[0]):
        for x in range(size[1]):
            first, second, third = scores.at(x, y)
            assert first[1] >= second[1] >= third[1]
            if first[1] - second[1] > 1e-5:
                assert first[0] == labels[y, x]
            assert abs(first[1] * 255 - confidence[y, x]) < 1
            for class_id, probability in (first, second, third):
                assert probability == pytest.approx(exact[class_id, y, x], abs=1e-5)
            assert third[1] == pytest.approx(np.sort(exact[:, y, x])[-3], abs=1e-5)


def test_of_equal_classes_the_lowest_comes_first() -> None:
    assert Scores(np.zeros((4, 2, 2), np.float32), (16, 16), "bilinear").at(3, 15) == ((0, 0.25), (1, 0.25), (2, 0.25))


@pytest.mark.parametrize("classes", [1, 2])
def test_a_network_of_fewer_classes_has_fewer(classes: int) -> None:
    best = Scores(np.zeros((classes, 2, 2), np.float32), (16, 16), "bilinear-corners").at(0, 0)
    assert [class_id for class_id, _ in best] == list(range(classes))
    assert sum(probability for _, probability in best) == pytest.approx(1)


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (20, 0), (0, 10)])
def test_a_pixel_outside_is_refused(place: tuple[int, int]) -> None:
    scores = Scores(np.zeros((4, 2, 2), np.float32), (10, 20), "bilinear")
    with pytest.raises(ValueError, match=r"expected a pixel of a picture of 20 x 10, got"):
        scores.at(*place)


@pytest.mark.parametrize("confidence", [False, True])
def test_the_scores_stay_when_the_network_runs_on(confidence: bool) -> None:
    """A back end's memory is written again by the next picture."""
    rng = np.random.default_rng(5)
    logits = rng.normal(size=(5, 6, 7)).astype(np.float32)
    result = scored(logits, (48, 56), "bilinear", confidence=confidence)
    before = result.scores.at(20, 30)
    assert np.array_equal(result.labels, upsampled_argmax(logits, (48, 56), "bilinear"))
    if confidence:
        assert np.array_equal(result.confidence, upsampled_confidence(logits, (48, 56), "bilinear")[1])
    else:
        assert result.confidence is None
    logits[:] = 0
    assert result.scores.at(20, 30) == before


def test_keeping_them_costs_next_to_nothing() -> None:
    logits = np.random.default_rng(6).normal(size=(19, 45, 80)).astype(np.float32)
    taken = []
    for _ in range(30):
        began = time.perf_counter()
        Scores(logits.copy(), (360, 640), "bilinear")
        taken.append(time.perf_counter() - began)
    assert median(taken) < 0.0002
