"""`ExportProcess`: `bisenet-viewer segment` over a span of a file, in a process of its own. No Qt.

In a process, so that the window keeps its interpreter to itself, and a fault of a driver there is none here.
"""

from __future__ import annotations

import logging
import math
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.naming import stem_of
from bisenet_viewer.gui.work.new_files import numbered

SUFFIX = "_pred.png"
"""As the sink of masks calls them: `00000001_pred.png`."""

_LOOK_S = 0.25
_END_S = 5.0
"""How long a process that was told to stop may take to finish its mask."""
_POLITE = 10
"""Nice value: what plays comes first."""
_ERROR = "bisenet-viewer: error: "
_DONE = (0, 3)
"""Exit codes of `segment`; 3: damaged frames were left out."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExportJob:
    """Which masks of what."""

    source: str
    from_s: float
    """Counted from the beginning of the file."""
    to_s: float
    """The frame that is shown then is the first that is not exported."""
    rate: float | None
    """Frames per second, for the progress."""
    model: str
    engine: str
    device: str
    precision: str
    imgsz: tuple[int, int] | None
    context_every: int

    @property
    def expected(self) -> int | None:
        """About how many masks there will be; None where the file does not say its rate."""
        return None if self.rate is None else max(1, math.ceil(round((self.to_s - self.from_s) * self.rate, 3)))

    def arguments(self, folder: Path) -> list[str]:
        """What stands on the command line after the program."""
        size = [] if self.imgsz is None else ["--imgsz", f"{self.imgsz[0]}x{self.imgsz[1]}"]
        return [
            "segment", "--masks", str(folder), "--from", f"{self.from_s:.6f}", "--to", f"{self.to_s:.6f}",
            "--model", self.model, "--engine", self.engine, "--device", self.device, "--precision", self.precision,
            "--context-every", str(self.context_every), *size, "--", self.source,
        ]  # fmt: skip


class ExportProcess:
    """One export, watched by a thread; `ended` and what came of it are set when it is over."""

    def __init__(self, job: ExportJob, folder: Path, program: list[str], news: Callable[[], None]) -> None:
        """folder: the masks go into `clip_masks` in it. program: what starts the command line. news: is called on the
        thread whenever there are more masks, and when it has ended.
        """
        self._job = job
        self._parent = folder
        self._program = program
        self._news = news
        self._cancelled = threading.Event()
        self.count = 0
        """Masks on disk."""
        self.folder: Path | None = None
        """The folder of the masks, once it is known."""
        self.fault: str | None = None
        self.ended = False
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)
        self._thread.start()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def expected(self) -> int | None:
        """About how many masks there will be."""
        return self._job.expected

    def cancel(self) -> None:
        """Stop soon; the masks until then stay."""
        self._cancelled.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when it takes longer."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # What follows runs on the thread.

    def _run(self) -> None:
        try:
            self.fault = self._refusal() or self._export()
        except OSError as error:
            self.fault = error.strerror or str(error)
        except Exception as error:
            log.exception("unexpected fault")
            self.fault = f"unexpected fault: {type(error).__name__}: {error}"
        self.ended = True
        self._news()

    def _refusal(self) -> str | None:
        """Why a source has no spans of its own."""
        from bisenet_viewer.errors import SourceError
        from bisenet_viewer.sources.listing import is_picture, listed

        try:
            listing = None if Path(self._job.source).is_file() else listed(self._job.source)
        except SourceError as error:
            return str(error)
        several = listing is not None and len(listing.paths) > 1 and not all(map(is_picture, listing.paths))
        return texts.ONE_FILE if several or self._job.source.lower().endswith(".txt") else None

    def _export(self) -> str | None:
        """Run the command to its end; what went wrong in one line, or None."""
        self._parent.mkdir(parents=True, exist_ok=True)
        names = numbered(self._parent, f"{stem_of(self._job.source)}_masks", "")
        folder = self.folder = next(path for path in names if not path.exists())
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [*self._program, *self._job.arguments(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            try:
                if hasattr(os, "setpriority"):
                    with suppress(OSError):
                        os.setpriority(os.PRIO_PROCESS, process.pid, _POLITE)
                self._watch(process, folder)
            finally:
                _end(process)
            self._count(folder)
            if self.cancelled or process.returncode in _DONE:
                return None
            return _told(errors) or f"the process ended with code {process.returncode}"

    def _watch(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        while process.poll() is None:
            if self._cancelled.wait(_LOOK_S):
                return
            if self._count(folder):
                self._news()

    def _count(self, folder: Path) -> bool:
        """Count the masks; True when there are more."""
        before = self.count
        with suppress(OSError):
            self.count = sum(entry.name.endswith(SUFFIX) for entry in os.scandir(folder))
        return self.count > before


def program() -> list[str]:
    """What starts this program's command line."""
    return [sys.executable, "-m", "bisenet_viewer"]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that still runs: it is asked to first, and finishes the mask that it writes."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_END_S)


def _told(errors: IO[bytes]) -> str | None:
    """The line in which the command says what went wrong."""
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").splitlines()
    return next((line.removeprefix(_ERROR) for line in reversed(lines) if line.startswith(_ERROR)), None)
