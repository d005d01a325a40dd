"""StopSignals: the first signal is a question, the second an order, and the handlers come back."""

from __future__ import annotations

import signal

import pytest

from bisenet.interrupt import StopSignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_is_noted_second_interrupts_and_handlers_come_back(number):
    before = signal.getsignal(number)
    with StopSignals() as stop:
        stop.check()
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            stop.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before
