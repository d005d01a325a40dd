"""From what stands on the command line to the inputs: each video of a folder, a glob or a list is one of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from bisenet_viewer.segment.naming import possible_stems
from bisenet_viewer.sources.listing import is_picture, listed

_OURS = re.compile(r"(?P<stem>.+)_(overlay|mask|side-by-side)")
"""How the videos that this command writes are called."""


def expanded(addresses: Iterable[str], say: Callable[[str], None]) -> list[str]:
    """The inputs, each once, in the order they are named. Raises SourceError for a folder or a glob without any.

    Pictures that come together are the frames of one input; beside videos they are left out. So are the videos that an
    earlier run made of others in the same folder. say: takes one line about what is left out.
    """
    inputs: dict[str, str] = {}
    for address in addresses:
        for source in _inputs_of(address, say):
            path = Path(source).expanduser()
            inputs.setdefault(str(path.resolve()) if path.exists() else source, source)
    return list(inputs.values())


def _inputs_of(address: str, say: Callable[[str], None]) -> list[str]:
    path = Path(address).expanduser()
    if ("://" in address or address.isdigit()) and not path.exists():
        return [address]
    is_list = path.suffix.lower() == ".txt"
    listing = None if path.is_file() and not is_list else listed(address)
    if listing is None or all(is_picture(file) for file in listing.paths):
        return [address]
    if is_list and path.is_file():
        return [source for entry in _entries(path) for source in _inputs_of(entry, say)]
    videos = [file for file in listing.paths if not is_picture(file)]
    chosen = [file for file in videos if not _is_made(file, videos)]
    if len(videos) < len(listing.paths):
        count = len(listing.paths) - len(videos)
        say(f"{address}: {count} pictures beside the videos are left out: name them as an input of their own")
    if len(chosen) < len(videos):
        say(f"{address}: {len(videos) - len(chosen)} videos that an earlier run made of the others are left out")
    return [str(file) for file in chosen]


def _entries(path: Path) -> list[str]:
    """The lines of a list that name something, also what is not there: that is told as a failure, not passed over."""
    lines = (line.strip() for line in path.read_text("utf-8-sig").splitlines())
    entries = [path.parent / Path(line).expanduser() for line in lines if line and not line.startswith("#")]
    return [str(entry) for entry in entries if entry.suffix.lower() != ".txt"]


def _is_made(file: Path, videos: Iterable[Path]) -> bool:
    """Whether a file is called as an output of one of the others, finished or not."""
    if file.stem.endswith((".partial", ".finishing")):
        return True
    match = _OURS.fullmatch(file.stem)
    return match is not None and any(
        other != file and other.parent == file.parent and match["stem"] in possible_stems(str(other))
        for other in videos
    )
