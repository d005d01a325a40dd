"""Screenless Qt warns of every menu and of what pops up; that is no fault of ours."""

from __future__ import annotations

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"), append=False)
