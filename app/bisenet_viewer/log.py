"""The log on stderr: one line per event, with the time and the source it is about."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from bisenet.errors import BisenetError
from bisenet_viewer.errors import AppError

if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter

_PACKAGES = ("bisenet_viewer", "bisenet")
_TIME = "%Y-%m-%d %H:%M:%S"
_FAULTS = (AppError, BisenetError, OSError)


class SourceLog(_Adapter):
    """A logger whose lines name what they are about: a file, a camera, an address without its secrets."""

    def __init__(self, logger: logging.Logger, source: str) -> None:
        super().__init__(logger, {"source": source})

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Add the source to the record."""
        kwargs["extra"] = {**(kwargs.get("extra") or {}), **(self.extra or {})}
        return msg, kwargs


def set_up(*, verbose: bool) -> None:
    """Show warnings and errors of both packages on stderr, with `verbose` also what goes well. The last call wins."""
    for name in _PACKAGES:
        logger = logging.getLogger(name)
        for handler in logger.handlers[:]:
            if isinstance(handler, _Lines):
                logger.removeHandler(handler)
        logger.addHandler(_Lines())
        logger.setLevel(logging.INFO if verbose else logging.WARNING)


class _Lines(logging.Handler):
    """Writes above a progress line, where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(_OneLine())

    def emit(self, record: logging.LogRecord) -> None:
        # Where stderr is gone, that is no reason to stop what the line was about.
        with suppress(OSError, ValueError):
            write_line(self.format(record))


class _OneLine(logging.Formatter):
    """`2026-01-31 12:00:00 clip.mp4: warning: text`. A traceback follows for what is a bug, and for nothing else."""

    def __init__(self) -> None:
        super().__init__(datefmt=_TIME)

    def format(self, record: logging.LogRecord) -> str:
        source = getattr(record, "source", None) or record.name.rpartition(".")[2]
        level = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        line = f"{self.formatTime(record, self.datefmt)} {source}: {level}{' '.join(record.getMessage().split())}"
        error = record.exc_info[1] if record.exc_info else None
        if record.exc_info and error is not None and not isinstance(error, _FAULTS):
            line += "\n" + self.formatException(record.exc_info)
        return line


def write_line(text: str, file: TextIO | None = None) -> None:
    """Print one line to `file` (stderr), above the progress bars that stand there."""
    file = file or sys.stderr
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.write(text, file=file)
    else:
        print(text, file=file, flush=True)


def tell(source: str, text: str) -> None:
    """Print an event that is always shown, in the form of the log."""
    write_line(f"{time.strftime(_TIME)} {source}: {text}")
