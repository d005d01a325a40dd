"""Several inputs at once, in processes of their own.

On the processor each input has its process, with its own model: threads would share one interpreter lock and one fate.
On a card they share a process and its engine, which takes their pictures together; every card has a process of its own.
A decoder that crashes takes its process along: where other inputs were in it, they are done again at the end, each
alone, so that the one that did it is the one that fails.

Which of the two it is shows when the first input's engine is open. Signals are for the parent alone, which tells the
jobs to stop; a job whose parent is gone stops as well.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait

from bisenet.errors import EngineError
from bisenet.interrupt import StopSignals
from bisenet_viewer import log
from bisenet_viewer.address import public
from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.progress import Board
from bisenet_viewer.segment.job import Settled, failed, interrupted
from bisenet_viewer.segment.options import SegmentOptions
from bisenet_viewer.segment.places import END_S, Place, Target, cause_of
from bisenet_viewer.segment.worker import Interrupted, OnCard, Told, work

_WAIT_S = 0.2


@dataclass(frozen=True, slots=True)
class _Input:
    """One that is to be done."""

    index: int
    options: SegmentOptions
    alone: bool = False
    """With no other in its process: it may be the one that crashes."""


@dataclass(slots=True)
class _Job:
    """An input that is being done."""

    input: _Input
    place: Place
    line: int
    """Of the board."""
    begun: float
    told_at: float | None = None
    """When it was told to stop."""

    @property
    def options(self) -> SegmentOptions:
        """What is wanted of the input."""
        return self.input.options

    @property
    def wall_s(self) -> float:
        """How long it has been at it."""
        return time.monotonic() - self.begun


class Workers:
    """Does inputs, `count` of them at once, on the processor or on all cards that may be used."""

    def __init__(
        self,
        inputs: Iterable[tuple[int, SegmentOptions]],
        count: int,
        *,
        board: Board,
        settle: Callable[[int, Settled], None],
        verbose: bool = False,
        target: Target = work,
    ) -> None:
        """inputs: with their numbers. settle: takes the number of each input that is over, and how it ended."""
        self._waiting = deque(_Input(index, options) for index, options in inputs)
        self._count = count
        self._board = board
        self._settle = settle
        self._verbose = verbose
        self._target = target
        # The first loads the model before the others do: what is fetched, converted or measured then, is so once.
        self._places = [Place()]
        self._is_spread = False
        self._is_ending = False
        """No input is to be begun any more."""
        self._jobs: dict[Connection, _Job] = {}

    def run(self, stop: StopSignals) -> None:
        """Do all of them. Raises KeyboardInterrupt after a signal, when the jobs have closed their files."""
        try:
            self._deal()
            while self._jobs:
                for connection in wait(list(self._jobs), _WAIT_S):
                    assert isinstance(connection, Connection)
                    self._hear(connection)
                if stop.asked:
                    self._tell_to_stop()
                self._deal()
        finally:
            for place in self._places:
                place.kill()
        stop.check()

    # Giving out inputs.

    def _deal(self) -> None:
        """Give what waits to whoever is free, and let those go who get nothing any more."""
        while self._waiting:
            places = [place for place in self._places if self._has_room(place, self._waiting[0])]
            if not places:
                break
            self._give(self._waiting.popleft(), min(places, key=lambda place: len(self._underway(place))))
        for place in self._places:
            if place.is_started and not self._underway(place) and (not self._waiting or place.inputs == 0):
                place.dismiss()

    def _has_room(self, place: Place, candidate: _Input) -> bool:
        underway = self._underway(place)
        if any(job.input.alone for job in underway):
            return False
        return len(underway) < (min(1, place.inputs) if candidate.alone else place.inputs)

    def _underway(self, place: Place) -> list[_Job]:
        return [job for job in self._jobs.values() if job.place is place]

    def _give(self, chosen: _Input, place: Place) -> None:
        if not place.is_started:
            place.start(self._target, self._verbose, place.inputs if self._is_spread else self._count)
        connection = place.free.pop()
        line = min(set(range(self._count)) - {job.line for job in self._jobs.values()})
        self._jobs[connection] = _Job(chosen, place, line, time.monotonic())
        self._send(connection, chosen.options)

    def _spread(self, on_card: OnCard | None, options: SegmentOptions) -> None:
        """The first engine works, on a card or else on the processor: let others begin."""
        self._is_spread = True
        first = self._places[0]
        if on_card is None:
            first.close_free()
            self._places += [Place() for _ in range(self._count - 1)]
            return
        cards = [on_card.card]
        if options.device in ("auto", "cuda"):
            cards += [card for card in range(on_card.cards) if card != on_card.card]
        del cards[self._count :]
        shares = [self._count // len(cards) + (k < self._count % len(cards)) for k in range(len(cards))]
        first.device, first.inputs = f"cuda:{on_card.card}", shares[0]
        self._places += [Place(share, f"cuda:{card}") for share, card in zip(shares[1:], cards[1:], strict=True)]

    # Hearing of them.

    def _hear(self, connection: Connection) -> None:
        # With a process that is gone, all its jobs are.
        if connection in self._jobs:
            try:
                self._take(connection, connection.recv())
            except (EOFError, OSError):
                self._bury(self._jobs[connection].place)

    def _take(self, connection: Connection, message: Told) -> None:
        job = self._jobs[connection]
        line = self._board.line(job.line)
        if isinstance(message, StreamInfo):
            line.expect(message)
        elif isinstance(message, str):
            line.say(message)
        elif isinstance(message, OnCard | int):
            if isinstance(message, int):
                line.advance(message)
            if not self._is_spread:
                self._spread(message if isinstance(message, OnCard) else None, job.options)
        elif isinstance(message, Interrupted):
            del self._jobs[connection]
            connection.close()
            self._settle(job.input.index, Settled(interrupted(job.options, job.wall_s)))
        else:
            del self._jobs[connection]
            job.place.free.append(connection)
            self._take_end(job, message)

    def _take_end(self, job: _Job, settled: Settled) -> None:
        others = [place for place in self._places if place is not job.place and place.inputs > 0]
        if isinstance(settled.fatal, EngineError) and job.place.device and others and not self._is_ending:
            # Of several cards one may be too old, too small, or lost.
            if job.place.inputs:
                log.tell(job.place.device, f"left out: {settled.fatal}")
            job.place.inputs = 0
            self._waiting.appendleft(job.input)
            return
        self._settle(job.input.index, settled)
        if settled.fatal is not None:
            self._end()

    def _bury(self, place: Place) -> None:
        """Its process is gone; what it told before that counts."""
        for connection in [each for each, job in self._jobs.items() if job.place is place]:
            with suppress(EOFError, OSError):
                while connection in self._jobs and connection.poll():
                    self._take(connection, connection.recv())
        lost = {connection: job for connection, job in self._jobs.items() if job.place is place}
        for connection in lost:
            del self._jobs[connection]
            connection.close()
        text = f"its process crashed ({cause_of(place.dismiss())})"
        for job in lost.values():
            if job.told_at is not None:
                self._settle(job.input.index, Settled(interrupted(job.options, job.wall_s)))
            elif len(lost) > 1 and not self._is_ending:
                log.tell(public(job.options.source), f"{text} with {len(lost) - 1} others: it is done again, alone")
                # What is there of its outputs is its own.
                again = replace(job.options, overwrite=True)
                self._waiting.append(_Input(job.input.index, again, alone=True))
            else:
                self._settle(job.input.index, Settled(failed(job.options, text, job.wall_s)))

    # The end.

    def _end(self) -> None:
        self._is_ending = True
        self._waiting.clear()

    def _tell_to_stop(self) -> None:
        self._end()
        for connection, job in self._jobs.items():
            if job.told_at is None:
                job.told_at = time.monotonic()
                self._send(connection, None)
            elif time.monotonic() - job.told_at > END_S:
                job.place.kill()

    def _send(self, connection: Connection, what: SegmentOptions | None) -> None:
        # A process that is gone is found by the end of its pipe.
        with suppress(OSError):
            connection.send(what)
