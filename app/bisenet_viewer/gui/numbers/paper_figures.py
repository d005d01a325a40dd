"""The speeds that the papers report, from the project's own tables. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

Size = tuple[int, int]
"""Width and height of the network's input."""

V1_SIZES: tuple[Size, ...] = ((640, 360), (1280, 720), (1920, 1080))
V2_SIZE: Size = (1024, 512)

_V1, _V2 = "v1-5", "v2"
_DATA_SET = "Cityscapes test"
_NAMES = {"Ours 1": "BiSeNet1 (Xception39)", "Ours 2": "BiSeNet2 (ResNet-18)"}


@dataclass(frozen=True, slots=True)
class PaperSpeed:
    """One network at one size."""

    method: str
    network: str
    """ARCHITECTURE/VARIANT."""
    size: Size
    ms: float
    fps: float


def paper_speeds() -> tuple[PaperSpeed, ...]:
    """V1's table 5, on an NVIDIA Titan X, and V2's, on a GTX 1080 Ti. Reads two files of some lines."""
    from bisenet.resources import read_yaml

    first, _ = read_yaml("tables", _V1, "table")
    second, _ = read_yaml("tables", _V2, "table")
    speeds: list[PaperSpeed] = []
    for row in first["parts"][0]["rows"]:
        method, *cells = row["cells"]
        for place, size in enumerate(V1_SIZES):
            ms, fps = cells[2 * place : 2 * place + 2]
            speeds.append(PaperSpeed(_NAMES.get(method, method), row["network"], size, float(ms), float(fps)))
    for row in second["parts"][0]["rows"]:
        data_set, method, _, fps, ms = row["cells"]
        if data_set == _DATA_SET:
            speeds.append(PaperSpeed(method, row["network"], V2_SIZE, float(ms), float(fps)))
    return tuple(speeds)
