"""`fetch` against a web server with every fault that a network has."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tests.models.webserver import WAIT_S, Request, Resource, WebServer

from bisenet.errors import CheckpointError
from bisenet.fetch import DELAYS_S, fetch

BODY = np.random.default_rng(0).bytes(600_000)
OTHER = np.random.default_rng(1).bytes(500_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
PATH = "/w.pth"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "w.pth"


def left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def never(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s for another try")


def interrupted(done: int, total: int | None) -> None:  # noqa: ARG001
    """A progress during which Ctrl-C is pressed."""
    if done:
        raise KeyboardInterrupt


def test_it_is_there_whole_and_nothing_else_but_the_lock(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY)
    told: list[tuple[int, int | None]] = []
    assert fetch(server.url(PATH), target, sha256_prefix=SHA256[:8], progress=lambda *now: told.append(now)) == target
    assert target.read_bytes() == BODY
    assert left(target) == ["w.pth", "w.pth.lock"]
    assert server.requests == [Request(PATH, None, None)]
    assert told[0] == (0, len(BODY))
    assert told[-1] == (len(BODY), len(BODY))
    assert len(told) > 2
    assert told == sorted(told)


def test_what_is_there_is_not_fetched(server: WebServer, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"mine")
    fetch(server.url(PATH), target)
    assert target.read_bytes() == b"mine"
    assert server.requests == []


def test_a_cut_connection_is_continued(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY, cuts=[100_000, 150_000])
    naps: list[float] = []
    fetch(server.url(PATH), target, sha256_prefix=SHA256, sleep=naps.append)
    assert target.read_bytes() == BODY
    assert [(r.range, r.if_range) for r in server.requests] == [
        (None, None),
        ("bytes=100000-", '"v1"'),
        ("bytes=250000-", '"v1"'),
    ]
    assert server.body_bytes == len(BODY)
    assert naps == [DELAYS_S[0]] * 2  # counted anew, since each try brought something


def test_it_gives_up_when_tries_bring_nothing_and_the_next_call_continues(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY, cuts=[100_000] + [0] * len(DELAYS_S))
    naps: list[float] = []
    with pytest.raises(
        CheckpointError, match="cut after 100000 of 600000 bytes; try again later, what has come is kept"
    ):
        fetch(server.url(PATH), target, sleep=naps.append)
    assert naps == list(DELAYS_S)
    assert not target.exists()
    fetch(server.url(PATH), target, sha256_prefix=SHA256, sleep=never)
    assert target.read_bytes() == BODY
    assert server.body_bytes == len(BODY)


@pytest.mark.parametrize(
    ("etag", "last_modified", "condition"),
    [
        ('"v1"', "Sat, 01 Jan 2022 00:00:00 GMT", '"v1"'),
        ('W/"v1"', "Sat, 01 Jan 2022 00:00:00 GMT", "Sat, 01 Jan 2022 00:00:00 GMT"),
        ('W/"v1"', None, None),
        (None, None, None),
    ],
)
def test_it_is_continued_only_under_a_condition(
    server: WebServer, target: Path, etag: str | None, last_modified: str | None, condition: str | None
) -> None:
    server.resources[PATH] = Resource(BODY, etag, last_modified, cuts=[1000])
    fetch(server.url(PATH), target, sha256_prefix=SHA256, sleep=lambda _: None)
    assert target.read_bytes() == BODY
    assert server.requests[1] == Request(PATH, "bytes=1000-" if condition else None, condition)


def test_a_server_without_ranges_sends_all_again(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY, ranges=False, cuts=[1000])
    fetch(server.url(PATH), target, sha256_prefix=SHA256, sleep=lambda _: None)
    assert target.read_bytes() == BODY
    assert server.body_bytes == 1000 + len(BODY)


@pytest.mark.parametrize("heeds_if_range", [True, False])
@pytest.mark.parametrize("other", [OTHER, OTHER[:900]], ids=["long", "shorter-than-what-is-kept"])
def test_a_file_that_changed_is_begun_again(
    server: WebServer, target: Path, heeds_if_range: bool, other: bytes
) -> None:
    server.resources[PATH] = Resource(BODY, cuts=[1000])

    def change(_: float) -> None:
        server.resources[PATH] = Resource(other, etag='"v2"', heeds_if_range=heeds_if_range)

    fetch(server.url(PATH), target, sleep=change)
    assert target.read_bytes() == other
    assert server.requests[1].range == "bytes=1000-"
    assert left(target) == ["w.pth", "w.pth.lock"]


def test_a_crash_before_the_renaming_costs_no_second_download(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY)

    def at_the_end(done: int, total: int | None) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server.url(PATH), target, progress=at_the_end)
    fetch(server.url(PATH), target, sha256_prefix=SHA256, sleep=never)
    assert target.read_bytes() == BODY
    assert server.requests[1].range == f"bytes={len(BODY)}-"
    assert server.body_bytes == len(BODY)


def test_ctrl_c_keeps_what_has_come(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY)
    with pytest.raises(KeyboardInterrupt):
        fetch(server.url(PATH), target, progress=interrupted)
    assert left(target) == ["w.pth.lock", "w.pth.partial", "w.pth.partial.json"]
    kept = (target.parent / "w.pth.partial").stat().st_size
    assert 0 < kept < len(BODY)
    told: list[int] = []
    fetch(server.url(PATH), target, sha256_prefix=SHA256, progress=lambda done, _: told.append(done))
    assert target.read_bytes() == BODY
    assert server.requests[1].range == f"bytes={kept}-"
    assert told[0] == kept


def test_a_note_that_a_crash_damaged_means_from_the_beginning(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY)
    target.parent.mkdir()
    (target.parent / "w.pth.partial").write_bytes(b"old")
    (target.parent / "w.pth.partial.json").write_text('{"url": ')
    fetch(server.url(PATH), target, sha256_prefix=SHA256)
    assert target.read_bytes() == BODY
    assert server.requests == [Request(PATH, None, None)]


def test_a_note_is_of_the_last_answer(server: WebServer, target: Path) -> None:
    # As when a URL leads to several machines, of which one is behind the others.
    server.resources[PATH] = Resource(BODY, cuts=[1000])
    answers = iter([Resource(OTHER, etag=None, ranges=False, cuts=[2000]), Resource(BODY)])
    fetch(
        server.url(PATH), target, sha256_prefix=SHA256, sleep=lambda _: server.resources.update({PATH: next(answers)})
    )
    assert [request.range for request in server.requests] == [None, "bytes=1000-", None]


def test_what_came_from_elsewhere_is_not_continued(server: WebServer, target: Path) -> None:
    server.resources |= {"/other": Resource(OTHER), PATH: Resource(BODY)}
    with pytest.raises(KeyboardInterrupt):
        fetch(server.url("/other"), target, progress=interrupted)
    fetch(server.url(PATH), target, sha256_prefix=SHA256)
    assert server.requests[1] == Request(PATH, None, None)


def test_another_file_than_published_is_deleted(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(OTHER)
    found = hashlib.sha256(OTHER).hexdigest()[:8]
    with pytest.raises(
        CheckpointError, match=f"sha256 begins with {found}, expected {SHA256[:8]}; it was deleted: try"
    ):
        fetch(server.url(PATH), target, sha256_prefix=SHA256[:8])
    assert left(target) == ["w.pth.lock"]
    server.resources[PATH] = Resource(BODY)
    fetch(server.url(PATH), target, sha256_prefix=SHA256[:8])
    assert target.read_bytes() == BODY


def test_the_hash_is_of_what_was_kept_too(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY)
    with pytest.raises(KeyboardInterrupt):
        fetch(server.url(PATH), target, progress=interrupted)
    with (target.parent / "w.pth.partial").open("r+b") as partial:
        partial.write(b"rotten")
    with pytest.raises(CheckpointError, match="is not the file that was published"):
        fetch(server.url(PATH), target, sha256_prefix=SHA256[:8])
    assert left(target) == ["w.pth.lock"]


def test_less_than_promised_is_no_file(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY, ranges=False, surplus=10)
    with pytest.raises(CheckpointError, match="cut after 600000 of 600010 bytes"):
        fetch(server.url(PATH), target, sleep=lambda _: None)
    assert not target.exists()


def test_a_length_that_is_not_said(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY, chunked=True, cuts=[300_000])
    told: list[tuple[int, int | None]] = []
    fetch(server.url(PATH), target, progress=lambda *now: told.append(now), sleep=lambda _: None)
    assert target.read_bytes() == BODY
    assert told[0] == (0, None)
    assert server.requests[1].range is not None


def test_too_little_space_is_said_before_anything_is_written(
    server: WebServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.resources[PATH] = Resource(BODY)
    with pytest.raises(KeyboardInterrupt):
        fetch(server.url(PATH), target, progress=interrupted)
    kept = (target.parent / "w.pth.partial").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=len(BODY) - len(kept) - 100_000))
        with pytest.raises(CheckpointError, match=rf"no space left in {target.parent}: 0\.1 MB are missing"):
            fetch(server.url(PATH), target)
        assert (target.parent / "w.pth.partial").read_bytes() == kept
    fetch(server.url(PATH), target, sha256_prefix=SHA256)
    assert server.requests[-1].range == f"bytes={len(kept)}-"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_meanwhile(
    server: WebServer, target: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    server.resources[PATH] = Resource(BODY)

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(CheckpointError, match=f"no space left for this user in {target.parent}"):
            fetch(server.url(PATH), target, sleep=never)
    assert not target.exists()
    fetch(server.url(PATH), target, sha256_prefix=SHA256)
    assert server.body_bytes == len(BODY)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, r"\(HTTP 404\): the file is not there any more: get the file another way"),
        (403, r"\(HTTP 403\): the server refuses it to this machine"),
        (407, r"\(HTTP 407\): the proxy wants a password: set https_proxy"),
        (451, r"\(HTTP 451\): get the file another way, and run `bisenet models pull NAME --file PATH`"),
    ],
)
def test_refusals_are_final_and_say_what_to_do(server: WebServer, target: Path, status: int, message: str) -> None:
    server.resources[PATH] = Resource(BODY, statuses=[status])
    with pytest.raises(CheckpointError, match=message) as caught:
        fetch(server.url(PATH), target, sleep=never)
    assert server.url(PATH) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_busy_is_asked_again(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(BODY, statuses=[503, 429])
    naps: list[float] = []
    fetch(server.url(PATH), target, sleep=naps.append)
    assert target.read_bytes() == BODY
    assert naps == list(DELAYS_S[:2])
    server.resources["/b"] = Resource(BODY, statuses=[500] * (len(DELAYS_S) + 1))
    with pytest.raises(CheckpointError, match=r"HTTP 500 Internal Server Error; try again later$"):
        fetch(server.url("/b"), target.with_name("b"), sleep=naps.append)


def test_a_web_page_is_no_checkpoint(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(b"<html>Log in", content_type="text/html; charset=utf-8")
    with pytest.raises(CheckpointError, match="answered with a web page, not with a file"):
        fetch(server.url(PATH), target, sleep=never)
    assert left(target) == ["w.pth.lock"]


def test_redirects_are_followed_and_continued(server: WebServer, target: Path) -> None:
    server.resources[PATH] = Resource(b"", location=server.url("/elsewhere"))
    server.resources["/elsewhere"] = Resource(BODY, cuts=[1000])
    fetch(server.url(PATH), target, sha256_prefix=SHA256, sleep=lambda _: None)
    assert [request.target for request in server.requests] == [PATH, "/elsewhere"] * 2
    assert server.requests[3] == Request("/elsewhere", "bytes=1000-", '"v1"')


def test_the_proxy_of_the_environment_is_used(server: WebServer, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.resources[PATH] = Resource(BODY)
    monkeypatch.setenv("http_proxy", server.url(""))
    fetch(f"http://files.invalid{PATH}", target, sha256_prefix=SHA256)
    assert server.requests == [Request(f"http://files.invalid{PATH}", None, None)]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    fetch(server.url(PATH), target.with_name("direct"))
    assert server.requests[1].target == PATH


def test_a_host_that_is_not_found(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    with pytest.raises(CheckpointError, match=r"cannot find files\.invalid: check the network, or set https_proxy"):
        fetch("https://files.invalid/w.pth", target, sleep=never)


def test_a_host_that_refuses(target: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/w.pth"
        with pytest.raises(CheckpointError, match=r"127\.0\.0\.1, or the proxy before it, refuses connections"):
            fetch(url, target, sleep=never)


def test_a_certificate_that_is_not_trusted(target: Path, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    try:
        subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with WebServer(context) as server:
        url = server.url(PATH).replace("http:", "https:")
        with pytest.raises(
            CheckpointError, match=r"certificate of 127\.0\.0\.1 is not trusted \(self.signed"
        ) as caught:
            fetch(url, target, sleep=never)
    assert "SSL_CERT_FILE" in str(caught.value)


def test_a_server_that_speaks_something_else(server: WebServer, target: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no answer from 127\.0\.0\.1 \(\[SSL.*; try again later$"):
        fetch(server.url(PATH).replace("http:", "https:"), target, sleep=lambda _: None)


def test_a_folder_that_cannot_be_made_is_an_oserror(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        fetch(server.url(PATH), tmp_path / "file" / "w.pth")


CHILD = """
import logging, sys
from pathlib import Path
from bisenet.fetch import fetch
logging.basicConfig(stream=sys.stdout, format="%(message)s")
fetch(sys.argv[1], Path(sys.argv[2]))
print("done", flush=True)
"""


def start(url: str, target: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, url, str(target)], stdout=subprocess.PIPE, text=True)


def test_of_two_processes_one_downloads(server: WebServer, target: Path) -> None:
    gate = threading.Event()
    server.resources[PATH] = Resource(BODY, gate=gate)
    with start(server.url(PATH), target) as first:
        assert server.halfway.wait(WAIT_S)
        with start(server.url(PATH), target) as second:
            assert second.stdout
            assert second.stdout.readline() == "another process is fetching w.pth: waiting for it\n"
            gate.set()
            assert second.communicate(timeout=WAIT_S)[0] == "done\n"
        assert first.communicate(timeout=WAIT_S)[0] == "done\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(server.requests) == 1
    assert target.read_bytes() == BODY


def test_a_process_that_is_killed_leaves_no_lock(
    server: WebServer, target: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()
    server.resources[PATH] = Resource(BODY, gate=gate)
    with start(server.url(PATH), target) as child:
        assert server.halfway.wait(WAIT_S)
        child.send_signal(signal.SIGKILL)
    gate.set()
    with caplog.at_level(logging.WARNING):
        fetch(server.url(PATH), target, sha256_prefix=SHA256)
    assert target.read_bytes() == BODY
    assert caplog.messages == []
