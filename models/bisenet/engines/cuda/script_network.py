"""A model exported as TorchScript, on a card."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor

from bisenet.errors import EngineError
from bisenet.upsampling import Upsampling

_TRIALS = 3
"""Runs before it is measured: it watches the first ones, and compiles what it makes of them."""


class ScriptNetwork:
    """Runs a traced network, in float32: its constants are."""

    takes = torch.uint8
    # When it compiles is its own affair, and nothing may be compiled within a capture.
    capturable = False

    def __init__(self, path: Path, *, device: torch.device, precision: str, upsampling: Upsampling) -> None:
        """Raises EngineError when torch cannot read the file."""
        self.precision = precision
        self.upsampling = upsampling
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of TorchScript altogether
                module = torch.jit.load(str(path), map_location=device)  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise EngineError(f"torch cannot read {path}: {reason}") from error
        self._module: torch.jit.ScriptModule | None = module.eval()

    def prepare(self, inputs: Tensor) -> None:
        """See `CardNetwork.prepare`."""
        for _ in range(_TRIALS):
            self(inputs)

    def __call__(self, inputs: Tensor) -> Tensor:
        """See `CardNetwork.__call__`."""
        if self._module is None:
            raise EngineError("the engine is closed")
        logits: Tensor = self._module(inputs)
        return logits

    def close(self) -> None:
        """Free the weights."""
        self._module = None
