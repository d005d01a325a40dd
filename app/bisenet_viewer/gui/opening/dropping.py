"""What is dragged onto the window, or was copied, as sources. Pure functions."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QMimeData, QUrl

from bisenet_viewer.address import NETWORK_SCHEMES, scheme_of
from bisenet_viewer.gui.opening.kinds import Kind, kind_of, without_rate
from bisenet_viewer.gui.opening.naming import source_name
from bisenet_viewer.gui.opening.recognising import source_of
from bisenet_viewer.gui.texts import opening as texts

_LONGEST = 2000
"""Letters of a text that may be an address."""
_OWN_SCHEMES = frozenset({"demo", "screen", "camera"})


def sources_dropped(mime: QMimeData) -> tuple[str, ...]:
    """The files and folders of what is dragged; without any, its address. Empty where there is nothing to open."""
    files = tuple(dict.fromkeys(url.toLocalFile() for url in mime.urls() if url.toLocalFile()))
    if files:
        return files
    address = next((text for text in map(_address, mime.urls()) if text), "")
    source = address or source_in_text(mime.text())
    return (source,) if source else ()


def source_in_clipboard(mime: QMimeData) -> str | None:
    """The file or address that was copied; None where there is neither. Of several files the first."""
    return next(iter(sources_dropped(mime)), None)


def source_in_text(text: str) -> str:
    """An address, or the path of something that is there; empty for every other text."""
    text = text.strip()
    if not text or len(text) > _LONGEST or "\n" in text:
        return ""
    source = source_of(text)
    scheme = scheme_of(source)
    if scheme in NETWORK_SCHEMES | _OWN_SCHEMES:
        return source
    return source if "://" not in source and _is_there(source) else ""


def dropped_text(sources: tuple[str, ...]) -> str:
    """What is about to be opened, for a person."""
    if len(sources) != 1:
        return texts.files(len(sources))
    name = source_name(sources[0])
    return texts.dropped_folder(name) if _is_folder(sources[0]) else name


def _address(url: QUrl) -> str:
    return url.toString() if url.scheme().lower() in NETWORK_SCHEMES else ""


def _is_there(source: str) -> bool:
    path = Path(without_rate(source))
    try:
        # A word that happens to be a file's name in the current folder is not what was copied.
        return (path.is_absolute() or source.startswith("~")) and path.expanduser().exists()
    except (OSError, ValueError, RuntimeError):  # no name that a file could have
        return False


def _is_folder(source: str) -> bool:
    try:
        return kind_of(source) is Kind.FILE and Path(source).is_dir()
    except (OSError, ValueError):
        return False
