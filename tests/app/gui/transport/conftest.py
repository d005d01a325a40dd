"""Menus open here, on a screen that is none."""

from __future__ import annotations

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Screenless Qt warns of every window with a smallest size, and of every menu that opens; no fault of ours."""
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"), append=False)
