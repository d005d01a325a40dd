"""TensorRT: engines that are built once, kept, found stale or damaged; what is said, and what is refused."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from bisenet.engines import EngineInfo
from bisenet.engines.cuda import tensorrt_cache
from bisenet.engines.cuda.engine import MOST_PICTURES, CudaEngine
from bisenet.engines.cuda.tensorrt_build import BATCHES, Progress, build_engine, logger_of, require
from bisenet.engines.cuda.tensorrt_cache import Purpose, is_kept, read_engine, write_engine
from bisenet.engines.cuda.tensorrt_network import TensorRtNetwork
from bisenet.engines.device import device_name
from bisenet.errors import EngineError
from bisenet.export import onnx_graph
from bisenet.segmenter import Segmenter

from ..conftest import smooth
from .conftest import HostStream
from .fake_card import FakeCard
from .fake_tensorrt import HEAD, FakeTensorRt

pytest.importorskip("onnx")

INFO = EngineInfo("tensorrt", "tiny", "cuda:0", "a card", "f16")
PURPOSE = Purpose("a card", (9, 0), "digest", (96, 64), "f16")
Opener = Callable[..., TensorRtNetwork]


@pytest.fixture(scope="module")
def graph(x39: Segmenter) -> bytes:
    return onnx_graph(x39, None)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, no_cuda: HostStream, empty_cache: Path) -> FakeTensorRt:
    del no_cuda, empty_cache
    made = FakeTensorRt()
    monkeypatch.setitem(sys.modules, "tensorrt", made)  # type: ignore[arg-type]
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def opener(module: FakeTensorRt, graph: bytes, x39: Segmenter, said: list[str]) -> Opener:
    del module

    def open_it(**options: object) -> TensorRtNetwork:
        wishes = {"digest": "digest", "device": torch.device("cpu"), "precision": "f16", "may_build": True}
        wishes |= {"say": said.append, **options}
        return TensorRtNetwork(lambda: (graph, x39.network.logits_upsampling), **wishes)  # type: ignore[arg-type]

    return open_it


def pictures(count: int, height: int = 64, width: int = 96) -> torch.Tensor:
    return torch.from_numpy(np.stack([np.roll(smooth(height, width), 7 * index, axis=1) for index in range(count)]))


def test_it_gives_the_classes_that_the_network_gives(opener: Opener, x39: Segmenter) -> None:
    # It has learnt nothing, and its logits are close.
    with CudaEngine(opener(), x39.card, INFO, None, FakeCard()) as engine:
        for rgb in (smooth(64, 96), smooth(97, 131)):
            assert np.mean(engine.infer(rgb) != x39.segment(rgb)) <= 0.05
        several = [np.roll(smooth(64, 96), 9 * index, axis=1) for index in range(3)]
        for rgb, inferred in zip(several, engine.begin(several).wait(), strict=True):
            assert np.mean(inferred.labels != x39.segment(rgb)) <= 0.05


def test_logits_are_new_memory_with_each_call(opener: Opener) -> None:
    network, inputs = opener(), pictures(1)
    network.prepare(inputs)
    first = network(inputs)
    kept = first.clone()
    network(pictures(1).flip(1))
    assert first.dtype == torch.float16
    assert torch.equal(first, kept)


def test_an_engine_is_built_once(opener: Opener, module: FakeTensorRt, said: list[str], empty_cache: Path) -> None:
    opener().open_size((96, 64))
    assert said[0].startswith("tensorrt: building an engine for 96x64, f16, on ")
    assert said[-1].startswith("tensorrt: built in ")
    said.clear()
    again = opener()
    again.open_size((96, 64))
    again.prepare(pictures(1))
    assert said == []
    assert len(module.builds) == 1
    assert [file.suffix for file in empty_cache.iterdir()] == [".tensorrt"]
    again.prepare(pictures(1, 32, 64))  # another size is another engine
    assert [build.profiles[0].shapes[0] for build in module.builds] == [(1, 64, 96, 3), (1, 32, 64, 3)]


@pytest.mark.parametrize("other", [{"digest": "other"}, {"capability": (7, 5)}])
def test_another_model_or_card_is_another_engine(
    opener: Opener, module: FakeTensorRt, other: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    opener().open_size((96, 64))
    if "capability" in other:
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: other.pop("capability", (7, 5)))
    opener(**{key: value for key, value in other.items() if key == "digest"}).open_size((96, 64))
    assert len(module.builds) == 2


def test_a_stale_engine_is_replaced(
    opener: Opener, monkeypatch: pytest.MonkeyPatch, empty_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opener().open_size((96, 64))
    newer = FakeTensorRt("10.17.0.1")
    monkeypatch.setitem(sys.modules, "tensorrt", newer)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        opener().open_size((96, 64))
    assert "is stale and will be built again: tensorrt 10.16.1.11 then, 10.17.0.1 now" in caplog.text
    assert len(newer.builds) == 1
    assert len(list(empty_cache.iterdir())) == 1
    opener().open_size((96, 64))
    assert len(newer.builds) == 1


def damaged(content: bytes) -> list[bytes]:
    header = content.index(HEAD)
    return [
        b"", content[:10], content[: header - 30], content[:-1], content[:-9] + b"\0" * 9,
        content.replace(b'"f16"', b'"f32"', 1),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", range(6))
def test_a_damaged_engine_is_replaced(
    opener: Opener, module: FakeTensorRt, empty_cache: Path, kind: int, caplog: pytest.LogCaptureFixture
) -> None:
    opener().open_size((96, 64))
    (file,) = empty_cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damaged(whole)[kind])
    with caplog.at_level(logging.WARNING):
        opener().open_size((96, 64))
    assert "damaged and will be built again" in caplog.text
    assert len(module.builds) == 2
    assert file.read_bytes() == whole


def test_an_engine_that_tensorrt_does_not_read_is_built_again(
    opener: Opener, module: FakeTensorRt, caplog: pytest.LogCaptureFixture
) -> None:
    opener().open_size((96, 64))
    purpose = Purpose(device_name(torch.device("cpu")), (9, 0), "digest", (96, 64), "f16")
    assert is_kept(purpose, module.__version__)
    write_engine(purpose, module.__version__, b"of another driver")
    with caplog.at_level(logging.WARNING):
        opener().open_size((96, 64))
    assert "TensorRT does not read an engine that it built: Serialization: version tag does not match" in caplog.text
    assert len(module.builds) == 2


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            {"build_error": "no kernel for\n  node 7"},
            "TensorRT cannot build an engine of this model: no kernel for node 7$",
        ),
        ({"parse_error": "node 3: unknown"}, "TensorRT does not take this model: node 3: unknown$"),
        ({"unreadable": True}, "TensorRT does not read the engine that it built: Serialization: version tag"),
    ],
)
def test_a_build_that_fails_leaves_nothing(
    opener: Opener, module: FakeTensorRt, fault: dict[str, object], message: str, empty_cache: Path
) -> None:
    for name, value in fault.items():
        setattr(module, name, value)
    with pytest.raises(EngineError, match=message):
        opener().open_size((96, 64))
    assert not empty_cache.exists()


def test_who_must_not_wait_gets_what_is_there(opener: Opener, module: FakeTensorRt) -> None:
    with pytest.raises(EngineError, match="there is no TensorRT engine for 96x64: --engine tensorrt builds one"):
        opener(may_build=False).open_size((96, 64))
    opener().open_size((96, 64))
    opener(may_build=False).open_size((96, 64))
    assert len(module.builds) == 1


def test_each_number_of_pictures_has_its_kernels(opener: Opener, module: FakeTensorRt) -> None:
    assert {count for least, _, most in BATCHES for count in range(least, most + 1)} == {*range(1, MOST_PICTURES + 1)}
    network = opener()
    for count in (1, 3, 8):
        network.prepare(pictures(count))
        network.prepare(pictures(count))  # once per round of buffers
    assert [(context.shape[0], context.profile) for context in module.contexts] == [(1, 0), (3, 1), (8, 1)]


def test_memory_that_runs_out_is_told_as_torch_tells_it(opener: Opener, module: FakeTensorRt) -> None:
    network = opener()
    network.prepare(pictures(1))
    module.run_error = "Error Code 2: OutOfMemory (no further information)"
    with pytest.raises(torch.OutOfMemoryError, match="TensorRT failed on cpu: Error Code 2"):
        network(pictures(1))
    module.run_error = "Error Code 1: Cuda Runtime"
    with pytest.raises(EngineError, match="TensorRT failed on cpu: Error Code 1: Cuda Runtime"):
        network(pictures(1))


def test_it_can_be_closed(opener: Opener) -> None:
    network = opener()
    network.prepare(pictures(1))
    network.close()
    network.close()
    with pytest.raises(EngineError, match="the engine is closed"):
        network(pictures(1))


@pytest.mark.parametrize(("version", "flags"), [("10.1.0", 2), ("10.16.1.11", 2), ("11.4.0.106", 0)])
def test_types_are_the_graphs_in_10_and_11(version: str, flags: int, graph: bytes, empty_cache: Path) -> None:
    del empty_cache
    module = FakeTensorRt(version)
    build_engine(module, logger_of(module), graph, (96, 64), say=lambda _: None)
    assert module.builds[0].flags == flags


def test_a_package_that_does_not_do_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(EngineError, match=r'^TensorRT is not installed: pip install "bisenet-viewer\[tensorrt\]"$'):
        require()
    monkeypatch.setitem(sys.modules, "tensorrt", FakeTensorRt("8.6.1"))  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=r"^TensorRT 8.6.1 is too old: 10.1 or newer is needed$"):
        require()

    def fail(_: str) -> object:
        raise OSError("libcudart.so.13: cannot open shared object file")

    monkeypatch.setattr("bisenet.engines.cuda.tensorrt_build.import_module", fail)
    with pytest.raises(EngineError, match=r"^TensorRT cannot be loaded: libcudart\.so\.13"):
        require()


# ---- progress ----


def test_it_says_now_and_then_how_far_it_is() -> None:
    now_s = [0.0]
    said: list[str] = []
    progress = Progress(said.append, lambda: now_s[0])
    progress.start("Building", None, 4)
    progress.step("Building", 0)
    for tactic in range(10):
        if tactic == 0:
            progress.start("Timing", "Building", 10)
        now_s[0] += 2
        progress.step("Timing", tactic)
    progress.finish("Timing")
    now_s[0] += 9
    progress.step("Building", 3)
    progress.finish("Building")
    progress.step("unheard of", 1)
    # One of four, and 3, 6, 9 tenths of the next.
    assert said == [
        "tensorrt: 32 % (Timing)",
        "tensorrt: 40 % (Timing)",
        "tensorrt: 47 % (Timing)",
        "tensorrt: 99 % (Building)",
    ]


def test_a_build_passes_its_progress_on(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    clock = iter(range(0, 1000, 10))
    module = FakeTensorRt()
    build_engine(module, logger_of(module), graph, (96, 64), say=said.append, clock=lambda: next(clock))
    assert said == ["tensorrt: 12 % (Timing)", "tensorrt: 75 % (Building)"]
    monkeypatch.delattr(FakeTensorRt, "IProgressMonitor")  # as before 10.0
    build_engine(module, logger_of(module), graph, (96, 64), say=said.append)
    assert len(said) == 2


# ---- the files ----


def test_what_was_not_used_for_longest_goes(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorrt_cache, "MOST_FILES", 2)
    purposes = [Purpose("a card", (9, 0), "digest", (96, 64 + 8 * index), "f16") for index in range(4)]
    for stamp, purpose in enumerate(purposes):
        write_engine(purpose, "10", b"engine")
        os.utime(purpose.file, (stamp, stamp))
    assert len(list(empty_cache.iterdir())) == 2
    assert [is_kept(purpose, "10") for purpose in purposes] == [False, False, True, True]


def test_a_file_is_found_by_its_purpose_alone(empty_cache: Path) -> None:
    assert not is_kept(PURPOSE, "10")
    write_engine(PURPOSE, "10", b"engine")
    assert is_kept(PURPOSE, "10")
    assert not is_kept(PURPOSE, "11")
    assert read_engine(PURPOSE, "10") == b"engine"
    (file,) = empty_cache.iterdir()
    file.write_bytes(b"something else")
    assert not is_kept(PURPOSE, "10")
    assert read_engine(PURPOSE, "10") is None


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(
    opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "file" / "below"))
    with caplog.at_level(logging.WARNING):
        network = opener()
        network.prepare(pictures(1))
    assert "cannot keep" in caplog.text
    assert network(pictures(1)).shape == (1, 5, 8, 12)
