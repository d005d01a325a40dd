"""Recipes: strict keys, strict types, settings over them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bisenet.classes import load_classes
from bisenet.data.augmentation import Augmentation
from bisenet.errors import ConfigError
from bisenet.recipe import Recipe, load_recipe
from bisenet.resources import assets_dir
from bisenet.zoo import ARCHITECTURES, build

BUNDLED = sorted(path.stem for path in (assets_dir() / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_recipes_are_whole(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.architecture in ARCHITECTURES or recipe.init
    assert load_classes(recipe.classes).names
    if not recipe.init:
        with torch.device("meta"):
            network = build(recipe.architecture, len(load_classes(recipe.classes)), recipe.variant)
        names = [part for part, _ in network.named_modules()]
        assert set(recipe.fast_parts) <= set(names)
    assert (assets_dir() / "recipes" / f"{name}.yaml").read_text().startswith(f"# {name}: ")
    assert recipe.name in (name, "finetuned")


def test_settings_change_values_and_keep_types(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("name: r\narchitecture: bisenetv2\n")
    recipe = load_recipe(str(path), ["iterations=5", "learning_rate=1", "data_shares=[1, 3]", "init=street-x39"])
    assert recipe == Recipe(
        "r", "bisenetv2", iterations=5, learning_rate=1.0, data_shares=(1.0, 3.0), init="street-x39"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("learning_rat=1", r"unknown key 'learning_rat'; did you mean learning_rate\?"),
        ("iterations=many", "iterations must be int, got 'many'"),
        ("iterations=true", "iterations must be int, got True"),
        ("iterations=0", "iterations must be above 0"),
        ("batch_size=1", "batch_size must be at least 2"),
        ("precision=f8", "precision must be one of auto, f32, bf16, f16, got 'f8'"),
        ("data_shares=2", "data_shares must be a list"),
        ("loss=focal", "loss must be one of cross-entropy, mmseg-cross-entropy"),
        ("ohem_threshold=2", r"expected a threshold in \(0, 1\]"),
        ("warmup_from=0", "warmup_from lies in"),
        ("compile=1", "compile must be bool, got 1"),
        ("architecture=''", "give an architecture, or a model to start from"),
        ("iterations", "expected key=value"),
    ],
)
def test_wrong_settings_say_what_is_wrong(tmp_path: Path, setting: str, message: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("name: r\narchitecture: bisenetv2\n")
    with pytest.raises(ConfigError, match=message):
        load_recipe(str(path), [setting])


def test_missing_keys_and_files(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("iterations: 3\n")
    with pytest.raises(ConfigError, match="missing name"):
        load_recipe(str(path))
    with pytest.raises(ConfigError, match=r"no recipe 'nope': give a YAML file, or one of .*street-x39"):
        load_recipe("nope")


def test_what_a_recipe_leaves_out_is_what_the_augmentation_leaves_out() -> None:
    recipe = Recipe("r", "bisenetv2")
    assert recipe.augmentation() == Augmentation(recipe.crop_width, recipe.crop_height)
