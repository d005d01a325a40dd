"""Faults that wait for each other."""

from __future__ import annotations

from bisenet_viewer.gui.opening.faults import Fault, Faults


def texts(faults: Faults) -> list[str]:
    return [fault.text for fault in faults.shown_first]


def test_the_newest_is_shown_and_three_are_kept() -> None:
    faults = Faults()
    assert (faults.shown, faults.waiting) == (None, 0)
    for text in "abcd":
        faults = faults.told(Fault(text))
    assert texts(faults) == ["d", "c", "b"]
    assert faults.waiting == 2
    assert texts(faults.turned()) == ["c", "b", "d"]


def test_the_same_text_is_told_once() -> None:
    assert texts(Faults().told(Fault("a")).told(Fault("b")).told(Fault("a"))) == ["a", "b"]


def test_a_topic_has_one_fault() -> None:
    faults = (
        Faults().told(Fault("attempt 1", topic="stream")).told(Fault("other")).told(Fault("attempt 2", topic="stream"))
    )
    assert texts(faults) == ["attempt 2", "other"]
    assert texts(faults.withdrawn("stream")) == ["other"]
    assert texts(faults.withdrawn("")) == ["attempt 2", "other"]


def test_dismissing_shows_the_one_before() -> None:
    faults = Faults().told(Fault("a")).told(Fault("b"))
    assert faults.shown is not None
    assert texts(faults.dismissed(faults.shown)) == ["a"]
