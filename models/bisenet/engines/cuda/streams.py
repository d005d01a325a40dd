"""`Streams`: the three queues of a card that one engine uses."""

from __future__ import annotations

from dataclasses import dataclass

from bisenet.engines.cuda.card import Card, Stream


@dataclass(frozen=True, slots=True)
class Streams:
    """Copies go on under the computing. All networks compute on one stream: what they share is never used twice."""

    copying_in: Stream
    computing: Stream
    copying_out: Stream

    @classmethod
    def of(cls, card: Card) -> Streams:
        """New ones."""
        return cls(card.stream(), card.stream(), card.stream())
