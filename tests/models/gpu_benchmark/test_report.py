"""The files of a run: tables for people, the same as JSON, whole at any time."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.gpu.findings import Found
from benchmarks.gpu.report import Report, section, slug, table
from benchmarks.gpu.step import Outcome


def outcome(status: str = "done", failures: list[str] | None = None) -> Outcome:
    found = Found({"Speed": [{"case": "v2", "FPS": 1234.5}]}, {"fps/v2-1024x512": 1234.5}, ["Fed."], failures or [])
    return Outcome("frames", "Frames", status, 12.34, found)


def report(*outcomes: Outcome) -> Report:
    return Report("NVIDIA H200", {"quick": False}, "2026-01-02T03:04:05+00:00", list(outcomes))


def test_rows_may_differ_in_their_columns_and_what_is_not_there_is_a_dash() -> None:
    assert table([{"a": 1.0, "b": None}, {"a": 2.0, "c": "x"}]).splitlines() == [
        "| a | b | c |",
        "|---|---|---|",
        "| 1 | - | - |",
        "| 2 | - | x |",
    ]


def test_a_section_has_tables_notes_and_what_failed() -> None:
    text = section(outcome("stopped after 60 s", ["x39: RuntimeError: no"]))
    assert text.startswith("## Frames\n\n### Speed\n\n| case | FPS |")
    assert "Fed." in text
    assert "Could not be measured: x39: RuntimeError: no." in text
    assert text.endswith("This step: stopped after 60 s.")
    assert "This step" not in section(outcome())


def test_the_files_have_the_cards_name_and_are_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    made = report(outcome())
    made.write(folder)
    made.partial = False
    as_json, as_text = made.write(folder)
    assert (as_json.name, as_text.name) == ("nvidia-h200-gpu.json", "nvidia-h200-gpu.md")
    assert sorted(folder.iterdir()) == [as_json, as_text]
    content = json.loads(as_json.read_text())
    assert (content["schema"], content["version"], content["partial"]) == ("benchmark-gpu", 1, False)
    assert content["steps"][0]["tables"] == {"Speed": [{"case": "v2", "FPS": 1234.5}]}
    assert content["steps"][0]["seconds"] == 12.3
    assert content["bars"][0]["met"] == "yes"
    # The bars are last: that is what is seen when all has scrolled by.
    assert as_text.read_text().index("## Bars: NVIDIA H200") > as_text.read_text().index("## Steps")


def test_the_closing_tables_say_how_each_step_ended() -> None:
    closing = report(outcome("done", ["one", "two"]), outcome("failed: no")).closing()
    assert "| Frames | 12 s | done, 2 of its parts failed |" in closing
    assert "| Frames | 12 s | failed: no |" in closing


def test_names_for_files() -> None:
    assert slug("NVIDIA GeForce RTX 4090 (D)") == "nvidia-geforce-rtx-4090-d"
    assert slug("???") == "unknown"


def test_a_step_is_whole_when_nothing_in_it_failed() -> None:
    assert outcome().is_whole
    assert not outcome("done", ["one"]).is_whole
    assert not outcome("left out: no time remained").is_whole
