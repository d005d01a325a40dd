"""Exporting the masks of a span: the real command in a process of its own, with an engine that needs no model."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.app.gui.work.conftest import INFO, names

from bisenet.engines import EngineInfo
from bisenet_viewer import cli
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.work.export_process import ExportJob
from bisenet_viewer.gui.work.mask_export import MaskExport, Progress
from bisenet_viewer.segment.request import Request as SegmentRequest

REAL = """
import sys
import bisenet.engines
from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo

class Grey(Closing):
    info = EngineInfo("torch", "test-model", "cpu", "Test Processor", "f32")
    classes = ClassSet("test", tuple(str(k) for k in range(200)), tuple((k, k, k) for k in range(200)))
    def infer(self, rgb, laps=None):
        return rgb[:, :, 1] // 4
    def close(self):
        pass

bisenet.engines.open_engine = lambda *args, **options: Grey()
from bisenet_viewer.cli import main
sys.exit(main())
"""
"""The program's own command line; only its engine is exchanged."""

SCRIPTED = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("--masks") + 1])
{body}
"""


def scripted(body: str) -> list[str]:
    return [sys.executable, "-c", SCRIPTED.format(body=body)]


@pytest.fixture
def clip(tmp_path) -> Path:
    """Two seconds, 25 pictures each; picture k is grey of level 4 k."""
    path = tmp_path / "My clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, width=64, height=48, options={"crf": "1"})
        stream.pix_fmt = "yuv420p"
        for k in range(50):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 4 * k, np.uint8), "rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def make_export(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    made = []

    def make(command: list[str]) -> MaskExport:
        made.append(MaskExport(tmp_path / "out", command=command))
        return made[-1]

    yield make
    for export in made:
        assert export.close()


def level_of(path: Path) -> int:
    mask = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return int(np.median(mask[:, :, 1] if mask.ndim == 3 else mask))


def test_the_span_is_exported_and_nothing_else(qtbot, clip, make_export):
    export = make_export([sys.executable, "-c", REAL])
    seen: list[Progress | None] = []
    export.changed.connect(lambda: seen.append(export.progress))
    with qtbot.waitSignal(export.saved, timeout=60_000) as told:
        export.start(Request(str(clip), "test-model"), None, INFO, (0.4, 1.2))
        assert export.running
    folder = export.folder / "My_clip_masks"
    assert told.args == [str(folder), 20]
    assert names(folder) == [f"{k + 1:08d}_pred.png" for k in range(20)]
    levels = [level_of(folder / name) for name in names(folder)]
    assert levels == pytest.approx(list(range(10, 30)), abs=1)
    assert seen[0] == Progress(0, 20)
    assert seen[-1] is None


def test_a_second_export_gets_a_folder_of_its_own(qtbot, make_export):
    export = make_export(scripted("folder.mkdir(); (folder / '00000001_pred.png').write_bytes(b'png')"))
    for _ in range(2):
        with qtbot.waitSignal(export.saved):
            export.start(Request("clip.mp4", "m"), None, INFO, (0.0, 1.0))
    assert names(export.folder) == ["clip_masks/00000001_pred.png", "clip_masks_2/00000001_pred.png"]


@pytest.mark.parametrize(
    ("stream", "loop", "line"),
    [
        (INFO, (None, None), "Mark the span to export first: L where it begins, L where it ends"),
        (INFO, (1.0, None), "Mark the span to export first: L where it begins, L where it ends"),
        (None, (1.0, 2.0), "Masks are exported from a file: open one, and mark a span with L"),
        (replace(INFO, live=True, seekable=False), (None, None),
         "Masks are exported from a file: open one, and mark a span with L"),
    ],
)  # fmt: skip
def test_without_a_span_it_says_what_to_do(qtbot, make_export, stream, loop, line):
    export = make_export(scripted("raise SystemExit(9)"))
    with qtbot.waitSignal(export.failed) as told:
        export.start(Request("clip.mp4", "m"), None, stream, loop)
    assert told.args == [line]
    assert not export.running
    assert not export.folder.exists()


def test_a_list_of_files_has_no_span_of_its_own(qtbot, tmp_path, make_export):
    videos = tmp_path / "videos"
    videos.mkdir()
    for name in ("a.mp4", "b.mp4"):
        (videos / name).write_bytes(b"")
    export = make_export(scripted("raise SystemExit(9)"))
    with qtbot.waitSignal(export.failed) as told:
        export.start(Request(str(videos), "m"), None, INFO, (1.0, 2.0))
    assert "open the file itself, not the folder or list" in told.args[0]
    assert not export.folder.exists()


def test_a_cancelled_export_keeps_what_it_has(qtbot, make_export):
    body = """
import signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
folder.mkdir()
for k in range(1000):
    (folder / f"{k + 1:08d}_pred.png").write_bytes(b"png")
    if k >= 4:
        time.sleep(0.05)
"""
    export = make_export(scripted(body))
    export.start(Request("clip.mp4", "m"), None, INFO, (0.0, 8.0))
    qtbot.waitUntil(lambda: export.progress is not None and export.progress.done >= 5)
    assert export.progress.part == pytest.approx(export.progress.done / 200)
    with qtbot.waitSignal(export.failed) as refused:
        export.start(Request("clip.mp4", "m"), None, INFO, (0.0, 8.0))
    assert refused.args == ["The masks of a span are being exported already"]
    with qtbot.waitSignal(export.cancelled, timeout=10_000) as told:
        export.cancel()
    assert told.args == [str(export.folder / "clip_masks"), len(names(export.folder))]
    assert 5 <= told.args[1] < 1000


def test_closing_ends_the_process(qtbot, tmp_path, make_export):
    pid_file = tmp_path / "pid"
    body = f"import os; pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid())); time.sleep(60)"
    export = make_export(scripted(body))
    export.start(Request("clip.mp4", "m"), None, INFO, (0.0, 1.0))
    qtbot.waitUntil(lambda: pid_file.exists() and pid_file.read_text() != "", timeout=20_000)
    assert export.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "print('noise', file=sys.stderr); print('bisenet-viewer: error: no model x', file=sys.stderr); sys.exit(5)",
            "The masks could not be exported: no model x",
        ),
        ("sys.exit(1)", "The masks could not be exported: the process ended with code 1"),
    ],
)
def test_a_fault_is_one_line(qtbot, make_export, body, line):
    export = make_export(scripted(body))
    with qtbot.waitSignal(export.failed) as told:
        export.start(Request("clip.mp4", "m"), None, INFO, (0.0, 1.0))
    assert told.args == [line]


def test_a_program_that_is_not_there_is_one_line(qtbot, make_export):
    export = make_export(["/nowhere/python"])
    with qtbot.waitSignal(export.failed) as told:
        export.start(Request("clip.mp4", "m"), None, INFO, (0.0, 1.0))
    assert told.args == ["The masks could not be exported: No such file or directory"]


def test_the_command_line_says_what_is_meant(monkeypatch, make_export, qtbot, tmp_path):
    """Times count from the file's beginning, and the engine is the one that runs."""
    log = tmp_path / "arguments"
    export = make_export(scripted(f"pathlib.Path({str(log)!r}).write_text('\\n'.join(sys.argv[1:]))"))
    request = Request("-odd name.mp4", "street-x39", imgsz=(640, 360), context_every=2)
    running = EngineInfo("onnxruntime", "street-x39", "cpu", "Test Processor", "bf16")
    with qtbot.waitSignal(export.saved):
        export.start(request, running, replace(INFO, start_s=100.0), (101.5, 103.25))
    meant: list[SegmentRequest] = []
    monkeypatch.setattr("bisenet_viewer.segment.command.run", lambda request: meant.append(request) or 0)
    assert cli.main(log.read_text().splitlines()) == 0
    assert meant == [
        SegmentRequest(
            sources=("-odd name.mp4",), masks=str(export.folder / "odd_name_masks"), from_s=1.5, to_s=3.25,
            model="street-x39", engine="onnxruntime", device="cpu", precision="bf16", imgsz=(640, 360), context_every=2,
        )
    ]  # fmt: skip


def test_how_many_masks_are_expected():
    job = ExportJob("clip.mp4", 0.4, 1.2, 25.0, "m", "auto", "auto", "auto", None, 1)
    assert job.expected == 20
    assert replace(job, to_s=1.21).expected == 21
    assert replace(job, rate=None).expected is None
    assert replace(job, rate=float(Fraction(30000, 1001)), from_s=0.0, to_s=1.001).expected == 30
    assert Progress(30, 20).part == 1.0


def test_the_real_program_starts():
    from bisenet_viewer.gui.work.export_process import program

    done = subprocess.run(
        [*program(), "segment", "--help"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "--masks" in done.stdout
