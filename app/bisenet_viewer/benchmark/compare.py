"""Two runs side by side: the ratios, and why they may mean less than they seem to."""

from __future__ import annotations

from bisenet.grid import Column, Grid
from bisenet_viewer.benchmark.results import Measurement, Report


def comparison(now: Report, before: Report, name: str) -> str:
    """Lines for people. name: of the earlier run's file."""
    lines = [f"Compared with {name} ({before.when}); above 1: faster now"]
    lines += [f"warning: {text}" for text in differences(now, before)]
    earlier = {each.key: each for each in before.measurements}
    pairs = [(each, earlier[each.key]) for each in now.measurements if each.key in earlier]
    if not pairs:
        return "\n".join([*lines, "nothing was measured in both runs"])
    columns = ("model", "runs on", "size", "network before", "now", "ratio", "frame before", "now", "ratio")
    rows = tuple(
        (
            *(new.model, new.runs_on, str(new.sizes)),
            *_ratio(_network_ms(old), _network_ms(new)),
            *_ratio(_frame_ms(old), _frame_ms(new)),
        )
        for new, old in pairs
    )
    lines += ["", Grid(tuple(Column(column) for column in columns), rows).text()]
    alone = len(now.measurements) - len(pairs)
    if alone:
        lines += ["", f"{alone} of {len(now.measurements)} configurations are not in the earlier run"]
    return "\n".join(lines)


def differences(now: Report, before: Report) -> list[str]:
    """Why the two runs are not alike, besides what was measured."""
    pairs = [
        ("processor", now.machine.cpu, before.machine.cpu),
        ("usable cores", now.machine.usable_cores, before.machine.usable_cores),
        ("quota of cores", now.machine.core_quota, before.machine.core_quota),
        ("threads", _threads(now), _threads(before)),
        ("devices", _devices(now), _devices(before)),
        ("source", now.settings.source, before.settings.source),
        ("Python", now.machine.python, before.machine.python),
    ]
    packages = sorted({*now.machine.versions, *before.machine.versions})
    pairs += [
        (package, now.machine.versions.get(package, "none"), before.machine.versions.get(package, "none"))
        for package in packages
    ]
    texts = [f"{what} differs: {new} now, {old} before" for what, new, old in pairs if new != old]
    for report, when in ((now, "now"), (before, "before")):
        if report.partial:
            texts.append(f"the run {when} was interrupted")
        if report.busy_elsewhere is not None and report.busy_elsewhere >= BUSY_CORES:
            texts.append(f"other programs kept {report.busy_elsewhere:.1f} cores busy {when}")
    return texts


BUSY_CORES = 0.5
"""From here on the noise of other programs is worth a warning."""


def _threads(report: Report) -> str:
    return "the engine's choice" if report.settings.threads is None else str(report.settings.threads)


def _devices(report: Report) -> str:
    return ", ".join(sorted({each.device_name for each in report.measurements}))


def _network_ms(measurement: Measurement) -> float:
    return measurement.stages["network"].median


def _frame_ms(measurement: Measurement) -> float | None:
    return None if measurement.frame is None else measurement.frame.median


def _ratio(before: float | None, now: float | None) -> tuple[str, str, str]:
    if before is None or now is None:
        return "-", "-", "-"
    return f"{before:.1f}", f"{now:.1f}", f"{before / now:.2f}" if now > 0 else "-"
