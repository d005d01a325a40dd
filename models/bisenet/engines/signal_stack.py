"""The stack that signals are handled on, kept as it was.

OpenVINO gives the calling thread one when it compiles a model, and puts back what it found when that model is freed.
Two models that are not freed in the opposite order leave the thread with a stack that is gone, and the next signal
(Ctrl-C, the end of a child process) then ends the process (seen with 2026.4).
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class _Stack(ctypes.Structure):
    """stack_t of Linux, sigaltstack(2)."""

    _fields_ = (("ss_sp", ctypes.c_void_p), ("ss_flags", ctypes.c_int), ("ss_size", ctypes.c_size_t))


@contextmanager
def signal_stack_kept() -> Iterator[None]:
    """What this thread has before is what it has afterwards. Elsewhere than on Linux nothing is done."""
    if not sys.platform.startswith("linux"):
        yield
        return
    libc, before = ctypes.CDLL(None), _Stack()
    libc.sigaltstack(None, ctypes.byref(before))
    try:
        yield
    finally:
        libc.sigaltstack(ctypes.byref(before), None)
