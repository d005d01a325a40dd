"""For back ends on a card: CUDA's streams and contexts that are none."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch


class HostStream:
    """Of torch.cuda: what it is asked to wait for is done already."""

    cuda_stream = 7

    def __init__(self, device: object = None) -> None:
        del device
        self.waited: list[object] = []

    def wait_stream(self, other: object) -> None:
        self.waited.append(other)


@pytest.fixture
def no_cuda(monkeypatch: pytest.MonkeyPatch) -> HostStream:
    """torch's own CUDA functions do nothing; the stream that is current. The card is as new as an H200."""
    current = HostStream()
    monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "current_stream", lambda _: current)
    monkeypatch.setattr(torch.cuda, "Stream", HostStream)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    return current
