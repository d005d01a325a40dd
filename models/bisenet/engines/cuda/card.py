"""`Card`: all that engines ask of a CUDA card beyond tensors, in one place that tests can put another in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch
from torch import Tensor

from bisenet.errors import EngineError

PATIENCE_S = 20.0
"""A card that has not answered for so long is taken for lost: the longest network here takes a hundredth of it."""
_SPIN_S = 0.002
"""Frames are done sooner than that on most cards; to sleep takes a twentieth of a millisecond more than asked for."""
_NAP_S = 0.0001

_CAPTURING = threading.Lock()
"""To capture, torch first waits for the whole card and frees memory, neither of which may happen within another capture
of this process."""


class Event(Protocol):
    """A moment in the work of a stream."""

    def record(self) -> None:
        """The moment when all that the current stream has been given is done."""
        ...

    def query(self) -> bool:
        """Whether it has come."""
        ...

    def elapsed_ms(self, later: Event) -> float:
        """Between two that have come."""
        ...


class Stream(Protocol):
    """Work that is done in order."""

    def wait(self, event: Event) -> None:
        """Do nothing that comes after this before the event."""
        ...

    def wait_for_default(self) -> None:
        """Do nothing that comes after this before what others have given the default stream until now."""
        ...

    def current(self) -> AbstractContextManager[object]:
        """Within, what this thread asks for is done on the card's stream."""
        ...


class Card(Protocol):
    """A card. Streams, events and memory of it may be used from any thread, by one at a time."""

    @property
    def device(self) -> torch.device: ...

    def stream(self) -> Stream: ...

    def event(self) -> Event: ...

    def pinned(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        """Memory of the host that the card copies from and to by itself, not initialised."""
        ...

    def pool(self) -> object:
        """Memory for captured work; several pieces may share it that never run at once."""
        ...

    def capture(self, work: Callable[[], None], pool: object) -> Callable[[], None]:
        """Record what work launches on the current stream, and run it again on whatever is current then.

        The work has run before, and waits for nothing. What it reads and writes stays where it is.
        """
        ...

    def release_memory(self) -> None:
        """Give back what is kept for later."""
        ...


class CardLostError(EngineError):
    """The card does not answer; it will not for what comes later either."""


def wait_for(event: Event, name: str, *, patience_s: float = PATIENCE_S) -> None:
    """Wait until it has come, with other threads running. Raises CardLostError when it does not.

    To be woken by the driver instead is to wait for ever for a card that has fallen off its bus.
    """
    begun = time.monotonic()
    while not event.query():
        waited = time.monotonic() - begun
        if waited > patience_s:
            raise CardLostError(
                f"{name} has not answered for {patience_s:.0f} s: see the system's log; start again or use --device cpu"
            )
        time.sleep(0.0 if waited < _SPIN_S else _NAP_S)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether less would have worked; libraries beside torch have words of their own for it."""
    text = str(error).lower()
    if isinstance(error, torch.OutOfMemoryError) or "out of memory" in text or "alloc_failed" in text:
        return True
    # A capture that is broken off ends in an error of its own.
    return error.__context__ is not None and is_out_of_memory(error.__context__)


def open_card(device: torch.device) -> Card:
    """A CUDA device as a `Card`."""
    return _CudaCard(device)


class _CudaCard:
    def __init__(self, device: torch.device) -> None:
        self._device = torch.device("cuda", device.index or 0)

    @property
    def device(self) -> torch.device:
        return self._device

    def stream(self) -> Stream:
        return _CudaStream(self._device)

    def event(self) -> Event:
        return _CudaEvent()

    def pinned(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        # torch keeps what is let go of for the next: it costs microseconds, after the first time.
        return torch.empty(shape, dtype=dtype, pin_memory=True)

    def pool(self) -> object:
        return torch.cuda.graph_pool_handle()

    def capture(self, work: Callable[[], None], pool: object) -> Callable[[], None]:
        graph = torch.cuda.CUDAGraph()
        # "thread_local": what other threads allocate and launch on this card meanwhile breaks nothing.
        # On this stream, not on torch's own for captures, for which libraries would want other workspaces.
        stream = torch.cuda.current_stream(self._device)
        with (
            _CAPTURING,
            torch.cuda.graph(graph, pool=pool, stream=stream, capture_error_mode="thread_local"),  # type: ignore[arg-type]
        ):
            work()
        return graph.replay

    def release_memory(self) -> None:
        with _CAPTURING, torch.cuda.device(self._device):
            torch.cuda.empty_cache()


class _CudaStream:
    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def wait(self, event: Event) -> None:
        assert isinstance(event, _CudaEvent)
        self._stream.wait_event(event.event)

    def wait_for_default(self) -> None:
        self._stream.wait_stream(torch.cuda.default_stream(self._device))

    @contextmanager
    def current(self) -> Iterator[None]:
        with torch.cuda.device(self._device), torch.cuda.stream(self._stream):
            yield


class _CudaEvent:
    def __init__(self) -> None:
        self.event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]

    def record(self) -> None:
        self.event.record()

    def query(self) -> bool:
        return bool(self.event.query())  # type: ignore[no-untyped-call]

    def elapsed_ms(self, later: Event) -> float:
        assert isinstance(later, _CudaEvent)
        return float(self.event.elapsed_time(later.event))
