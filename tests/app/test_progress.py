"""Progress: what the line counts up to, and silence where nobody looks."""

from __future__ import annotations

import io
import threading
from fractions import Fraction

import pytest

from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("frame_count", "duration_s", "rate", "to_s", "shown"),
    [
        (221, 8.84, Fraction(25), None, "1/221 "),
        (None, 8.84, Fraction(25), None, "1/221 "),
        (221, 8.84, Fraction(25), 2.0, "1/50 "),
        (221, 8.84, Fraction(25), 60.0, "1/221 "),
        (None, None, Fraction(30), 1.5, "1/45 "),
        (None, None, None, 1.5, "1frame"),
    ],
)
def test_the_line_counts_up_to_the_frames_that_are_wanted(monkeypatch, frame_count, duration_s, rate, to_s, shown):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    info = StreamInfo("clip.mp4", 4, 4, rate, live=False, duration_s=duration_s, frame_count=frame_count)
    with Progress() as progress:
        progress.expect(info, to_s)
        progress.advance()
    last = terminal.getvalue().rstrip().rpartition("\r")[2]
    assert last.startswith("clip.mp4: ")
    assert shown in last


def test_without_a_terminal_only_what_is_said_is_printed(capsys):
    threads = threading.active_count()
    with Progress() as progress:
        progress.expect(StreamInfo("clip.mp4", 4, 4, Fraction(25), live=False, frame_count=3), None)
        progress.advance()
        progress.say("the sound breaks off")
        assert threading.active_count() == threads
    assert capsys.readouterr() == ("", "bisenet-viewer: the sound breaks off\n")
