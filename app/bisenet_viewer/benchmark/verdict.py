"""What the wall time of a whole clip says: against its stages one by one, and against the baseline."""

from __future__ import annotations

from bisenet_viewer.benchmark.results import Measurement, Report


def stages_alone_s(measurement: Measurement, report: Report) -> dict[str, float]:
    """Seconds that each stage would take for the frames of the clip if it had the machine for itself."""
    assert measurement.clip is not None
    mean_ms = {stage: summary.mean for stage, summary in measurement.stages.items()}
    video = report.video(measurement.sizes.picture)
    if video is not None:
        mean_ms |= {"decode": video.decode.mean, "encode": video.encode.mean}
    return {stage: ms * measurement.clip.frames / 1000 for stage, ms in mean_ms.items()}


def clip_cells(measurement: Measurement, report: Report) -> tuple[str, ...]:
    """model, size, runs on, frames, wall, fps, sum, slowest, wall / slowest, x baseline, opening, cores."""
    clip = measurement.clip
    assert clip is not None
    alone = stages_alone_s(measurement, report)
    slowest = max(alone.values())
    ratio = against_baseline(measurement, report)
    return (
        measurement.model, str(measurement.sizes), measurement.runs_on, f"{clip.frames}", f"{clip.wall_s:.2f}",
        f"{clip.frames / clip.wall_s:.1f}", f"{sum(alone.values()):.2f}", f"{slowest:.2f}",
        f"{clip.wall_s / slowest:.2f}", "-" if ratio is None else f"{ratio:.1f}", f"{clip.opening_s:.1f}",
        f"{clip.cpu_s / clip.wall_s:.1f}",
    )  # fmt: skip


def clip_verdicts(report: Report) -> list[str]:
    """A sentence for each engine."""
    sentences = []
    for each in report.measurements:
        if each.clip is None or each.chain == "baseline":
            continue
        alone = stages_alone_s(each, report)
        stage = max(alone, key=lambda name: alone[name])
        ratio = against_baseline(each, report)
        text = "" if ratio is None else f", {ratio:.1f} times as fast as the baseline with the same decoder and encoder"
        sentences.append(
            f"segment with {each.model} on {each.runs_on}: {each.clip.wall_s / alone[stage]:.2f} times the slowest "
            f"stage ({stage}) and {each.clip.wall_s / sum(alone.values()):.2f} of all stages one after the other{text}."
        )
    return sentences


def against_baseline(measurement: Measurement, report: Report) -> float | None:
    """How many times faster the clip was done; None without a baseline."""
    baseline = report.baseline(measurement)
    if measurement.clip is None or baseline is None or baseline.clip is None:
        return None
    return baseline.clip.wall_s / measurement.clip.wall_s
