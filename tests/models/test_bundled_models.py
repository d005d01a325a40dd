"""The models in assets/weights: they load, their cards are whole and true, they tell the sky from the road."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bisenet
from bisenet.card import card_markdown
from bisenet.data.camvid import camvid
from bisenet.evaluate import evaluate
from bisenet.resources import assets_dir

WEIGHTS = assets_dir() / "weights"
NAMES = sorted(path.stem for path in WEIGHTS.glob("*.safetensors"))
STREETS = [name for name in NAMES if name.startswith("street-")]


def test_there_are_a_light_and_a_heavy_one_and_one_for_webcams() -> None:
    assert {"street-x39", "street-r18", "street-v2", "person-x39"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_cards_are_whole_and_the_readable_one_is_the_same(name: str) -> None:
    card = bisenet.load(name).card
    assert card.name == name
    assert card.licence
    assert {"data", "recipe", "history", "iterations", "val"} <= set(card.training)
    assert (WEIGHTS / f"{name}.md").read_text(encoding="utf-8") == card_markdown(card)


def test_the_cards_figure_is_what_is_measured(camvid_root: Path) -> None:
    # The light model alone: the heavy one takes a minute.
    model = bisenet.load("street-x39")
    report = evaluate(model.segment, model.card.classes, camvid(camvid_root, "val"), lambda numbers: numbers)
    assert report.miou == pytest.approx(model.card.training["val"]["miou"], abs=0.002)


def test_whole_people_are_told_from_what_is_behind_them(person_root: Path) -> None:
    model = bisenet.load("person-x39")
    files = camvid(person_root, "val")
    photographs = replace(files, pairs=files.pairs[:12])
    report = evaluate(model.segment, model.card.classes, photographs, lambda numbers: numbers)
    assert report.iou[1] > 0.7


@pytest.mark.parametrize("name", STREETS)
def test_a_plain_picture_of_a_road_under_a_sky(name: str) -> None:
    rng = np.random.default_rng(0)
    rgb = np.empty((360, 640, 3), np.uint8)
    rgb[:180] = (190, 205, 225)
    rgb[180:] = (95, 95, 98)
    rgb = np.clip(rgb + rng.normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)
    model = bisenet.load(name)
    labels = model.segment(rgb)
    names = model.card.classes.names
    assert np.mean(labels[:120] == names.index("sky")) > 0.9
    assert np.mean(labels[240:] == names.index("road")) > 0.9
