"""Training end to end on a data set of six pictures: it learns, resumes exactly, and starts from other models."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import itertools
import math
import os
import re
import signal
from pathlib import Path
from typing import Literal

import cv2
import pytest
import torch

import bisenet
from bisenet.data.camvid import camvid
from bisenet.distributed import World
from bisenet.errors import CheckpointError, ConfigError, DataError, EngineError
from bisenet.optimisation import AveragedWeights, class_weights, learning_rate, parameter_groups
from bisenet.recipe import Recipe
from bisenet.run_folder import RunLog
from bisenet.starting import completed, start_from
from bisenet.step import Step
from bisenet.train import train
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
    sheet = cv2.imread(str(tmp_path / "run" / "evaluations" / "000060.png"))
    assert sheet is not None
    assert sheet.shape[1] > 4 * 300
    assert card.training["recipe"]["learning_rate"] == 0.03
    assert card.training["val"]["miou"] == pytest.approx(result.evaluation.miou, abs=1e-6)
    assert (tmp_path / "run" / "log.csv").read_text().splitlines()[0] == ",".join(RunLog.COLUMNS)


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
    with pytest.raises(FloatingPointError, match="try again with a lower learning_rate, or precision f32"):
        train(wild, [str(stripes)], tmp_path / "run", device="cpu")


def test_a_loss_that_is_read_late_keeps_what_is_from_before(
    stripes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a card, where no step waits for its loss."""
    recipe = dataclasses.replace(RECIPE, iterations=8, checkpoint_every=4, log_every=2, evaluate_every=8)
    train(recipe, [str(stripes)], tmp_path / "whole", device="cpu")
    monkeypatch.setattr(World, "synchronous", False)
    train(recipe, [str(stripes)], tmp_path / "late", device="cpu")
    assert losses_of(tmp_path / "late") == losses_of(tmp_path / "whole")

    def wild(step: Step, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if step.state.iteration == 6:
            with torch.no_grad():
                next(step.state.network.parameters()).fill_(math.nan)
        return honest(step, pictures, labels)

    honest = Step.__call__
    monkeypatch.setattr(Step, "__call__", wild)
    with pytest.raises(FloatingPointError, match=r"the loss is nan at iteration 8: .*last\.pt is from before"):
        train(recipe, [str(stripes)], tmp_path / "wild", device="cpu")
    assert torch.load(tmp_path / "wild" / "last.pt", weights_only=True)["iteration"] == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_after_the_step_and_keeps_it(
    stripes: Path, tmp_path: Path, number: signal.Signals
) -> None:
    recipe = dataclasses.replace(RECIPE, iterations=6, log_every=1)
    train(recipe, [str(stripes)], tmp_path / "whole", device="cpu")
    steps = 0
    original = torch.optim.SGD.step

    def step(self: torch.optim.SGD, closure: None = None) -> None:
        nonlocal steps
        steps += 1
        if steps == 4:
            os.kill(os.getpid(), number)
        original(self, closure)

    run = tmp_path / "parts"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", step)
        with pytest.raises(KeyboardInterrupt, match=r"interrupted; iteration 4 is kept in .*: --resume goes on"):
            train(recipe, [str(stripes)], run, device="cpu")
    train(recipe, [str(stripes)], run, device="cpu", resume=True)
    assert losses_of(run) == losses_of(tmp_path / "whole")
    assert len(losses_of(run)) == 6


def losses_of(run: Path) -> list[str]:
    """As written: equal means equal to the last digit."""
    with (run / "log.csv").open(newline="") as file:
        return [row["loss"] for row in csv.DictReader(file)]


def test_rows_of_steps_that_come_again_are_dropped(tmp_path: Path) -> None:
    with RunLog(tmp_path) as log:
        for iteration in (1, 2, 3):
            log.add({"iteration": iteration, "loss": iteration / 10})
    with (tmp_path / "log.csv").open("a") as file:
        file.write("4x")  # killed while it wrote
    with RunLog(tmp_path, done=2) as log:
        log.add({"iteration": 3, "loss": 0.5, "miou": 0.25})
    assert (tmp_path / "log.csv").read_text().splitlines()[1:] == ["1,0.1,,,,", "2,0.2,,,,", "3,0.5,,,0.25,"]


def test_dropout_is_that_of_the_step_however_often_the_run_was_resumed(stripes: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(
        RECIPE, architecture="bisenetv2", iterations=3, checkpoint_every=1, log_every=1, batch_size=2, evaluate_every=99
    )
    train(recipe, [str(stripes)], tmp_path / "whole", device="cpu")
    train(dataclasses.replace(recipe, iterations=1, warmup_iterations=0), [str(stripes)], tmp_path / "p", device="cpu")
    torch.manual_seed(12345)
    assert any(isinstance(module, torch.nn.Dropout) and module.p > 0 for module in build("bisenetv2", 2).modules())
    # The same schedule again, from the first step's checkpoint of the whole run's twin.
    resumed = tmp_path / "resumed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bisenet.train.StopSignals.asked", property(lambda _self: True))
        with pytest.raises(KeyboardInterrupt):
            train(recipe, [str(stripes)], resumed, device="cpu")
    torch.manual_seed(54321)
    train(recipe, [str(stripes)], resumed, device="cpu", resume=True)
    assert losses_of(resumed) == losses_of(tmp_path / "whole")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_picture_ends_the_run_with_its_name_and_keeps_it(stripes: Path, tmp_path: Path, workers: int) -> None:
    damaged = stripes / "train" / "4.png"
    damaged.write_bytes(damaged.read_bytes()[:60])
    recipe = dataclasses.replace(RECIPE, batch_size=2, workers=workers)
    with pytest.raises(DataError) as caught:
        train(recipe, [str(stripes)], tmp_path / "run", device="cpu")
    told = str(caught.value)
    assert told.startswith(f"{damaged} is cut off: ")
    assert re.search(r"; iteration [0-2] is kept in .*/last\.pt: --resume goes on from there$", told)
    assert "\n" not in told
    assert torch.load(tmp_path / "run" / "last.pt", weights_only=True)["iteration"] in (0, 1, 2)


def test_a_full_card_says_what_to_change(stripes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("bisenet.step.segmentation_loss", full)
    with pytest.raises(
        EngineError, match=r"too little memory for batches of 4 crops of 96x64: .*; iteration 0 is kept"
    ):
        train(RECIPE, [str(stripes)], tmp_path / "run", device="cpu")


def test_frozen_parts_keep_weights_and_statistics(stripes: Path, tmp_path: Path) -> None:
    donor = train(dataclasses.replace(RECIPE, iterations=1), [str(stripes)], tmp_path / "donor", device="cpu").model
    recipe = dataclasses.replace(
        RECIPE, name="next", init=str(donor), iterations=2, frozen_parts=("context_path.backbone",), optimizer="adamw",
        gradient_clip=1.0, label_smoothing=0.1, fast_parts=("head",),
    )  # fmt: skip
    after = bisenet.load(str(train(recipe, [str(stripes)], tmp_path / "run", device="cpu").model)).network.state_dict()
    for key, value in bisenet.load(str(donor)).network.state_dict().items():
        if key.startswith("context_path.backbone.") and not key.endswith("num_batches_tracked"):
            assert torch.equal(after[key], value), key
    assert not torch.equal(after["ffm.conv.conv.weight"], bisenet.load(str(donor)).network.ffm.conv.conv.weight)
    with pytest.raises(ConfigError, match=r"no part 'context_path\.backbon'; did you mean 'context_path\.backbone'"):
        train(dataclasses.replace(recipe, frozen_parts=("context_path.backbon",)), [str(stripes)], tmp_path / "x")


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
    alike = build("bisenetv1-x39", 3)
    assert start_from(alike, ("vehicle", "person", "pole"), donor) == [
        "vehicle (of car)",
        "person (of pedestrian)",
        "pole",
    ]
    rows = [donor.card.classes.names.index(name) for name in ("car", "pedestrian", "pole")]
    assert torch.equal(alike.head.classifier.weight, donor.network.head.classifier.weight[rows])
    with pytest.raises(ConfigError, match="cannot start from tiny: it is bisenetv1-x39"):
        start_from(build("bisenetv2", 2), ("road",), donor)


def test_what_a_run_begins_with_is_the_model_to_beat(
    stripes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    donor = train(RECIPE, [str(stripes)], tmp_path / "donor", device="cpu")
    assert donor.evaluation is not None
    spoiling = dataclasses.replace(RECIPE, name="next", init=str(donor.model), iterations=2, learning_rate=3.0)
    spoilt = train(spoiling, [str(stripes)], tmp_path / "next", device="cpu")
    assert f"before training: val mIoU {donor.evaluation.miou:.4f}" in capsys.readouterr().out
    with (tmp_path / "next" / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["iteration"] for row in rows] == ["0", "2"]
    assert float(rows[0]["miou"]) == donor.evaluation.miou > float(rows[1]["miou"])
    assert spoilt.evaluation is not None
    assert spoilt.evaluation.miou == donor.evaluation.miou, "nothing worse than what was there is shipped"
    assert bisenet.load(str(spoilt.model)).card.training["iterations"] == 0


@pytest.mark.parametrize(
    ("device", "has_it", "precision"),
    [("cpu", False, "f32"), ("cpu", True, "bf16"), ("cuda", False, "f16"), ("cuda", True, "bf16")],
)
def test_precision_is_what_the_device_is_good_at(
    monkeypatch: pytest.MonkeyPatch, device: str, has_it: bool, precision: str
) -> None:
    monkeypatch.setattr("bisenet.starting.has_bf16", lambda: has_it)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: has_it and not including_emulation)
    monkeypatch.setattr("torch.cuda.device", lambda _device: contextlib.nullcontext())
    recipe = dataclasses.replace(RECIPE, precision="auto")
    assert completed(recipe, None, torch.device(device)).precision == precision
    assert completed(RECIPE, None, torch.device(device)).precision == "f32", "what is asked for stays"


@pytest.mark.parametrize("warmup", ["linear", "exponential"])
def test_learning_rate_warms_up_and_decays(warmup: Literal["linear", "exponential"]) -> None:
    recipe = dataclasses.replace(
        RECIPE, iterations=110, warmup_iterations=10, learning_rate=1.0, warmup=warmup, warmup_from=0.01
    )
    rates = [learning_rate(iteration, recipe) for iteration in range(110)]
    assert rates[4] == pytest.approx(0.1 if warmup == "exponential" else 0.505)
    assert rates[9] == rates[10] == 1.0
    assert rates[60] == pytest.approx(0.5**0.9)
    assert all(a > b for a, b in itertools.pairwise(rates[10:]))
    assert 0 < rates[-1] < 0.02
    floor = dataclasses.replace(recipe, rate_floor=0.1)
    assert learning_rate(60, floor) == pytest.approx(0.1 + 0.9 * 0.5**0.9)


def test_only_convolution_weights_decay_and_parts_learn_faster() -> None:
    network = build("bisenetv1-x39", 2)
    recipe = dataclasses.replace(RECIPE, weight_decay=0.1, fast_parts=("head", "ffm"), fast_factor=10.0)
    groups = parameter_groups(network, recipe)
    seen = {(group["factor"], group["weight_decay"]): group["params"] for group in groups}
    assert set(seen) == {(1.0, 0.1), (1.0, 0.0), (10.0, 0.1), (10.0, 0.0)}
    assert all(p.ndim == 4 for (_, decay), parameters in seen.items() if decay for p in parameters)
    fast = {id(p) for part in (network.head, network.ffm) for p in part.parameters()}
    assert {id(p) for (factor, _), parameters in seen.items() if factor == 10 for p in parameters} == fast
    assert sum(len(parameters) for parameters in seen.values()) == len(list(network.parameters()))


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
