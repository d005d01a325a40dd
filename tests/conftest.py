"""For all tests: what the program keeps between runs, caches and settings, goes to a folder of this run alone."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator

import pytest

_KEPT = tempfile.TemporaryDirectory(prefix="bisenet-tests-")
os.environ["BISENET_CACHE"] = f"{_KEPT.name}/cache"
os.environ["BISENET_CONFIG"] = f"{_KEPT.name}/config"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    del config
    _KEPT.cleanup()


@pytest.fixture(autouse=True)
def logging_stays_as_it_was() -> Iterator[None]:
    """A command that is run within the process sets the log up as for a whole one; the next test sees nothing of it."""
    loggers = [logging.getLogger(name) for name in ("bisenet", "bisenet_viewer")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
