"""Whether there is an NVIDIA card, and whether this torch can use it."""

from __future__ import annotations

import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from bisenet_viewer.doctor.finding import Finding

_NAME = "Graphics card"
_DRIVER = Path("/proc/driver/nvidia/version")
_PCI = Path("/sys/bus/pci/devices")
_NVIDIA, _DISPLAYS = "0x10de", "0x03"
_ANSWER_S = 10
_TURING = (7, 5)
_BUILDS = "https://pytorch.org/get-started/locally"


@dataclass(frozen=True, slots=True)
class Card:
    """As nvidia-smi tells it."""

    name: str
    driver: str
    capability: tuple[int, int] | None
    """What it computes by, e.g. (9, 0); None where an old driver does not say."""


@dataclass(frozen=True, slots=True)
class Torch:
    """What this torch was built for, and what it sees."""

    version: str
    cuda: str | None
    """The CUDA version of the build; None of one for the processor alone."""
    architectures: tuple[str, ...] = ()
    """`sm_90`: machine code for it; `compute_90`: what any later card can translate."""
    is_available: bool = False
    kernels: Literal["triton", "torch"] | None = None
    """What our own kernels are written in here; None where there is no usable card."""
    tensorrt: str | None = None
    """Its version, where it is installed."""


def check_graphics() -> Finding:
    cards = _cards()
    driver = bool(cards) or _DRIVER.exists()
    return judge_graphics(cards, has_card=driver or _is_in_slot(), has_driver=driver, torch=_torch())


def judge_graphics(cards: tuple[Card, ...], *, has_card: bool, has_driver: bool, torch: Torch) -> Finding:
    """has_card: one is in the machine, whether it can be used or not."""
    if not has_card:
        return Finding(_NAME, "ok", f"no NVIDIA card: the processor computes (torch {torch.version})")
    if not has_driver:
        fix = "install NVIDIA's driver and restart (Ubuntu: sudo ubuntu-drivers install)"
        return Finding(_NAME, "warn", "an NVIDIA card without its driver: the processor computes", fix)
    card = cards[0] if cards else None
    name = "an NVIDIA card" if card is None else f"{card.name}, driver {card.driver}"
    if torch.cuda is None:
        bare = torch.version.partition("+")[0]
        fix = f"pip install torch=={bare} in its CUDA build: {_BUILDS} gives the command"
        return Finding(_NAME, "warn", f"{name}, but torch {torch.version} is built for the processor alone", fix)
    if card is not None and card.capability is not None and not runs_on(torch.architectures, card.capability):
        major, minor = card.capability
        text = f"{name} needs sm_{major}{minor}; torch {torch.version} has {' '.join(torch.architectures) or 'none'}"
        fix = f"install a torch that is built for this card ({_BUILDS}), or use --device cpu"
        return Finding(_NAME, "fail", text, fix)
    if not torch.is_available:
        fix = f"update NVIDIA's driver to one for CUDA {torch.cuda}; in a container, start it with --gpus all"
        return Finding(_NAME, "warn", f"{name}, but torch {torch.version} (CUDA {torch.cuda}) cannot use it", fix)
    beside = f", TensorRT {torch.tensorrt}" if torch.tensorrt else ""
    text = f"{name}, torch {torch.version} (CUDA {torch.cuda}){beside}"
    # Cards before Turing have no Triton kernels of ours anyway, and Windows no Triton.
    is_turing = card is None or card.capability is None or card.capability >= _TURING
    if torch.kernels == "torch" and is_turing and platform.system() == "Linux":
        fix = (
            "pip install triton; it needs a C compiler and Python's headers (Ubuntu: sudo apt install gcc python3-dev)"
        )
        return Finding(_NAME, "warn", f"{text}, but Triton does not work: plain torch kernels are slower", fix)
    return Finding(_NAME, "ok", text)


def runs_on(architectures: tuple[str, ...], capability: tuple[int, int]) -> bool:
    """Whether a build has code for a card: of its own generation up to it, or older code to be translated."""
    for text in architectures:
        match = re.fullmatch(r"(sm|compute)_(\d+)(\d)[a-z]?", text)
        if match is None:
            continue
        built = (int(match[2]), int(match[3]))
        if built <= capability and (match[1] == "compute" or built[0] == capability[0]):
            return True
    return False


def parse_cards(answer: str) -> tuple[Card, ...]:
    """From `nvidia-smi --query-gpu=driver_version,compute_cap,name --format=csv,noheader`."""
    cards = []
    for line in answer.splitlines():
        driver, capability, name = ([cell.strip() for cell in line.split(",", 2)] + ["", "", ""])[:3]
        match = re.fullmatch(r"(\d+)\.(\d+)", capability)
        if name:
            cards.append(Card(name, driver, None if match is None else (int(match[1]), int(match[2]))))
    return tuple(cards)


def _cards() -> tuple[Card, ...]:
    command = ["nvidia-smi", "--query-gpu=driver_version,compute_cap,name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_ANSWER_S)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return parse_cards(done.stdout) if done.returncode == 0 else ()


def _is_in_slot(devices: Path = _PCI) -> bool:
    """Whether the machine has an NVIDIA card, driver or not."""
    for device in devices.glob("*"):
        try:
            vendor, kind = ((device / name).read_text().strip() for name in ("vendor", "class"))
        except OSError:
            continue
        if vendor == _NVIDIA and kind.startswith(_DISPLAYS):
            return True
    return False


def _torch() -> Torch:
    import torch

    if torch.version.cuda is None:
        return Torch(torch.__version__, None)
    architectures = tuple(torch.cuda.get_arch_list())
    if not torch.cuda.is_available():
        return Torch(torch.__version__, torch.version.cuda, architectures)
    from bisenet.kernels.cuda.choice import usable_kernels

    kernels = usable_kernels(torch.device("cuda", 0))
    return Torch(torch.__version__, torch.version.cuda, architectures, True, kernels, _installed("tensorrt"))


def _installed(package: str) -> str | None:
    """Its version, if it is."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
