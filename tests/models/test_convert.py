"""`bisenet convert`: files of others become files of ours, or are refused with a reason."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tests.models.reference import filled_state, rows_of
from torch import Tensor

import bisenet
from bisenet.card import IMAGENET_MEAN, ModelCard
from bisenet.classes import load_classes
from bisenet.cli import main
from bisenet.registry import load_registry

X39 = ("bisenetv1-x39", "torchseg")


@pytest.fixture(scope="module")
def city() -> dict[str, Tensor]:
    """A TorchSeg checkpoint for Cityscapes."""
    return filled_state(rows_of(*X39, 19))


def converted(tmp_path: Path, content: Any, *options: str) -> ModelCard:
    source = tmp_path / "theirs.pth"
    torch.save(content, source)
    assert main(["convert", str(source), "-o", str(tmp_path / "ours.safetensors"), *options]) == 0
    return bisenet.load(str(tmp_path / "ours.safetensors")).card


def refused(tmp_path: Path, content: Any, capsys: pytest.CaptureFixture[str], *options: str, code: int = 5) -> str:
    source = tmp_path / "theirs.pth"
    torch.save(content, source)
    assert main(["convert", str(source), "-o", str(tmp_path / "ours.safetensors"), *options]) == code
    assert not (tmp_path / "ours.safetensors").exists()
    message = capsys.readouterr().err
    assert message.startswith("bisenet: error: ")
    assert message.count("\n") == 1
    return message


def test_the_card_says_what_it_is(tmp_path: Path, city: dict[str, Tensor]) -> None:
    card = converted(tmp_path, city)
    assert (card.name, card.architecture, card.variant) == ("ours", *X39)
    assert card.classes == load_classes("cityscapes19")
    assert (card.mean, card.color_order, card.short_side) == (IMAGENET_MEAN, "RGB", 1024)
    origin = card.training["origin"]
    assert (origin["file"], origin["family"], len(origin["sha256"])) == ("theirs.pth", "torchseg", 64)


@pytest.mark.parametrize("wrapped", ["state_dict", "model", "module.", "safetensors"])
def test_wherever_the_training_code_put_the_weights(tmp_path: Path, city: dict[str, Tensor], wrapped: str) -> None:
    if wrapped == "safetensors":
        save_file(city, tmp_path / "theirs.safetensors")
        out = tmp_path / "ours.safetensors"
        assert main(["convert", str(tmp_path / "theirs.safetensors"), "-o", str(out)]) == 0
    elif wrapped == "module.":
        converted(tmp_path, {f"module.{key}": value for key, value in city.items()})
    else:
        converted(tmp_path, {wrapped: city, "optimizer": {"lr": 0.1}, "epoch": 3})
    network = bisenet.load(str(tmp_path / "ours.safetensors")).network
    assert torch.equal(network.state_dict()["head.classifier.weight"], city["heads.2.conv_1x1.weight"])


@pytest.mark.parametrize("form", ["0.x", "1.x"])
def test_the_files_own_class_list_wins(tmp_path: Path, form: str) -> None:
    names, palette = ["sea", "ship"], [[0, 0, 200], [200, 0, 0]]
    meta = {"CLASSES": names, "PALETTE": palette}
    if form == "1.x":
        meta = {"dataset_meta": {"classes": tuple(names), "palette": palette}}  # type: ignore[dict-item]
    state = filled_state(rows_of("bisenetv1-r18", "mmseg", 2))
    card = converted(tmp_path, {"state_dict": state, "meta": meta})
    assert card.classes.names == ("sea", "ship")
    assert card.classes.palette == ((0, 0, 200), (200, 0, 0))
    assert card.variant == "mmseg"


def test_a_known_list_in_the_file_is_that_list(tmp_path: Path, city: dict[str, Tensor]) -> None:
    meta = {"CLASSES": list(load_classes("cityscapes19").names), "PALETTE": [[1, 2, 3]] * 19}
    assert converted(tmp_path, {"model": city, "meta": meta}).classes == load_classes("cityscapes19")


def test_classes_that_nothing_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = filled_state(rows_of(*X39, 2))
    assert "has 2 classes and does not name them: give a class list" in refused(tmp_path, state, capsys)
    assert "has 2 classes, and the class list camvid11 11" in refused(tmp_path, state, capsys, "--classes", "camvid11")
    own = tmp_path / "own.yaml"
    own.write_text("name: own\nclasses:\n- {name: a, color: [1, 2, 3]}\n- {name: b, color: [4, 5, 6]}\n")
    assert converted(tmp_path, state, "--classes", str(own)).classes.names == ("a", "b")


def test_mean_and_std_of_coincheung_are_those_of_the_data_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = filled_state(rows_of("bisenetv1-r18", "coincheung", 19))
    card = converted(tmp_path, state)
    assert (card.mean, card.std) == ((0.3257, 0.369, 0.3223), (0.2112, 0.2148, 0.2115))
    (tmp_path / "ours.safetensors").unlink()
    other = filled_state(rows_of("bisenetv1-r18", "coincheung", 21))
    assert "give those of its configuration with --mean and --std" in refused(tmp_path, other, capsys, code=2)
    card = converted(tmp_path, other, "--mean", ".4,.5,.6", "--std", ".1,.2,.3", "--short-side", "320")
    assert (card.mean, card.std, card.short_side) == ((0.4, 0.5, 0.6), (0.1, 0.2, 0.3), 320)


def test_weights_trained_on_bgr_take_rgb(tmp_path: Path, city: dict[str, Tensor]) -> None:
    converted(tmp_path, city)
    plain = bisenet.load(str(tmp_path / "ours.safetensors")).network
    assert converted(tmp_path, city, "--color-order", "BGR", "--overwrite").color_order == "BGR"
    turned = bisenet.load(str(tmp_path / "ours.safetensors")).network
    x = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        torch.testing.assert_close(turned(x), plain(x.flip(1)), rtol=1e-4, atol=1e-4)


def test_a_file_of_the_registry_brings_its_facts(tmp_path: Path) -> None:
    entry = load_registry()["ade20k-v2-coincheung"]
    source = tmp_path / str(entry.filename)
    torch.save(filled_state(rows_of(entry.architecture, entry.variant, 150)), source)
    assert main(["convert", str(source), "-o", str(tmp_path / "ours.safetensors")]) == 0
    card = bisenet.load(str(tmp_path / "ours.safetensors")).card
    assert (card.mean, card.std, card.short_side) == (entry.mean, entry.std, entry.short_side)
    assert card.classes.name == "ade20k150"
    assert card.training["reported"]["miou"] == entry.miou
    torch.save(filled_state(rows_of("bisenetv1-r18", "mmseg", 150)), source)
    assert main(["convert", str(source), "-o", str(tmp_path / "ours.safetensors"), "--overwrite"]) == 5


class Bomb:
    """Unpickling it would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return (Path.touch, (self.path,))


def test_a_pickle_with_anything_but_data_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(tmp_path, {"state_dict": {}, "hook": Bomb(tmp_path / "exploded")}, capsys)
    assert "it is refused, since loading it could run code; where it was made, save model.state_dict() alone" in message
    (tmp_path / "theirs.pth").write_bytes(pickle.dumps(Bomb(tmp_path / "exploded"), protocol=2))
    assert main(["convert", str(tmp_path / "theirs.pth"), "-o", str(tmp_path / "ours.safetensors")]) == 5
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a checkpoint"),
        (b"hello, this is text", "is not a checkpoint"),
        (b"PK\x03\x04" + bytes(50), "is not a checkpoint, or is damaged"),
    ],
)
def test_files_that_are_no_checkpoints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    source = tmp_path / "theirs.pth"
    source.write_bytes(content)
    assert main(["convert", str(source), "-o", str(tmp_path / "ours.safetensors")]) == 5
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


def test_a_checkpoint_cut_short(tmp_path: Path, city: dict[str, Tensor], capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "theirs.pth"
    torch.save(city, source)
    source.write_bytes(source.read_bytes()[:-1000])
    assert main(["convert", str(source), "-o", str(tmp_path / "ours.safetensors")]) == 5
    assert "is not a checkpoint, or is damaged" in capsys.readouterr().err


def test_contents_that_are_no_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "holds no weights" in refused(tmp_path, torch.zeros(3), capsys)
    assert "is not a state_dict: epoch, lr hold no tensors" in refused(tmp_path, {"epoch": 1, "lr": 0.1}, capsys)
    numbers = filled_state(rows_of(*X39, 19))
    numbers["heads.2.conv_1x1.bias"][3] = float("nan")
    assert "head.classifier.bias holds numbers that are not finite" in refused(tmp_path, numbers, capsys)
    assert "no file" in _told(["convert", str(tmp_path / "none.pth"), "-o", str(tmp_path / "o.safetensors")], capsys)


def test_outputs_are_not_overwritten_in_silence(
    tmp_path: Path, city: dict[str, Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    converted(tmp_path, city)
    out = tmp_path / "ours.safetensors"
    before = out.read_bytes()
    assert main(["convert", str(tmp_path / "theirs.pth"), "-o", str(out)]) == 7
    assert "exists already: give another name, or --overwrite" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert main(["convert", str(tmp_path / "theirs.pth"), "-o", str(tmp_path / "ours.pth")]) == 2
    assert "ends in .safetensors" in capsys.readouterr().err


def test_a_converted_model_segments_as_the_original_would(tmp_path: Path, city: dict[str, Tensor]) -> None:
    converted(tmp_path, city)
    model = bisenet.load(str(tmp_path / "ours.safetensors"))
    rgb = np.random.default_rng(0).integers(0, 256, (72, 128, 3), dtype=np.uint8)
    labels = model.segment(rgb, imgsz=(128, 72))
    x = (torch.from_numpy(rgb).permute(2, 0, 1)[None] / 255 - torch.tensor(IMAGENET_MEAN).view(3, 1, 1)) / torch.tensor(
        model.card.std
    ).view(3, 1, 1)
    with torch.no_grad():
        logits = torch.nn.functional.interpolate(model.network(x), (72, 128), mode="bilinear", align_corners=True)
    assert float(np.mean(labels == logits.argmax(1)[0].numpy())) > 0.999


def test_card_of_a_converted_model_as_markdown(
    tmp_path: Path, city: dict[str, Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    card = converted(tmp_path, city)
    printed = capsys.readouterr().out
    assert f"| converted from | `theirs.pth` of torchseg, sha256 {card.training['origin']['sha256']} |" in printed
    assert json.loads(json.dumps(card.to_dict())) == card.to_dict()


def _told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 5
    return capsys.readouterr().err
