"""The store: written soon, once, away from the GUI thread, and at the latest when it is closed."""

from __future__ import annotations

import logging
import threading

from bisenet_viewer import settings as files
from bisenet_viewer.gui.work.settings_store import SettingsStore
from bisenet_viewer.settings import Settings, load


def test_many_changes_are_written_once_and_off_the_gui_thread(qtbot, tmp_path, monkeypatch):
    path = tmp_path / "settings.json"
    real, writers = files.save, []
    monkeypatch.setattr(
        files, "save", lambda settings, where: (writers.append(threading.current_thread().name), real(settings, where))
    )
    store = SettingsStore(path, delay_ms=50)
    told: list[float] = []
    store.changed.connect(lambda: told.append(store.settings.opacity))
    for percent in range(1, 31):
        store.change(opacity=percent / 100)
    assert len(told) == 30
    assert not path.exists()
    qtbot.waitUntil(path.exists)
    assert load(path) == Settings(opacity=0.3)
    assert writers == ["settings"]
    assert store.close()
    assert writers == ["settings"]


def test_closing_writes_what_is_new(tmp_path):
    path = tmp_path / "config" / "settings.json"
    store = SettingsStore(path, delay_ms=3_600_000)
    store.change(theme="light", recent_sources=("a.mp4",))
    assert store.close()
    assert load(path) == Settings(theme="light", recent_sources=("a.mp4",))
    again = SettingsStore(path)
    assert again.settings == store.settings
    assert again.close()


def test_nothing_new_writes_nothing_and_starts_no_thread(tmp_path):
    store = SettingsStore(tmp_path / "settings.json")
    store.change(opacity=0.5)
    assert store.close()
    assert list(tmp_path.iterdir()) == []


def test_reset_forgets_what_was_there_and_what_was_about_to_be(qtbot, tmp_path):
    path = tmp_path / "settings.json"
    files.save(Settings(theme="light"), path)
    store = SettingsStore(path)
    store.change(opacity=0.9)
    with qtbot.waitSignal(store.changed):
        store.reset()
    assert store.settings == Settings()
    assert store.close()
    assert not path.exists()


def test_a_folder_that_cannot_be_written_disturbs_nobody(tmp_path, caplog):
    (tmp_path / "file").write_bytes(b"")
    store = SettingsStore(tmp_path / "file" / "settings.json")
    store.change(opacity=0.9)
    with caplog.at_level(logging.WARNING):
        assert store.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"] * len(caplog.records)
    assert "what was chosen will be forgotten" in caplog.text
    assert store.settings.opacity == 0.9
