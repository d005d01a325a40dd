"""`Frame` and `Result`: pictures of the host and of a card travel alike."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.engines.cuda import pictures
from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.kernels.cuda.colors import YuvColors
from bisenet_viewer.frame import Frame, Result

PICTURE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
LABELS = np.zeros((4, 6), np.uint8)


def kept(level: int = 100, width: int = 6, height: int = 4) -> Nv12Picture:
    """A grey picture; the processor's memory stands for the card's."""
    luma = torch.full((height, width), level, dtype=torch.uint8)
    chroma = torch.full((height // 2, width // 2, 2), 128, dtype=torch.uint8)
    return Nv12Picture(luma, chroma, YuvColors("bt709", full_range=True))


def frame_of(pixels: NDArray[np.uint8] | Nv12Picture) -> Frame:
    return Frame(7, 14, Fraction(1, 10), 0.0, pixels)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[Nv12Picture]:
    """The pictures that were brought to the host, slowly."""
    found: list[Nv12Picture] = []
    inner = Nv12Picture.rgb

    def rgb(picture: Nv12Picture) -> NDArray[np.uint8]:
        found.append(picture)
        time.sleep(0.02)
        return inner(picture)

    monkeypatch.setattr(pictures.Nv12Picture, "rgb", rgb)
    return found


def test_an_array_is_its_own_rgb() -> None:
    frame = frame_of(PICTURE)
    assert frame.rgb is PICTURE
    assert frame.shape == (4, 6, 3)
    assert (frame.time_s, frame.decoder) == (1.4, None)
    assert repr(frame) == "Frame(index=7, time_s=1.400, 6x4)"


@pytest.mark.parametrize(
    "wrong", [PICTURE[..., 0], PICTURE.astype(np.float32), np.zeros((4, 6, 4), np.uint8)], ids=["grey", "float", "rgba"]
)
def test_other_arrays_are_refused(wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match=r"expected \(height, width, 3\) uint8"):
        frame_of(wrong)


def test_a_picture_on_the_card_is_not_touched_unless_its_rgb_is_asked_for(fetched: list[Nv12Picture]) -> None:
    frame = frame_of(kept())
    result = Result(frame, LABELS, {})
    assert result.frame.shape == (4, 6, 3)
    assert repr(frame) == "Frame(index=7, time_s=1.400, 6x4)"
    assert fetched == []
    assert (frame.rgb == 100).all()
    assert fetched == [frame.pixels]


def test_it_is_fetched_once_by_whatever_thread_and_however_often_the_frame_is_made_anew(
    fetched: list[Nv12Picture],
) -> None:
    frame = frame_of(kept())
    frames = [frame, replace(frame, index=8), replace(frame, pts=3, time_base=Fraction(1, 3))]
    ready = threading.Barrier(12)

    def fetch(k: int) -> NDArray[np.uint8]:
        ready.wait()
        return frames[k % 3].rgb

    with ThreadPoolExecutor(12) as pool:
        arrays = list(pool.map(fetch, range(12)))
    assert len(fetched) == 1
    assert all(array is arrays[0] for array in arrays)


def test_another_picture_is_fetched_anew(fetched: list[Nv12Picture]) -> None:
    frame = frame_of(kept(100))
    assert (frame.rgb == 100).all()
    other = replace(frame, pixels=kept(30))
    assert (other.rgb == 30).all()
    assert (replace(other, pixels=PICTURE).rgb == PICTURE).all()
    assert (replace(frame_of(PICTURE), pixels=kept(40)).rgb == 40).all()
    assert len(fetched) == 3


def test_a_card_that_fails_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_of(kept())
    with monkeypatch.context() as broken:
        broken.setattr(pictures.Nv12Picture, "rgb", lambda _: (_ for _ in ()).throw(RuntimeError("CUDA error")))
        with pytest.raises(RuntimeError, match="CUDA error"):
            _ = frame.rgb
    assert (frame.rgb == 100).all()


@pytest.mark.parametrize("pixels", [PICTURE, kept()], ids=["host", "card"])
def test_results_fit_their_frame(pixels: NDArray[np.uint8] | Nv12Picture) -> None:
    frame = frame_of(pixels)
    assert Result(frame, LABELS, {}, drawn=PICTURE).drawn is PICTURE
    assert Result(frame, LABELS, {}, drawn=kept()).drawn is not None
    with pytest.raises(ValueError, match=r"expected \(4, 6\) uint8, got \(6, 4\)"):
        Result(frame, LABELS.T, {})
    for wrong in (PICTURE[:2], kept(width=8)):
        with pytest.raises(ValueError, match=r"drawn over to be \(4, 6, 3\)"):
            Result(frame, LABELS, {}, drawn=wrong)


def test_frames_sinks_and_sources_start_without_torch() -> None:
    code = (
        "import sys\n"
        "import bisenet_viewer.frame, bisenet_viewer.overlay, bisenet_viewer.sinks.video\n"
        "import bisenet_viewer.sources.files\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
