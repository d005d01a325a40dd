"""What `open_engine` opens on a card, what `auto` takes there, what cannot be had, and what is said."""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from bisenet.engines import Engine, open_engine, picking
from bisenet.engines.cuda import candidates, opening
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.network import CardNetwork
from bisenet.engines.cuda.tensorrt_network import TensorRtNetwork
from bisenet.engines.networks import GivenNetwork
from bisenet.engines.trial import fastest
from bisenet.errors import EngineError
from bisenet.export import onnx_graph
from bisenet.export.graphs import torchscript_graph
from bisenet.exported import ExportedModel
from bisenet.segmenter import Segmenter
from bisenet.upsampling import Upsampling

from ..conftest import smooth
from .conftest import HostStream
from .fake_card import FakeCard, FakeStream
from .fake_onnxruntime import CardSession, card_sessions, ort
from .fake_tensorrt import FakeTensorRt

pytest.importorskip("onnx")
__all__ = ["card_sessions"]

SIZE = (96, 64)
PIP_TENSORRT = '; TensorRT, which may be faster, comes with pip install "bisenet-viewer[tensorrt]"'
BUILDS = "; --engine tensorrt builds what may be faster, in minutes"


@pytest.fixture(scope="module")
def graph(x39: Segmenter) -> bytes:
    """The network, for any size."""
    return onnx_graph(x39, None)


@pytest.fixture(scope="module")
def script(x39: Segmenter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It as TorchScript, of one size."""
    path = tmp_path_factory.mktemp("script") / "tiny.torchscript"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torchscript_graph(x39, SIZE), str(path))  # type: ignore[no-untyped-call]
    return path


class Card(FakeCard):
    """For several engines, in turns."""

    def stream(self) -> FakeStream:
        return FakeStream(self, "a stream")


@pytest.fixture(autouse=True)
def card(
    monkeypatch: pytest.MonkeyPatch, no_cuda: HostStream, empty_cache: Path, graph: bytes, x39: Segmenter
) -> FakeCard:
    """There is one; what is installed beside torch is ONNX Runtime for processors."""
    del no_cuda, empty_cache
    made = Card()
    monkeypatch.setattr("bisenet.engines.opening.is_cpu", lambda name: name == "cpu")
    monkeypatch.setattr(opening, "resolve_device", lambda _: made.device)
    monkeypatch.setattr(opening, "open_card", lambda _: made)
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CPUExecutionProvider"])
    monkeypatch.setattr(GivenNetwork, "card_graph", lambda _: (graph, x39.network.logits_upsampling))
    return made


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch) -> object:
    """What is given where the processor is used."""
    made = object()
    monkeypatch.setattr("bisenet.engines.opening._on_processor", lambda *_: made)
    return made


@pytest.fixture
def tensorrt(monkeypatch: pytest.MonkeyPatch) -> FakeTensorRt:
    """It is installed."""
    made = FakeTensorRt()
    monkeypatch.setitem(sys.modules, "tensorrt", made)  # type: ignore[arg-type]
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def onnx_file(x39: Segmenter, graph: bytes, tmp_path: Path) -> ExportedModel:
    """It as ONNX, said to be of one size."""
    path = tmp_path / "tiny.onnx"
    path.write_bytes(graph)
    return ExportedModel(x39.card, path, "onnx", "f32", SIZE, x39.network.logits_upsampling)


@pytest.fixture
def int8_file(onnx_file: ExportedModel) -> ExportedModel:
    """Said to be quantised."""
    return replace(onnx_file, precision="int8")


def agrees(engine: Engine, model: Segmenter, imgsz: tuple[int, int] | None = None) -> bool:
    rgb = smooth(97, 131)
    return float(np.mean(engine.infer(rgb) != model.segment(rgb, imgsz=imgsz))) <= 0.05


# ---- what is opened ----


def test_torch_is_the_one_that_is_always_there(x39: Segmenter, said: list[str], card: FakeCard) -> None:
    with open_engine("auto", x39, say=said.append) as engine:
        assert isinstance(engine, CudaEngine)
        info = engine.info
        assert (info.engine, info.model, info.device, info.precision) == ("torch", "tiny", str(card.device), "f16")
        assert agrees(engine, x39)
    assert said == [f"engine: torch f16: the only one here for this model{PIP_TENSORRT}"]
    assert card.captured > 0


@pytest.mark.parametrize("precision", ["f16", "bf16", "f32"])
def test_what_was_asked_for_needs_no_words(x39: Segmenter, said: list[str], precision: str) -> None:
    with open_engine("torch", x39, device="cuda", precision=precision, say=said.append) as engine:
        assert (engine.info.precision, engine.info.reason) == (precision, "asked for")
    assert said == []


def test_onnxruntime_is_for_the_card_where_it_can(
    x39: Segmenter, card_sessions: type[CardSession], onnx_file: ExportedModel
) -> None:
    with open_engine("onnxruntime", x39) as engine:
        assert (engine.info.engine, engine.info.precision) == ("onnxruntime", "f16")
        assert agrees(engine, x39)
    with open_engine("auto", onnx_file, precision="f32") as engine:
        assert (engine.info.engine, engine.info.precision) == ("onnxruntime", "f32")
        assert agrees(engine, x39, SIZE)
    assert len(card_sessions.opened) == 2


def test_the_package_for_processors_is_for_processors(
    x39: Segmenter, onnx_file: ExportedModel, processor: object
) -> None:
    assert open_engine("onnxruntime", x39) is processor
    assert open_engine("auto", onnx_file) is processor
    with pytest.raises(EngineError, match="this ONNX Runtime is the one for processors: pip uninstall onnxruntime"):
        open_engine("onnxruntime", x39, device="cuda")
    with pytest.raises(EngineError) as error:
        open_engine("auto", onnx_file, device="cuda")
    assert str(error.value) == f"nothing here runs tiny on a card{PIP_TENSORRT}"


def test_tensorrt_is_built_when_it_is_asked_for(x39: Segmenter, tensorrt: FakeTensorRt, said: list[str]) -> None:
    with open_engine("tensorrt", x39, imgsz=SIZE, say=said.append) as engine:
        assert len(tensorrt.builds) == 1  # before the first picture
        assert (engine.info.engine, engine.info.precision, engine.info.reason) == ("tensorrt", "f16", "asked for")
        assert agrees(engine, x39, SIZE)
    assert said[0].startswith("tensorrt: building an engine for 96x64, f16")
    with open_engine("tensorrt", x39) as engine:
        assert agrees(engine, x39)  # its size is known when there is a picture
    assert len(tensorrt.builds) == 2


def test_exported_models_run_there_too(
    x39: Segmenter, tensorrt: FakeTensorRt, onnx_file: ExportedModel, script: Path
) -> None:
    with open_engine("tensorrt", onnx_file) as engine:
        assert (engine.info.precision, len(tensorrt.builds)) == ("f16", 1)
        assert agrees(engine, x39, SIZE)
    exported = ExportedModel(x39.card, script, "torchscript", "f32", SIZE, x39.network.logits_upsampling)
    with open_engine("auto", exported) as engine:
        assert (engine.info.engine, engine.info.precision) == ("torch", "f32")
        assert agrees(engine, x39, SIZE)


def test_an_int8_export_is_tensorrts(tensorrt: FakeTensorRt, int8_file: ExportedModel, processor: object) -> None:
    with pytest.raises(EngineError, match="this graph is not quantised"):  # it only says that it is
        open_engine("tensorrt", int8_file)
    assert not tensorrt.builds
    assert open_engine("auto", int8_file) is processor
    with pytest.raises(EngineError, match="tiny is quantised to int8: f16 needs the model that it was made of"):
        open_engine("tensorrt", int8_file, precision="f16")
    with pytest.raises(EngineError, match="onnxruntime runs on the processor, not on cuda"):
        open_engine("onnxruntime", int8_file, device="cuda")


def test_sizes_that_graphs_do_not_take_are_torchs(x39: Segmenter, tensorrt: FakeTensorRt) -> None:
    del tensorrt
    with open_engine("auto", x39, imgsz=(100, 60)) as engine:
        assert agrees(engine, x39, (100, 60))
    with pytest.raises(EngineError, match="imgsz 100x60: tensorrt can be given multiples of 8 only: choose 96x56"):
        open_engine("tensorrt", x39, imgsz=(100, 60))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"precision": "int8"},
            r"tiny is not quantised: .*--to onnx --precision int8 .* open that with --engine tensorrt$",
        ),
        ({"name": "tensorrt", "precision": "f32"}, "tensorrt cannot run tiny in f32 on a card: choose f16$"),
        ({"name": "onnxruntime", "device": "cuda", "precision": "bf16"}, "in bf16 on a card: choose f16 or f32$"),
        ({"name": "tensorrt"}, r'^TensorRT is not installed: pip install "bisenet-viewer\[tensorrt\]"$'),
        ({"context_every": 2}, "context_every is for the processor: leave it away on a card, or use --device cpu"),
    ],
)
def test_what_cannot_be_opened(x39: Segmenter, options: dict[str, object], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        open_engine(**{"name": "auto", "model": x39, **options})  # type: ignore[arg-type]


def test_bf16_is_for_cards_that_have_it(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 5))
    with pytest.raises(EngineError, match=r"has no arithmetic for bf16: choose f16$"):
        open_engine("auto", x39, precision="bf16")


def test_cards_before_turing_are_not_used(
    x39: Segmenter, onnx_file: ExportedModel, processor: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 0))
    assert open_engine("auto", x39) is processor
    assert open_engine("onnxruntime", onnx_file) is processor
    for name, device in (("auto", "cuda"), ("tensorrt", "auto")):
        with pytest.raises(EngineError, match=r"is older than Turing, .*: use --device cpu$"):
            open_engine(name, x39, device=device)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            torch.OutOfMemoryError("CUDA out of memory. Tried"),
            "is out of memory: end what else uses it, or use --device",
        ),
        (
            RuntimeError("CUDA error: no kernel image\nCUDA kernel errors"),
            r"failed: CUDA error: no kernel image; use --d",
        ),
    ],
)
def test_a_card_that_does_not_take_the_weights(
    x39: Segmenter, fault: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(GivenNetwork, "on_torch", fail)
    with pytest.raises(EngineError, match=message):
        open_engine("auto", x39)


# ---- what `auto` takes ----


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Timed:
    """A network that takes so long and finds nothing."""

    precision = "f16"
    upsampling: Upsampling = "bilinear"
    takes = torch.uint8
    capturable = True

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self.closed = False

    def prepare(self, inputs: Tensor) -> None:
        self(inputs)

    def __call__(self, inputs: Tensor) -> Tensor:
        assert not self.closed
        self._clock.now_s += self.seconds
        return torch.zeros(len(inputs), 5, inputs.shape[1] // 8, inputs.shape[2] // 8)

    def close(self) -> None:
        self.closed = True


class Field:
    """The engines by name, and how long they take for a picture."""

    def __init__(self, **seconds: float) -> None:
        self.clock = Clock()
        self.seconds = seconds
        self.networks: dict[str, Timed] = {}

    def open(self, given: object, engine: str, *rest: object, may_build: bool, say: object) -> CardNetwork:
        del given, rest, say
        assert not may_build
        if self.seconds[engine] < 0:
            raise EngineError(f"{engine} is broken")
        self.networks[engine] = Timed(self.clock, self.seconds[engine])
        return self.networks[engine]


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch, card_sessions: type[CardSession]) -> Field:
    del card_sessions
    made = Field(torch=0.004, onnxruntime=0.003, tensorrt=0.001)
    monkeypatch.setattr(candidates, "_network", made.open)
    monkeypatch.setattr(picking, "fastest", partial(fastest, clock=made.clock))
    return made


def test_the_fastest_is_taken_and_remembered(x39: Segmenter, field: Field, said: list[str]) -> None:
    with open_engine("auto", x39, say=said.append) as engine:
        assert engine.info.engine == "onnxruntime"
        assert engine.info.reason == "3.00 ms at 112x64; torch f16 4.00"
        assert field.networks["torch"].closed
        engine.infer(smooth(64, 96))
    assert field.networks["onnxruntime"].closed
    assert said == ["engine: onnxruntime f16: 3.00 ms at 112x64; torch f16 4.00"]
    field.networks.clear()
    with open_engine("auto", x39) as engine:
        assert engine.info.reason == "3.00 ms at 112x64; torch f16 4.00 (measured before)"
        engine.infer(smooth(64, 96))
    assert list(field.networks) == ["onnxruntime"]


@pytest.mark.usefixtures("field")
def test_another_card_or_driver_is_measured_anew(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("driver_version", 12000), ("driver_version", 13000), ("device_name", "another")):
        monkeypatch.setattr(opening, name, lambda *_, value=value: value)
        with open_engine("auto", x39) as engine:
            assert "measured before" not in engine.info.reason
        with open_engine("auto", x39) as engine:
            assert "measured before" in engine.info.reason


@pytest.mark.usefixtures("field")
def test_tensorrt_takes_part_where_its_engine_is_there(x39: Segmenter, tensorrt: FakeTensorRt) -> None:
    """`auto` builds nothing, and says what does."""
    with open_engine("auto", x39, imgsz=SIZE) as engine:
        assert engine.info.engine == "onnxruntime"
        assert engine.info.reason.endswith(BUILDS)
    with open_engine("auto", x39) as engine:
        assert engine.info.reason.endswith("; with --imgsz, --engine tensorrt builds what may be faster, in minutes")
    assert tensorrt.builds == []
    given = GivenNetwork(x39)
    built = TensorRtNetwork(
        given.card_graph, digest=given.digest, device=torch.device("cpu"), precision="f16", may_build=True, say=print
    )
    built.open_size(SIZE)
    with open_engine("auto", x39, imgsz=SIZE) as engine:
        assert engine.info.engine == "tensorrt"
        assert engine.info.reason == "1.00 ms at 96x64; onnxruntime f16 3.00, torch f16 4.00"
    with open_engine("auto", x39, imgsz=(96, 72)) as engine:
        assert engine.info.engine == "onnxruntime"


def test_what_fails_on_trial_is_left_out_and_told(x39: Segmenter, field: Field) -> None:
    field.seconds["onnxruntime"] = -1
    with open_engine("auto", x39) as engine:
        assert engine.info.engine == "torch"
        assert engine.info.reason.endswith("; onnxruntime f16 failed: onnxruntime is broken")
