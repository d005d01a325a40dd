"""PyTorch on the processor: a Segmenter's network eagerly, or one exported as TorchScript."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bisenet.deployed import DeployedNetwork
from bisenet.errors import EngineError
from bisenet.exported import ExportedModel
from bisenet.segmenter import Segmenter

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling


class TorchRunner:
    """Runs a module from uint8 pictures to float32 logits with so many threads, whatever else torch does here."""

    def __init__(
        self, module: Callable[[Tensor], Tensor], *, precision: str, upsampling: Upsampling, threads: int
    ) -> None:
        self._module = module
        self._threads = threads
        self.precision = precision
        self.upsampling = upsampling

    @classmethod
    def of_network(cls, model: Segmenter, *, precision: str, threads: int) -> TorchRunner:
        """Batch normalisation folded, channels-last; in float32 or bfloat16."""
        deployed = DeployedNetwork(model).cpu().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if precision == "bf16":
            deployed.network.to(torch.bfloat16)
            # Pictures are normalised in float32 first.
            deployed.network.register_forward_pre_hook(lambda _, inputs: (inputs[0].bfloat16(),))
        upsampling = model.network.logits_upsampling
        return cls(deployed, precision=precision, upsampling=upsampling, threads=threads)

    @classmethod
    def of_torchscript(cls, model: ExportedModel, *, threads: int) -> TorchRunner:
        """Raises EngineError when torch cannot read the file."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of TorchScript altogether
                module = torch.jit.load(str(model.path), map_location="cpu").eval()  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"torch cannot read {model.path}: {_first_line(error)}") from error
        return cls(module, precision="f32", upsampling=model.upsampling, threads=threads)

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Runner.run`."""
        with computing(self._threads):
            logits: NDArray[np.float32] = self._module(as_tensor(pictures))[0].numpy()
        return np.ascontiguousarray(logits)

    def close(self) -> None:
        """Free the network."""
        self._module = _closed


@contextmanager
def computing(threads: int) -> Iterator[None]:
    """For one call of a network with so many threads. Raises EngineError when it fails."""
    # The number of threads is the process's. It is set for the call alone, so that training or another engine beside
    # this one keep theirs; that costs under a microsecond.
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            yield
    except RuntimeError as error:
        raise EngineError(f"torch failed on the processor: {_first_line(error)}") from error
    finally:
        torch.set_num_threads(before)


def as_tensor(array: NDArray[Any]) -> Tensor:
    """The same memory, which nothing here writes to."""
    if array.flags.writeable:
        return torch.from_numpy(array)
    # from_numpy warns of read-only arrays, which decoders hand out.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(array)


def _closed(_: Tensor) -> Tensor:
    raise EngineError("the engine is closed")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
