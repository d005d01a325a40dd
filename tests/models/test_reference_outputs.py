"""Our networks against the outputs of the public implementations, weights filled by the fixtures' rule."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.models.reference import described
from torch import Tensor, nn

import bisenet
from bisenet.cli import main
from bisenet.foreign import KEY_MAPS
from bisenet.inference import class_ids
from bisenet.layers import upsample
from bisenet.network import SegmentationNetwork

TOLERANCE = 1e-5
"""Of max|ref|."""
TRAIN_TOLERANCE = 1e-4
"""In train mode, where statistics over a few values amplify rounding: computed in float64 our outputs are up to 4.7e-5
from the float32 references, and in float32 0.2e-5 to 1.3e-5 by the CPU's kernels."""

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Family:
    fixture: str
    architecture: str
    variant: str
    heads: tuple[str, ...]
    """The fixture's names, in the order of `forward_train`."""
    pads: bool = False
    """Whether the reference enlarges by a factor, so that odd sizes come out padded."""


Case = tuple[Family, SegmentationNetwork, dict[str, Float]]

FAMILIES = [
    Family("torchseg_bisenet_x39", "bisenetv1-x39", "torchseg", ("main", "aux8", "aux16"), pads=True),
    Family("torchseg_bisenet_r18", "bisenetv1-r18", "torchseg", ("main", "aux8", "aux16"), pads=True),
    Family("coincheung_bisenetv1_r18", "bisenetv1-r18", "coincheung", ("main", "aux16to8", "aux32to16")),
    Family("mmseg_bisenetv1_r18", "bisenetv1-r18", "mmseg", ("main", "aux0", "aux1")),
    Family("coincheung_bisenetv2", "bisenetv2", "coincheung", ("main", "aux2", "aux3", "aux4", "aux5_4")),
    Family("mmseg_bisenetv2", "bisenetv2", "mmseg", ("main", "aux0", "aux1", "aux2", "aux3")),
]
INPUTS = {"in0": (0, (1, 3, 128, 256)), "in1": (1, (1, 3, 100, 180)), "train": (2, (4, 3, 64, 128))}


def picture(tag: str) -> Tensor:
    seed, shape = INPUTS[tag]
    values = np.random.Generator(np.random.PCG64(seed)).standard_normal(shape, dtype=np.float32)
    if tag == "train":
        values *= np.arange(1, shape[0] + 1, dtype=np.float32)[:, None, None, None]
    return torch.from_numpy(values)


def relative_error(ours: Tensor, reference: Float) -> float:
    values = ours.detach().numpy()
    if values.shape != reference.shape:  # large maps are stored every fourth row and column
        values = values[:, :, ::4, ::4]
    assert values.shape == reference.shape
    return float(np.abs(values - reference).max() / np.abs(reference).max())


@pytest.fixture(scope="module", params=FAMILIES, ids=lambda family: family.fixture)
def loaded(request: pytest.FixtureRequest, fixtures: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The reference's weights as `bisenet convert` writes them, loaded."""
    family: Family = request.param
    _, state = described(fixtures, family.fixture)
    folder = tmp_path_factory.mktemp(family.fixture)
    torch.save(state, folder / "theirs.pth")
    arguments = ["convert", str(folder / "theirs.pth"), "-o", str(folder / "ours.safetensors")]
    assert main(arguments) == 0
    model = bisenet.load(str(folder / "ours.safetensors"))
    assert (model.card.architecture, model.card.variant) == (family.architecture, family.variant)
    for module in model.network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    with np.load(fixtures / f"{family.fixture}.npz") as arrays:
        return family, model.network, dict(arrays)


@pytest.fixture
def case(loaded: Case) -> Case:
    """A copy: train mode changes the running statistics."""
    family, network, references = loaded
    return family, copy.deepcopy(network), references


@pytest.mark.parametrize("tag", INPUTS)
def test_logits_of_every_head(case: Case, tag: str) -> None:
    family, network, references = case
    if f"{tag}/main" not in references:
        pytest.skip(f"the reference does not take {tag}")
    network.train(tag == "train")
    with torch.no_grad():
        outputs = network.forward_train(picture(tag))
    errors = {
        head: relative_error(output, references[f"{tag}/{head}"])
        for head, output in zip(family.heads, outputs, strict=True)
    }
    print(f"{family.fixture} {tag}: worst {max(errors.values()):.1e}")
    assert max(errors.values()) <= (TRAIN_TOLERANCE if tag == "train" else TOLERANCE), errors


def test_inference_path_is_the_main_head(case: Case) -> None:
    _, network, references = case
    with torch.no_grad():
        logits = network.eval()(picture("in0"))
    assert relative_error(logits, references["in0/main"]) <= TOLERANCE


@pytest.mark.parametrize("tag", ["in0", "in1"])
def test_class_ids_at_full_size(case: Case, tag: str) -> None:
    family, network, references = case
    if f"{tag}/argmax" not in references:
        pytest.skip(f"the reference does not take {tag}")
    with torch.no_grad():
        logits = network.eval()(picture(tag))
    _, _, height, width = INPUTS[tag][1]
    size = (logits.shape[2] * 8, logits.shape[3] * 8) if family.pads else (height, width)
    sample = upsample(logits, size, network.logits_upsampling)[:, :, 3::16, 5::16]
    assert relative_error(sample, references[f"{tag}/main_full_sample"]) <= TOLERANCE
    ids = class_ids(logits, size, network.logits_upsampling).numpy()
    # Rounding may decide ties; anything more is another function.
    assert float(np.mean(ids != references[f"{tag}/argmax"])) < 1e-4


def test_running_statistics_after_one_training_step(case: Case) -> None:
    family, network, references = case
    network.train()
    with torch.no_grad():
        network.forward_train(picture("train"))
    after = {key.removeprefix("train/after/"): value for key, value in references.items() if "train/after/" in key}
    assert after
    ours_of = {theirs: ours for ours, theirs in KEY_MAPS[family.architecture, family.variant]}
    ours = network.state_dict()
    for theirs, reference in after.items():
        module, _, leaf = theirs.rpartition(".")
        np.testing.assert_allclose(ours[f"{ours_of[module]}.{leaf}"].numpy(), reference, rtol=1e-4, atol=1e-5)
