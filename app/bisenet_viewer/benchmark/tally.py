"""`Tally`: what is gathered of one configuration, and the `Measurement` it comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from bisenet_viewer.benchmark.bench import Opened, Turn
from bisenet_viewer.benchmark.chain import FRAME_STAGES
from bisenet_viewer.benchmark.clip_run import ClipRun
from bisenet_viewer.benchmark.plan import Configuration
from bisenet_viewer.benchmark.results import ClipFigures, Measurement
from bisenet_viewer.benchmark.summary import Summary
from bisenet_viewer.meters.gpu import GpuUsage
from bisenet_viewer.meters.processor import Usage


@dataclass(slots=True)
class Tally:
    """Grows turn by turn."""

    configuration: Configuration
    opened: Opened
    warm_up_counts: bool = False
    """A frame takes longer than all the time there is: the warm-up's has to do."""
    turns: list[Turn] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    gpu_usages: list[GpuUsage] = field(default_factory=list)
    clip_runs: list[ClipRun] = field(default_factory=list)

    def measurement(self) -> Measurement | None:
        """None as long as nothing was measured."""
        total_ms = [value for turn in self.turns for value in turn.total_ms]
        stage_ms = [stages for turn in self.turns for stages in turn.stage_ms]
        if not total_ms:
            if not self.warm_up_counts:
                return None
            total_ms, stage_ms = [self.opened.warm_ms], [self.opened.warm_stage_ms]
        configuration, info = self.configuration, self.opened.info
        only = configuration.network_only
        watts, mhz = self._power_and_clock()
        return Measurement(
            model=configuration.model if self.opened.untrained else info.model,
            chain=configuration.chain,
            engine=info.engine,
            precision=info.precision,
            device=info.device,
            device_name=info.device_name,
            sizes=configuration.sizes,
            network_only=only,
            untrained=self.opened.untrained,
            stages=_stages(stage_ms, ("network",) if only else FRAME_STAGES),
            frame=None if only else Summary.of(total_ms),
            open_s=self.opened.open_s,
            first_ms=self.opened.first_ms,
            memory_mib=self.opened.memory_mib,
            watts=watts,
            mhz=mhz,
            notes=tuple(map(without_folders, self.opened.notes)),
            file=configuration.file,
            clip=_clip(self.clip_runs),
        )

    def _power_and_clock(self) -> tuple[float | None, float | None]:
        """Of the card, where that computes."""
        usages: Sequence[Usage | GpuUsage] = self.gpu_usages or self.usages
        watts = [each.watts for each in usages if each.watts is not None]
        mhz = [each.mhz for each in usages if each.mhz is not None]
        return (fmean(watts) if watts else None), (fmean(mhz) if mhz else None)


def without_folders(text: str) -> str:
    """Absolute paths cut down to the file's name: results are shown to others."""
    return re.sub(r"(?<![\w:/.~-])~?/(?:[^\s/:'\"]+/)+", "", text)


def busy_elsewhere(tallies: Sequence[Tally]) -> float | None:
    """Mean number of cores that were busy with other things than what was measured; None where nobody knows."""
    seconds = busy_s = 0.0
    for tally in tallies:
        for turn, usage in zip(tally.turns, tally.usages, strict=True):
            if usage.busy_cores is None:
                return None
            seconds += usage.seconds
            busy_s += max(0.0, usage.busy_cores * usage.seconds - turn.cpu_s)
    return busy_s / seconds if seconds else None


def _stages(samples: Sequence[Mapping[str, float]], wanted: Sequence[str]) -> dict[str, Summary]:
    return {stage: Summary.of([sample[stage] for sample in samples]) for stage in wanted}


def _clip(runs: Sequence[ClipRun]) -> ClipFigures | None:
    if not runs:
        return None
    wall_s, opening_s, cpu_s = (
        median(values) for values in zip(*((run.wall_s, run.opening_s, run.cpu_s) for run in runs), strict=True)
    )
    return ClipFigures(len(runs), runs[0].frames, wall_s, opening_s, cpu_s)
