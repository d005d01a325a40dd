"""A network on a card by torch.compile, whose kernels Triton makes for the card."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import torch
import torch._dynamo
from torch import Tensor, nn

from bisenet.engines.cuda.card import is_out_of_memory
from bisenet.engines.cuda.torch_network import TorchNetwork
from bisenet.errors import EngineError
from bisenet.segmenter import Segmenter

_TRIALS = 3
"""Runs before a capture: the first one compiles."""
_SIZES = 64
"""Beyond that many compilations of one network torch runs it as it is, and does not say so; 8 unless it is told."""


class CompiledNetwork:
    """As `TorchNetwork`; how many kernels there are and how they are shaped is torch.compile's affair.

    Without its CUDA graphs, since `CudaEngine` makes its own of all around the network too.
    """

    capturable = True

    def __init__(self, model: Segmenter, *, device: torch.device, precision: str, say: Callable[[str], None]) -> None:
        """precision: f16, bf16 or f32. say: takes a line before it compiles. Raises EngineError without Triton."""
        if find_spec("triton") is None:
            raise EngineError("torch-compile needs Triton, which is not installed here: use --engine torch")
        # Not fused by hand: that would hide from the compiler what it could join.
        self._plain = TorchNetwork(model, device=device, precision=precision, fuse=False)
        self.precision = precision
        self.takes = self._plain.takes
        self.upsampling = self._plain.upsampling
        self._say = say
        self._compiled: Callable[[Tensor], Tensor] | None = torch.compile(
            _module_of(self._plain), mode="max-autotune-no-cudagraphs", dynamic=False, fullgraph=True
        )
        self._told: set[tuple[int, ...]] = set()

    def prepare(self, inputs: Tensor) -> None:
        """See `CardNetwork.prepare`; a minute or more for a size that torch has not compiled before on this machine."""
        if self._compiled is None:
            raise EngineError("the engine is closed")
        count, _, height, width = inputs.shape
        kind = min(count, 2), height, width
        if kind not in self._told:
            self._told.add(kind)
            more = "" if count == 1 else ", several at once"
            self._say(f"torch-compile: compiling for {width}x{height}{more}: about a minute, kept for later starts")
        if count > 1:  # for any number of them: a last batch that is not full must not cost a minute
            torch._dynamo.mark_dynamic(inputs, 0)
        try:
            with torch._dynamo.config.patch(recompile_limit=_SIZES):
                for _ in range(_TRIALS):
                    self(inputs)
        except RuntimeError as error:  # which most of the compiler's own are too
            if is_out_of_memory(error):
                raise
            raise EngineError(f"torch.compile cannot compile this network: {str(error).splitlines()[0]}") from error

    def __call__(self, inputs: Tensor) -> Tensor:
        """See `CardNetwork.__call__`."""
        if self._compiled is None:
            raise EngineError("the engine is closed")
        # What it leaves to cuDNN is to be as fast as there.
        with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False):
            return self._compiled(inputs)

    def close(self) -> None:
        """Free the weights."""
        self._compiled = None
        self._plain.close()


def _module_of(network: TorchNetwork) -> nn.Module:
    assert network.module is not None
    return network.module
