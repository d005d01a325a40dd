"""`GivenTwoPaths`: a network that an engine is opened for whose context is kept for some frames of a video."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bisenet.deployed import DeployedContext, DeployedDetail, DeployedNetwork
from bisenet.engines.context_reuse import ContextReuseRunner, Part
from bisenet.engines.networks import GivenNetwork
from bisenet.engines.openvino_runner import compiled, outcome, require
from bisenet.engines.runner import Runner
from bisenet.engines.torch_runner import as_tensor, computing
from bisenet.errors import EngineError
from bisenet.export.graphs import default_imgsz, openvino_of, quietly
from bisenet.network import TwoPathNetwork

if TYPE_CHECKING:
    from bisenet.segmenter import Segmenter


class GivenTwoPaths(GivenNetwork):
    """Its two halves are made for each start: they are not kept on disk as whole graphs are."""

    def __init__(self, model: Segmenter | str, every: int) -> None:
        """every: how many frames share a context. Raises CheckpointError, and EngineError for a network of one path."""
        super().__init__(model)
        self._every = every
        if not isinstance(self.segmenter().network, TwoPathNetwork):
            raise EngineError(f"{self.card.name} is {self.card.architecture}, which has no context path to keep")

    @cached_property
    def digest(self) -> str:
        """As that of the network, for this many frames."""
        return f"{super().digest}, context every {self._every}"

    def precisions(self, engine: str) -> tuple[str, ...]:
        """None for onnxruntime: what OpenVINO does there is enough."""
        return () if engine == "onnxruntime" else super().precisions(engine)

    def open(self, engine: str, precision: str, imgsz: tuple[int, int] | None, threads: int) -> Runner:
        """See `GivenNetwork.open`."""
        model = self.segmenter()
        whole = DeployedNetwork(model).cpu().eval()
        halves = DeployedContext(whole), DeployedDetail(whole)
        if engine == "torch":
            context, detail = (_torch_part(half, precision, threads) for half in halves)
        else:
            size = imgsz or default_imgsz(self.card.short_side)
            context, detail = _openvino_parts(*halves, size, precision=precision, threads=threads)
        upsampling = model.network.logits_upsampling
        return ContextReuseRunner(context, detail, every=self._every, precision=precision, upsampling=upsampling)


def _torch_part(half: nn.Module, precision: str, threads: int) -> Part:
    half.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def run(*inputs: NDArray[Any]) -> NDArray[np.float32]:
        with computing(threads), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            result: NDArray[np.float32] = half(*map(as_tensor, inputs)).float().numpy()
        return result

    return run


def _openvino_parts(
    context: nn.Module, detail: nn.Module, imgsz: tuple[int, int], **settings: Any
) -> tuple[Part, Part]:
    """imgsz: width and height of the picture that is followed through them."""
    require()
    import openvino

    pictures = torch.zeros(1, imgsz[1], imgsz[0], 3, dtype=torch.uint8)
    with quietly(), torch.no_grad():
        example = context(pictures)
        traced = [
            torch.jit.trace(half, inputs, check_trace=False)  # type: ignore[no-untyped-call]
            for half, inputs in ((context, (pictures,)), (detail, (pictures, example)))
        ]
    told = ("pictures", openvino.PartialShape([1, -1, -1, 3]), openvino.Type.u8)
    between = ("context", openvino.PartialShape([1, example.shape[1], -1, -1]), openvino.Type.f32)
    graphs = openvino_of(traced[0], [told], "context"), openvino_of(traced[1], [told, between], "logits")
    context_request, detail_request = (compiled(graph, **settings) for graph in graphs)
    return partial(outcome, context_request), partial(outcome, detail_request)
