"""How what is saved is called: after its source and the time in it. Pure; no Qt."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

_LONGEST = 60
"""Characters of a source in a name."""
_UNSAFE = re.compile(r"[^\w.-]+")


def stem_of(source: str) -> str:
    """A source as a part of a file name: a file's own name, the last part of an address, never what is secret in it."""
    if source.isdigit():
        return f"camera{source}"
    if "://" in source:
        try:
            url = urlsplit(source)
            name = PurePosixPath(url.path).stem or url.hostname or url.scheme
        except ValueError:
            name = source.partition("://")[0]
    else:
        path = Path(source)
        # The pictures of a folder are called after the folder.
        name = path.absolute().parent.name if re.search(r"[*?\[%]", path.name) else path.stem
    return _UNSAFE.sub("_", name).strip("._-")[:_LONGEST] or "video"


def time_text(time_s: float) -> str:
    """Seconds with milliseconds, so wide that names sort by them: `000123.450`."""
    return f"{max(0.0, time_s):010.3f}"


def date_text(seconds: float) -> str:
    """Seconds since 1970 as local date and time: `2026-01-31_12-00-00`."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d_%H-%M-%S")


def identity(source: str) -> str:
    """Six letters that differ between sources of the same name in different places."""
    whole = source if "://" in source or source.isdigit() else str(Path(source).expanduser().absolute())
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:6]
