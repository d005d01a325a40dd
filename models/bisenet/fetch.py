"""`fetch`: one file over HTTP, whole or not at all; an interrupted download is continued.

While the target is not whole, `NAME.partial` beside it holds what has come, and `NAME.partial.json` what that is a part
of. `NAME.lock` stays there: by it one process downloads while the others wait.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import os
import re
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from http import HTTPStatus
from pathlib import Path

from filelock import FileLock, Timeout

from bisenet.errors import CheckpointError

TIMEOUT_S = 30.0
"""Without a byte, after which a connection counts as cut."""
DELAYS_S = (0.5, 1.0, 2.0, 4.0)
"""Before each further try; counted anew when a try brought something."""

Progress = Callable[[int, int | None], None]
"""Told how many bytes there are, and will be where the server says so. The first may fall: a download begun again."""

_CHUNK_BYTES = 1 << 16
"""At most so much of what came is lost when a connection is cut."""
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
"""HTTP statuses that may be gone at the next try."""
_BY_HAND = "get the file another way, and run `bisenet models pull NAME --file PATH`"
_ADVICE = {
    403: f"the server refuses it to this machine: {_BY_HAND}",
    404: f"the file is not there any more: {_BY_HAND}",
    407: "the proxy wants a password: set https_proxy to http://USER:PASSWORD@HOST:PORT",
    410: f"the file was taken away: {_BY_HAND}",
}

_log = logging.getLogger(__name__)


class _CutError(Exception):
    """A connection that failed in a way that the next may not."""


def _silent(done: int, total: int | None) -> None:
    """No progress is shown."""


def fetch(
    url: str,
    target: Path,
    *,
    sha256_prefix: str | None = None,
    progress: Progress = _silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Download to `target`, which appears when it is whole; a target that is there is left as it is, unread.

    sha256_prefix: lower-case hex digits that the file's hash begins with; without it the server's word is trusted for
    what the file is and how long. A download that was interrupted, by Ctrl-C too, is continued at the next call,
    unless the file at the URL has changed. Proxies are those of the environment. Raises CheckpointError when the file
    cannot be had, or is not the one expected, or the disk is full, and OSError when the folder cannot be written to.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target):
        if not target.exists():
            partial = target.with_name(f"{target.name}.partial")
            sha256 = _tried(url, partial, progress, sleep)
            if sha256_prefix and not sha256.startswith(sha256_prefix):
                _discard(partial)
                raise CheckpointError(
                    f"what came from {url} is not the file that was published: its sha256 begins with "
                    f"{sha256[: len(sha256_prefix)]}, expected {sha256_prefix}; it was deleted: try again, "
                    "and if that ends the same way, the file there was replaced"
                )
            partial.replace(target)
            _kept_as(partial).unlink(missing_ok=True)
            _log.info("%s: sha256 %s", target, sha256)
    return target


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Keep other processes from writing `target`, and wait for one that does. A crash lets go of it too."""
    lock = FileLock(target.with_name(f"{target.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _log.warning("another process is fetching %s: waiting for it", target.name)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def require_space(folder: Path, needed: int) -> None:
    """Raise CheckpointError when the disk has not that many bytes free for this user."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CheckpointError(
            f"no space left in {folder}: {(needed - free) / 1e6:.1f} MB are missing; free them, or set BISENET_CACHE "
            "to a folder elsewhere"
        )


def _tried(url: str, partial: Path, progress: Progress, sleep: Callable[[float], None]) -> str:
    """The whole file in `partial`; its sha256. Tries until several in a row have brought nothing more."""
    failures, most = 0, _size(partial)
    while True:
        try:
            return _attempt(url, partial, progress)
        except _CutError as error:
            if _size(partial) > most:
                failures, most = 0, _size(partial)
            if failures == len(DELAYS_S):
                kept = ", what has come is kept" if _size(partial) else ""
                raise CheckpointError(f"cannot download {url}: {error}; try again later{kept}") from error
            _log.warning("%s: %s; trying again in %g s", partial.stem, error, DELAYS_S[failures])
            sleep(DELAYS_S[failures])
            failures += 1


def _attempt(url: str, partial: Path, progress: Progress) -> str:
    """One request for what is missing of `partial`; the whole's sha256. Raises _CutError."""
    kept = _Kept.read(partial, url)
    headers = {"User-Agent": "bisenet-viewer", "Accept-Encoding": "identity"}
    if kept:
        headers |= {"Range": f"bytes={kept.size}-", "If-Range": kept.validator}
    with _answer(url, headers) as answer:
        start, total = _extent(answer, kept)
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start == total is not None:
            return _hash(partial).hexdigest()  # only the renaming was missing
        if answer.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT) or start is None:
            _discard(partial)
            raise _CutError(f"the server has not the part that was asked for (HTTP {answer.status})")
        if answer.headers.get_content_type() == "text/html":
            raise CheckpointError(
                f"{url} answered with a web page, not with a file: where the network has a log-in page, log in; "
                f"else {_BY_HAND}"
            )
        if start == 0:
            _Kept.begin(partial, url, answer)
        if total is not None:
            require_space(partial.parent, total - start)
        return _received(answer, partial, start, total, progress)


def _received(
    answer: http.client.HTTPResponse, partial: Path, start: int, total: int | None, progress: Progress
) -> str:
    """Write the answer's body behind the first `start` bytes; the whole's sha256. Raises _CutError."""
    digest, done = _hash(partial) if start else hashlib.sha256(), start
    progress(done, total)
    try:
        with partial.open("ab" if start else "wb") as file:
            for chunk in _chunks(answer):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                progress(done, total)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            require_space(partial.parent, (total or done + _CHUNK_BYTES) - done)
            raise CheckpointError(f"no space left for this user in {partial.parent}: set BISENET_CACHE") from error
        raise
    if total is not None and done != total:
        raise _CutError(f"the connection was cut after {done} of {total} bytes")
    return digest.hexdigest()


def _chunks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while True:
        try:
            chunk = answer.read(_CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _CutError(f"the connection was cut ({str(error) or type(error).__name__})") from error
        if not chunk:
            return
        yield chunk


def _extent(answer: http.client.HTTPResponse, kept: _Kept | None) -> tuple[int | None, int | None]:
    """Where the answer's bytes begin in the file, None: not where they should; the file's length, None: not said."""
    text = answer.headers.get("Content-Length", "")
    length = int(text) if text.isdigit() else None
    if answer.status == HTTPStatus.OK:
        return 0, length
    parts = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", answer.headers.get("Content-Range", ""))
    if not kept or not parts or kept.is_other(answer) or int(parts[1] or kept.size) != kept.size:
        return None, None
    if parts[2] != "*":
        return kept.size, int(parts[2])
    return kept.size, None if length is None else kept.size + length


def _answer(url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """The server's answer, a 416 too. Raises _CutError, and CheckpointError for what no further try would change."""
    # urlopen would keep its opener, with the proxies that were in the environment at its first use.
    opener = urllib.request.build_opener()
    host = urllib.parse.urlsplit(url).hostname
    try:
        answer: http.client.HTTPResponse = opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return error  # type: ignore[return-value]  # has all of a response that is used here
        error.close()
        if error.code in _TRANSIENT:
            raise _CutError(f"HTTP {error.code} {error.reason}") from error
        advice = _ADVICE.get(error.code, _BY_HAND)
        raise CheckpointError(f"cannot download {url} (HTTP {error.code}): {advice}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, socket.gaierror):
            problem = f"cannot find {host}: check the network, or set https_proxy where there is a proxy"
        elif isinstance(reason, ssl.SSLCertVerificationError):
            problem = (
                f"the certificate of {host} is not trusted ({reason.verify_message}): check the clock, "
                "or set SSL_CERT_FILE to the certificates of your network"
            )
        elif isinstance(reason, ConnectionRefusedError):
            problem = f"{host}, or the proxy before it, refuses connections: check https_proxy, or try again later"
        else:
            raise _CutError(f"no answer from {host} ({str(reason) or type(reason).__name__})") from error
        raise CheckpointError(f"cannot download {url}: {problem}") from error
    return answer


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an earlier try left: so many bytes of the file that had this validator."""

    size: int
    validator: str
    """A strong ETag, in its quotes, or a Last-Modified date."""

    @classmethod
    def begin(cls, partial: Path, url: str, answer: http.client.HTTPResponse) -> None:
        """Empty what there is, and note what comes; without a validator that cannot be continued."""
        _discard(partial)
        etag = answer.headers.get("ETag", "")
        # A weak ETag ("W/...") is the same for files that differ in bytes.
        validator = etag if etag.startswith('"') else answer.headers.get("Last-Modified", "")
        if validator:
            _kept_as(partial).write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")

    @classmethod
    def read(cls, partial: Path, url: str) -> _Kept | None:
        """None: nothing is there that can be continued."""
        try:
            note = json.loads(_kept_as(partial).read_text(encoding="utf-8"))
            if note["url"] == url and _size(partial):
                return cls(_size(partial), str(note["validator"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass  # no note, or one that a crash left unfinished
        return None

    def is_other(self, answer: http.client.HTTPResponse) -> bool:
        """Whether the answer is about another file: servers there are that heed Range and not If-Range."""
        header = "ETag" if self.validator.startswith('"') else "Last-Modified"
        return bool(answer.headers.get(header, self.validator) != self.validator)


def _kept_as(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.json")


def _discard(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _kept_as(partial).unlink(missing_ok=True)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _hash(path: Path) -> hashlib._Hash:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256")
