"""For all tests: caches and settings go to a folder of this run alone; tests of a card need a card."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = str(Path(__file__).resolve().parents[1])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)  # for `benchmarks`, which is not installed; `python -m pytest` has it there already

_KEPT = tempfile.TemporaryDirectory(prefix="bisenet-tests-")
os.environ["BISENET_CACHE"] = f"{_KEPT.name}/cache"
os.environ["BISENET_CONFIG"] = f"{_KEPT.name}/config"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    del config
    _KEPT.cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the fixtures of a test marked `gpu`: skip it where there is no card, or fail it where one was promised."""
    if item.get_closest_marker("gpu") is None or _has_card():
        return
    if os.environ.get("REQUIRE_GPU") == "1":
        pytest.fail("REQUIRE_GPU=1, but there is no CUDA device", pytrace=False)
    pytest.skip("no CUDA device")


def _has_card() -> bool:
    import torch  # other tests do without

    return torch.cuda.is_available()


@pytest.fixture(autouse=True)
def logging_stays_as_it_was() -> Iterator[None]:
    """A command that is run within the process sets the log up as for a whole one; the next test sees nothing of it."""
    loggers = [logging.getLogger(name) for name in ("bisenet", "bisenet_viewer")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
