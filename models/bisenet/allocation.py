"""Memory that is let go and taken again at every step: it stays with the process."""

from __future__ import annotations

import ctypes
import sys

# malloc.h
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4
_TOP_PAD = 256 << 20


def keep_freed_memory() -> bool:
    """Let the C library keep what is freed, for the next step to take; False where it cannot be told so.

    glibc gives each large block back to the system, and its pages are cleared and mapped anew in the next step. A
    training step on the CPU takes 1.2 to 1.3 times as long for that (`benchmarks/training.py`). The price: the process
    stays as large as it once was. For the whole process, and for good.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return False
    settings = ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 2**31 - 1), (_M_TOP_PAD, _TOP_PAD))
    return all(mallopt(key, value) for key, value in settings)
