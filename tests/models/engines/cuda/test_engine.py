"""`CudaEngine` by its contract, on a card that is none: buffers, rounds, memory and faults; kernels by their twins."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.engines import BlendTable, EngineInfo, OverlappingEngine
from bisenet.engines.cuda import card as card_module
from bisenet.engines.cuda import plans
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.engines.cuda.torch_network import TorchNetwork
from bisenet.errors import EngineError
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.segmenter import Segmenter

from ..conftest import smooth
from .fake_card import FakeCard

INFO = EngineInfo("torch", "tiny", "cuda:0", "a card", "f32")


class Network(TorchNetwork):
    """Has room for so many pictures at once, of all sizes together when they are prepared."""

    room = 1000
    prepared = 0

    def prepare(self, inputs: Tensor) -> None:
        if len(inputs) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.prepared += 1
        super().prepare(inputs)


@pytest.fixture
def card() -> FakeCard:
    return FakeCard()


@pytest.fixture
def network(x39: Segmenter) -> Network:
    return Network(x39, device=torch.device("cpu"), precision="f32")


@pytest.fixture
def engine(x39: Segmenter, network: Network, card: FakeCard) -> Iterator[CudaEngine]:
    with CudaEngine(network, x39.card, INFO, None, card) as opened:
        yield opened


def test_it_is_an_overlapping_engine(engine: CudaEngine) -> None:
    assert isinstance(engine, OverlappingEngine)
    assert engine.depth == 2
    assert engine.most_pictures == 8


@pytest.mark.parametrize("size", [(64, 96), (97, 131), (200, 90)])
def test_ids_are_the_segmenters(engine: CudaEngine, x39: Segmenter, size: tuple[int, int]) -> None:
    rgb = smooth(*size)
    for _ in range(3):  # made, and then with either of its buffers
        labels = engine.infer(rgb)
        assert labels.shape == size
        assert np.mean(labels != x39.segment(rgb)) <= 0.005


def test_arrays_may_lie_in_any_order(engine: CudaEngine) -> None:
    rgb = smooth(64, 96)
    for seen in (rgb[::-1], rgb[:, ::-1], rgb[..., ::-1], rgb.swapaxes(0, 1)):
        assert (engine.infer(seen) == engine.infer(seen.copy())).all()


def test_steps_are_captured_once_and_replayed(engine: CudaEngine, card: FakeCard) -> None:
    rgb = smooth(64, 96)
    for _ in range(5):
        engine.infer(rgb)
    assert card.captured == 6  # three steps for each of two rounds
    assert card.replayed == 15
    assert card.pools == 1


def test_a_network_that_cannot_be_captured_runs_as_it_is(
    engine: CudaEngine, card: FakeCard, x39: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Network, "capturable", False)
    rgb = smooth(64, 96)
    assert np.mean(engine.infer(rgb) != x39.segment(rgb)) <= 0.005
    assert np.mean(engine.infer(rgb) != x39.segment(rgb)) <= 0.005
    assert card.captured == 0


def test_pictures_are_taken_as_they_are_when_begun(engine: CudaEngine) -> None:
    first, second = smooth(64, 96), smooth(64, 96)[::-1].copy()
    wanted = [engine.infer(first), engine.infer(second)]
    picture = first.copy()
    one = engine.begin([picture])
    picture[:] = second
    other = engine.begin([picture])
    picture[:] = 0
    assert (other.wait()[0].labels == wanted[1]).all()
    assert (one.wait()[0].labels == wanted[0]).all()


def test_more_rounds_than_there_are_buffers_lose_nothing(engine: CudaEngine) -> None:
    pictures = [np.roll(smooth(64, 96), 7 * i, axis=1) for i in range(7)]
    wanted = [engine.infer(picture) for picture in pictures]
    begun = [engine.begin([picture]) for picture in pictures]
    for pending, labels in reversed(list(zip(begun, wanted, strict=True))):
        (done,) = pending.wait()
        assert (done.labels == labels).all()
        assert set(done.laps) == {"pre", "network", "post"}
        assert all(taken >= 0 for taken in done.laps.values())
        assert pending.wait()[0].labels is not None  # may be asked again


def test_copies_wait_for_what_they_copy_and_for_nothing_else(engine: CudaEngine, card: FakeCard) -> None:
    engine.infer(smooth(64, 96))
    card.log.clear()
    engine.infer(smooth(64, 96))
    recorded = {id(event): stream for what, stream, event in card.log if what == "record"}
    waits = [(stream, recorded[id(event)]) for what, stream, event in card.log if what == "wait"]
    assert waits == [("computing", "in"), ("out", "computing")]


def test_confidence_is_there_when_asked_for(engine: CudaEngine) -> None:
    rgb = smooth(64, 96)
    labels, sure = engine.infer_confidence(rgb)
    assert (labels == engine.infer(rgb)).all()
    assert sure.shape == labels.shape
    assert sure.min() >= 255 // 5 - 1  # of five classes the winner has a fifth at least
    assert sure.std() > 0
    scored = engine.infer_scored(rgb, confidence=True)
    assert (scored.labels == labels).all()
    assert scored.confidence is not None
    assert (scored.confidence == sure).all()
    best, probability = scored.scores.at(40, 30)[0]
    assert best == labels[30, 40]
    assert abs(probability * 255 - sure[30, 40]) <= 1
    assert engine.infer_scored(rgb).confidence is None


def test_laps_are_told(engine: CudaEngine) -> None:
    laps: dict[str, float] = {}
    engine.infer(smooth(64, 96), laps)
    assert set(laps) == {"pre", "network", "post"}


def table(color: tuple[int, int, int], alpha: int, *ids: int) -> BlendTable:
    rgba = np.zeros((256, 4), np.uint8)
    rgba[list(ids)] = (*color, alpha)
    return BlendTable(rgba.tobytes())


def test_classes_are_drawn_over_the_picture(engine: CudaEngine) -> None:
    rgb = smooth(64, 96)
    labels = engine.infer(rgb)
    shown = int(labels[30, 40])
    for opaque in (255, 128):  # the second time with another table in the same buffers
        (done,) = engine.begin([rgb], blend=table((250, 10, 20), opaque, shown)).wait()
        assert isinstance(done.drawn, np.ndarray)
        assert (done.labels == labels).all()
        assert (done.drawn[labels != shown] == rgb[labels != shown]).all()
        wanted = rgb * (1 - opaque / 255) + np.array([250, 10, 20]) * (opaque / 255)
        assert np.abs(done.drawn - wanted)[labels == shown].max() <= 1


def nv12(rgb: NDArray[np.uint8], colors: YuvColors) -> Nv12Picture:
    matrix, offset = colors.from_rgb()
    yuv = rgb.astype(np.float32) @ matrix.T + offset
    chroma = yuv.reshape(yuv.shape[0] // 2, 2, yuv.shape[1] // 2, 2, 3).mean(axis=(1, 3))[..., 1:]
    planes = (torch.from_numpy(plane.round().astype(np.uint8)) for plane in (yuv[..., 0], chroma))
    return Nv12Picture(*planes, colors)


def test_pictures_on_the_card_stay_there(engine: CudaEngine, card: FakeCard) -> None:
    colors = YuvColors("bt709", full_range=False)
    picture = nv12(smooth(64, 96), colors)
    (done,) = engine.begin([picture]).wait()
    assert np.mean(done.labels != engine.infer(picture.rgb())) <= 0.02
    assert ("wait for default", "in", None) in card.log
    (drawn,) = engine.begin([picture], blend=table((250, 10, 20), 255, *range(5))).wait()
    assert isinstance(drawn.drawn, Nv12Picture)
    assert np.abs(drawn.drawn.rgb() - np.array([250.0, 10, 20])).max() <= 4


def test_pictures_on_the_card_are_kept_while_it_reads_them(engine: CudaEngine) -> None:
    picture = nv12(smooth(64, 96), YuvColors("bt709", full_range=False))
    memory = weakref.ref(picture.luma)
    pending = engine.begin([picture])
    del picture
    assert memory() is not None
    pending.wait()
    assert memory() is None


def test_several_pictures_go_together(engine: CudaEngine) -> None:
    pictures = [np.roll(smooth(64, 96), 11 * i, axis=1) for i in range(3)]
    wanted = [engine.infer(picture) for picture in pictures]
    done = engine.begin(pictures, blend=table((0, 0, 0), 255, *range(5))).wait()
    assert [(each.labels == labels).all() for each, labels in zip(done, wanted, strict=True)] == [True] * 3
    assert all(isinstance(each.drawn, np.ndarray) and not each.drawn.any() for each in done)


def test_more_pictures_than_fit_at_once_are_done_in_parts(engine: CudaEngine) -> None:
    pictures = [np.roll(smooth(32, 40), i, axis=1) for i in range(11)]
    wanted = [engine.infer(picture) for picture in pictures]
    done = engine.begin(pictures).wait()
    assert [(each.labels == labels).all() for each, labels in zip(done, wanted, strict=True)] == [True] * 11


@pytest.mark.parametrize(
    "pictures",
    [
        [],
        [np.zeros((8, 8), np.uint8)],
        [np.zeros((8, 8, 3), np.float32)],
        [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 9, 3), np.uint8)],
        ["a picture"],
    ],
)
def test_what_does_not_go_together_is_refused(engine: CudaEngine, pictures: list[NDArray[np.uint8]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        engine.begin(pictures)


def test_only_the_sizes_that_came_last_are_kept(
    engine: CudaEngine, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [(32, 40 + 8 * i) for i in range(4)]
    monkeypatch.setattr(plans, "KEPT", 3)
    for size in sizes:
        engine.infer(smooth(*size))
    assert network.prepared == 8  # for either of two rounds
    for size in sizes[-3:]:
        engine.infer(smooth(*size))
    assert network.prepared == 8
    engine.infer(smooth(*sizes[0]))
    assert network.prepared == 10


def test_where_memory_is_short_fewer_pictures_go_together(
    engine: CudaEngine, network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = [np.roll(smooth(32, 40), i, axis=1) for i in range(8)]
    wanted = [engine.infer(picture) for picture in pictures]
    network.room = 3
    done = engine.begin(pictures).wait()
    assert [(each.labels == labels).all() for each, labels in zip(done, wanted, strict=True)] == [True] * 8
    assert engine.most_pictures == 2
    assert "at most 2 pictures at once" in caplog.text
    assert engine.depth == 1  # which was tried first


def test_where_memory_is_short_other_sizes_go_first(
    engine: CudaEngine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.infer(smooth(32, 40))
    held = [1]
    monkeypatch.setattr(Network, "prepare", lambda *_: held and _out_of_memory(held))
    engine.infer(smooth(32, 48))
    assert "sizes seen before are let go of" in caplog.text
    assert engine.depth == 2


def _out_of_memory(held: list[int]) -> None:
    held.pop()
    raise torch.OutOfMemoryError("CUDA out of memory")


def test_where_nothing_helps_it_says_what_does(engine: CudaEngine, network: Network) -> None:
    network.room = 0
    with pytest.raises(EngineError, match=r"a card is out of memory: choose a smaller --imgsz"):
        engine.infer(smooth(32, 40))
    network.room = 1
    assert engine.infer(smooth(32, 40)).shape == (32, 40)  # when somebody else has let go of some


def test_a_card_that_fails_is_told_once_and_stays_failed(engine: CudaEngine, card: FakeCard) -> None:
    pending = engine.begin([smooth(32, 40)])
    card.failure = RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with ...")
    for _ in range(2):
        with pytest.raises(EngineError, match=r"^cuda:0 failed: CUDA error: an illegal[^\n]*start again"):
            pending.wait()
    card.failure = None
    with pytest.raises(EngineError, match="illegal memory access"):
        engine.infer(smooth(32, 40))
    engine.close()


def test_a_card_that_hangs_is_not_waited_for_for_ever(
    engine: CudaEngine, card: FakeCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.infer(smooth(32, 40))
    pending = engine.begin([smooth(32, 40)])
    card.hangs = True
    clock = iter(range(0, 10_000, 5))
    monkeypatch.setattr(card_module.time, "monotonic", lambda: next(clock))
    with pytest.raises(EngineError, match="has not answered for 20 s"):
        pending.wait()
    asked = next(clock)
    with pytest.raises(EngineError, match="has not answered"):
        engine.infer(smooth(32, 40))
    engine.close()
    assert next(clock) == asked + 5  # nobody has waited any more


def test_closed_is_closed(engine: CudaEngine, network: Network, card: FakeCard) -> None:
    pending = engine.begin([smooth(32, 40)])
    engine.close()
    assert network.module is None
    assert card.released
    assert pending.wait()[0].labels.shape == (32, 40)  # what was begun belongs to whoever began it
    with pytest.raises(EngineError, match="closed"):
        engine.infer(smooth(32, 40))
    engine.close()
