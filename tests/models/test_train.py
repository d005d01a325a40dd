"""Training end to end on a data set of six pictures: it learns, resumes exactly, and starts from other models."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest
import torch

import bisenet
from bisenet.data.camvid import camvid
from bisenet.errors import CheckpointError, ConfigError
from bisenet.optimisation import AveragedWeights, class_weights, learning_rate, parameter_groups
from bisenet.recipe import Recipe
from bisenet.train import start_from, train
from bisenet.zoo import build

RECIPE = Recipe(
    "tiny",
    "bisenetv1-x39",
    licence="research",
    crop_width=96,
    crop_height=64,
    short_side=64,
    scale_min=1.0,
    iterations=60,
    batch_size=4,
    learning_rate=0.03,
    warmup_iterations=3,
    workers=0,
    precision="f32",
    evaluate_every=60,
    checkpoint_every=10,
)


def test_it_learns_and_writes_a_model_that_loads(stripes: Path, tmp_path: Path) -> None:
    result = train(RECIPE, [str(stripes)], tmp_path / "run", device="cpu", origin="by hand")
    assert result.evaluation is not None
    assert result.evaluation.iou[0] > 0.8
    assert result.evaluation.iou[1] > 0.8
    card = bisenet.load(str(result.model)).card
    assert card.training["history"] == ["from iteration 0: by hand"]
    assert card.training["iterations"] == 60
    assert card.training["recipe"]["learning_rate"] == 0.03
    assert card.training["val"]["miou"] == pytest.approx(result.evaluation.miou, abs=1e-6)
    assert (tmp_path / "run" / "log.csv").read_text().splitlines()[0] == "iteration,loss,miou,seconds"


def test_resuming_gives_the_same_weights_as_not_stopping(stripes: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, iterations=6, checkpoint_every=3, ema_decay=0.9)
    train(recipe, [str(stripes)], tmp_path / "whole", device="cpu")

    class StopError(Exception):
        pass

    # Stopped after the checkpoint at 3, in the middle of step 5.
    steps = 0
    original = torch.optim.SGD.step

    def step(self: torch.optim.SGD, closure: None = None) -> None:
        nonlocal steps
        steps += 1
        if steps == 5:
            raise StopError
        original(self, closure)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", step)
        with pytest.raises(StopError):
            train(recipe, [str(stripes)], tmp_path / "parts", device="cpu")
    train(recipe, [str(stripes)], tmp_path / "parts", device="cpu", resume=True)

    whole, parts = (torch.load(tmp_path / run / "last.pt", weights_only=True) for run in ("whole", "parts"))
    assert parts["iteration"] == 6
    assert [line.split(":")[0] for line in parts["history"]] == ["from iteration 0", "from iteration 3"]
    for part in ("network", "average"):
        for key, value in whole[part].items():
            assert torch.equal(value, parts[part][key]), key


def test_a_run_is_not_overwritten_and_damage_is_reported(stripes: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with pytest.raises(CheckpointError, match="nothing to resume"):
        train(RECIPE, [str(stripes)], run, device="cpu", resume=True)
    (run / "last.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(ConfigError, match="holds a run already: --resume it"):
        train(RECIPE, [str(stripes)], run, device="cpu")
    with pytest.raises(CheckpointError, match="cannot resume from"):
        train(RECIPE, [str(stripes)], run, device="cpu", resume=True)


def test_a_loss_that_is_not_finite_ends_the_run(stripes: Path, tmp_path: Path) -> None:
    wild = dataclasses.replace(RECIPE, learning_rate=1e18, warmup_iterations=0)
    with pytest.raises(FloatingPointError, match="lower learning_rate"):
        train(wild, [str(stripes)], tmp_path / "run", device="cpu")


def test_starting_from_another_model_keeps_classes_by_name(stripes: Path, tmp_path: Path) -> None:
    donor = bisenet.load(
        str(train(dataclasses.replace(RECIPE, iterations=1), [str(stripes)], tmp_path / "run", device="cpu").model)
    )
    again = dataclasses.replace(RECIPE, name="next", init=str(tmp_path / "run" / "tiny.safetensors"), iterations=1)
    taught = train(again, [str(stripes)], tmp_path / "next", device="cpu")
    assert bisenet.load(str(taught.model)).card.licence == "research" == donor.card.licence
    network = build("bisenetv1-x39", 2)
    before = network.head.classifier.weight.detach().clone()
    assert start_from(network, ("dragon", "road"), donor) == ["road"]
    road = donor.card.classes.names.index("road")
    assert torch.equal(network.head.classifier.weight[1], donor.network.head.classifier.weight[road])
    assert torch.equal(network.head.classifier.weight[0], before[0])
    assert torch.equal(network.ffm.conv.conv.weight, donor.network.ffm.conv.conv.weight)
    with pytest.raises(ConfigError, match="cannot start from tiny: it is bisenetv1-x39"):
        start_from(build("bisenetv2", 2), ("road",), donor)


def test_learning_rate_warms_up_and_decays_to_nearly_nothing() -> None:
    recipe = dataclasses.replace(RECIPE, iterations=100, warmup_iterations=10, learning_rate=1.0)
    rates = [learning_rate(iteration, recipe) for iteration in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == 1.0
    assert rates[10] == pytest.approx(0.9**0.9)
    assert all(a > b for a, b in itertools.pairwise(rates[10:]))
    assert 0 < rates[-1] < 0.02


def test_only_convolution_weights_decay() -> None:
    network = build("bisenetv1-x39", 2)
    decayed, exempt = parameter_groups(network, 0.1)
    assert decayed["weight_decay"] == 0.1
    assert exempt["weight_decay"] == 0.0
    assert all(p.ndim == 4 for p in decayed["params"])
    assert len(decayed["params"]) + len(exempt["params"]) == len(list(network.parameters()))


def test_averaged_weights_follow_slowly() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(layer.weight)
    average = AveragedWeights(layer, 0.5)
    torch.nn.init.ones_(layer.weight)
    for iteration in range(100, 103):
        average.update(layer, iteration)
    assert float(average.state["weight"]) == pytest.approx(1 - 0.5**3)


def test_rare_classes_weigh_more(stripes: Path) -> None:
    weights = class_weights([camvid(stripes, "train")], 3, 0.5)
    assert weights[2] > max(weights[0], weights[1])
