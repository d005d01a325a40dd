"""Which candidate is tried next, and which is best: played through with machines of different speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisenet.engines import EngineInfo
from bisenet_viewer.gui.switching.tuned import InSettings, key_of, recall, remember
from bisenet_viewer.gui.switching.tuning import (
    SIZES,
    Candidate,
    best,
    candidates,
    fastest,
    goal_ms,
    next_to_try,
    sizes_for,
)
from bisenet_viewer.gui.work.settings_store import SettingsStore


def played(machine: dict[str, float], target_fps: float, *, fixed_ms: float = 0.0) -> list[Candidate]:
    """What is tried on a machine that takes so many ms for a million pixels, by precision; the last is the best."""
    choices = candidates(SIZES, tuple(machine))
    measured: dict[Candidate, float | None] = {}
    while (choice := next_to_try(choices, measured, target_fps)) is not None:
        assert choice not in measured
        measured[choice] = fixed_ms + machine[choice.precision] * choice.pixels / 1e6
    true_best = next(
        (c for c in choices if fixed_ms + machine[c.precision] * c.pixels / 1e6 <= goal_ms(target_fps)), None
    )
    assert best(choices, measured, target_fps) == true_best
    return list(measured)


@pytest.mark.parametrize("per_million", [5, 20, 45, 80, 100, 140, 300, 1000])
@pytest.mark.parametrize("fixed_ms", [0.0, 6.0])
def test_the_largest_size_that_reaches_the_target_is_found(per_million: float, fixed_ms: float) -> None:
    assert len(played({"auto": per_million}, 30, fixed_ms=fixed_ms)) <= 4


@pytest.mark.parametrize("f32", [30, 70, 110, 200, 500])
@pytest.mark.parametrize("gain", [1.0, 0.6, 0.35])
def test_size_comes_before_precision(f32: float, gain: float) -> None:
    tried = played({"f32": f32, "bf16": f32 * gain}, 25)
    assert len(tried) <= 7


def test_the_first_try_is_in_the_middle() -> None:
    assert next_to_try(candidates(), {}, 30) == Candidate((640, 360))


def test_a_tenth_of_the_time_is_spare() -> None:
    assert goal_ms(30) == pytest.approx(30.0)
    choices = [Candidate((640, 360))]
    assert best(choices, {choices[0]: 30.0}, 30) == choices[0]
    assert best(choices, {choices[0]: 31.0}, 30) is None
    with pytest.raises(ValueError, match="above 0"):
        goal_ms(0)


def test_what_cannot_be_run_is_not_tried_in_other_sizes() -> None:
    choices = candidates(SIZES, ("f32", "bf16"))
    measured: dict[Candidate, float | None] = {Candidate((640, 360), "bf16"): None, Candidate((640, 360), "f32"): 20.0}
    following = next_to_try(choices, measured, 30)
    assert following is not None
    assert following.precision == "f32"


def test_the_accurate_precision_wins_at_the_same_size() -> None:
    choices = candidates(((640, 360),), ("f32", "int8"))
    measured = {choices[0]: 20.0, choices[1]: 5.0}
    assert best(choices, measured, 30) == Candidate((640, 360), "f32")
    assert fastest(measured) == Candidate((640, 360), "int8")
    assert fastest({choices[0]: None}) is None


@pytest.mark.parametrize("picture", [(720, 1280), (640, 480), (1000, 1000), (3440, 1440)])
def test_sizes_keep_the_aspect_of_the_picture(picture: tuple[int, int]) -> None:
    for (width, height), standard in zip(sizes_for(picture), SIZES, strict=True):
        assert width % 8 == height % 8 == 0
        assert width / height == pytest.approx(picture[0] / picture[1], rel=0.05)
        assert width * height == pytest.approx(standard[0] * standard[1], rel=0.08)


@pytest.mark.parametrize("picture", [None, (1280, 720), (2048, 1024)])
def test_wide_pictures_have_the_usual_sizes(picture: tuple[int, int] | None) -> None:
    assert sizes_for(picture) == SIZES


class Shelf(dict[str, dict[str, object]]):
    """A store in memory."""

    def put(self, key: str, value: dict[str, object]) -> None:
        self[key] = value


def test_what_was_found_is_remembered() -> None:
    shelf, found = Shelf(), Candidate((640, 360), "bf16")
    assert recall(shelf, "a") is None
    remember(shelf, "a", found, "auto")
    assert recall(shelf, "a") == found
    assert recall(shelf, "b") is None


@pytest.mark.parametrize("damage", [{"imgsz": [640]}, {"imgsz": [640, 3]}, {"imgsz": None}, {"imgsz": ["x", 3]}])
def test_what_is_damaged_is_as_if_it_were_not_there(damage: dict[str, object]) -> None:
    shelf = Shelf()
    remember(shelf, "a", Candidate((640, 360)), "auto")
    shelf["a"] |= damage
    assert recall(shelf, "a") is None


@pytest.mark.usefixtures("qtbot")
def test_it_is_kept_in_the_settings(tmp_path: Path) -> None:
    settings = SettingsStore(tmp_path / "settings.json")
    key = key_of(EngineInfo("openvino", "street-x39", "cpu", "A Processor", "f32"))
    remember(InSettings(settings), key, Candidate((768, 448), "bf16"), "openvino")
    assert settings.close()
    again = SettingsStore(tmp_path / "settings.json")
    assert recall(InSettings(again), key) == Candidate((768, 448), "bf16")
    assert recall(InSettings(again), "another") is None
    assert again.close()
