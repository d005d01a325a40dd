"""The cache of published originals: where it is, what is fetched into it, what is refused."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from tests.models.webserver import Resource, WebServer

from bisenet.download import cache_dir, is_offline, original_file, pulled
from bisenet.errors import CheckpointError
from bisenet.registry import Published, published

BODY = b"PK\x03\x04" + np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
DRIVE = "https://drive.google.com/file/d/1hFF-J9qoXlbVRRUr29aWeQpL4Lwn45mU/view?usp=sharing"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "bisenet_offline"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "checkpoints"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        server.resources["/w.pth"] = Resource(BODY)
        yield server


@pytest.fixture
def entry(server: WebServer) -> Published:
    entry = replace(published("cityscapes-r18-mmseg"), sha256_prefix=SHA256[:8])
    object.__setattr__(entry, "url", server.url("/w.pth"))  # past the check that it is https
    return entry


def test_the_cache_is_the_users_or_the_one_of_the_environment(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_dir() == cache
    monkeypatch.setenv("BISENET_CACHE", "~/there")
    assert cache_dir() == Path.home() / "there" / "checkpoints"
    monkeypatch.delenv("BISENET_CACHE")
    assert cache_dir() == Path(platformdirs.user_cache_dir("bisenet-viewer", appauthor=False)) / "checkpoints"


@pytest.mark.parametrize(
    ("value", "offline"),
    [("", False), ("0", False), ("False", False), ("no", False), ("off", False), ("1", True), ("true", True)],
)
def test_offline_by_the_environment(monkeypatch: pytest.MonkeyPatch, value: str, offline: bool) -> None:
    monkeypatch.setenv("BISENET_OFFLINE", value)
    assert is_offline() == offline


def test_it_is_downloaded_once(entry: Published, server: WebServer, cache: Path) -> None:
    told: list[tuple[int, int | None]] = []
    file = pulled(entry, progress=lambda *now: told.append(now))
    assert file == original_file(entry) == cache / "w.pth"
    assert file.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert pulled(entry, offline=True) == file
    assert len(server.requests) == 1


def test_a_cached_file_that_is_not_the_published_one_is_refused(entry: Published, server: WebServer) -> None:
    file = pulled(entry)
    file.write_bytes(BODY[:-1])
    with pytest.raises(CheckpointError, match=f"w.pth is not the file .* expected {SHA256[:8]}; delete it and fetch"):
        pulled(entry)
    assert len(server.requests) == 1


def test_without_a_known_hash_the_name_is_trusted(cache: Path) -> None:
    entry = published("cityscapes-v2-coincheung")
    assert entry.sha256_prefix is None
    cache.mkdir(parents=True)
    (cache / entry.filename).write_bytes(b"PK by hand")
    assert pulled(entry, offline=True).read_bytes() == b"PK by hand"


@pytest.mark.parametrize("by_environment", [True, False])
def test_offline_says_what_to_fetch_and_where_to_put_it(
    entry: Published, server: WebServer, cache: Path, monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    if by_environment:
        monkeypatch.setenv("BISENET_OFFLINE", "1")
    with pytest.raises(CheckpointError) as caught:
        pulled(entry, offline=None if by_environment else True)
    assert str(caught.value) == (
        "cityscapes-r18-mmseg is not on this machine, and the network is not to be used. "
        f"Fetch {entry.url} on another machine. Then run: bisenet models pull cityscapes-r18-mmseg --file PATH "
        f"(or put the file at {cache / 'w.pth'})"
    )
    assert server.requests == []
    if by_environment:
        assert pulled(entry, offline=False).is_file()  # an argument goes before the environment


def test_what_only_a_person_can_fetch(cache: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        pulled(published("cityscapes-r18-torchseg"))
    assert str(caught.value) == (
        f"cityscapes-r18-torchseg cannot be fetched by a program. Open {DRIVE} in a browser and save the file. "
        "Then run: bisenet models pull cityscapes-r18-torchseg --file PATH"
    )
    assert not cache.exists()


def test_a_file_fetched_by_hand_is_copied(tmp_path: Path, cache: Path) -> None:
    mine = tmp_path / "R18 (1).pth"
    mine.write_bytes(BODY)
    entry = published("cityscapes-r18-torchseg")
    file = pulled(entry, file=mine, offline=True)
    assert file == cache / "cityscapes-r18-torchseg.pth"
    assert file.read_bytes() == mine.read_bytes() == BODY
    assert sorted(path.name for path in cache.iterdir()) == [file.name, f"{file.name}.lock"]
    assert pulled(entry) == file
    assert pulled(entry, file=file) == file
    assert file.read_bytes() == BODY


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no file .*mine"),
        (b"\n <!DOCTYPE html><html>Google Drive", "mine is a web page, not a checkpoint"),
        (b"PK another", r"mine is not the file that was published as cityscapes-r18-mmseg: its sha256 begins with"),
    ],
)
def test_wrong_files_are_refused(
    entry: Published, tmp_path: Path, cache: Path, content: bytes | None, message: str
) -> None:
    mine = tmp_path / "mine"
    if content:
        mine.write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        pulled(entry, file=mine)
    assert not cache.exists()


def test_a_copy_for_which_there_is_no_space(
    entry: Published, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(BODY)

    class Usage:
        free = 4

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    with pytest.raises(CheckpointError, match=f"no space left in {cache}: 0.3 MB are missing"):
        pulled(entry, file=mine)
    assert not (cache / "w.pth").exists()


def test_a_copy_that_fails_leaves_nothing(
    entry: Published, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(BODY)

    def half(source: Path, copy: Path) -> None:
        copy.write_bytes(source.read_bytes()[:1000])
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(copy))

    monkeypatch.setattr("shutil.copyfile", half)
    with pytest.raises(OSError, match="Input/output error"):
        pulled(entry, file=mine)
    assert [path.name for path in cache.iterdir()] == ["w.pth.lock"]


def test_a_bar_on_a_terminal(
    entry: Published, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    pulled(entry)
    error = capsys.readouterr().err
    assert error.rpartition("\r")[2].startswith("cityscapes-r18-mmseg: 100%")
    assert "300k/300k" in error


def test_lines_in_the_log_elsewhere(
    entry: Published, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        pulled(entry)
    assert caplog.messages == [
        "downloading cityscapes-r18-mmseg",
        f"{original_file(entry)}: sha256 {SHA256}",
        "downloaded cityscapes-r18-mmseg, 0.3 MB",
    ]
    assert capsys.readouterr().err == ""
