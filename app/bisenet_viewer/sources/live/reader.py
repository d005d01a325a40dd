"""`Reader`: the thread that connects and always reads, so that what waits in its one-slot mailbox is the newest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from bisenet_viewer.channel import Channel, ChannelClosed
from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.live.connection import Clock, Connection, Picture, StreamEnded
from bisenet_viewer.sources.live.memory import give_back
from bisenet_viewer.timing import Pacer

_JOIN_S = 1.5
"""More than one read of a stream that can be resumed."""

_WAITING = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection broke or was not made; nothing follows."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The stream is over; nothing follows."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A bug; nothing follows."""

    error: Exception


News = Picture | Lost | Finished | Broken


class Reader:
    """One connection, opened, read and closed on a thread named `reader`, which may be left behind if it hangs.

    pacer: holds pictures back until they are due. keeps_all: waits for its owner rather than leave a picture out.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        pacer: Pacer | None = None,
        *,
        keeps_all: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._connect = connect
        self._pacer = pacer
        self._clock = clock or Clock()
        self._mailbox: Channel[News] = Channel(_WAITING, "wait") if keeps_all else Channel(1, "newest")
        self._stop = threading.Event()
        self._connection: Connection | None = None
        # A daemon: a driver that never returns must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._thread.start()

    @property
    def connection(self) -> Connection | None:
        """None before it is made; of use for what it counts and is called."""
        return self._connection

    @property
    def overtaken(self) -> int:
        """Pictures that were left out because a newer one had come, or to catch up."""
        return self._mailbox.dropped + (0 if self._connection is None else self._connection.left_out)

    @property
    def damaged(self) -> int:
        return 0 if self._connection is None else self._connection.damaged

    def take(self, timeout_s: float) -> News | None:
        """The newest there is; None when nothing came for so long."""
        try:
            return self._mailbox.get(timeout_s)
        except ChannelClosed:
            return None

    def close(self) -> bool:
        """End the thread; False when foreign code holds it: it ends, and closes its connection, after that."""
        self.leave_behind()
        self._thread.join(_JOIN_S)
        return not self._thread.is_alive()

    def leave_behind(self) -> None:
        """As `close`, without waiting: for one that is known to hang."""
        self._stop.set()
        self._mailbox.close()

    def _run(self) -> None:
        last: News
        try:
            self._read_all()
        except SourceError as error:
            last = Lost(str(error))
        except StreamEnded:
            last = Finished()
        except ChannelClosed:
            return
        except Exception as error:  # noqa: BLE001  a thread's top function
            last = Broken(error)
        finally:
            give_back()
        try:
            # Waits for the last picture to be taken.
            self._mailbox.append(last)
        except ChannelClosed:
            if isinstance(last, Broken):
                _log.error("after it was closed", exc_info=last.error)

    def _read_all(self) -> NoReturn:
        with self._connect() as connection:
            self._connection = connection
            while not self._stop.is_set():
                for picture in connection.read():
                    self._mailbox.put(picture if self._pacer is None else self._paced(picture, self._pacer))
        raise ChannelClosed

    def _paced(self, picture: Picture, pacer: Pacer) -> Picture:
        """Hold a picture that came in a burst until it is due; its age counts from then."""
        now = self._clock.now()
        if picture.image.pts is None:
            return picture
        due = pacer.due_at(picture.image.time, now)
        self._stop.wait(max(0.0, due - now))
        return replace(picture, captured_at=max(due, now))
