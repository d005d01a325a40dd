"""The engine contract, over every engine that runs here, against the plain Segmenter."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from bisenet.card import ModelCard
from bisenet.classes import ClassSet
from bisenet.engines import Engine, open_engine
from bisenet.errors import EngineError
from bisenet.segmenter import Segmenter
from bisenet.zoo import build

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]


@pytest.fixture(scope="module")
def model() -> Segmenter:
    torch.manual_seed(1)
    network = build("bisenetv1-x39", 5).train()
    with torch.no_grad():
        for _ in range(5):
            network.forward_train(torch.randn(2, 3, 96, 128))
    classes = ClassSet("five", tuple("abcde"), ((0, 0, 0),) * 5)
    return Segmenter(network.eval(), ModelCard("tiny", "bisenetv1-x39", "torchseg", classes, 96))


@pytest.fixture(params=DEVICES)
def engine(request: pytest.FixtureRequest, model: Segmenter) -> Iterator[Engine]:
    if request.param == "cuda" and not torch.cuda.is_available() and os.environ.get("REQUIRE_GPU") != "1":
        pytest.skip("no CUDA device")
    with open_engine("torch", model, device=request.param) as opened:
        yield opened


def picture(height: int, width: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)


@pytest.mark.parametrize(("height", "width"), [(96, 128), (97, 131), (200, 90), (33, 40)])
def test_ids_have_the_pictures_size_and_agree_with_the_segmenter(
    engine: Engine, model: Segmenter, height: int, width: int
) -> None:
    rgb = picture(height, width)
    labels = engine.infer(rgb)
    assert labels.shape == (height, width)
    assert labels.dtype == np.uint8
    assert float(np.mean(labels != model.segment(rgb))) <= 0.005


def test_laps_are_filled(engine: Engine) -> None:
    laps: dict[str, float] = {}
    engine.infer(picture(96, 128), laps)
    assert set(laps) == {"pre", "network", "post"}
    assert all(value > 0 for value in laps.values())


def test_info_names_what_runs(engine: Engine) -> None:
    assert engine.info.engine == "torch"
    assert engine.info.model == "tiny"
    assert engine.info.device_name
    assert engine.info.precision == ("f16" if engine.info.device.startswith("cuda") else "f32")
    assert engine.classes.names == tuple("abcde")


@pytest.mark.parametrize(
    "rgb", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_other_arrays_are_refused(engine: Engine, rgb: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="expected a picture"):
        engine.infer(rgb)


def test_a_closed_engine_says_so(engine: Engine) -> None:
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="the engine is closed"):
        engine.infer(picture(96, 128))


def test_the_model_is_left_as_it_was(model: Segmenter) -> None:
    before = {key: value.clone() for key, value in model.network.state_dict().items()}
    with open_engine("torch", model, device="cpu"):
        assert all(torch.equal(value, before[key]) for key, value in model.network.state_dict().items())


def test_imgsz_is_the_networks_input(model: Segmenter) -> None:
    rgb = picture(200, 300)
    with open_engine("torch", model, imgsz=(64, 64), device="cpu") as engine:
        labels = engine.infer(rgb)
    assert float(np.mean(labels != model.segment(rgb, imgsz=(64, 64)))) <= 0.005
    assert not np.array_equal(labels, model.segment(rgb))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "warp"}, "unknown engine 'warp': choose auto or torch"),
        ({"device": "abacus"}, "unknown device 'abacus'"),
        ({"device": "meta"}, "device 'meta' is not supported"),
        ({"imgsz": (8, 64)}, "imgsz 8x64 is out of range"),
    ],
)
def test_what_cannot_be_opened(model: Segmenter, options: dict[str, object], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        open_engine(**{"name": "torch", "model": model, "device": "cpu", **options})  # type: ignore[arg-type]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_asked_for_and_absent(model: Segmenter) -> None:
    with pytest.raises(EngineError, match=r"cuda asked for, but"):
        open_engine("torch", model, device="cuda")
