"""`Plans`: those of the jobs that came last, and what is let go of when the card's memory does not suffice."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable

from bisenet.engines.cuda.card import Card, is_out_of_memory
from bisenet.engines.cuda.job import Job
from bisenet.engines.cuda.plan import Plan

KEPT = 8
"""Two sizes, of 1, 2, 4 and 8 pictures at once; a window needs fewer."""
_END_S = 2.0

_log = logging.getLogger(__name__)


class Plans:
    """Makes plans when they are first needed. Memory stays bounded: the one that has rested longest goes first."""

    def __init__(self, make: Callable[[Job, int], Plan], card: Card, rounds: int) -> None:
        """make: a plan for a job with so many rounds."""
        self._make = make
        self._card = card
        self.rounds = rounds
        """Of a plan made from now on; one when two do not fit."""
        self._plans: OrderedDict[Job, Plan] = OrderedDict()

    def of(self, job: Job) -> Plan:
        """The plan for a job. Raises EngineError, and what means that memory is short when nothing is left to go."""
        if job in self._plans:
            self._plans.move_to_end(job)
            return self._plans[job]
        if len(self._plans) >= KEPT:
            self._plans.popitem(last=False)[1].settle(_END_S)
            self._card.release_memory()  # what a graph held is given back only when asked for
        plan = self._made(job)
        self._plans[job] = plan
        return plan

    def forget(self, job: Job) -> None:
        """Let go of a plan that did not work."""
        if job in self._plans:
            self._plans.pop(job).settle(_END_S)
        self._card.release_memory()

    def clear(self) -> None:
        """Let go of all of them. Raises EngineError or RuntimeError when the card does not come to an end."""
        while self._plans:
            self._plans.popitem(last=False)[1].settle(_END_S)

    def _made(self, job: Job) -> Plan:
        """With less and less kept beside it."""
        while True:
            try:
                return self._make(job, self.rounds)
            except RuntimeError as error:
                if not is_out_of_memory(error) or not (self._plans or self.rounds > 1):
                    raise
            # Only here, outside: the error's traceback holds what was being made.
            if self._plans:
                _log.warning("%s is short of memory: sizes seen before are let go of", self._card.device)
                self.clear()
            else:
                _log.warning("%s is short of memory: frames are copied and computed in turn", self._card.device)
                self.rounds = 1
            self._card.release_memory()
