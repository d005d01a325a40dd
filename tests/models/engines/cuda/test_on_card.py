"""`CudaEngine` on a real card: what no stand-in shows. Skipped without one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.engines import BlendTable, Engine, OverlappingEngine, open_engine
from bisenet.engines.cuda.fusing import fuse_activations
from bisenet.engines.cuda.pictures import Nv12Picture
from bisenet.errors import EngineError
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.layers import fold_batchnorm
from bisenet.segmenter import Segmenter, load
from bisenet.zoo import build

from ..conftest import smooth

pytestmark = pytest.mark.gpu

MODELS = ["street-x39", "street-r18"]
COLORS = YuvColors("bt709", full_range=False)


@pytest.fixture(scope="module")
def x39() -> Segmenter:
    return load("street-x39")


@pytest.fixture
def engine(x39: Segmenter) -> Iterator[OverlappingEngine]:
    with open_engine("torch", x39, device="cuda", imgsz=(320, 192)) as opened:
        assert isinstance(opened, OverlappingEngine)
        yield opened


def pictures(count: int, height: int = 360, width: int = 640) -> list[NDArray[np.uint8]]:
    """Each another one."""
    random = np.random.default_rng(count)
    base = smooth(height, width)
    return [np.roll(base, random.integers(0, width), axis=1) for _ in range(count)]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("size", [(720, 1280), (1024, 2048), (357, 643)])
def test_ids_are_those_of_float32(name: str, size: tuple[int, int]) -> None:
    model = load(name)
    rgb = smooth(*size)
    with open_engine("torch", model, device="cuda") as half, open_engine("torch", model, device="cpu") as whole:
        wanted = whole.infer(rgb)
        assert len(np.unique(wanted)) > 1
        assert np.mean(half.infer(rgb) != wanted) <= 0.005


def test_overlapping_rounds_never_see_each_others_pictures(engine: OverlappingEngine) -> None:
    given = pictures(60)
    wanted = [engine.infer(picture) for picture in given]
    scratch = np.empty_like(given[0])
    waiting = []
    for index, picture in enumerate(given):
        np.copyto(scratch, picture)
        waiting.append((index, engine.begin([scratch])))
        scratch.fill(index)  # the caller's again
        if len(waiting) > index % 3:
            at, pending = waiting.pop(0)
            assert (pending.wait()[0].labels == wanted[at]).all()
    for at, pending in waiting:
        assert (pending.wait()[0].labels == wanted[at]).all()


def test_pictures_of_a_batch_do_not_mix(engine: OverlappingEngine) -> None:
    given = pictures(8)
    wanted = [engine.infer(picture) for picture in given]
    for count in (1, 2, 5, 8):
        done = engine.begin(given[:count]).wait()
        for one, labels in zip(done, wanted, strict=False):
            # Another number of pictures may have another algorithm, and round otherwise.
            assert np.mean(one.labels != labels) <= 0.002


def test_pictures_on_the_card_are_read_and_drawn_there(engine: OverlappingEngine) -> None:
    rgb = smooth(360, 640)
    matrix, offset = COLORS.from_rgb()
    yuv = rgb.astype(np.float32) @ matrix.T + offset
    chroma = yuv.reshape(180, 2, 320, 2, 3).mean(axis=(1, 3))[..., 1:]
    # Rows as hardware decoders pad them.
    luma_rows = torch.zeros((360, 768), dtype=torch.uint8, device="cuda")
    chroma_rows = torch.zeros((180, 384, 2), dtype=torch.uint8, device="cuda")
    luma_rows[:, :640] = torch.from_numpy(yuv[..., 0].round().astype(np.uint8))
    chroma_rows[:, :320] = torch.from_numpy(chroma.round().astype(np.uint8))
    picture = Nv12Picture(luma_rows[:, :640], chroma_rows[:, :320], COLORS)
    everything = np.zeros((256, 4), np.uint8)
    everything[:] = (250, 10, 20, 255)
    (done,) = engine.begin([picture], blend=BlendTable(everything.tobytes())).wait()
    assert np.mean(done.labels != engine.infer(picture.rgb())) <= 0.01
    assert isinstance(done.drawn, Nv12Picture)
    assert done.drawn.luma.is_cuda
    assert np.abs(done.drawn.rgb() - np.array([250.0, 10, 20])).max() <= 4


def test_memory_does_not_grow_with_changing_sizes(engine: OverlappingEngine) -> None:
    sizes = [(120 + 24 * i, 200 + 40 * i) for i in range(8)]

    def round_trip() -> int:
        for size in sizes:
            engine.begin([smooth(*size)]).wait()
            engine.infer_scored(smooth(*size), confidence=True)
        torch.cuda.synchronize()
        return torch.cuda.memory_reserved()

    for _ in range(3):
        first = round_trip()
    for _ in range(10):
        last = round_trip()
    assert last <= first * 1.02


def test_short_memory_ends_in_smaller_rounds_or_in_one_line(x39: Segmenter) -> None:
    picture = smooth(1080, 1920)
    total = torch.cuda.get_device_properties(0).total_memory
    with open_engine("torch", x39, device="cuda", imgsz=(1920, 1088)) as engine:
        assert isinstance(engine, OverlappingEngine)
        wanted = engine.infer(picture)
        torch.cuda.empty_cache()
        try:
            torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 600e6) / total)
            done = engine.begin([picture] * 8).wait()
            assert all(np.mean(each.labels != wanted) <= 0.002 for each in done)
            assert engine.most_pictures < 8
            torch.cuda.set_per_process_memory_fraction(max(1e-6, torch.cuda.memory_reserved() / total))
            with pytest.raises(EngineError, match="out of memory: choose a smaller --imgsz"):
                engine.infer(smooth(2160, 3840))
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
        assert engine.infer(picture).shape == (1080, 1920)


def test_two_engines_run_side_by_side(x39: Segmenter) -> None:
    given = pictures(20)
    results: dict[int, list[NDArray[np.uint8]]] = {}

    def run(number: int, engine: Engine) -> None:
        results[number] = [engine.infer(picture) for picture in given]

    # Both capture their graphs while the other runs.
    engines = [open_engine("torch", x39, device="cuda", imgsz=(320, 192)) for _ in range(2)]
    threads = [threading.Thread(target=run, args=each) for each in enumerate(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for engine in engines:
        engine.close()
    assert all(np.mean(a != b) <= 0.002 for a, b in zip(results[0], results[1], strict=True))


@pytest.mark.parametrize(
    ("architecture", "variant"),
    [("bisenetv1-x39", "torchseg"), ("bisenetv1-r18", "torchseg"), ("bisenetv2", "coincheung")],
)
def test_fused_kernels_give_what_the_plain_ones_do(architecture: str, variant: str) -> None:
    torch.manual_seed(0)
    plain = build(architecture, 11, variant).eval()
    plain.aux_heads = torch.nn.ModuleList()
    fold_batchnorm(plain)
    fused = build(architecture, 11, variant).eval()
    fused.aux_heads = torch.nn.ModuleList()
    fold_batchnorm(fused)
    fused.load_state_dict(plain.state_dict())
    fuse_activations(fused)
    x = torch.randn(1, 3, 256, 512, device="cuda").contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        wanted = plain.cuda().to(memory_format=torch.channels_last)(x)
        found = fused.cuda().to(memory_format=torch.channels_last)(x)
    assert float((found - wanted).norm() / wanted.norm()) < 1e-4
