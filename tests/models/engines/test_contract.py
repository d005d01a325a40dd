"""The engine contract, over every engine that runs here, against the plain Segmenter."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.engines import Engine, EngineInfo, open_engine
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.torch_network import TorchNetwork
from bisenet.engines.torch_runner import TorchRunner
from bisenet.errors import EngineError
from bisenet.inference import normalise, preprocess
from bisenet.layers import upsample
from bisenet.pictures import input_size
from bisenet.segmenter import Segmenter

from .conftest import need, smooth
from .cuda.fake_card import FakeCard

ENGINES = ["torch", "openvino", "onnxruntime"]
CASES = [*(("cpu", name) for name in ENGINES), pytest.param(("cuda", "torch"), marks=pytest.mark.gpu)]


@pytest.fixture(params=CASES, ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Device and engine."""
    device, name = request.param
    need(name)
    if device == "cuda" and not torch.cuda.is_available() and os.environ.get("REQUIRE_GPU") != "1":
        pytest.skip("no CUDA device")
    return device, name


@pytest.fixture
def engine(case: tuple[str, str], x39: Segmenter) -> Iterator[Engine]:
    with open_engine(case[1], x39, device=case[0], threads=1) as opened:
        yield opened


def disagreement(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    assert one.shape == other.shape
    assert len(np.unique(other)) > 1  # else it would be easy to agree
    return float(np.mean(one != other))


@pytest.mark.parametrize("size", [(64, 96), (97, 131), (200, 90), (33, 40)])
def test_ids_have_the_pictures_size_and_agree_with_the_segmenter(
    engine: Engine, x39: Segmenter, size: tuple[int, int]
) -> None:
    rgb = smooth(*size)
    labels = engine.infer(rgb)
    assert labels.shape == size
    assert labels.dtype == np.uint8
    assert disagreement(labels, x39.segment(rgb)) <= 0.005


@pytest.mark.parametrize("name", ENGINES)
def test_another_network_agrees_too(v2: Segmenter, name: str) -> None:
    need(name)
    rgb = smooth(72, 120)
    with open_engine(name, v2, device="cpu", threads=1) as engine:
        assert disagreement(engine.infer(rgb), v2.segment(rgb)) <= 0.005


def test_sources_may_take_turns(engine: Engine, x39: Segmenter) -> None:
    pictures = [smooth(64, 96), smooth(96, 64), smooth(64, 64)]
    wanted = [x39.segment(rgb) for rgb in pictures]
    for _ in range(2):
        for rgb, labels in zip(pictures, wanted, strict=True):
            assert float(np.mean(engine.infer(rgb) != labels)) <= 0.005


def test_labels_are_not_written_after_hand_over(engine: Engine) -> None:
    first = engine.infer(smooth(64, 96))
    kept = first.copy()
    engine.infer(smooth(64, 96)[::-1])
    assert np.array_equal(first, kept)


def test_confidence_is_the_winners_probability(engine: Engine, x39: Segmenter) -> None:
    rgb = smooth(80, 90)
    labels, confidence = engine.infer_confidence(rgb)
    with torch.inference_mode():
        batch = preprocess(rgb, input_size(90, 80, 64))
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (x39.card.mean, x39.card.std))
        logits = upsample(x39.network(normalise(batch, mean, std)), (80, 90), x39.network.logits_upsampling)
        wanted = logits.softmax(1).amax(1)[0].numpy() * 255
    assert disagreement(labels, engine.infer(rgb)) == 0
    assert confidence.dtype == np.uint8
    assert np.ptp(wanted) > 20
    assert float(np.mean(np.abs(confidence.astype(float) - wanted))) <= 1


def test_scores_are_those_of_the_labels_and_the_confidence(engine: Engine) -> None:
    rgb = smooth(81, 90)
    labels, confidence = engine.infer_confidence(rgb)
    laps: dict[str, float] = {}
    bare, full = engine.infer_scored(rgb, laps), engine.infer_scored(rgb, confidence=True)
    assert set(laps) == {"pre", "network", "post"}
    assert bare.confidence is None
    for scored in (bare, full):
        assert np.array_equal(scored.labels, labels)
        assert scored.scores.size == (81, 90)
        for y in range(0, 81, 8):
            for x in (0, 1, 44, 89):
                (first, probability), (_, next_probability), _ = scored.scores.at(x, y)
                if probability - next_probability > 0.01:
                    assert first == labels[y, x]
                assert abs(probability * 255 - confidence[y, x]) < 1.5
    assert full.confidence is not None
    assert np.array_equal(full.confidence, confidence)
    before = bare.scores.at(5, 5)
    engine.infer(smooth(81, 90)[::-1])
    assert bare.scores.at(5, 5) == before


def test_views_and_read_only_pictures_are_taken(engine: Engine) -> None:
    wide = smooth(64, 192)
    wanted = engine.infer(np.ascontiguousarray(wide[:, ::2]))
    frozen = wide[:, ::2]
    frozen.flags.writeable = False
    assert np.array_equal(engine.infer(frozen), wanted)


def test_a_read_only_picture_of_the_networks_size_is_taken(engine: Engine) -> None:
    rgb = smooth(64, 96)
    wanted = engine.infer(rgb)
    rgb.flags.writeable = False
    assert np.array_equal(engine.infer(rgb), wanted)


def test_it_works_on_the_thread_that_opens_it(case: tuple[str, str], x39: Segmenter) -> None:
    found = []

    def work() -> None:
        with open_engine(case[1], x39, device=case[0], threads=1) as engine:
            found.append(engine.infer(smooth(64, 96)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert float(np.mean(found[0] != x39.segment(smooth(64, 96)))) <= 0.005


def test_it_may_be_used_and_closed_on_other_threads(case: tuple[str, str], x39: Segmenter) -> None:
    """One after the other; and another engine runs at the same time."""
    rgb = smooth(64, 96)
    wanted = x39.segment(rgb)
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        engine = first.submit(open_engine, case[1], x39, device=case[0], threads=1).result()
        beside = second.submit(open_engine, case[1], x39, device=case[0], threads=1).result()
        for _ in range(3):
            both = second.submit(engine.infer, rgb), first.submit(beside.infer, rgb)
            for labels in both:
                assert float(np.mean(labels.result() != wanted)) <= 0.005
        second.submit(beside.close).result()
        assert float(np.mean(first.submit(engine.infer, rgb).result() != wanted)) <= 0.005
        engine.close()
        with pytest.raises(EngineError, match="the engine is closed"):
            second.submit(engine.infer, rgb).result()


def test_laps_are_filled(engine: Engine) -> None:
    for infer in (engine.infer, engine.infer_confidence):
        laps: dict[str, float] = {}
        infer(smooth(96, 128), laps)
        assert set(laps) == {"pre", "network", "post"}
        assert all(value > 0 for value in laps.values())


def test_info_names_what_runs(case: tuple[str, str], engine: Engine) -> None:
    info = engine.info
    assert info.engine == case[1]
    assert info.model == "tiny"
    assert info.device_name
    assert info.reason
    assert engine.classes.names == tuple("abcde")
    if case[0] == "cpu":
        assert (info.device, info.threads) == ("cpu", 1)
        assert info.precision in ("f32", "bf16")
    else:
        assert info.precision == "f16"


@pytest.mark.parametrize(
    "rgb", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_other_arrays_are_refused(engine: Engine, rgb: NDArray[np.uint8]) -> None:
    for infer in (engine.infer, engine.infer_confidence, engine.infer_scored):
        with pytest.raises(ValueError, match="expected a picture"):
            infer(rgb)


def test_a_closed_engine_says_so(engine: Engine) -> None:
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="the engine is closed"):
        engine.infer(smooth(64, 96))


def test_the_model_is_left_as_it_was(case: tuple[str, str], x39: Segmenter) -> None:
    before = {key: value.clone() for key, value in x39.network.state_dict().items()}
    with open_engine(case[1], x39, device=case[0]) as engine:
        engine.infer(smooth(64, 96))
    after = x39.network.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(value, before[key]) for key, value in after.items())


def test_imgsz_is_the_networks_input(case: tuple[str, str], x39: Segmenter) -> None:
    rgb = smooth(200, 300)
    with open_engine(case[1], x39, imgsz=(64, 48), device=case[0], threads=1) as engine:
        labels = engine.infer(rgb)
    assert disagreement(labels, x39.segment(rgb, imgsz=(64, 48))) <= 0.005
    assert not np.array_equal(labels, x39.segment(rgb))


def test_torch_keeps_the_process_number_of_threads(x39: Segmenter) -> None:
    before = torch.get_num_threads()
    with open_engine("torch", x39, device="cpu", threads=before + 1) as engine:
        assert torch.get_num_threads() == before
        engine.infer(smooth(64, 96))
        assert torch.get_num_threads() == before


def test_the_cuda_path_computes_the_same_where_there_is_none(x39: Segmenter) -> None:
    rgb = smooth(80, 90)
    network = TorchNetwork(x39, device=torch.device("cpu"), precision="f32")
    info = EngineInfo("torch", "tiny", "cuda:0", "a card", "f32")
    with CudaEngine(network, x39.card, info, None, FakeCard()) as engine:
        labels, confidence = engine.infer_confidence(rgb)
        assert disagreement(labels, x39.segment(rgb)) <= 0.005
        assert np.array_equal(engine.infer(rgb), labels)
        scored = engine.infer_scored(rgb, confidence=True)
        assert np.array_equal(scored.labels, labels)
        assert np.array_equal(scored.confidence, confidence)
        assert engine.infer_scored(rgb).confidence is None
        assert scored.scores.at(40, 50)[0][0] == labels[50, 40]
    with open_engine("torch", x39, device="cpu") as host:
        assert float(np.mean(np.abs(host.infer_confidence(rgb)[1].astype(int) - confidence))) <= 1


def test_bfloat16_of_torch_is_as_near_as_its_digits_allow(x39: Segmenter) -> None:
    # Emulated where the processor has none: slow, and the same numbers.
    pictures = smooth(64, 96)[None]
    half, full = (TorchRunner.of_network(x39, precision=each, threads=1) for each in ("bf16", "f32"))
    one, other = half.run(pictures), full.run(pictures)
    assert half.precision == "bf16"
    assert 0 < float(np.abs(one - other).mean()) <= 0.04 * float(other.std())
