"""Ctrl-C in the terminal closes the window."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QSocketNotifier


@contextmanager
def interrupts_call(act: Callable[[], object]) -> Iterator[None]:
    """While entered, SIGINT and SIGTERM call `act` on the GUI thread. Main thread only.

    Python runs signal handlers between two byte codes, and an event loop that waits runs none: a byte in a socket that
    Qt watches brings Python to run.
    """
    watched, written = socket.socketpair()
    with watched, written:
        watched.setblocking(False)
        written.setblocking(False)
        # PyQt's stubs want a voidptr where it takes a number.
        notifier = QSocketNotifier(watched.fileno(), QSocketNotifier.Type.Read)  # type: ignore[call-overload]
        notifier.activated.connect(lambda: watched.recv(64))
        previous_fd = signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
        previous = {
            number: signal.signal(number, lambda _number, _frame: act()) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(previous_fd)
            notifier.setEnabled(False)
