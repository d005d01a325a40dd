"""How many threads an engine gets: by the processors that are allowed, their cores, and a container's quota."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from bisenet.engines import processor
from bisenet.engines.device import driver_version, is_cpu


@pytest.mark.parametrize(
    ("allowed", "cores", "quota", "threads", "of_torch"),
    [
        (1, 1, None, 1, 1),
        (2, 2, None, 2, 1),
        (2, 1, None, 2, 1),
        (4, 4, None, 3, 3),
        (8, 4, None, 4, 4),
        (8, 8, 2.0, 2, 1),
        (8, 8, 2.5, 2, 2),
        (8, 8, 0.5, 1, 1),
        (8, 8, 100.0, 7, 7),
        (128, 64, None, 16, 16),
    ],
)
def test_default_threads(
    allowed: int, cores: int, quota: float | None, threads: int, of_torch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "_allowed", lambda: frozenset(range(allowed)))
    monkeypatch.setattr(processor, "_cores", lambda _: cores)
    monkeypatch.setattr(processor, "_quota", lambda *_: quota)
    assert processor.default_threads("openvino") == threads
    assert processor.default_threads("torch") == of_torch


def test_hyper_threads_are_one_core(tmp_path: Path) -> None:
    for number, siblings in enumerate(("0,2", "1,3", "0,2", "1,3")):
        topology = tmp_path / f"cpu{number}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text(f"{siblings}\n")
    assert processor._cores(frozenset(range(4)), tmp_path) == 2
    assert processor._cores(frozenset({0, 2}), tmp_path) == 1
    assert processor._cores(frozenset({7, 8}), tmp_path) == 2  # nothing is known of them


@pytest.mark.parametrize(
    ("membership", "files", "quota"),
    [
        ("0::/\n", {"cpu.max": "150000 100000"}, 1.5),
        ("0::/\n", {"cpu.max": "max 100000"}, None),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "200000 100000"}, 2.0),
        ("0::/a/b\n", {"a/b/cpu.max": "50000 100000", "a/cpu.max": "200000 100000"}, 0.5),
        ("0::/gone\n", {"cpu.max": "300000 100000"}, 3.0),
        ("4:cpu,cpuacct:/a\n", {"cpu/a/cpu.cfs_quota_us": "250000", "cpu/a/cpu.cfs_period_us": "100000"}, 2.5),
        ("4:cpu:/a\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ("4:memory:/\n0::/\n", {}, None),
        ("0::/\n", {"cpu.max": "rubbish"}, None),
    ],
)
def test_a_containers_quota(tmp_path: Path, membership: str, files: dict[str, str], quota: float | None) -> None:
    (tmp_path / "membership").write_text(membership)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert processor._quota(tmp_path, tmp_path / "membership") == quota


def test_no_control_groups(tmp_path: Path) -> None:
    assert processor._quota(tmp_path, tmp_path / "none") is None


@pytest.mark.parametrize(
    ("flags", "has"), [("sse2 avx512_bf16 fma", True), ("amx_bf16", True), ("avx512f avx512bw avx2", False)]
)
def test_bf16_by_the_processors_flags(flags: str, has: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "_cpuinfo", lambda _: flags)
    assert processor.has_bf16.__wrapped__() is has


def test_the_processor_needs_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise AssertionError("torch was asked")

    monkeypatch.setattr("bisenet.engines.device.resolve_device", fail)
    assert is_cpu("cpu")
    monkeypatch.setattr("bisenet.engines.device._has_cuda_driver", lambda: False)
    assert is_cpu("auto")


@pytest.mark.parametrize("there", [True, False])
def test_the_drivers_version(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Driver:
        def __init__(self, name: str) -> None:
            del name
            if not there:
                raise OSError("not found")

        def cuDriverGetVersion(self, number: object) -> int:  # noqa: N802  as there
            ctypes.cast(number, ctypes.POINTER(ctypes.c_int))[0] = 13000  # type: ignore[arg-type]
            return 0

    monkeypatch.setattr(ctypes, "CDLL", Driver)
    assert driver_version() == (13000 if there else 0)
