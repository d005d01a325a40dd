"""The originals of published checkpoints on this machine: where they are kept, and how they come there.

BISENET_CACHE names the folder to keep them under, in place of the user's cache folder. BISENET_OFFLINE=1 forbids the
network.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tqdm import tqdm

from bisenet.errors import CheckpointError
from bisenet.fetch import Progress, alone, fetch, require_space
from bisenet.registry import Published

_log = logging.getLogger(__name__)


def cache_dir() -> Path:
    """The folder for checkpoints; it need not be there yet."""
    chosen = os.environ.get("BISENET_CACHE")
    return (Path(chosen).expanduser() if chosen else _users_cache()) / "checkpoints"


def _users_cache() -> Path:
    import platformdirs  # a machine that is told where to keep things does without

    return platformdirs.user_cache_path("bisenet-viewer", appauthor=False)


def is_offline() -> bool:
    """Whether BISENET_OFFLINE forbids the network: set, and to something other than 0, false, no or off."""
    return os.environ.get("BISENET_OFFLINE", "").strip().lower() not in ("", "0", "false", "no", "off")


def original_file(entry: Published) -> Path:
    """Where an entry's original is kept once it is here."""
    return cache_dir() / entry.filename


def pulled(
    entry: Published, *, file: Path | None = None, offline: bool | None = None, progress: Progress | None = None
) -> Path:
    """The original of an entry in the cache; downloaded, or copied from `file`, unless it is there.

    offline: None is what BISENET_OFFLINE says. progress: None is a bar where standard error is a terminal, else lines
    in the log. A file in the cache is whole, since it is written under another name; its hash is compared each time
    where one is published, and where none is, a file under the right name is trusted. Raises CheckpointError, also
    where only a person can fetch the file, or the network is forbidden; it says what to do then. Raises OSError when
    the cache cannot be written to.
    """
    target = original_file(entry)
    if file is not None:
        return _copied(entry, file, target)
    if target.is_file():
        _check(entry, target)
        return target
    pull = f"bisenet models pull {entry.name} --file PATH"
    if entry.download == "browser":
        raise CheckpointError(
            f"{entry.name} cannot be fetched by a program. Open {entry.url} in a browser and save the file. "
            f"Then run: {pull}"
        )
    if is_offline() if offline is None else offline:
        raise CheckpointError(
            f"{entry.name} is not on this machine, and the network is not to be used. "
            f"Fetch {entry.url} on another machine. Then run: {pull} (or put the file at {target})"
        )
    with nullcontext(progress) if progress else shown(entry.name) as told:
        return fetch(entry.url, target, sha256_prefix=entry.sha256_prefix, progress=told)


@contextmanager
def shown(name: str) -> Iterator[Progress]:
    """Progress of one download for a person: a bar where standard error is a terminal, else two lines in the log."""
    if not sys.stderr.isatty():
        _log.info("downloading %s", name)
        last = 0

        def note(done: int, total: int | None) -> None:  # noqa: ARG001
            nonlocal last
            last = done

        yield note
        _log.info("downloaded %s, %.1f MB", name, last / 1e6)
        return
    with tqdm(desc=name, unit="B", unit_scale=True) as bar:

        def draw(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield draw


def _copied(entry: Published, file: Path, target: Path) -> Path:
    if not file.is_file():
        raise CheckpointError(f"no file {file}")
    _check(entry, file)
    target.parent.mkdir(parents=True, exist_ok=True)
    require_space(target.parent, file.stat().st_size)
    partial = target.with_name(f"{target.name}.copy")
    with alone(target):
        try:
            shutil.copyfile(file, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return target


def _check(entry: Published, file: Path) -> None:
    """Raise CheckpointError when the file cannot be the one that was published."""
    with file.open("rb") as stream:
        if stream.read(256).lstrip().startswith(b"<"):
            raise CheckpointError(
                f"{file} is a web page, not a checkpoint: open it in a browser, and save what it offers"
            )
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    if entry.sha256_prefix and not sha256.startswith(entry.sha256_prefix):
        raise CheckpointError(
            f"{file} is not the file that was published as {entry.name}: its sha256 begins with "
            f"{sha256[: len(entry.sha256_prefix)]}, expected {entry.sha256_prefix}; delete it and fetch it again"
        )
