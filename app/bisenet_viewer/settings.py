"""`Settings`: what is remembered from one start to the next, in one JSON file. No Qt.

A file that cannot be read never stands in the way: what is damaged falls back field by field, and a file that is no
settings at all, or of a newer version, is moved aside.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bisenet_viewer.address import public
from bisenet_viewer.settings_fields import READERS

VERSION = 1
RECENT = 20
"""How many inputs are remembered."""
RECENT_MODELS = 8

Rgb = tuple[int, int, int]

_FOLDER = "bisenet-viewer"
_FILE = "settings.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the window was, in pixels of the desktop."""

    x: int
    y: int
    width: int
    height: int
    maximised: bool = False


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found to be the fastest that is good enough."""

    engine: str
    precision: str
    imgsz: tuple[int, int] | None = None
    """(width, height)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is remembered. The mappings are not written after they were handed over."""

    window: Place | None = None
    theme: str = "system"
    """`system`, `dark` or `light`."""
    palette: str = ""
    """The name of a set of colours; empty: the classes' own."""
    colors: Mapping[str, Mapping[str, Rgb]] = field(default_factory=dict)
    """By the class list's name: class name -> colour, of those that were changed."""
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the class list's name: names of the classes that are not shown."""
    opacity: float = 0.5
    view: str = "overlay"
    """A value of `gui.state.View`; so are `fit` and `pairing` of their enumerations."""
    fit: str = "fit"
    pairing: str = "exact"
    smooth_edges: bool = False
    hatched: bool = False
    legend: bool = False
    recent_sources: tuple[str, ...] = ()
    """The newest first."""
    recent_models: tuple[str, ...] = ()
    """Files of one's own, the newest first."""
    target_fps: float | None = None
    tuned: Mapping[str, Tuned] = field(default_factory=dict)
    """By `tuned_key`."""
    statistics_open: bool = False
    snapshot_folder: str = ""
    """Empty, here and below: the usual one."""
    recording_folder: str = ""
    flag_folder: str = ""


def tuned_key(device: str, model: str) -> str:
    """Under which a device's choice for a model is remembered."""
    return f"{device} | {model}"


def with_source(settings: Settings, source: str) -> Settings:
    """With an input as the first of the recent ones; unchanged where it must not be remembered."""
    kept = storable(source)
    if kept is None:
        return settings
    others = [each for each in settings.recent_sources if each != kept]
    return replace(settings, recent_sources=(kept, *others)[:RECENT])


def with_model(settings: Settings, path: str) -> Settings:
    """With a model file as the first of the recent ones."""
    others = [each for each in settings.recent_models if each != path]
    return replace(settings, recent_models=(path, *others)[:RECENT_MODELS])


def storable(source: str) -> str | None:
    """An input as it may be written to disk; None where it holds a password or a key.

    An address goes without its query, where keys are kept; a file with its folder, since the next start may be
    elsewhere.
    """
    _, separator, rest = source.partition("://")
    if separator:
        shown = public(source)
        return None if "@" in rest or "…" in shown else shown
    if source in ("", "screen") or source.isdigit():
        return source or None
    try:
        return str(Path(source).expanduser().absolute())
    except RuntimeError:  # of a user that there is not
        return source


def config_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where settings are kept: BISENET_CONFIG, else the platform's own place for them."""
    chosen = environ.get("BISENET_CONFIG")
    if chosen:
        return Path(chosen).expanduser()
    if platform == "win32":
        base = environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / _FOLDER


def settings_path() -> Path:
    """The file of settings."""
    return config_folder() / _FILE


def load(path: Path | None = None) -> Settings:
    """What was remembered. Never fails: without a file that can be read, all is as at the first start."""
    path = path or settings_path()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            return _put_aside(path, "it is no text")
        log.warning("cannot read %s: %s; all is as at the first start", path, error.strerror or error)
        return Settings()
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _put_aside(path, "it is damaged")
    if not isinstance(data, dict) or type(data.get("version")) is not int:
        return _put_aside(path, "it is damaged")
    if data["version"] > VERSION:
        return _put_aside(path, "it is of a newer version of the program")
    return _read(data, path)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write it all, or leave the file as it is. Raises OSError."""
    path = path or settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": VERSION, **asdict(settings)}, indent=1, ensure_ascii=False) + "\n"
    number, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text.encode())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def reset(path: Path | None = None) -> Settings:
    """Forget everything: what a first start begins with. Raises OSError."""
    (path or settings_path()).unlink(missing_ok=True)
    return Settings()


def _read(data: Mapping[str, Any], path: Path) -> Settings:
    """Field by field; what has a wrong value is as at the first start, what is unknown is left out."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name in (each.name for each in fields(Settings)):
        if name not in data:
            continue
        try:
            values[name] = READERS[name](data[name])
        except ValueError:
            wrong.append(name)
    if values.get("window") is not None:
        values["window"] = Place(**values["window"])
    if "tuned" in values:
        values["tuned"] = {key: Tuned(**choice) for key, choice in values["tuned"].items()}
    if wrong:
        log.warning("%s: %s cannot be used and is as at the first start", path, ", ".join(wrong))
    return Settings(**values)


def _put_aside(path: Path, why: str) -> Settings:
    kept = path.with_name(f"{path.name}.bak")
    with suppress(OSError):
        path.replace(kept)
    log.warning("%s cannot be used, %s: all is as at the first start, and the file is kept as %s", path, why, kept)
    return Settings()
