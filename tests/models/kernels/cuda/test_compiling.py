"""Every kernel, as it is launched, compiles for every generation of cards, and keeps all it has in registers."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from bisenet.kernels.cuda.colors import YuvColors
from bisenet.kernels.cuda.input_maker import InputMaker
from bisenet.kernels.cuda.label_maker import LabelMaker

pytestmark = pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="no Triton")

CPU = torch.device("cpu")
GENERATIONS = {"Turing": 75, "Ampere": 80, "Ada": 89, "Hopper": 90, "Blackwell": 120}
TYPES = {torch.uint8: "*u8", torch.int32: "*i32", torch.float16: "*fp16", torch.float32: "*fp32"}


@dataclass
class Recorder:
    """In a kernel's place: keeps what it is launched with."""

    kernel: Any
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] | None = None

    def __getitem__(self, grid: tuple[int, int]) -> Callable[..., None]:
        assert min(grid) > 0

        def launch(*arguments: Any, **options: Any) -> None:
            self.arguments, self.options = arguments, options

        return launch

    def cubin(self, compute_capability: int) -> bytes:
        """Compiled as Triton would on such a card for these arguments."""
        import triton
        from triton.backends.compiler import GPUTarget
        from triton.compiler import ASTSource

        signature, constants, attributes = {}, {}, {}
        for place, (parameter, value) in enumerate(zip(self.kernel.params, self.arguments, strict=True)):
            special = not parameter.do_not_specialize
            if parameter.is_constexpr or value is None or (special and type(value) is int and value == 1):
                signature[parameter.name], constants[parameter.name] = "constexpr", value
                continue
            if isinstance(value, Tensor):
                signature[parameter.name] = TYPES[value.dtype]
            else:
                signature[parameter.name] = "i32" if isinstance(value, int) else "fp32"
            if isinstance(value, Tensor) or (special and isinstance(value, int) and value % 16 == 0):
                attributes[(place,)] = [["tt.divisibility", 16]]
        source = ASTSource(self.kernel, signature, constants, attributes)
        made = triton.compile(source, target=GPUTarget("cuda", compute_capability, 32), options=self.options)
        binary: bytes = made.asm["cubin"]
        return binary


def u8(*shape: int) -> Tensor:
    return torch.empty(shape, dtype=torch.uint8)


def make_input(method: str, picture: tuple[int, int], *arguments: Any) -> None:
    maker = InputMaker(picture, (1024, 512), mean=(0.3,) * 3, std=(0.2,) * 3, device=CPU, kernels="triton")
    getattr(maker, method)(*arguments, torch.empty(512, 1024, 3, dtype=torch.float16).permute(2, 0, 1))


def make_labels(method: str, *arguments: Any) -> None:
    """The harder case: three rows of cells in a block of pixels."""
    maker = LabelMaker((64, 128), (1080, 1920), "bilinear", device=CPU, kernels="triton")
    logits = torch.empty(64, 128, 19, dtype=torch.float16).permute(2, 0, 1)
    getattr(maker, method)(logits, u8(1080, 1920), *arguments)


PLANES = u8(1080, 1920), u8(540, 960, 2)
LAUNCHES: dict[str, tuple[str, str, Callable[[], None]]] = {
    "rgb": ("input_kernels", "rgb_kernel", lambda: make_input("write_rgb", (1080, 1920), u8(1080, 1920, 3))),
    "rgb, same size": ("input_kernels", "rgb_kernel", lambda: make_input("write_rgb", (512, 1024), u8(512, 1024, 3))),
    "nv12": (
        "input_kernels",
        "nv12_kernel",
        lambda: make_input("write_nv12", (1080, 1920), *PLANES, YuvColors("bt709", False)),
    ),
    "labels": ("label_kernels", "label_kernel", lambda: make_labels("write")),
    "confidence": (
        "label_kernels",
        "label_kernel",
        lambda: make_labels("write_with_confidence", u8(1080, 1920)),
    ),
    "overlay": (
        "label_kernels",
        "overlay_kernel",
        lambda: make_labels("write_overlay", u8(1080, 1920, 3), u8(256, 4), u8(1080, 1920, 3)),
    ),
    "nv12 overlay": (
        "label_kernels",
        "nv12_overlay_kernel",
        lambda: make_labels("write_overlay_nv12", *PLANES, u8(256, 4), *PLANES),
    ),
}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of NVIDIA's tools in Triton's package; what is compiled is kept for this run alone."""
    import triton

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRITON_CACHE_DIR", str(tmp_path_factory.mktemp("triton")))
        yield Path(triton.__file__).parent / "backends/nvidia/bin"


# Half a second each: those between differ little from their neighbours.
PAIRS = [(launch, generation) for launch in LAUNCHES for generation in ("Turing", "Hopper", "Blackwell")]
PAIRS += [(launch, generation) for launch in ("rgb", "labels") for generation in ("Ampere", "Ada")]


@pytest.mark.parametrize(("launch", "generation"), PAIRS)
def test_compiles_without_spilling(
    launch: str, generation: str, tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, call = LAUNCHES[launch]
    kernels = importlib.import_module(f"bisenet.kernels.cuda.{module}")
    recorder = Recorder(getattr(kernels, name))
    monkeypatch.setattr(kernels, name, recorder)
    call()
    file = tmp_path / "kernel.cubin"
    file.write_bytes(recorder.cubin(GENERATIONS[generation]))
    report = subprocess.run(
        [tools / "cuobjdump", "-res-usage", file], capture_output=True, text=True, check=True
    ).stdout
    registers, stack, local = (int(re.findall(rf"{what}:(\d+)", report)[0]) for what in ("REG", "STACK", "LOCAL"))
    assert (stack, local) == (0, 0)  # where registers would be spilled to
    assert registers <= 96  # five blocks of four warps at once on every card
