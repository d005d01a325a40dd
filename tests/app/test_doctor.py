"""`bisenet-viewer doctor`: each finding for what may be found, and the report."""

from __future__ import annotations

import json
import logging
import platform
import struct
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.engines import Engine, EngineInfo
from bisenet.resources import assets_dir
from bisenet_viewer.commands import doctor
from bisenet_viewer.doctor import report
from bisenet_viewer.doctor.cameras import check_cameras, judge_cameras
from bisenet_viewer.doctor.checks import all_checks
from bisenet_viewer.doctor.codecs import judge_codecs
from bisenet_viewer.doctor.display import check_display
from bisenet_viewer.doctor.finding import Check, Finding, State, examine, failed
from bisenet_viewer.doctor.graphics import Card, Torch, judge_graphics, parse_cards, runs_on
from bisenet_viewer.doctor.packages import fits, judge_engines, judge_packages, judge_python
from bisenet_viewer.doctor.processor import Processor, judge_processor
from bisenet_viewer.doctor.self_test import Outcome, judge_whole, measured
from bisenet_viewer.doctor.storage import judge_folders, judge_memory, nearest, write_fault
from bisenet_viewer.doctor.weights import check_weights, fault_of
from bisenet_viewer.errors import DisplayError
from bisenet_viewer.frame import Frame
from bisenet_viewer.sources.demo import DemoSource
from bisenet_viewer.sources.devices.device import Device, Mode
from bisenet_viewer.sources.devices.finding import System

H100 = Card("NVIDIA H100 80GB HBM3", "570.86", (9, 0))
CPU_BUILD, CUDA_BUILD = Torch("2.13.0+cpu", None), Torch("2.13.0", "12.8", ("sm_80", "sm_90", "sm_120"), True)
EPYC = Processor("EPYC", frozenset({"avx2", "avx512f", "avx512_bf16", "avx512_vnni"}), 16, 16, 8, 1.0)
CAMERA = Device("Logitech BRIO", 2, "v4l2", "/dev/video2", "/dev/video2")
MODES = (Mode("mjpeg", 1280, 720, 60.0), Mode("yuyv422", 640, 480, 30.0))
STREET = Outcome("openvino bf16 on EPYC", 23.0, 0.88)


def nothing() -> None:
    """There is a display."""


def no_display() -> None:
    raise DisplayError("no display for the window (libxcb-cursor.so.0)")


CASES: dict[str, tuple[Finding, State, str, str]] = {
    "new Python": (judge_python((3, 11, 0), True), "ok", "3.11.0, in an environment of its own", ""),
    "old Python": (judge_python((3, 10, 9), False), "fail", "3.10.9", "install Python 3.11"),
    "packages": (judge_packages({"torch": "==2.13.0"}, {"torch": "2.13.0+cpu"}), "ok", "torch 2.13.0+cpu", ""),
    "package missing": (judge_packages({"torch": "", "av": ""}, {"torch": "2"}), "fail", "missing: av", "install av"),
    "package too old": (judge_packages({"av": ">=17"}, {"av": "16.1"}), "fail", "av 16.1, expected >=17", "'av>=17'"),
    "two OpenCV": (
        judge_packages({}, {"opencv-python": "5", "opencv-python-headless": "5"}),
        "warn",
        "overwrite each other's files",
        "pip uninstall -y opencv-python opencv-python-headless && pip install opencv-python",
    ),
    "no card": (judge_graphics((), has_card=False, has_driver=False, torch=CPU_BUILD), "ok", "no NVIDIA card", ""),
    "no driver": (judge_graphics((), has_card=True, has_driver=False, torch=CPU_BUILD), "warn", "driver", "install"),
    "build for the processor": (
        judge_graphics((H100,), has_card=True, has_driver=True, torch=CPU_BUILD),
        "warn",
        "H100 80GB HBM3, driver 570.86, but torch 2.13.0+cpu is built for the processor alone",
        "pip install torch==2.13.0 in its CUDA build",
    ),
    "card works": (
        judge_graphics((H100,), has_card=True, has_driver=True, torch=CUDA_BUILD),
        "ok",
        "torch 2.13.0 (CUDA 12.8)",
        "",
    ),
    "card with TensorRT": (
        judge_graphics(
            (H100,), has_card=True, has_driver=True, torch=replace(CUDA_BUILD, kernels="triton", tensorrt="10.13")
        ),
        "ok",
        "torch 2.13.0 (CUDA 12.8), TensorRT 10.13",
        "",
    ),
    "card without Triton": (
        judge_graphics((H100,), has_card=True, has_driver=True, torch=replace(CUDA_BUILD, kernels="torch")),
        "warn" if platform.system() == "Linux" else "ok",
        "torch 2.13.0 (CUDA 12.8)",
        "pip install triton" if platform.system() == "Linux" else "",
    ),
    "card too new": (
        judge_graphics((Card("X", "9", (13, 0)),), has_card=True, has_driver=True, torch=CUDA_BUILD),
        "fail",
        "X, driver 9 needs sm_130; torch 2.13.0 has sm_80 sm_90 sm_120",
        "--device cpu",
    ),
    "driver too old": (
        judge_graphics(
            (Card("H100", "450", None),), has_card=True, has_driver=True, torch=Torch("2.13.0", "12.8", ("sm_90",))
        ),
        "warn",
        "cannot use it",
        "CUDA 12.8; in a container, start it with --gpus all",
    ),
    "processor": (
        judge_processor(EPYC),
        "ok",
        "EPYC, 8 threads of 16 processors, bf16, VNNI, AVX-512, AVX2, load 1.0",
        "",
    ),
    "small container": (
        judge_processor(Processor("EPYC", EPYC.flags, 16, 2, 1, None)),
        "warn",
        "this container gets 2 of them",
        "--cpus",
    ),
    "old processor": (
        judge_processor(Processor("Old", frozenset({"sse2"}), 4, 4, 2, None)),
        "warn",
        "no AVX2",
        "newer",
    ),
    "unknown processor": (judge_processor(Processor("M4", frozenset(), 8, 8, 8, None)), "ok", "8 threads of 8", ""),
    "screen": (check_display(nothing, {"DISPLAY": ":0"}), "ok", "DISPLAY=:0", ""),
    "screen beside OpenCV": (
        check_display(nothing, {"DISPLAY": ":0", "QT_QPA_PLATFORM_PLUGIN_PATH": "/x/cv2/qt/plugins"}),
        "ok",
        "left aside",
        "",
    ),
    "others' plugins": (
        check_display(nothing, {"DISPLAY": ":0", "QT_QPA_PLATFORM_PLUGIN_PATH": "/opt/qt5/plugins"}),
        "warn",
        "/opt/qt5/plugins",
        "unset QT_QPA_PLATFORM_PLUGIN_PATH",
    ),
    "offscreen": (check_display(nothing, {"QT_QPA_PLATFORM": "offscreen"}), "warn", "nothing is seen", "unset"),
    "no screen": (check_display(no_display, {}), "warn", "no display", "ssh -X"),
    "broken screen": (check_display(no_display, {"DISPLAY": ":0"}), "fail", "libxcb-cursor", "install"),
    "codecs": (
        judge_codecs("18", {"h264", "hevc", "libdav1d", "libx264"}, ("cuda",)),
        "ok",
        "PyAV 18: H.264, HEVC, AV1, records H.264; decodes on cuda",
        "",
    ),
    "no AV1": (judge_codecs("18", {"h264", "hevc", "libx264"}, ()), "fail", "cannot decode AV1", "reinstall av"),
    "no x264": (judge_codecs("18", {"h264", "hevc", "av1"}, ()), "fail", "nothing can be recorded", "reinstall av"),
    "camera": (
        judge_cameras([(CAMERA, MODES)], (), ""),
        "ok",
        "2: Logitech BRIO, 1280x720 mjpeg 60 fps of 2 modes",
        "",
    ),
    "no camera": (judge_cameras([], (), ""), "ok", "none is connected", ""),
    "camera forbidden": (
        judge_cameras([(CAMERA, ())], [CAMERA], "video"),
        "warn",
        "not allowed to use Logitech BRIO (/dev/video2)",
        "sudo usermod -aG video $USER",
    ),
    "camera in use": (judge_cameras([(CAMERA, ())], (), ""), "warn", "does not tell its modes", "close the program"),
    "memory": (judge_memory(5.04, 16.0), "ok", "5.0 of 16.0 GiB free", ""),
    "little memory": (judge_memory(0.4, 16.0), "warn", "0.4 of 16.0 GiB free", "close other programs"),
    "memory not told": (judge_memory(None, None), "ok", "does not say", ""),
    "folders": (judge_folders({}, 50.0), "ok", "50.0 GiB of disk free", ""),
    "little disk": (judge_folders({}, 1.0), "warn", "1.0 GiB", "make room"),
    "full disk": (judge_folders({}, 0.1), "fail", "0.1 GiB", "make room"),
    "folder of another": (
        judge_folders({"the cache": "/home/x/.cache (Permission denied)"}, 50.0),
        "warn",
        "cannot write the cache: /home/x/.cache (Permission denied)",
        "chown",
    ),
    "self-test": (judge_whole(STREET), "ok", "in 23 ms by openvino bf16 on EPYC, 88 % of pixels right", ""),
    "slow": (judge_whole(Outcome("torch f32", 900.0, 0.88)), "warn", "in 900 ms", "--context-every"),
    "wrong": (judge_whole(Outcome("torch f32", 23.0, 0.1)), "fail", "10 % of pixels right", "report it"),
}


@pytest.mark.parametrize(("finding", "state", "text", "fix"), CASES.values(), ids=CASES.keys())
def test_what_is_found_is_judged(finding: Finding, state: State, text: str, fix: str) -> None:
    assert finding.state == state
    assert text in finding.text
    assert fix in finding.fix
    assert bool(finding.fix) == (state != "ok"), "what is wrong has something to do about it, and nothing else has"


@pytest.mark.parametrize(
    ("architectures", "capability", "runs"),
    [
        (("sm_80", "sm_90"), (9, 0), True),
        (("sm_80",), (8, 9), True),
        (("sm_80",), (9, 0), False),
        (("sm_90",), (8, 0), False),
        (("sm_80", "compute_80"), (12, 0), True),
        (("compute_120",), (9, 0), False),
        (("sm_90a", "sm_120"), (12, 0), True),
        ((), (9, 0), False),
    ],
)
def test_machine_code_runs_within_a_generation(
    architectures: tuple[str, ...], capability: tuple[int, int], runs: bool
) -> None:
    assert runs_on(architectures, capability) is runs


def test_cards_are_read() -> None:
    assert parse_cards("570.86, 9.0, NVIDIA H100 80GB HBM3\n450.1, [N/A], Old, with a comma\n") == (
        Card("NVIDIA H100 80GB HBM3", "570.86", (9, 0)),
        Card("Old, with a comma", "450.1", None),
    )
    assert parse_cards("") == ()


@pytest.mark.parametrize(
    ("found", "need", "fit"),
    [("2.13.0+cpu", "==2.13.0", True), ("2.13.1", "==2.13.0", False), ("17", ">=17.0", True), ("9.9", ">=10", False)],
)
def test_versions_are_compared_as_numbers(found: str, need: str, fit: bool) -> None:
    assert fits(found, need) is fit


def test_engines_are_loaded_to_know_that_they_work() -> None:
    def load(name: str) -> object:
        if name == "openvino":
            raise ImportError("libopenvino.so: cannot\nopen")
        return SimpleNamespace(__version__="1.31.1-release")

    assert judge_engines({"onnxruntime": True}, load).text == "onnxruntime 1.31.1, torch"
    broken = judge_engines({"openvino": True, "onnxruntime": True}, load)
    assert (broken.state, "libopenvino.so: cannot open" in broken.text) == ("warn", True)
    assert "bisenet-viewer[openvino]" in broken.fix
    assert judge_engines({"openvino": False}, load).state == "warn"
    assert "openvino is not installed" in judge_engines({"onnxruntime": True, "openvino": False}, load).text


def test_a_camera_that_one_may_not_open_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "gone"
    camera = Device("Cam", 0, "v4l2", str(file), str(file))
    assert "not allowed to use Cam" in check_cameras(System(lambda: [camera], lambda _: ())).text
    file.touch()
    assert "does not tell its modes" in check_cameras(System(lambda: [camera], lambda _: ())).text


def test_a_folder_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    deep = tmp_path / "not" / "there"
    assert write_fault(deep) == ""
    assert list(tmp_path.iterdir()) == []
    assert nearest(deep) == tmp_path
    (tmp_path / "file").touch()
    assert nearest(tmp_path / "file" / "below") == tmp_path


def test_the_models_that_come_along_are_whole() -> None:
    finding = check_weights()
    assert finding.state == "ok"
    assert "street-x39" in finding.text


def damaged(content: bytes) -> dict[str, bytes]:
    (length,) = struct.unpack_from("<Q", content)
    return {
        "expected": content[:-100],
        "damaged": content[:8] + b"x" * length + content[8 + length :],
        "no safetensors": b"\xff" * 64,
        "damaged (error)": b"abc",
        "Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    }


@pytest.mark.parametrize("told", ["expected", "damaged", "no safetensors", "damaged (error)", "Git LFS"])
def test_a_file_that_is_not_whole_is_told(tmp_path: Path, told: str) -> None:
    whole = (assets_dir() / "weights" / "street-x39.safetensors").read_bytes()
    file = tmp_path / "street.safetensors"
    file.write_bytes(damaged(whole)[told])
    assert told in fault_of(file)
    finding = check_weights(tmp_path)
    assert finding.state == "fail"
    assert ("git lfs pull" in finding.fix) == (told == "Git LFS")


def test_no_models_are_told(tmp_path: Path) -> None:
    assert check_weights(tmp_path).state == "fail"


def test_a_check_that_breaks_is_a_finding(caplog: pytest.LogCaptureFixture) -> None:
    def look() -> Finding:
        raise RuntimeError("libfoo\nis broken")

    with caplog.at_level(logging.INFO):
        finding = Check("Video", look).run()
    assert (finding.state, finding.text) == ("fail", "RuntimeError: libfoo is broken")
    assert finding.fix


def test_checks_end_where_they_are_stopped() -> None:
    seen: list[str] = []

    def check(name: str) -> Check:
        def look() -> Finding:
            seen.append(name)
            return Finding(name, "ok", "")

        return Check(name, look)

    found = list(examine([check("a"), check("b"), check("c")], stopped=lambda: len(seen) == 2))
    assert [finding.name for finding in found] == seen == ["a", "b"]


def test_a_finding_is_one_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        Finding("x", "ok", "a\nb")


def fake(state: State) -> Check:
    return Check("Thing", lambda: Finding("Thing", state, "is there", "" if state == "ok" else "do this"))


def test_the_command_prints_findings_and_fails_only_where_something_does_not_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert doctor.run(as_json=False, require_display=nothing, checks=[fake("ok"), fake("warn")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("bisenet-viewer ")
    assert lines[2:] == [
        "ok    Thing          is there",
        "warn  Thing          is there",
        "                     -> do this",
    ]
    assert doctor.run(as_json=False, require_display=nothing, checks=[fake("ok"), fake("fail")]) == 1


def test_the_report_for_programs_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(as_json=True, require_display=nothing, checks=[fake("ok"), fake("fail")]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["findings"][1] == {"name": "Thing", "state": "fail", "text": "is there", "fix": "do this"}
    assert failed([]) is False


def test_the_report_as_text_has_every_finding() -> None:
    text = report.text([Finding("A", "ok", "one"), Finding("B", "fail", "two", "three")])
    assert [line for line in text.splitlines() if line][1:] == [
        "ok    A              one",
        "fail  B              two",
        "                     -> three",
    ]


def test_the_real_checks_find_something_in_every_part() -> None:
    checks = all_checks(nothing, {"DISPLAY": ":0"})
    assert [check.name for check in checks] == [
        "Python", "Packages", "Engines", "Processor", "Graphics card", "Window", "Video", "Cameras", "Memory",
        "Folders", "Weights", "Self-test",
    ]  # fmt: skip
    # The last one loads a model: its parts are tested above.
    found = [check.run() for check in checks[:-1]]
    assert [finding.name for finding in found] == [check.name for check in checks[:-1]]
    assert not failed(found), found


class Half:
    """A source and an engine that agree about half of the pixels."""

    classes = ClassSet("test", ("sky", "road"), ((1, 2, 3), (4, 5, 6)))
    info = EngineInfo("memory", "test", "cpu", "Test Processor", "f32")

    def frames(self) -> Iterator[Frame | None]:
        yield None
        yield Frame(0, 0, Fraction(1, 30), 0.0, np.zeros((8, 8, 3), np.uint8))

    def labels(self, _frame: Frame) -> NDArray[np.uint8]:
        return np.zeros((8, 8), np.uint8)

    def infer(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        labels = np.zeros(rgb.shape[:2], np.uint8)
        labels[:4] = 1
        return labels


def test_the_self_test_compares_with_the_truth() -> None:
    half = Half()
    outcome = measured(cast(DemoSource, half), cast(Engine, half))
    assert (outcome.right, outcome.engine) == (0.5, "memory f32 on Test Processor")
    assert 0 < outcome.frame_ms < 60_000
