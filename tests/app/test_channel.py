"""`Channel`: order, bounds, both policies, and waking whoever waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bisenet_viewer.channel import Channel, ChannelClosed

WAIT_S = 10.0


@pytest.fixture
def beside() -> Iterator[Callable[..., Future[object]]]:
    """Run something on another thread; the future is returned once that thread has begun."""
    with ThreadPoolExecutor(4) as pool:

        def submit(work: Callable[[], object]) -> Future[object]:
            begun = threading.Event()

            def run() -> object:
                begun.set()
                return work()

            future = pool.submit(run)
            assert begun.wait(WAIT_S)
            return future

        yield submit


@pytest.mark.parametrize("policy", ["newest", "wait"])
def test_items_come_in_their_order(policy):
    channel: Channel[int] = Channel(3, policy)
    assert [channel.put(item) for item in (1, 2, 3)] == [True, True, True]
    assert [channel.get() for _ in range(3)] == [1, 2, 3]
    assert channel.dropped == 0


def test_newest_pushes_the_oldest_out_and_counts_it():
    channel: Channel[int] = Channel(2, "newest")
    for item in range(5):
        assert channel.put(item)
    assert channel.dropped == 3
    assert [channel.get(), channel.get()] == [3, 4]


def test_wait_refuses_when_there_is_no_room_in_time():
    channel: Channel[int] = Channel(1, "wait")
    assert channel.put(1)
    assert not channel.put(2, timeout_s=0)
    assert channel.get() == 1
    assert channel.dropped == 0
    assert len(channel) == 0


def test_append_pushes_nothing_out_where_put_would():
    channel: Channel[int] = Channel(1, "newest")
    channel.put(1)
    assert not channel.append(2, timeout_s=0)
    assert channel.get() == 1
    assert channel.append(2, timeout_s=0)
    assert channel.get() == 2


def test_a_waiting_put_goes_on_when_there_is_room(beside):
    channel: Channel[int] = Channel(1, "wait")
    channel.put(1)
    put = beside(lambda: channel.put(2, WAIT_S))
    assert channel.get() == 1
    assert put.result(WAIT_S) is True
    assert channel.get() == 2


def test_a_waiting_put_goes_on_when_the_channel_is_cleared(beside):
    channel: Channel[int] = Channel(2, "wait")
    channel.put(1)
    channel.put(2)
    put = beside(lambda: channel.put(3, WAIT_S))
    assert channel.clear() == 2
    assert put.result(WAIT_S) is True
    assert channel.dropped == 0


def test_get_gives_up_in_time():
    assert Channel(1, "wait").get(0) is None


def test_a_waiting_get_takes_what_comes(beside):
    channel: Channel[int] = Channel(1, "newest")
    got = beside(lambda: channel.get(WAIT_S))
    channel.put(7)
    assert got.result(WAIT_S) == 7


def test_what_is_falsy_can_be_handed_over():
    channel: Channel[int] = Channel(1, "wait")
    channel.put(0)
    assert channel.get(0) == 0


def test_after_closing_what_is_here_can_be_taken_and_no_more():
    channel: Channel[int] = Channel(2, "wait")
    channel.put(1)
    channel.put(2)
    channel.close()
    channel.close()
    assert [channel.get(), channel.get()] == [1, 2]
    with pytest.raises(ChannelClosed):
        channel.get()


@pytest.mark.parametrize("policy", ["newest", "wait"])
def test_nothing_can_be_put_into_a_closed_channel(policy):
    channel: Channel[int] = Channel(1, policy)
    channel.close()
    for put in (channel.put, channel.append):
        with pytest.raises(ChannelClosed):
            put(1)
    assert len(channel) == 0


def test_closing_wakes_a_waiting_get(beside):
    channel: Channel[int] = Channel(1, "newest")
    got = beside(channel.get)
    channel.close()
    with pytest.raises(ChannelClosed):
        got.result(WAIT_S)


@pytest.mark.parametrize("method", ["put", "append"])
def test_closing_wakes_what_waits_for_room(beside, method):
    channel: Channel[int] = Channel(1, "wait")
    channel.put(1)
    put = beside(lambda: getattr(channel, method)(2))
    channel.close()
    with pytest.raises(ChannelClosed):
        put.result(WAIT_S)
    assert channel.get() == 1


def test_many_items_pass_between_two_threads_none_lost(beside):
    channel: Channel[int] = Channel(3, "wait")

    def put_all() -> None:
        for item in range(2000):
            channel.put(item)
        channel.close()

    def take_all() -> list[int | None]:
        taken = []
        try:
            while True:
                taken.append(channel.get(WAIT_S))
        except ChannelClosed:
            return taken

    taken = beside(take_all)
    beside(put_all)
    assert taken.result(WAIT_S) == list(range(2000))


def test_under_newest_every_item_is_either_taken_or_counted(beside):
    channel: Channel[int] = Channel(1, "newest")

    def put_all() -> None:
        for item in range(2000):
            channel.put(item)
        channel.append(-1)

    done = beside(put_all)
    taken = list(iter(lambda: channel.get(WAIT_S), -1))
    done.result(WAIT_S)
    assert taken == sorted(taken)
    assert taken[-1] == 1999
    assert len(taken) + channel.dropped == 2000


@pytest.mark.parametrize(("capacity", "policy"), [(0, "wait"), (-1, "newest"), (1, "oldest")])
def test_nonsense_is_refused(capacity, policy):
    with pytest.raises(ValueError, match="expected"):
        Channel(capacity, policy)


def test_a_nudge_wakes_the_taker_once(beside):
    channel: Channel[int] = Channel(1, "newest")
    taken = beside(channel.get)
    channel.nudge()
    assert taken.result(WAIT_S) is None
    channel.put(1)
    assert channel.get() == 1
    assert channel.get(0) is None


def test_what_waits_comes_before_a_nudge():
    channel: Channel[int] = Channel(1, "newest")
    channel.put(1)
    channel.nudge()
    channel.nudge()
    assert channel.get() == 1
    assert channel.get(WAIT_S) is None
    channel.nudge()
    channel.close()
    with pytest.raises(ChannelClosed):
        channel.get()
