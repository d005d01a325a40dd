"""Which sentence stands for which figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bisenet.engines import EngineInfo
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.numbers.advice import advice
from bisenet_viewer.gui.numbers.snapshot import CameraMode, Snapshot, SystemFigures
from bisenet_viewer.gui.numbers.stage_times import Spread
from bisenet_viewer.meters.gpu import GpuUsage

CPU = EngineInfo("openvino", "street-x39", "cpu", "A Processor", "f32")
CARD = EngineInfo("torch", "street-x39", "cuda:0", "A Card", "f16")


def stages(**ms: float) -> dict[str, Spread]:
    return {stage: Spread(value, 2 * value) for stage, value in ms.items()}


WELL = Snapshot(
    stages=stages(decode=3, pre=2, network=15, post=4, display=3),
    capture_fps=30,
    inference_fps=30,
    display_fps=30,
    nominal_fps=30,
    size=(1280, 720),
    engine=CPU,
)
SLOW = replace(WELL, stages=stages(decode=3, pre=3, network=84, post=5, display=2), inference_fps=11, display_fps=11)


def test_all_is_well() -> None:
    told = advice(WELL)
    assert (told.text, told.action, told.is_well) == ("All is well: 30 of 30 frames per second.", None, True)
    untold = advice(replace(WELL, nominal_fps=None))
    assert untold.text == "All is well: 30 of 30 frames per second."


def test_a_rate_is_never_measured_exactly() -> None:
    assert advice(replace(WELL, inference_fps=28, display_fps=27.5)).is_well


def test_before_frames_and_in_a_pause_nothing_is_blamed() -> None:
    assert advice(Snapshot()).text == "Waiting for frames."
    assert advice(replace(SLOW, is_playing=False)).text.startswith("Paused")


@pytest.mark.parametrize(
    ("engine", "help_"),
    [
        (CPU, "a smaller input size, an int8 model or a GPU"),
        (replace(CPU, precision="int8"), "a smaller input size or a GPU"),
        (CARD, "a smaller input size"),
    ],
)
def test_a_slow_network_is_named_with_what_helps(engine: EngineInfo, help_: str) -> None:
    told = advice(replace(SLOW, engine=engine))
    assert told.text == f"The network takes 84 of 97 ms: {help_} would help."
    assert told.action is Action.MODEL
    assert not told.is_well


def test_what_is_around_the_network_grows_with_the_picture() -> None:
    told = advice(replace(SLOW, size=(3840, 2160), stages=stages(decode=9, pre=20, network=15, post=40, display=4)))
    assert told.text == "Resizing and enlarging 3840×2160 takes 60 of 88 ms: smaller pictures would help."


def test_a_card_that_is_not_used() -> None:
    system = SystemFigures(gpu=GpuUsage(name="NVIDIA RTX 3060"))
    told = advice(replace(SLOW, system=system))
    assert "although a card is here (NVIDIA RTX 3060)" in told.text
    assert told.action is Action.DOCTOR
    assert "although" not in advice(replace(SLOW, system=system, engine=CARD)).text
    assert advice(replace(WELL, system=system)).is_well


def test_another_program_is_blamed_only_when_it_takes_much_and_frames_are_lost() -> None:
    busy = SystemFigures(own_cpu=0.3, all_cpu=0.97)
    assert advice(replace(SLOW, system=busy)).text.startswith("Another program uses 67 % of the processor")
    assert advice(replace(SLOW, system=replace(busy, own_cpu=0.8))).text.startswith("The network takes")
    assert advice(replace(WELL, system=busy)).is_well


def test_a_camera_that_could_give_more() -> None:
    camera = replace(WELL, is_live=True, capture_fps=5, inference_fps=5, display_fps=5, nominal_fps=5)
    other = advice(replace(camera, camera=CameraMode("mjpeg", 30, is_on=False)))
    assert other.text == "The camera gives 5 frames per second at 1280×720: in MJPG it can give 30."
    dark = advice(replace(camera, camera=CameraMode("mjpeg", 30, is_on=True)))
    assert dark.text == "The camera gives 5 of 30 frames per second: in more light it exposes faster."
    assert advice(replace(camera, camera=CameraMode("yuyv422", 5, is_on=True))).is_well


@pytest.mark.parametrize(
    ("decoder", "told"),
    [
        ("cpu", "it is decoded by the processor, hardware decoding is off"),
        ("cuda", "a smaller or less compressed recording would help"),
        (None, "a smaller or less compressed recording would help"),
    ],
)
def test_decoding_that_takes_longer_than_a_frame_lasts(decoder: str | None, told: str) -> None:
    slow = replace(
        WELL,
        size=(3840, 2160),
        stages=stages(decode=70, pre=4, network=10, post=12, display=4),
        capture_fps=14,
        inference_fps=14,
        display_fps=14,
        decoder=decoder,
    )
    assert advice(slow).text == f"Decoding 3840×2160 takes 70 of 100 ms: {told}."
    drawn = "Drawing the demo street takes 70 of 100 ms: recordings are decoded faster."
    assert advice(replace(slow, is_drawn=True)).text == drawn
    busy = SystemFigures(own_cpu=0.3, all_cpu=0.97)
    assert advice(replace(slow, system=busy)).text.startswith("Another program")


def test_a_source_that_sends_less_than_it_says() -> None:
    stream = replace(WELL, is_live=True, capture_fps=12, inference_fps=12, display_fps=12)
    assert advice(stream).text == "The source gives 12 of 30 frames per second; the network could do more."


def test_a_window_that_draws_slowly() -> None:
    slow = replace(WELL, display_fps=15, stages=stages(network=15, display=40))
    assert advice(slow).text == "The window draws slowly, 40 ms a frame: a smaller window would help."
    dropping = replace(WELL, display_fps=15)
    assert advice(dropping).text == "The window paints 15 of 30 segmented frames: a smaller window would help."
