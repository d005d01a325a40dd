"""What card, driver and packages these are, and the ceilings that everything else is held against."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import torch
from benchmarks.gpu.context import Context
from benchmarks.gpu.timing import Times, device_ms, host_ms

from bisenet.engines.processor import processor_name, usable_processors

MACHINE, CEILINGS = "Machine", "Ceilings, measured"
_PACKAGES = ("torch", "triton", "numpy", "onnxruntime", "onnxruntime-gpu", "tensorrt", "av")
_CLOCKS = "clocks.sm,clocks.mem,clocks.max.sm,power.draw,power.limit,temperature.gpu,pstate"
MIB, GIB = 2**20, 2**30


def run(context: Context) -> None:
    """See `child.StepModule`."""
    findings = context.findings
    for what, value in described(context.device):
        findings.row(MACHINE, what=what, value=value)
    findings.row(MACHINE, what="clocks as found", value=clocks(context.device))
    big = 2 * GIB if context.device.type == "cuda" else 16 * MIB
    side = 8192 if context.device.type == "cuda" else 128
    tries: dict[str, Callable[[], tuple[str, str, float]]] = {
        "copy on the card": lambda: ("copy-gbs", "GB/s, read and written", copy_gbs(context.device, big)),
        "half matrix product": lambda: ("matrix-tflops", "TFLOP/s", matrix_tflops(context.device, side)),
        "pinned host to card": lambda: ("to-card-gbs", "GB/s", transfer_gbs(context.device, big // 8, to_card=True)),
        "card to pinned host": lambda: ("to-host-gbs", "GB/s", transfer_gbs(context.device, big // 8, to_card=False)),
        "host copy of a frame, one thread": lambda: ("host-copy-gbs", "GB/s, counted once", host_copy_gbs()),
    }
    for what, measure in tries.items():
        with findings.attempt(what):
            key, unit, found = measure()
            findings.figure(key, found)
            findings.row(CEILINGS, what=what, value=found, unit=unit)
    findings.row(MACHINE, what="clocks after the matrix product", value=clocks(context.device))


def described(device: torch.device) -> list[tuple[str, str]]:
    """What it is, for people; nothing that names a host."""
    rows = [("processor", f"{processor_name()}, {usable_processors()} usable"), ("python", platform.python_version())]
    if device.type == "cuda":
        card = torch.cuda.get_device_properties(device)
        rows = [
            ("card", card.name),
            ("memory", f"{card.total_memory / GIB:.0f} GiB"),
            ("capability", f"{card.major}.{card.minor}, {card.multi_processor_count} multiprocessors"),
            ("driver", queried(device, "driver_version")),
            ("CUDA of torch", str(torch.version.cuda)),
            ("cuDNN", str(torch.backends.cudnn.version())),  # type: ignore[no-untyped-call]
            *rows,
        ]
    return rows + [(name, text) for name in _PACKAGES if (text := _version(name))]


def clocks(device: torch.device) -> str:
    """As they are at this moment."""
    return queried(device, _CLOCKS)


def queried(device: torch.device, fields: str) -> str:
    """What nvidia-smi says of the card; `unknown` where it does not."""
    if device.type != "cuda":
        return "unknown"
    # By its own number: CUDA may count the cards in another order.
    uuid = torch.cuda.get_device_properties(device).uuid
    command = ["nvidia-smi", f"--id=GPU-{uuid}", f"--query-gpu={fields}", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else "unknown"


def copy_gbs(device: torch.device, size: int) -> float:
    """Bytes read and written by a copy within the card's memory, of random data."""
    source = torch.randint(0, 256, (size,), dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    times = Times.of(device_ms(lambda _: target.copy_(source), device, 20)[3:])
    return 2 * size / times.median / 1e6


def matrix_tflops(device: torch.device, side: int) -> float:
    """Of a large product of random matrices in half precision by the vendor's library."""
    a, b = (torch.randn(side, side, device=device).half() for _ in range(2))
    product = torch.empty_like(a)
    times = Times.of(device_ms(lambda _: torch.matmul(a, b, out=product), device, 60)[20:])
    return float(2 * side**3 / times.median / 1e9)


def transfer_gbs(device: torch.device, size: int, *, to_card: bool) -> float:
    """Bytes copied between pinned memory of the host and the card."""
    host = torch.randint(0, 256, (size,), dtype=torch.uint8)
    if device.type == "cuda":
        host = host.pin_memory()
    on_card = torch.empty(size, dtype=torch.uint8, device=device)
    target, source = (on_card, host) if to_card else (host, on_card)
    times = Times.of(device_ms(lambda _: target.copy_(source, non_blocking=True), device, 20)[3:])
    return size / times.median / 1e6


def host_copy_gbs() -> float:
    """A frame of 2048x1024 from one place of the host's memory to another, which each frame needs to be pinned."""
    frames = [np.random.default_rng().integers(0, 256, (1024, 2048, 3), np.uint8) for _ in range(8)]
    target = np.empty_like(frames[0])
    numbers = iter(range(1000))
    times = Times.of(host_ms(lambda: np.copyto(target, frames[next(numbers) % 8]), seconds=0.2, most=900))
    return frames[0].nbytes / times.median / 1e6


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
