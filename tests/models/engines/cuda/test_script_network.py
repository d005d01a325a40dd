"""TorchScript on a card that is none."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from bisenet.engines import EngineInfo
from bisenet.engines.cuda.engine import CudaEngine
from bisenet.engines.cuda.script_network import ScriptNetwork
from bisenet.errors import EngineError
from bisenet.export.graphs import torchscript_graph
from bisenet.segmenter import Segmenter

from ..conftest import smooth
from .fake_card import FakeCard

INFO = EngineInfo("torch", "tiny", "cuda:0", "a card", "f32")


@pytest.fixture(scope="module")
def path(x39: Segmenter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("script") / "tiny.torchscript"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torchscript_graph(x39, (96, 64)), str(file))  # type: ignore[no-untyped-call]
    return file


def opened(path: Path) -> ScriptNetwork:
    return ScriptNetwork(path, device=torch.device("cpu"), precision="f32", upsampling="bilinear-corners")


def test_it_gives_the_classes_that_the_network_gives(path: Path, x39: Segmenter) -> None:
    card = FakeCard()
    with CudaEngine(opened(path), x39.card, INFO, (96, 64), card) as engine:
        several = [np.roll(smooth(97, 131), 9 * index, axis=1) for index in range(3)]
        for rgb, inferred in zip(several, engine.begin(several).wait(), strict=True):
            assert np.mean(inferred.labels != x39.segment(rgb, imgsz=(96, 64))) <= 0.005
    assert card.captured == 0


def test_damaged_files_and_closed_ones_are_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "m.torchscript").write_bytes(path.read_bytes()[:-200])
    with pytest.raises(EngineError, match=r"^torch cannot read .*m\.torchscript: ") as error:
        opened(tmp_path / "m.torchscript")
    assert "\n" not in str(error.value)
    network = opened(path)
    network.close()
    network.close()
    with pytest.raises(EngineError, match="the engine is closed"):
        network(torch.zeros(1, 64, 96, 3, dtype=torch.uint8))
