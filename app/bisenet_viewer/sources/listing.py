"""Which files an address means that is no single video: a picture, a folder, `*.jpg`, `img_%04d.png`, a `.txt` list."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bisenet_viewer.errors import SourceError

PICTURES = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff",
    ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif",
})  # fmt: skip
"""A GIF is a film, also one of a single picture."""
VIDEOS = frozenset({
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".flv", ".wmv", ".asf",
    ".3gp", ".ogv", ".ogg", ".mxf", ".vob", ".dv", ".y4m", ".gif", ".apng", ".h264", ".264", ".h265", ".hevc", ".265",
})  # fmt: skip
"""What is taken from a folder; a file that is named may have any extension."""

SEQUENCE_RATE = Fraction(25)
"""Pictures per second of `img_%04d.png`, which are frames of a film; ffmpeg's own choice."""
SLIDES_RATE = Fraction(1)
"""Pictures per second of a folder, a glob or a list: each is there to be looked at."""
LONGEST_LIST = 4 << 20
"""Bytes of a `.txt` list; what is longer is no list."""

_log = logging.getLogger(__name__)
_RATE = re.compile(r"(?P<address>.+)\?fps=(?P<rate>[^?]*)", re.DOTALL)
_PATTERN = re.compile(r"%(0(?P<digits>\d+))?d")


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of an address, in the order they are shown."""

    name: str
    """For people."""
    paths: tuple[Path, ...]
    """At least one. Each was there when it was listed."""
    rate: Fraction
    """Pictures per second."""
    missing: int = 0
    """How many entries of a list are not there. Each is told in the log."""


def listed(address: str) -> Listing | None:
    """The files an address means; None for a single video (or a name that nothing has).

    A trailing `?fps=N` sets the pictures per second. Raises SourceError for a folder without pictures and videos, a
    pattern that nothing fits, a list without an entry that is there.
    """
    address, chosen = _split_rate(address)
    path = Path(address).expanduser()
    rate = chosen or SLIDES_RATE
    if path.is_dir():
        return _folder(path, rate)
    if path.suffix.lower() == ".txt" and path.is_file():
        return _text_list(path, rate)
    if path.exists():
        if not is_picture(path) and chosen is None:
            return None
        return Listing(path.name, (path,), rate)
    if _PATTERN.search(path.name):
        return _sequence(path, chosen or SEQUENCE_RATE)
    if re.search(r"[*?\[]", address):
        return _glob(path, rate)
    if chosen is not None:
        raise SourceError(f"no such file: {address}; check the spelling and the folder")
    return None


def is_picture(path: Path) -> bool:
    """Whether a file's name says that it is a still picture."""
    return path.suffix.lower() in PICTURES


def by_number(path: Path) -> tuple[tuple[int, int | str], ...]:
    """Sorts names as people do: `img2` before `img10`, capitals with small letters."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def _split_rate(address: str) -> tuple[str, Fraction | None]:
    match = _RATE.fullmatch(address)
    if match is None or Path(address).expanduser().exists():
        return address, None
    try:
        rate = Fraction(match["rate"])
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not Fraction(1, 3600) <= rate <= 240:
        raise SourceError(f"fps={match['rate']} must be pictures per second from 1/3600 to 240, such as 30 or 1/5")
    return match["address"], rate


def _folder(path: Path, rate: Fraction) -> Listing:
    wanted = PICTURES | VIDEOS
    paths = _all(f"folder {path}", path.iterdir, lambda p: p.suffix.lower() in wanted and not p.name.startswith("."))
    if not paths:
        raise SourceError(f"{path} is a folder without pictures and videos; give one that holds some, or a file")
    return Listing(path.resolve().name or str(path), tuple(sorted(paths, key=by_number)), rate)


def _glob(pattern: Path, rate: Fraction) -> Listing:
    root = Path(pattern.anchor or ".")
    paths = _all(str(pattern), lambda: root.glob(str(pattern.relative_to(pattern.anchor))), lambda _: True)
    if not paths:
        raise SourceError(f"no file is called {pattern}; check the pattern and the folder")
    return Listing(pattern.name, tuple(sorted(paths, key=by_number)), rate)


def _sequence(pattern: Path, rate: Fraction) -> Listing:
    """The files of a numbered pattern by number, from whichever there is on."""
    place = _PATTERN.search(pattern.name)
    assert place is not None
    # As C's printf counts: `%03d` is at least three digits, and no zeros lead a longer number.
    digits = int(place["digits"] or 1)
    number = rf"(\d{{{digits}}}|[1-9]\d{{{digits},}})"
    before, after = (re.escape(part) for part in (pattern.name[: place.start()], pattern.name[place.end() :]))
    named = re.compile(before + number + after)
    found = _all(str(pattern), pattern.parent.iterdir, lambda p: named.fullmatch(p.name) is not None)
    if not found:
        raise SourceError(f"no file is called {pattern} with a number in place of {place[0]}; check the folder")

    def number_of(path: Path) -> int:
        match = named.fullmatch(path.name)
        assert match is not None
        return int(match[1])

    paths = sorted(found, key=number_of)
    gaps = number_of(paths[-1]) - number_of(paths[0]) + 1 - len(paths)
    if gaps:
        _log.warning(
            "%s: %d numbers between the first and the last are not there; shown without a pause", pattern, gaps
        )
    return Listing(pattern.name, tuple(paths), rate)


def _text_list(path: Path, rate: Fraction) -> Listing:
    """A file per line, relative to the list; empty lines and those that begin with # say nothing."""
    try:
        if path.stat().st_size > LONGEST_LIST:
            raise SourceError(f"{path} is too long for a list of files: over {LONGEST_LIST >> 20} MiB")
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is no list of files: it is not UTF-8 text") from error
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; check its access rights") from error
    paths: list[Path] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        fault = _fault(file := path.parent / Path(entry).expanduser(), entry)
        if fault is None:
            paths.append(file)
        else:
            faults.append(f"line {number}: {fault}")
    if not paths:
        first = f": {faults[0]}" if faults else "; give a picture or a video per line"
        raise SourceError(f"{path} lists no file that is there{first}")
    for fault in faults:
        _log.warning("%s, %s; left out", path, fault)
    return Listing(path.name, tuple(paths), rate, len(faults))


def _fault(file: Path, entry: str) -> str | None:
    """Why an entry of a list cannot be shown, as far as its name tells."""
    shown = entry if len(entry) <= 80 else f"{entry[:77]}..."
    try:
        if file.is_file():
            return f"{shown} is a list itself" if file.suffix.lower() == ".txt" else None
        if "://" in entry:
            return f"{shown.partition('://')[0]}:// addresses cannot stand in a list"
        return f"{shown} is a folder" if file.is_dir() else f"no such file: {shown}"
    except (OSError, ValueError):  # a name too long for a file, or with a zero byte
        return f"no such file: {shown}"


def _all(what: str, files: Callable[[], Iterable[Path]], wanted: Callable[[Path], bool]) -> list[Path]:
    try:
        return [path for path in files() if wanted(path) and path.is_file()]
    except OSError as error:
        raise SourceError(f"cannot read {what}: {error.strerror}; check the folder and its access rights") from error
