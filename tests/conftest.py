"""For all tests: what is kept between runs of the program goes to a folder of this run, not to that of the person."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator

import pytest

_CACHE = tempfile.TemporaryDirectory(prefix="bisenet-tests-")
os.environ["BISENET_CACHE"] = _CACHE.name


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    del config
    _CACHE.cleanup()


@pytest.fixture(autouse=True)
def logging_stays_as_it_was() -> Iterator[None]:
    """A command that is run within the process sets the log up as for a whole one; the next test sees nothing of it."""
    loggers = [logging.getLogger(name) for name in ("bisenet", "bisenet_viewer")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
