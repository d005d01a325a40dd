"""What a report says: as JSON and back, as tables, compared, and in a sentence."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from tests.app.benchmark.fakes import MACHINE, measurement, report

from bisenet_viewer.benchmark.advice import advice
from bisenet_viewer.benchmark.compare import comparison
from bisenet_viewer.benchmark.paper_table import table_5
from bisenet_viewer.benchmark.plan import Sizes
from bisenet_viewer.benchmark.report_file import read_report, to_json
from bisenet_viewer.benchmark.results import COUNTED, ClipFigures
from bisenet_viewer.benchmark.tables import report_markdown, report_text
from bisenet_viewer.benchmark.tally import without_folders
from bisenet_viewer.errors import SourceError

CLIP = ClipFigures(runs=3, frames=100, wall_s=5.0, opening_s=0.4, cpu_s=9.0)


def test_json_comes_back_as_it_was(tmp_path):
    whole = report(measurement(clip=CLIP), measurement(7.0, network_only=True))
    path = tmp_path / "r.json"
    path.write_text(to_json(whole))
    assert read_report(path) == whole
    plain = json.loads(path.read_text())
    assert (plain["schema"], plain["version"], plain["counted"]) == ("bisenet-viewer benchmark", 1, COUNTED)


def test_a_field_of_a_later_version_is_passed_over(tmp_path):
    plain = json.loads(to_json(report()))
    plain["measurements"][0]["colour"] = plain["machine"]["smell"] = "new"
    path = tmp_path / "r.json"
    path.write_text(json.dumps(plain))
    assert read_report(path) == report()


def _without(*keys: str | int) -> str:
    plain = json.loads(to_json(report()))
    place = plain
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    return json.dumps(plain)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("{", "it is no JSON"),
        ("\x00\xff", "it is no JSON"),
        ("[1]", "not a result of this benchmark"),
        ('{"schema": "other"}', "not a result of this benchmark"),
        ('{"schema": "bisenet-viewer benchmark", "version": 2}', "has version 2 .* reads 1"),
        (_without("machine"), "is damaged: KeyError: 'machine'"),
        (_without("measurements", 0, "stages", "network", "median"), "is damaged: KeyError: 'median'"),
        (to_json(report()).replace('"stages": {', '"stages": 5, "other": {', 1), "is damaged"),
        (to_json(report()).replace('"median": 40.0', '"median": "fast"', 1), "expected numbers"),
    ],
)
def test_a_damaged_or_foreign_file_is_told_in_one_line(tmp_path, content, text):
    path = tmp_path / "r.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(SourceError, match=text) as raised:
        read_report(path)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there():
    with pytest.raises(SourceError, match=r"cannot read nowhere\.json: No such file"):
        read_report(Path("nowhere.json"))


def _cells(text: str, runs_on: str, separator: str | None = None) -> list[str]:
    (line,) = (line for line in text.splitlines() if runs_on in line and "1280x720 " in line)
    return [cell.strip() for cell in line.split(separator) if cell.strip()]


def test_the_table_has_the_medians_and_the_ratio_to_the_baseline():
    text = report_text(report())
    assert _cells(text, "torch f32")[:3] == ["street-x39", "1280x720", "640x360"]
    assert _cells(text, "torch f32")[5:] == [
        "2.0", "40.0", "5.0", "3.0", "50.0", "62.5", "75.0", "20.0", "4.0", "2.0", "321", "2445",
    ]  # fmt: skip
    assert _cells(text, "baseline")[4:12] == ["4.0", "80.0", "96.0", "20.0", "200.0", "250.0", "300.0", "5.0"]
    for part in ("A processor, 2 of 4 cores", "2 threads", "torch 2.13.0", "Left out", "torch has no int8"):
        assert part in text
    assert " W " not in text  # nobody knows the power
    assert max(map(len, text.splitlines())) <= 160


def test_markdown_says_what_is_counted():
    text = report_markdown(report())
    assert text.startswith("# Benchmark\n")
    assert COUNTED in text
    assert _cells(text, "torch f32", "|")[4:8] == ["2.0", "40.0", "5.0", "3.0"]


def test_a_partial_report_says_so():
    for text in (report_text(report(partial=True)), report_markdown(report(partial=True))):
        assert "Interrupted: partial results." in text
    assert "Interrupted" not in report_text(report())


def test_a_clip_is_told_against_its_stages_and_the_baseline():
    slow = dataclasses.replace(CLIP, wall_s=30.0)
    text = " ".join(
        report_text(
            report(measurement(clip=CLIP), measurement(80.0, chain="baseline", others_ms=(4, 96, 20), clip=slow))
        ).split()
    )
    # 100 frames: 40 ms of network, and 2 + 5 + 3 + 4 (decode) + 20 (encode) beside.
    assert (
        "segment with street-x39 on torch f32: 1.25 times the slowest stage (network) and 0.68 of all stages one after "
        "the other, 6.0 times as fast as the baseline with the same decoder and encoder."
    ) in text


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (measurement(40.0), "network, 40.0 of 50.0 ms; other engines may run it faster (--engine auto"),
        (dataclasses.replace(measurement(40.0), notes=("auto",)), "network, 40.0 of 50.0 ms; int8"),
        (measurement(40.0, engine="openvino"), "network, 40.0 of 50.0 ms; int8"),
        (measurement(40.0, engine="openvino", precision="int8"), "a smaller network input or a GPU"),
        (dataclasses.replace(measurement(40.0), device="cuda:0"), "a smaller network input would help"),
        (measurement(40.0, others_ms=(2, 50, 3)), "post, 50.0 of 95.0 ms; it grows with the picture"),
        (measurement(10.0), "encode, 20.0 ms beside 20.0 from picture to overlay; only `segment`"),
    ],
)
def test_a_sentence_names_the_slowest_stage_and_what_helps(changed, text):
    sentence = advice(report(changed, measurement(500.0, chain="baseline")))
    assert sentence is not None
    assert sentence.startswith(f"Slowest stage (street-x39, {changed.runs_on}, 1280x720@640x360): ")
    assert text in sentence


def test_the_sentence_is_of_the_fastest_and_of_none_without_frames():
    sentence = advice(report(measurement(40.0), measurement(30.0, engine="openvino")))
    assert sentence is not None
    assert "openvino f32" in sentence
    assert advice(report(measurement(network_only=True))) is None


def test_two_runs_are_compared_by_ratio():
    before = report(measurement(60.0), measurement(90.0, engine="openvino"))
    text = comparison(report(measurement(30.0), measurement(10.0, engine="onnxruntime")), before, "old.json")
    lines = text.splitlines()
    assert lines[0] == "Compared with old.json (2026-01-01T00:00:00+00:00); above 1: faster now"
    (row,) = (line for line in lines if line.startswith("street-x39"))
    assert row.split()[-6:] == ["60.0", "30.0", "2.00", "70.0", "40.0", "1.75"]
    assert lines[-1] == "1 of 2 configurations are not in the earlier run"
    assert "warning" not in text


def test_unlike_runs_are_warned_of():
    settings = dataclasses.replace(report().settings, threads=None)
    machine = dataclasses.replace(MACHINE, cpu="Another", versions={"torch": "2.14.0", "openvino": "2026.4"})
    now = report(settings=settings, machine=machine, busy_elsewhere=2.0)
    text = comparison(now, report(partial=True), "old.json")
    for part in (
        "processor differs: Another now, A processor before",
        "threads differs: the engine's choice now, 2 before",
        "torch differs: 2.14.0 now, 2.13.0 before",
        "the run before was interrupted",
        "other programs kept 2.0 cores busy now",
    ):
        assert f"warning: {part}" in text
    assert "openvino differs" not in text


def test_two_files_of_one_model_are_told_apart():
    files = [dataclasses.replace(measurement(ms), file=name) for ms, name in ((40.0, "a.xml"), (20.0, "b.xml"))]
    assert _cells(report_text(report(*files)), "torch f32 b.xml")[7] == "20.0"
    (row,) = (line for line in comparison(report(files[1]), report(*files), "old.json").splitlines() if "b.xml" in line)
    assert row.split()[-1] == "1.00"
    with_baseline = report(*files, measurement(80.0, chain="baseline"))
    assert [with_baseline.baseline(each) is not None for each in files] == [True, True]


def test_nothing_in_common_is_said():
    text = comparison(report(), report(measurement(model="street-r18")), "old.json")
    assert text.endswith("nothing was measured in both runs")


def test_table_5_has_this_machine_beside_the_paper():
    small = Sizes.parse("640x360")
    whole = report(
        measurement(250.0, model="segnet/paper", sizes=small, network_only=True),
        measurement(12.5, model="bisenetv1-x39/torchseg", sizes=small, network_only=True),
    )
    rows = {line.split("  ")[0].strip(): line.split() for line in table_5(whole, "text").splitlines()}
    assert rows["SegNet"][-6:] == ["250", "4.0", "-", "-", "-", "-"]
    assert rows["Ours 1"][2:4] == ["5", "203.5"]
    assert rows["Ours 1"][-6:] == ["12.5", "80.0", "-", "-", "-", "-"]
    assert rows["ENet"][-6:] == ["-"] * 6
    markdown = table_5(whole, "markdown")
    assert "this machine, 640×360: fps" in markdown
    assert "does not depend on the weights" in markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "no model file /home/me/a b/m.safetensors",
            "no model file /home/me/a b/m.safetensors".replace("/home/me/", ""),
        ),
        ("see '/var/x/y.xml': damaged", "see 'y.xml': damaged"),
        ("~/models/m.onnx is damaged", "m.onnx is damaged"),
        ("fetch https://host/a/b.pth or enet/paper", "fetch https://host/a/b.pth or enet/paper"),
    ],
)
def test_folders_are_not_told(text, shown):
    assert without_folders(text) == shown
