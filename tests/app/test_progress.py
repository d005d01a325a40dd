"""Progress: what the line counts up to, and silence where nobody looks."""

from __future__ import annotations

import io
import threading
from fractions import Fraction

import pytest

from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.progress import Board, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("frame_count", "duration_s", "rate", "shown"),
    [
        (221, 8.84, Fraction(25), "1/221 "),
        (None, 8.84, Fraction(25), "1/221 "),
        (None, None, Fraction(30), "1frame"),
        (None, 8.84, None, "1frame"),
    ],
)
def test_the_line_counts_up_to_the_frames_that_are_wanted(monkeypatch, frame_count, duration_s, rate, shown):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    info = StreamInfo("clip.mp4", 4, 4, rate, live=False, duration_s=duration_s, frame_count=frame_count)
    with Progress() as progress:
        progress.expect(info)
        progress.advance()
    last = terminal.getvalue().rstrip().rpartition("\r")[2]
    assert last.startswith("clip.mp4: ")
    assert shown in last


def test_a_board_has_a_line_per_job_and_one_in_total(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with Board(3, 2) as board:
        board.line(1).begin("b.mp4")
        board.line(1).expect(StreamInfo("b.mp4", 4, 4, Fraction(25), live=False, frame_count=8))
        board.line(1).advance(5)
        assert board.settle() == "1/3"
        board.line(1).say("the sound breaks off")
    shown = terminal.getvalue()
    assert "in total" in shown
    assert "b.mp4: loading" in shown
    assert "bisenet-viewer: b.mp4: the sound breaks off\n" in shown


def test_without_a_terminal_only_what_is_said_is_printed(capsys):
    threads = threading.active_count()
    with Progress() as progress:
        progress.expect(StreamInfo("clip.mp4", 4, 4, Fraction(25), live=False, frame_count=3))
        progress.advance()
        progress.say("the sound breaks off")
        assert threading.active_count() == threads
    assert capsys.readouterr() == ("", "bisenet-viewer: the sound breaks off\n")
