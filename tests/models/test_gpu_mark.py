"""Tests marked `gpu` are skipped without a card, and fail where one was promised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


class Item:
    """What the hook asks of a test."""

    def __init__(self, marked: bool) -> None:
        self._marked = marked

    def get_closest_marker(self, name: str) -> object | None:
        return name if self._marked else None


@pytest.fixture
def setup(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hook, where there is no card."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.delenv("REQUIRE_GPU", raising=False)
    plugins = request.config.pluginmanager.get_plugins()
    (found,) = (each for each in plugins if getattr(each, "__file__", None) == str(CONFTEST))
    return found.pytest_runtest_setup


def test_it_is_skipped(setup: Any) -> None:
    with pytest.raises(pytest.skip.Exception, match="no CUDA device"):
        setup(Item(marked=True))


def test_it_fails_where_a_card_was_promised(setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_GPU", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_GPU=1, but there is no CUDA device"):
        setup(Item(marked=True))


def test_others_run(setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_GPU", "1")
    setup(Item(marked=False))


def test_with_a_card_it_runs(setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    setup(Item(marked=True))
