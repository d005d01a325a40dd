"""StatsSink: a whole line per frame, whatever happens."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bisenet.classes import ClassSet
from bisenet_viewer.errors import SinkError
from bisenet_viewer.overlay import class_shares
from bisenet_viewer.sinks.growing_file import GrowingFile
from bisenet_viewer.sinks.stats import StatsSink
from bisenet_viewer.sinks.target import partial_path

TWO = ClassSet("two", ("road", "blue sky"), ((128, 0, 0), (0, 0, 128)))


@pytest.fixture
def result(make_result):
    """Of frame 4: three quarters road, an eighth sky, the rest ignored."""
    labels = np.zeros((48, 64), np.uint8)
    labels[:6], labels[6:12] = 1, 255
    confidence = np.full((48, 64), 51, np.uint8)
    plain = make_result(4, pts=90)
    return replace(plain, labels=labels, stage_ms={"decode": 1.23456, "network": 2.0}, confidence=confidence)


def test_a_json_line_says_what_the_frame_was(tmp_path, result):
    lost = iter((0, 3))
    with StatsSink(tmp_path / "a.jsonl", TWO, shares=class_shares, lost=lambda: next(lost)) as sink:
        sink.write(result)
        sink.write(replace(result, confidence=None))
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    first, second = (json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines())
    assert first == {
        "index": 4,
        "pts": 90,
        "time_s": 3.0,
        "shares": {"road": 0.75, "blue sky": 0.125},
        "confidence": 0.2,
        "ms": {"decode": 1.235, "network": 2.0},
        "dropped": 0,
    }
    assert second["dropped"] == 3
    assert "confidence" not in second


def test_csv_has_a_column_for_each_class_and_stage(tmp_path, result):
    with StatsSink(tmp_path / "a.csv", TWO, shares=class_shares, lost=lambda: 2) as sink:
        sink.write(result)
        sink.write(replace(result, stage_ms={"decode": 5.0}))
    with (tmp_path / "a.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["share road"], first["share blue sky"], first["confidence"]) == ("0.75", "0.125", "0.2")
    assert (first["index"], first["pts"], first["time_s"], first["dropped"]) == ("4", "90", "3.0", "2")
    assert (first["ms decode"], first["ms network"]) == ("1.235", "2.0")
    assert (second["ms decode"], second["ms network"]) == ("5.0", "")


def test_each_line_is_on_disk_when_it_was_written(tmp_path, result):
    told: list[str] = []
    sink = StatsSink(tmp_path / "a.jsonl", TWO, shares=class_shares, lost=int, say=told.append)
    sink.write(result)
    assert json.loads(partial_path(tmp_path / "a.jsonl").read_text())["index"] == 4
    sink.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert told == [f"what was written is kept in {partial_path(tmp_path / 'a.jsonl')}"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.partial.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tmp_path, result):
    partial_path(tmp_path / "a.csv").symlink_to("/dev/full")
    with (
        pytest.raises(SinkError, match=r"cannot write .*a\.csv: No space left on device"),
        StatsSink(tmp_path / "a.csv", TWO, shares=class_shares, lost=int, overwrite=True) as sink,
    ):
        sink.write(result)
    assert list(tmp_path.iterdir()) == []


class HalfWritten:
    """A file on a disk that takes so many more bytes."""

    def __init__(self, file, room: int) -> None:
        self.file, self.room = file, room

    def write(self, data) -> int:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        taken = self.file.write(data[: self.room])
        self.room -= taken
        return taken

    def __getattr__(self, name: str):
        return getattr(self.file, name)


def test_a_record_is_written_whole_or_not_at_all(tmp_path):
    growing = GrowingFile(tmp_path / "a.jsonl", overwrite=False, say=print)
    growing._file = HalfWritten(growing._file, 8)
    growing.write(b"first\n")
    with pytest.raises(SinkError, match="No space left"):
        growing.write(b"second\n")
    assert partial_path(tmp_path / "a.jsonl").read_bytes() == b"first\n"
    growing.abort(worth_keeping=False)
    assert list(tmp_path.iterdir()) == []


def test_what_appears_meanwhile_is_not_overwritten(tmp_path, result):
    sink = StatsSink(tmp_path / "a.jsonl", TWO, shares=class_shares, lost=int)
    sink.write(result)
    (tmp_path / "a.jsonl").write_text("precious")
    with pytest.raises(SinkError, match="has come to exist meanwhile; the whole file is"):
        sink.close()
    assert (tmp_path / "a.jsonl").read_text() == "precious"


def test_another_extension_is_refused(tmp_path):
    with pytest.raises(SinkError, match=r"use \.jsonl, \.csv"):
        StatsSink(tmp_path / "a.xlsx", TWO, shares=class_shares, lost=int)
