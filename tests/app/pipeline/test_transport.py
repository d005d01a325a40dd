"""`Transport`: where to read, when to let a frame go, and what may still be delivered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bisenet_viewer.pipeline import transport as transport_module
from bisenet_viewer.pipeline.transport import Start, Stopped, Transport
from bisenet_viewer.timing import Pacer, SystemClock

WAIT_S = 10.0


@pytest.fixture
def transport() -> Transport:
    return Transport(SystemClock())


def test_it_begins_at_the_beginning(transport):
    assert transport.await_start() == Start(0.0, generation=0)
    assert not transport.seek_wanted()


def test_the_newest_seek_wins_and_begins_a_generation(transport):
    transport.await_start()
    transport.seek(3.0)
    transport.seek(7.5)
    assert transport.seek_wanted()
    assert transport.await_start() == Start(7.5, generation=2)
    assert transport.is_current(2)
    assert not transport.is_current(1)


def test_a_stream_that_cannot_seek_has_one_generation(transport):
    transport.seek(4.0)
    transport.opened(seekable=False)
    transport.seek(5.0)
    assert transport.await_start() == Start(0.0, generation=1)
    assert not transport.seek_wanted()


def test_only_the_first_frame_is_let_go_in_a_pause(transport):
    transport.await_start()
    transport.ready()
    transport.pause()
    assert transport.await_release(0.0, first=True, pacer=None)
    assert transport.admits(first=True)
    assert not transport.admits(first=False)
    transport.resume()
    assert transport.await_release(0.1, first=False, pacer=None)
    assert transport.admits(first=False)


@pytest.mark.parametrize("held_by", ["the engine", "a pause", "its time"])
@pytest.mark.parametrize("freed_by", ["seek", "stop"])
def test_a_frame_that_is_held_can_be_given_up(transport, held_by, freed_by):
    transport.await_start()
    pacer = Pacer(gap_s=1e6)
    pacer.due_at(0.0, SystemClock().monotonic())
    if held_by != "the engine":
        transport.ready()
    if held_by == "a pause":
        transport.pause()
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(transport.await_release, 1e5, first=False, pacer=pacer)
        if freed_by == "seek":
            transport.seek(1.0)
            assert held.result(WAIT_S) is False
        else:
            transport.stop()
            with pytest.raises(Stopped):
                held.result(WAIT_S)


def test_stop_is_told_apart_from_a_second_one(transport):
    assert transport.stop()
    assert not transport.stop()
    assert transport.stopped


WAITING: dict[str, Callable[[Transport], object]] = {
    "check": Transport.check,
    "await_start": Transport.await_start,
    "seek_wanted": Transport.seek_wanted,
    "await_release": lambda transport: transport.await_release(0.0, first=True, pacer=None),
    "admits": lambda transport: transport.admits(first=True),
    "opened": lambda transport: transport.opened(seekable=True),
}


@pytest.mark.parametrize("name", WAITING)
def test_after_a_stop_every_question_ends_the_thread(transport, name):
    transport.stop()
    with pytest.raises(Stopped):
        WAITING[name](transport)


def test_stop_wakes_who_waits_for_a_seek(transport):
    transport.await_start()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(transport.await_start)
        transport.stop()
        with pytest.raises(Stopped):
            waiting.result(WAIT_S)


def test_nothing_old_is_delivered_and_nothing_after_a_stop(transport):
    with transport.delivery(0) as wanted:
        assert wanted
    transport.seek(1.0)
    with transport.delivery(0) as wanted:
        assert not wanted
    with transport.delivery(1) as wanted:
        assert wanted
    transport.stop()
    with transport.delivery(1) as wanted:
        assert not wanted


def test_a_seek_returns_after_the_delivery_that_was_under_way(transport):
    order = []
    delivering = threading.Event()

    def deliver() -> None:
        with transport.delivery(0):
            delivering.set()
            # Only the seek wakes this.
            transport.await_start()
            order.append("delivered")

    transport.await_start()
    with ThreadPoolExecutor(1) as pool:
        delivery = pool.submit(deliver)
        assert delivering.wait(WAIT_S)
        transport.seek(1.0)
        order.append("sought")
        delivery.result(WAIT_S)
    assert order == ["delivered", "sought"]


def test_a_seek_waits_for_each_of_two_deliveries(transport):
    order = []
    ready, first_done = threading.Barrier(3, timeout=WAIT_S), threading.Event()

    def deliver(number: int) -> None:
        with transport.delivery(0):
            ready.wait()
            if number == 1:
                transport.await_start()  # only the seek wakes this
                first_done.set()
            else:
                assert first_done.wait(WAIT_S)
            order.append(number)

    transport.await_start()
    with ThreadPoolExecutor(2) as pool:
        deliveries = [pool.submit(deliver, number) for number in (1, 2)]
        ready.wait()
        transport.seek(1.0)
        order.append("sought")
        for delivery in deliveries:
            delivery.result(WAIT_S)
    assert sorted(order[:2]) == [1, 2]
    assert order[2] == "sought"


def test_a_loop_goes_back_within_its_generation(transport):
    transport.await_start()
    transport.loop((1.0, 2.0))
    assert not transport.loops_back(1.9, begun_s=0.0)
    assert transport.loops_back(2.0, begun_s=0.0)
    assert transport.await_start() == Start(1.0, generation=0)
    assert not transport.loops_back(5.0, begun_s=3.0)
    transport.set_loop_file(True)
    assert not transport.loops_back(5.0, begun_s=3.0)
    assert transport.loops_back(float("inf"), begun_s=3.0)
    assert transport.await_start() == Start(0.0, generation=0)
    assert transport.loops_back(float("inf"), begun_s=0.0)
    assert transport.await_start() == Start(1.0, generation=0)


def test_what_is_wanted_changes_one_by_one(transport):
    transport.want(confidence=True)
    transport.want(frames=True)
    assert (transport.wants_confidence, transport.wants_frames) == (True, True)
    transport.want(confidence=False)
    assert (transport.wants_confidence, transport.wants_frames) == (False, True)


def test_the_thread_that_delivers_may_seek(transport, monkeypatch):
    monkeypatch.setattr(transport_module, "_DELIVERY_S", WAIT_S)
    begun = time.monotonic()
    with transport.delivery(0):
        transport.seek(1.0)
    assert time.monotonic() - begun < WAIT_S / 2
    assert transport.is_current(1)
