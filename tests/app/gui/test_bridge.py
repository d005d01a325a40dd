"""The bridge: newest result wins and is counted, no event is lost, nothing comes through an old entrance."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import make_result

from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.bridge import Bridge, Entrance
from bisenet_viewer.pipeline.events import Ended, Event, Failed


class Receiver(QObject):
    """Calls a function on the thread it was made on."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def receive(self) -> None:
        self._act()


def test_newest_result_wins_and_the_others_are_counted(qtbot: QtBot) -> None:
    bridge = Bridge()
    entrance = bridge.renew()
    results = [make_result(index) for index in range(3)]
    with qtbot.waitSignal(bridge.arrived):
        entrance.deliver(results[0])
    # The reader has been told; it is not told again before it has come.
    with qtbot.assertNotEmitted(bridge.arrived):
        entrance.deliver(results[1])
        entrance.deliver(results[2])
    assert bridge.take() is results[2]
    assert bridge.take() is None
    assert bridge.replaced == 2


def test_a_forgotten_result_is_not_counted() -> None:
    bridge = Bridge()
    entrance = bridge.renew()
    entrance.deliver(make_result(0))
    bridge.forget()
    entrance.deliver(make_result(1))
    assert bridge.replaced == 0


def test_old_entrances_are_shut() -> None:
    bridge = Bridge()
    old = bridge.renew()
    old.deliver(make_result(0))
    old.report(Ended())
    new = bridge.renew()
    old.deliver(make_result(1))
    old.report(Ended())
    assert (bridge.take(), bridge.take_events(), bridge.replaced) == (None, [], 0)
    new.report(Ended())
    assert bridge.take_events() == [Ended()]


def test_of_frames_too_the_newest_is_there_once(qtbot: QtBot) -> None:
    bridge = Bridge()
    entrance = bridge.renew()
    frames = [make_result(index).frame for index in range(3)]
    with qtbot.waitSignal(bridge.frame_arrived), qtbot.assertNotEmitted(bridge.arrived):
        entrance.deliver_frame(frames[0])
    with qtbot.assertNotEmitted(bridge.frame_arrived):
        entrance.deliver_frame(frames[1])
    assert bridge.take_frame() is frames[1]
    assert bridge.take_frame() is None
    entrance.deliver_frame(frames[2])
    bridge.forget()
    assert bridge.take_frame() is None
    entrance.deliver_frame(frames[2])
    bridge.renew()
    entrance.deliver_frame(frames[0])
    assert bridge.take_frame() is None
    assert bridge.replaced == 0


def test_events_and_results_from_threads(qtbot: QtBot) -> None:
    bridge = Bridge()
    entrance = bridge.renew()
    taken: list[int] = []
    events: list[Event] = []
    gui = threading.get_ident()
    readers: set[int] = set()

    def read() -> None:
        readers.add(threading.get_ident())
        events.extend(bridge.take_events())
        result = bridge.take()
        if result is not None:
            taken.append(result.frame.index)

    # A slot of an object that lives on the GUI thread, as the player's is.
    receiver = Receiver(read)
    bridge.arrived.connect(receiver.receive)
    fault = Failed(SourceError("gone"))

    def work(entrance: Entrance, first: int) -> None:
        for index in range(first, first + 200):
            entrance.deliver(make_result(index))
        entrance.report(fault)

    workers = [threading.Thread(target=work, args=(entrance, 1000 * k)) for k in range(4)]
    for worker in workers:
        worker.start()
    qtbot.waitUntil(lambda: len(events) == 4 and len(taken) + bridge.replaced == 800)
    for worker in workers:
        worker.join()
    assert readers == {gui}
    assert events == [fault] * 4
    assert len(set(taken)) == len(taken)
