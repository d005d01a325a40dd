"""Set-up for the tests of `segment`."""

from __future__ import annotations

import threading

import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    """Outputs go to a folder of the test's own, and no thread outlives it."""
    monkeypatch.chdir(tmp_path)
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before
