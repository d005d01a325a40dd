"""Pipelines over scripted parts; after each test no thread of theirs is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from tests.app.pipeline.scripted import THREADS, WAIT_S, Closing, FakeClock, FakeEngine, Log, Recording, live_threads

from bisenet_viewer.pipeline.pipeline import Pipeline


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    for thread in threading.enumerate():
        if thread.name in THREADS:
            thread.join(WAIT_S)
    assert live_threads() == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log() -> Log:
    return Log()


Make = Callable[..., Pipeline]


@pytest.fixture
def make(log: Log, clock: FakeClock) -> Iterator[Make]:
    """Builds a pipeline and stops it after the test. A source or engine may be an exception that opening it raises."""
    made: list[Pipeline] = []

    def build(
        source: Recording | Exception | Callable[[], Recording],
        engine: FakeEngine | Exception | Callable[[], FakeEngine] | None = None,
        *,
        pacing: str = "every-frame",
        log: Log = log,
        **more: object,
    ) -> Pipeline:
        def opener(what: object) -> Callable[[], object]:
            def give() -> object:
                if isinstance(what, Exception):
                    raise what
                if isinstance(what, Closing):
                    what.opened_on = threading.current_thread().name
                    return what
                return what()

            return give

        made.append(
            Pipeline(
                opener(source), opener(engine or FakeEngine()),
                deliver=log.deliver, report=log.report, pacing=pacing, clock=clock, **more,
            )
        )  # fmt: skip
        return made[-1]

    yield build
    for pipeline in made:
        assert pipeline.stop()
