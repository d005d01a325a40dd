"""Settings: what was chosen comes back, and a bad file never stands in the way."""

from __future__ import annotations

import json
import logging
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bisenet_viewer import settings_fields
from bisenet_viewer.gui.state import Fit, Pairing, View
from bisenet_viewer.settings import (
    RECENT,
    Place,
    Settings,
    Tuned,
    config_folder,
    load,
    reset,
    save,
    settings_path,
    storable,
    tuned_key,
    with_source,
)

FULL = Settings(
    window=Place(-30, 40, 1280, 700, True),
    theme="dark",
    palette="okabe-ito",
    colors={"camvid11": {"car": (1, 2, 3)}},
    hidden={"camvid11": ("sky", "tree")},
    opacity=0.75,
    view="side-by-side",
    fit="actual",
    pairing="latest",
    smooth_edges=True,
    hatched=True,
    legend=True,
    recent_sources=("/data/clip – ü.mp4", "0"),
    recent_models=("/data/mine.safetensors",),
    target_fps=30.0,
    tuned={tuned_key("cpu", "street-x39"): Tuned("torch", "f32", (320, 192))},
    statistics_open=True,
    snapshot_folder="/data/pictures",
    recording_folder="/data/videos",
    flag_folder="/data/flags",
)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "config" / "settings.json"


def write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")


def test_everything_comes_back(path):
    save(FULL, path)
    assert load(path) == FULL
    assert all(getattr(FULL, field.name) != getattr(Settings(), field.name) for field in fields(Settings))
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_all_is_as_at_the_first_start(path, caplog):
    assert load(path) == Settings()
    assert caplog.records == []
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "damaged"),
        ('{"version": 1, "opacity": 0.7', "damaged"),
        ("[1, 2]", "damaged"),
        ('{"opacity": 0.7}', "damaged"),
        ('{"version": true}', "damaged"),
        ("[" * 200_000, "damaged"),
        ('{"version": 2, "opacity": 0.7}', "newer version"),
    ],
)
def test_a_file_that_is_none_is_kept_aside_with_one_line(path, caplog, content, why):
    write(path, content)
    with caplog.at_level(logging.WARNING):
        assert load(path) == Settings()
    assert len(caplog.records) == 1
    assert why in caplog.text
    kept = path.with_name("settings.json.bak")
    assert kept.read_text("utf-8") == content
    assert not path.exists()
    save(replace(FULL), path)
    assert load(path) == FULL


def test_bytes_that_are_no_text_are_kept_aside(path):
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    assert load(path) == Settings()
    assert path.with_name("settings.json.bak").exists()


def test_a_file_that_cannot_be_read_is_left_alone(path, caplog):
    path.mkdir(parents=True)
    with caplog.at_level(logging.WARNING):
        assert load(path) == Settings()
    assert "cannot read" in caplog.text
    assert path.is_dir()


WRONG = {
    "window": [{"x": 0, "y": 0, "width": 0, "height": 5, "maximised": False}, {"x": 1}, 5, {"x": 1e9}],
    "theme": ["blue", 1, ["dark"]],
    "palette": [None, 3, "a\0b", "x" * 5000],
    "colors": [[], "red"],
    "hidden": [["sky"], 4],
    "opacity": [1.5, -0.1, "0.5", True, float("nan")],
    "view": ["upside-down", None],
    "fit": ["big"],
    "pairing": [0],
    "smooth_edges": [1, "yes"],
    "hatched": [None],
    "legend": ["true"],
    "recent_sources": ["a", [1], [["a"]]],
    "recent_models": ["a", [1]],
    "target_fps": [0, "fast", -5],
    "tuned": [["x"], 1],
    "statistics_open": [2],
    "snapshot_folder": [7],
    "recording_folder": [False],
    "flag_folder": [{}],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_falls_back_alone(path, caplog, name, value):
    save(FULL, path)
    data = json.loads(path.read_text("utf-8"))
    data[name] = value
    write(path, data)
    with caplog.at_level(logging.WARNING):
        assert load(path) == replace(FULL, **{name: getattr(Settings(), name)})
    assert len(caplog.records) == 1
    assert f"settings.json: {name} cannot be used" in caplog.text


def test_every_field_has_a_reader_and_wrong_values_here():
    assert {field.name for field in fields(Settings)} == set(settings_fields.READERS) == set(WRONG)


def test_in_a_mapping_the_wrong_entry_goes_alone(path):
    save(FULL, path)
    data = json.loads(path.read_text("utf-8"))
    data["colors"]["camvid11"]["sky"] = [300, 0, 0]
    data["hidden"]["voc21"] = "cat"
    data["tuned"]["cuda | x"] = {"engine": "torch", "precision": "f16", "imgsz": None, "extra": 1}
    write(path, data)
    assert load(path) == FULL


def test_what_is_unknown_is_left_out(path):
    write(path, {"version": 1, "opacity": 0.7, "colour_of_the_sky": "blue"})
    settings = load(path)
    assert settings == Settings(opacity=0.7)
    save(settings, path)
    assert "colour_of_the_sky" not in path.read_text("utf-8")


def test_a_failed_save_leaves_the_old_file(path, monkeypatch):
    save(FULL, path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bisenet_viewer.settings.os.fdopen", full)
    with pytest.raises(OSError, match="No space left"):
        save(Settings(), path)
    monkeypatch.undo()
    assert load(path) == FULL
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"]


def test_reset_forgets(path):
    save(FULL, path)
    assert reset(path) == Settings()
    assert not path.exists()
    assert reset(path) == Settings()


def test_the_values_are_those_of_the_window():
    assert tuple(view.value for view in View) == settings_fields.VIEWS
    assert tuple(fit.value for fit in Fit) == settings_fields.FITS
    assert tuple(pairing.value for pairing in Pairing) == settings_fields.PAIRINGS


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"BISENET_CONFIG": "/own", "XDG_CONFIG_HOME": "/xdg"}, "linux", "/own"),
        ({"XDG_CONFIG_HOME": "/xdg"}, "linux", "/xdg/bisenet-viewer"),
        ({}, "linux", "~/.config/bisenet-viewer"),
        ({"APPDATA": "/roaming"}, "win32", "/roaming/bisenet-viewer"),
        ({}, "win32", "~/AppData/Roaming/bisenet-viewer"),
        ({}, "darwin", "~/Library/Application Support/bisenet-viewer"),
    ],
)
def test_where_they_are_kept(environ, platform, folder):
    assert config_folder(environ, platform) == Path(folder).expanduser()


def test_the_usual_file(monkeypatch, tmp_path):
    monkeypatch.setenv("BISENET_CONFIG", str(tmp_path))
    assert settings_path() == tmp_path / "settings.json"
    save(FULL)
    assert load() == FULL


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("/data/clip.mp4", "/data/clip.mp4"),
        ("clip.mp4", str(Path("clip.mp4").absolute())),
        ("0", "0"),
        ("screen", "screen"),
        ("", None),
        ("~nobody-of-this-name/clip.mp4", "~nobody-of-this-name/clip.mp4"),
        ("rtsp://cam.local:554/front", "rtsp://cam.local:554/front"),
        ("rtsp://cam.local/front?token=abc", "rtsp://cam.local/front"),
        ("rtsp://admin:secret@cam.local/front", None),
        ("rtsp://admin:se/cr@et@cam.local/front", None),
        ("rtsp://cam.local/user=admin&password=secret&channel=1", None),
        ("rtmp://live.example/app/abcd-1234-efgh-5678-ijkl", None),
    ],
)
def test_no_secret_is_stored(source, kept):
    assert storable(source) == kept
    settings = with_source(Settings(), source)
    assert settings.recent_sources == ((kept,) if kept else ())


def test_the_newest_sources_come_first_and_once():
    settings = Settings()
    for number in [*range(30), 25]:
        settings = with_source(settings, str(number))
    assert settings.recent_sources == ("25", *(str(n) for n in range(29, 25, -1)), *(str(n) for n in range(24, 9, -1)))
    assert len(settings.recent_sources) == RECENT
