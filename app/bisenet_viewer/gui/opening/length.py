"""How long a file is, as far as its header tells."""

from __future__ import annotations

from pathlib import Path

from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.opening.kinds import Kind, file_kind, kind_of

_LONGEST_S = 7 * 86_400.0


def length_s(source: str) -> float | None:
    """Seconds; None where it has none, or does not say. Opens the file, so not for the GUI thread."""
    if kind_of(source) is not Kind.FILE or file_kind(source) is not Kind.FILE:
        return None
    import av

    from bisenet_viewer.sources.container import open_container

    try:
        with open_container(Path(source).expanduser()) as container:
            duration = container.duration
    except (SourceError, OSError, ValueError, av.error.FFmpegError):
        return None
    seconds = None if duration is None else duration / av.time_base
    return seconds if seconds is not None and 0 < seconds < _LONGEST_S else None
