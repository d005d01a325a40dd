"""What the benchmark measures, made of scripted times; and a report as it comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bisenet.engines import EngineInfo
from bisenet_viewer.benchmark.bench import Opened, Order, Turn
from bisenet_viewer.benchmark.clip_run import ClipRun
from bisenet_viewer.benchmark.machine import Machine
from bisenet_viewer.benchmark.plan import Chain, Sizes
from bisenet_viewer.benchmark.results import (
    ClipFigures,
    LeftOut,
    Measurement,
    Report,
    Settings,
    VideoTimes,
)
from bisenet_viewer.benchmark.summary import Summary

SIZES = Sizes((1280, 720), (640, 360))


@dataclass(slots=True)
class FakeSubject:
    """Takes `network_ms` for the network, one ms each for the other stages, and tells its turns to `log`."""

    order: Order
    network_ms: float
    log: list[str]
    before_turn: Callable[[int], None] = lambda _number: None
    """Called with the number of each turn; may raise."""
    closed: bool = False
    turns: int = 0
    opened: Opened = field(init=False)

    def __post_init__(self) -> None:
        configuration = self.order.configuration
        self.opened = Opened(
            info=EngineInfo(configuration.engine, configuration.model, "cpu", "A processor", configuration.precision),
            untrained=False,
            notes=(f"engine: the cache is /home/someone/.cache/{configuration.engine}.bin",),
            open_s=1.5,
            first_ms=500.0,
            warm_ms=self.network_ms + 3,
            warm_stage_ms=self._stages(self.network_ms),
            memory_mib=321.0,
        )

    def turn(self, frames: int) -> Turn:
        self.before_turn(self.turns)
        self.turns += 1
        self.log.append(f"{self.order.configuration.engine} {frames}")
        values = [self.network_ms + number for number in range(frames)]
        return Turn([value + 3 for value in values], [self._stages(value) for value in values], cpu_s=0.25)

    def video(self, path: Path, _target: Path, frames: int) -> tuple[list[float], float]:
        self.log.append(f"{self.order.configuration.engine} video {path.name}")
        return [4.0] * frames, 20.0

    def clip(self, path: Path, _target: Path, seconds: float) -> ClipRun:
        self.log.append(f"{self.order.configuration.engine} clip {path.name} {seconds:g}")
        return ClipRun(frames=30, wall_s=self.network_ms / 10, opening_s=0.5, cpu_s=1.0)

    def close(self) -> None:
        self.closed = True

    @staticmethod
    def _stages(network_ms: float) -> Mapping[str, float]:
        return {"pre": 1.0, "network": network_ms, "post": 1.0, "overlay": 1.0}


def summary(value: float) -> Summary:
    return Summary(30, value, value * 1.25, value * 1.5, value)


def measurement(
    network_ms: float = 40.0,
    *,
    engine: str = "torch",
    precision: str = "f32",
    chain: Chain = "engine",
    model: str = "street-x39",
    sizes: Sizes = SIZES,
    others_ms: Sequence[float] = (2.0, 5.0, 3.0),
    network_only: bool = False,
    clip: ClipFigures | None = None,
) -> Measurement:
    pre, post, overlay = others_ms
    stages = {"pre": pre, "network": network_ms, "post": post, "overlay": overlay}
    if network_only:
        stages = {"network": network_ms}
    return Measurement(
        model=model, chain=chain, engine=engine, precision=precision, device="cpu", device_name="A processor",
        sizes=sizes, network_only=network_only, untrained=network_only,
        stages={stage: summary(ms) for stage, ms in stages.items()},
        frame=None if network_only else summary(sum(stages.values())),
        open_s=1.5, first_ms=500.0, memory_mib=321.0, watts=None, mhz=2445.0, clip=clip,
    )  # fmt: skip


MACHINE = Machine(
    cpu="A processor", cpu_flags=("avx2",), cores=4, usable_cores=2, core_quota=None, memory_gib=16.0,
    system="Linux x86_64", python="3.11.7", versions={"torch": "2.13.0", "openvino": "2026.4"}, commit="abc",
)  # fmt: skip


def report(*measurements: Measurement, **changes: object) -> Report:
    values: dict[str, object] = {
        "when": "2026-01-01T00:00:00+00:00",
        "partial": False,
        "machine": MACHINE,
        "settings": Settings("demo street", "auto", 2, 30, 12.0, None),
        "busy_elsewhere": 0.1,
        "measurements": measurements or (measurement(), measurement(80.0, chain="baseline", others_ms=(4, 96, 20))),
        "videos": (VideoTimes((1280, 720), summary(4.0), summary(20.0)),),
        "left_out": (LeftOut("street-x39 torch int8 1280x720@640x360", "torch has no int8"),),
    }
    return Report(**(values | changes))  # type: ignore[arg-type]
