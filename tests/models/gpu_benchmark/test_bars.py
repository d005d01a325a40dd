"""What is promised, and what is said of it."""

from __future__ import annotations

import pytest
from benchmarks.gpu.bars import BARS, FRAME_CASES, Bar, all_met, verdicts


def good() -> dict[str, float]:
    return {bar.key: bar.limit for bar in BARS}


@pytest.mark.parametrize(
    ("wanted", "value", "met"),
    [(">=", 10.0, True), (">=", 9.99, False), ("<=", 10.0, True), ("<=", 10.01, False), (">=", float("nan"), False)],
)
def test_a_bar(wanted: str, value: float, met: bool) -> None:
    assert Bar("key", "text", wanted, 10).is_met(value) is met  # type: ignore[arg-type]


def test_a_verdict_says_what_was_wanted_what_was_measured_and_whether_that_is_enough() -> None:
    figures = good() | {"fps/v2-1024x512": 1234.4, "busy": 0.7995}
    del figures["tail"]
    rows = {row["bar"]: row for row in verdicts(figures)}
    assert rows["V2, picture and input 1024x512, host to host, batch 1"] == {
        "bar": "V2, picture and input 1024x512, host to host, batch 1",
        "wanted": ">= 1,000 FPS",
        "measured": "1,234.4 FPS",
        "met": "yes",
    }
    # What is just under a bar does not look as if it were on it.
    assert rows["the card is busy when fed, the least of the five"]["measured"] == "0.7995"
    assert rows["the card is busy when fed, the least of the five"]["met"] == "no"
    assert rows["p99 to median, one frame at a time, the most of the five"]["measured"] == "not measured"
    assert rows["p99 to median, one frame at a time, the most of the five"]["met"] == "-"


def test_all_are_met_only_when_all_were_measured_but_for_the_miou_which_takes_data() -> None:
    assert all_met(good())
    assert all_met({key: value for key, value in good().items() if key != "miou-points"})
    assert not all_met({key: value for key, value in good().items() if key != "busy"})
    assert not all_met(good() | {"miou-points": 0.2})
    assert not all_met({})


def test_each_case_has_a_bar() -> None:
    assert {f"fps/{case}" for case in FRAME_CASES} <= {bar.key for bar in BARS}
