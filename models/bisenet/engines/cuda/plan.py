"""`Plan`: one kind of job made ready on a card, its steps as CUDA graphs, with buffers for several rounds in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from bisenet.engines import BlendTable, Laps
from bisenet.engines.cuda.buffers import Buffers, Fetched
from bisenet.engines.cuda.card import PATIENCE_S, Card, Event, wait_for
from bisenet.engines.cuda.job import Job
from bisenet.engines.cuda.network import CardNetwork
from bisenet.engines.cuda.pictures import Picture
from bisenet.engines.cuda.streams import Streams
from bisenet.kernels.cuda.input_maker import InputMaker
from bisenet.kernels.cuda.label_maker import LabelMaker

STEPS = ("pre", "network", "post")


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Of the model's card; for levels of 0 to 1."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class Plan:
    """Runs one `Job`. Of its rounds, one may be copied in while another is computed and a third is copied out."""

    def __init__(
        self,
        job: Job,
        imgsz: tuple[int, int],
        network: CardNetwork,
        normalisation: Normalisation,
        card: Card,
        streams: Streams,
        *,
        rounds: int,
    ) -> None:
        """imgsz: (width, height) of the network's input. Raises EngineError, torch.OutOfMemoryError."""
        self.job = job
        self._card = card
        self._streams = streams
        normalised = network.takes != torch.uint8
        self._make_input = InputMaker(
            job.size,
            imgsz,
            mean=normalisation.mean if normalised else None,
            std=normalisation.std if normalised else None,
            device=card.device,
        )
        pool = card.pool() if network.capturable else None
        with torch.inference_mode(), streams.computing.current():
            self._rounds = deque(
                self._round(Buffers(job, imgsz, network.takes, card), network, pool) for _ in range(rounds)
            )
            ready = card.event()
            ready.record()
        # Others may copy into these buffers as soon as this returns, on a stream of their own.
        wait_for(ready, str(card.device))

    def _round(self, buffers: Buffers, network: CardNetwork, pool: object | None) -> Round:
        """Make the network's algorithms, kernels and memory ready, and capture what can be."""
        buffers.clear()
        network.prepare(buffers.inputs)
        logits = network(buffers.inputs)
        make_labels = LabelMaker(
            (logits.shape[2], logits.shape[3]), buffers.job.size, network.upsampling, device=self._card.device
        )
        if buffers.job.scores:
            buffers.scores = torch.empty(logits.shape, dtype=torch.float32, device=self._card.device)

        def pre() -> None:
            _make_inputs(self._make_input, buffers)

        def infer() -> None:
            nonlocal logits
            logits = network(buffers.inputs)

        def post() -> None:
            _make_results(make_labels, logits, buffers)

        steps = []
        for step in (pre, infer, post):
            step()
            # Where the network is not captured, its logits lie elsewhere each time: what reads them is not captured
            # either, and one graph alone saves nothing.
            steps.append(step if pool is None else self._card.capture(step, pool))
        return Round(buffers, steps, self._card, self._streams)

    def begin(self, pictures: Sequence[Picture], blend: BlendTable | None) -> Begun:
        """Start on the pictures with the buffers that have rested longest; waits for those to be free."""
        self._rounds.rotate(-1)
        return self._rounds[-1].begin(pictures, blend)

    def settle(self, patience_s: float) -> None:
        """Wait until nothing uses the buffers. Raises EngineError when that takes longer."""
        for each in self._rounds:
            each.settle(patience_s)


class Round:
    """Buffers, and the steps that work on them."""

    def __init__(self, buffers: Buffers, steps: Sequence[Callable[[], None]], card: Card, streams: Streams) -> None:
        self._buffers = buffers
        self._steps = steps
        self._card = card
        self._streams = streams
        self._copied = card.event()
        self._marks = [card.event() for _ in range(len(steps) + 1)]
        self._begun: Begun | None = None

    def settle(self, patience_s: float = PATIENCE_S) -> None:
        """Wait for what uses the buffers. Raises EngineError when that takes longer."""
        if self._begun is not None:
            self._begun.settle(patience_s)

    def begin(self, pictures: Sequence[Picture], blend: BlendTable | None) -> Begun:
        """Copy in, compute, copy out: each on the stream for it, after the one before."""
        self.settle()
        streams = self._streams
        with torch.inference_mode():
            if self._buffers.job.colors is not None:
                streams.copying_in.wait_for_default()  # which whoever made the pictures may have used
            with streams.copying_in.current():
                self._buffers.take_in(pictures, blend)
                self._copied.record()
            streams.computing.wait(self._copied)
            with streams.computing.current():
                self._marks[0].record()
                for step, mark in zip(self._steps, self._marks[1:], strict=True):
                    step()
                    mark.record()
            streams.copying_out.wait(self._marks[-1])
            with streams.copying_out.current():
                fetched = self._buffers.fetched()
                done = self._card.event()
                done.record()
        # Host pictures have been copied; those on the card have not, and must not be freed for others to use.
        kept = () if self._buffers.job.colors is None else tuple(pictures)
        self._begun = Begun(fetched, done, self._marks, kept, str(self._card.device))
        return self._begun


class Begun:
    """One round under way. Its marks are good until the next round with these buffers, which settles it."""

    def __init__(
        self, fetched: Fetched, done: Event, marks: Sequence[Event], kept: tuple[Picture, ...], name: str
    ) -> None:
        """kept: what the card still reads."""
        self.fetched = fetched
        """To be read when it has been settled."""
        self._done = done
        self._marks = marks
        self._kept = kept
        self._name = name
        self._laps: Laps | None = None

    def settle(self, patience_s: float = PATIENCE_S) -> Laps:
        """Wait for its end; what it took on the card, without the copies. Raises EngineError."""
        if self._laps is None:
            wait_for(self._done, self._name, patience_s=patience_s)
            self._kept = ()
            spans = [earlier.elapsed_ms(later) for earlier, later in pairwise(self._marks)]
            self._laps = dict(zip(STEPS, spans, strict=True))
        return self._laps


def _make_inputs(maker: InputMaker, buffers: Buffers) -> None:
    for index in range(buffers.job.count):
        if buffers.rgb is not None:
            maker.write_rgb(buffers.rgb[index], buffers.inputs[index])
        else:
            assert buffers.luma is not None
            assert buffers.chroma is not None
            assert buffers.job.colors is not None
            maker.write_nv12(buffers.luma[index], buffers.chroma[index], buffers.job.colors, buffers.inputs[index])


def _make_results(maker: LabelMaker, logits: Tensor, buffers: Buffers) -> None:
    for index in range(buffers.job.count):
        mine, labels = logits[index], buffers.labels[index]
        if buffers.confidence is not None:
            maker.write_with_confidence(mine, labels, buffers.confidence[index])
        elif buffers.drawn is not None:
            assert buffers.rgb is not None
            assert buffers.table is not None
            maker.write_overlay(mine, labels, buffers.rgb[index], buffers.table, buffers.drawn[index])
        elif buffers.drawn_luma is not None:
            assert buffers.luma is not None
            assert buffers.chroma is not None
            assert buffers.drawn_chroma is not None
            assert buffers.table is not None
            maker.write_overlay_nv12(
                mine, labels, buffers.luma[index], buffers.chroma[index], buffers.table,
                buffers.drawn_luma[index], buffers.drawn_chroma[index],
            )  # fmt: skip
        else:
            maker.write(mine, labels)
    if buffers.scores is not None:
        buffers.scores.copy_(logits)
