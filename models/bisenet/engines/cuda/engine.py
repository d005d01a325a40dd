"""`CudaEngine`: a network on a CUDA card behind the contract of `OverlappingEngine`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import BlendTable, EngineInfo, Inferred, Laps, Pending
from bisenet.engines.cuda.card import Card, CardLostError, is_out_of_memory
from bisenet.engines.cuda.job import Job
from bisenet.engines.cuda.network import CardNetwork
from bisenet.engines.cuda.pictures import Nv12Picture, Picture
from bisenet.engines.cuda.plan import Begun, Normalisation, Plan
from bisenet.engines.cuda.plans import Plans
from bisenet.engines.cuda.streams import Streams
from bisenet.engines.scores import Scored, Scores
from bisenet.errors import EngineError
from bisenet.pictures import input_size

ROUNDS = 2
"""One is copied while another is computed."""
MOST_PICTURES = 8
"""Beyond that a card that is worth it is busy with one size of picture or another."""

_log = logging.getLogger(__name__)


class CudaEngine(Closing):
    """Owns the network. Each kind of picture is made ready when it first comes, in a second or less."""

    def __init__(
        self, network: CardNetwork, card: ModelCard, info: EngineInfo, imgsz: tuple[int, int] | None, device: Card
    ) -> None:
        self._network = network
        self._card = card
        self._info = info
        self._imgsz = imgsz
        self._device = device
        self._plans: Plans | None = None
        self._streams: Streams | None = None
        self._most_pictures = MOST_PICTURES
        self._broken: str | None = None
        """Why nothing works any more."""

    @property
    def info(self) -> EngineInfo:
        """What is running."""
        return self._info

    @property
    def classes(self) -> ClassSet:
        """What the ids stand for."""
        return self._card.classes

    @property
    def depth(self) -> int:
        """See `OverlappingEngine.depth`; a further `begin` waits for the oldest."""
        return ROUNDS if self._plans is None else self._plans.rounds

    @property
    def most_pictures(self) -> int:
        """See `OverlappingEngine.most_pictures`; more are done in parts."""
        return self._most_pictures

    def begin(self, pictures: Sequence[Picture], *, blend: BlendTable | None = None) -> Pending:
        """See `OverlappingEngine.begin`."""
        return self._begin(pictures, Job.of(pictures, blend=blend is not None), blend)

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        """See `Engine.infer`."""
        (done,) = self.begin([rgb]).wait()
        _tell(laps, done.laps)
        return done.labels

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """See `Engine.infer_confidence`."""
        begun, taken = self._one(rgb, Job.of([rgb], confidence=True))
        _tell(laps, taken)
        assert begun.fetched.confidence is not None
        return _array(begun.fetched.labels[0]), _array(begun.fetched.confidence[0])

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        """See `Engine.infer_scored`."""
        begun, taken = self._one(rgb, Job.of([rgb], confidence=confidence, scores=True))
        _tell(laps, taken)
        fetched = begun.fetched
        assert fetched.scores is not None
        logits: NDArray[np.float32] = fetched.scores[0].numpy()
        scores = Scores(logits, (rgb.shape[0], rgb.shape[1]), self._network.upsampling)
        return Scored(
            _array(fetched.labels[0]), scores, None if fetched.confidence is None else _array(fetched.confidence[0])
        )

    def close(self) -> None:
        """Free the network; memory goes back to the driver."""
        plans, self._plans = self._plans, None
        has_failed, self._broken = self._broken is not None, self._broken or "the engine is closed"
        # A card that fails only here has nothing left to do for anybody.
        with suppress(EngineError, RuntimeError):
            if plans is not None and not has_failed:
                plans.clear()
        self._network.close()
        with suppress(RuntimeError):
            if not has_failed:
                self._device.release_memory()

    def _one(self, rgb: NDArray[np.uint8], job: Job) -> tuple[Begun, Laps]:
        pending = self._begin([rgb], job, None)
        with self._faults():
            return pending.only.begun, pending.only.begun.settle()

    def _begin(self, pictures: Sequence[Picture], job: Job, blend: BlendTable | None) -> _Pending:
        """In parts where memory or the engine allows no more at once."""
        parts: list[_Part] = []
        at = 0
        while at < len(pictures):
            taken = pictures[at : at + self._most_pictures]
            with self._faults():
                begun = self._begun(taken, job.of_count(len(taken)), blend)
            if begun is not None:
                parts.append(_Part(begun, taken))
                at += len(taken)
            else:
                self._most_pictures = len(taken) // 2
                _log.warning(
                    "%s is short of memory: at most %d pictures at once from now on",
                    self._info.device, self._most_pictures,
                )  # fmt: skip
        return _Pending(parts, self)

    def _begun(self, pictures: Sequence[Picture], job: Job, blend: BlendTable | None) -> Begun | None:
        """None: there is not enough memory for so many, but perhaps for fewer."""
        plans = self._ready()
        for attempt in ("first", "last"):
            try:
                return plans.of(job).begin(pictures, blend)
            except RuntimeError as error:
                if not is_out_of_memory(error) or (attempt == "last" and len(pictures) == 1):
                    raise
            plans.forget(job)  # outside: the error's traceback holds what was being made
        return None

    def _ready(self) -> Plans:
        if self._broken is not None:
            raise EngineError(self._broken)
        if self._plans is None:
            self._streams = Streams.of(self._device)
            self._plans = Plans(self._plan, self._device, ROUNDS)
        return self._plans

    def _plan(self, job: Job, rounds: int) -> Plan:
        assert self._streams is not None
        imgsz = self._imgsz or input_size(job.width, job.height, self._card.short_side)
        normalisation = Normalisation(self._card.mean, self._card.std)
        return Plan(job, imgsz, self._network, normalisation, self._device, self._streams, rounds=rounds)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What the card makes torch raise, as EngineError; after that which it does not recover from, for ever."""
        try:
            yield
        except CardLostError as error:
            self._broken = str(error)
            raise
        except EngineError:
            raise
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise EngineError(
                    f"{self._info.device_name} is out of memory: choose a smaller --imgsz, or end what else uses it"
                ) from error
            self._broken = f"{self._info.device} failed: {str(error).splitlines()[0]}; start again or use --device cpu"
            raise EngineError(self._broken) from error


class _Part:
    """Pictures of one round."""

    def __init__(self, begun: Begun, pictures: Sequence[Picture]) -> None:
        self.begun = begun
        self._colors = [picture.colors if isinstance(picture, Nv12Picture) else None for picture in pictures]

    def done(self) -> Iterator[Inferred]:
        """Of each of them, when it is settled."""
        laps = self.begun.settle()
        fetched = self.begun.fetched
        for index, colors in enumerate(self._colors):
            drawn: NDArray[np.uint8] | Nv12Picture | None = None
            if fetched.drawn is not None:
                drawn = _array(fetched.drawn[index])
            elif fetched.luma is not None and fetched.chroma is not None and colors is not None:
                drawn = Nv12Picture(fetched.luma[index], fetched.chroma[index], colors)
            yield Inferred(_array(fetched.labels[index]), drawn, dict(laps))


class _Pending:
    """See `Pending`."""

    def __init__(self, parts: Sequence[_Part], engine: CudaEngine) -> None:
        self._parts = parts
        self._engine = engine

    @property
    def only(self) -> _Part:
        """The part, where there is one."""
        (part,) = self._parts
        return part

    def wait(self) -> tuple[Inferred, ...]:
        """See `Pending.wait`."""
        with self._engine._faults():
            return tuple(done for part in self._parts for done in part.done())


def _array(tensor: torch.Tensor) -> NDArray[np.uint8]:
    """The same memory, which torch keeps as long as somebody has it."""
    return np.asarray(tensor.numpy(), np.uint8)


def _tell(laps: Laps | None, taken: Laps) -> None:
    if laps is not None:
        laps.update(taken)
