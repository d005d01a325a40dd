"""For all tests: what is kept between runs of the program goes to a folder of this run, not to that of the person."""

from __future__ import annotations

import os
import tempfile

import pytest

_CACHE = tempfile.TemporaryDirectory(prefix="bisenet-tests-")
os.environ["BISENET_CACHE"] = _CACHE.name


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    del config
    _CACHE.cleanup()
