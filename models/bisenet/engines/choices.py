"""What trials have found, remembered between starts in one small JSON file."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bisenet.engines.cache_files import engines_dir, write_whole

MOST_CHOICES = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """The fastest back end, and what all that were tried took."""

    engine: str
    precision: str
    milliseconds: dict[str, float]


def remembered(key: str) -> Choice | None:
    """What was remembered under the key; None: nothing, or the file is damaged, with a line in the log then."""
    entry = _read().get(key)
    if entry is None:
        return None
    try:
        milliseconds = {str(name): float(value) for name, value in entry["milliseconds"].items()}
        return Choice(str(entry["engine"]), str(entry["precision"]), milliseconds)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        _log.warning("%s is damaged, the engine is chosen anew: %r", _file(), error)
        return None


def remember(key: str, choice: Choice) -> None:
    """Keep a choice, and forget the oldest when there are many. Of two processes at once the later one is kept."""
    entries = _read()
    entries.pop(key, None)
    entries[key] = {"engine": choice.engine, "precision": choice.precision, "milliseconds": choice.milliseconds}
    newest = dict(list(entries.items())[-MOST_CHOICES:])
    write_whole(_file(), json.dumps(newest, indent=1).encode())


def _read() -> dict[str, Any]:
    file = _file()
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.warning("%s is damaged, engines are chosen anew: %s", file, error)
        return {}
    if not isinstance(entries, dict):
        _log.warning("%s is damaged, engines are chosen anew: it holds no table", file)
        return {}
    return entries


def _file() -> Path:
    return engines_dir() / "choices.json"
