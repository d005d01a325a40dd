"""The context path on every k-th frame: which frames share one, and that nothing else changes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

import bisenet
from bisenet.engines import open_engine
from bisenet.engines.context_reuse import ContextReuseRunner
from bisenet.errors import EngineError
from bisenet.segmenter import Segmenter


class Halves:
    """Count their calls; the logits tell which context they were made with."""

    def __init__(self) -> None:
        self.contexts = 0

    def context(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        del pictures
        self.contexts += 1
        return np.full((1, 1, 1, 1), self.contexts, np.float32)

    def detail(self, pictures: NDArray[np.uint8], context: NDArray[np.float32]) -> NDArray[np.float32]:
        del pictures
        return context


def picture(grey: int, width: int = 64) -> NDArray[np.uint8]:
    return np.full((1, 48, width, 3), grey, np.uint8)


def contexts_of(every: int, pictures: list[NDArray[np.uint8]]) -> list[int]:
    halves = Halves()
    runner = ContextReuseRunner(halves.context, halves.detail, every=every, precision="f32", upsampling="bilinear")
    return [int(runner.run(each)[0, 0, 0]) for each in pictures]


def test_frames_share_a_context_in_turn() -> None:
    assert contexts_of(3, [picture(80 + k) for k in range(7)]) == [1, 1, 1, 2, 2, 2, 3]


def test_a_cut_and_another_size_begin_anew() -> None:
    scenes = [picture(20), picture(25), picture(200), picture(205), picture(205, 32), picture(205, 32)]
    assert contexts_of(10, scenes) == [1, 1, 2, 2, 3, 3]


def test_a_closed_one_says_so() -> None:
    halves = Halves()
    runner = ContextReuseRunner(halves.context, halves.detail, every=2, precision="f32", upsampling="bilinear")
    runner.close()
    with pytest.raises(EngineError, match="closed"):
        runner.run(picture(0))


@pytest.mark.parametrize("engine", ["torch", "openvino"])
def test_the_frame_of_a_context_is_as_without_reuse(engine: str, smooth_video: list[NDArray[np.uint8]]) -> None:
    with open_engine(engine, "street-x39", imgsz=(96, 64), threads=1) as plain:
        expected = [plain.infer(rgb) for rgb in smooth_video]
    with open_engine(engine, "street-x39", imgsz=(96, 64), threads=1, context_every=2) as reusing:
        assert reusing.info.context_every == 2
        found = [reusing.infer(rgb) for rgb in smooth_video]
    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[2], expected[2])
    assert not np.array_equal(found[1], expected[1]), "the second frame was computed with a context of its own"
    assert (found[1] == expected[1]).mean() > 0.8


@pytest.fixture
def smooth_video() -> list[NDArray[np.uint8]]:
    """Three frames of a view that moves; a row of ramps and edges, so that several classes are found."""
    y, x = np.mgrid[:120, :220]
    world = np.stack([(x + y) % 256, (2 * x) % 200 + (y > 60) * 55, 255 - y], axis=-1).astype(np.uint8)
    return [np.ascontiguousarray(world[:, 8 * k : 180 + 8 * k]) for k in range(3)]


def test_what_has_no_two_paths_is_refused() -> None:
    network = Segmenter(bisenet.build("enet", 11).eval(), bisenet.load("street-x39").card)
    with pytest.raises(EngineError, match="no context path to keep"):
        open_engine("torch", network, context_every=2)
    with pytest.raises(EngineError, match=r"context_every 0 is out of range"):
        open_engine("torch", "street-x39", context_every=0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signal stacks are Linux's here")
def test_signals_are_handled_after_engines_were_closed_in_any_order() -> None:
    """In a process of its own: what went wrong here ended it."""
    code = """
import os, signal
from bisenet.engines import open_engine
signal.signal(signal.SIGCHLD, lambda *_: None)
first, second = (open_engine("openvino", "street-x39", imgsz=(96, 64), threads=1) for _ in range(2))
reusing = open_engine("openvino", "street-x39", imgsz=(96, 64), threads=1, context_every=2)
for engine in (first, reusing, second):
    engine.close()
    os.kill(os.getpid(), signal.SIGCHLD)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
