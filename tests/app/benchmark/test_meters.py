"""Power, clocks and load, read from files and programs as a system has them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bisenet_viewer.benchmark import machine
from bisenet_viewer.benchmark.memory import peak_mib, resident_mib
from bisenet_viewer.meters import processor as meters
from bisenet_viewer.meters.gpu import GpuMeter
from bisenet_viewer.meters.processor import Reading, usage


@pytest.fixture
def system(tmp_path, monkeypatch) -> Path:
    for name in ("_POWERCAP", "_CPUS", "_CPUINFO", "_STAT"):
        monkeypatch.setattr(meters, name, tmp_path / name)
    return tmp_path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_power_is_of_all_packages_also_when_a_counter_begins_again(system):
    for package in range(2):
        _write(system / f"_POWERCAP/intel-rapl:{package}/energy_uj", "5000000")
        _write(system / f"_POWERCAP/intel-rapl:{package}/max_energy_range_uj", "100000000")
    _write(system / "_POWERCAP/intel-rapl:0:0/energy_uj", "1")  # a part of the first
    assert meters.read().energy_uj == (5_000_000, 5_000_000)
    before, after = Reading(0.0, (10_000_000, 90_000_000), None), Reading(2.0, (30_000_000, 20_000_000), None)
    assert usage(before, after).watts == pytest.approx((20 + 30) / 2)


@pytest.mark.usefixtures("system")
def test_what_cannot_be_read_is_unknown():
    reading = meters.read()
    assert (reading.energy_uj, reading.busy_s) == (None, None)
    used = usage(reading, meters.read())
    assert (used.watts, used.mhz, used.busy_cores) == (None, None, None)


def test_clocks_are_those_of_now_or_else_those_that_are_told(system):
    _write(system / "_CPUINFO", "processor: 0\ncpu MHz\t\t: 2000.0\nprocessor: 1\ncpu MHz\t\t: 3000.0\n")
    assert meters.clock_mhz() == 2500
    _write(system / "_CPUS/cpu0/cpufreq/scaling_cur_freq", "1200000")
    _write(system / "_CPUS/cpu1/cpufreq/scaling_cur_freq", "1400000")
    assert meters.clock_mhz() == 1300


def test_busy_cores_are_counted_without_waiting_for_disks(system, monkeypatch):
    monkeypatch.setattr("os.sysconf", lambda _name: 100)
    _write(system / "_STAT", "cpu  1000 200 300 50000 700 10 20 0 0 0\ncpu0 1 2 3 4 5 6 7\n")
    assert meters.read().busy_s == pytest.approx(15.3)
    assert usage(Reading(1.0, None, 10.0), Reading(3.0, None, 16.0)).busy_cores == 3


def test_a_card_is_listened_to(tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text(
        "#!/bin/sh\necho '100.5, 1500, 40, 2048, 8192, A card, of 2026'\necho '[N/A], 1700'\nexec sleep 30\n"
    )
    program.chmod(0o755)
    with GpuMeter(0, str(program)) as meter:
        deadline = time.monotonic() + 10
        seen, loads = [], []
        while len(seen) < 2 and time.monotonic() < deadline:
            used = meter.usage()
            seen += [value for value in (used.watts, used.mhz) if value is not None]
            loads += [] if used.load is None else [used.load]
            time.sleep(0.01)
        assert 100.5 in seen
        assert loads == [0.4]
        assert used.name == "A card, of 2026"
    assert (meter.usage().watts, meter.usage().mhz) == (None, None)


def test_without_nvidia_smi_a_card_is_unknown():
    with GpuMeter(0, "no-such-program") as meter:
        assert (meter.usage().watts, meter.usage().mhz) == (None, None)


def test_the_machine_names_no_place():
    found = machine.this_machine()
    assert found.usable_cores >= 1
    assert "numpy" in found.versions
    assert str(Path.home()) not in repr(found)
    assert "/" not in (found.commit or "")


def test_memory_grows_with_what_is_held():
    before, peak = resident_mib(), peak_mib()
    if before is None or peak is None:
        pytest.skip("the system does not say")
    held = bytearray(b"x" * (64 << 20))
    now = resident_mib()
    assert now is not None
    assert now > before + 50
    assert (peak_mib() or 0) >= now - 1
    del held
