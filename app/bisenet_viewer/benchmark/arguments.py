"""The options of `bisenet-viewer benchmark`. Imports nothing heavy, as the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bisenet_viewer.benchmark.plan import Sizes

CLIP_S = 3.0
"""How much of the source `--clip` takes."""


def add_arguments(
    parser: argparse.ArgumentParser,
    *,
    default_model: str,
    device: Callable[[str], str],
    seconds: Callable[[str], float],
) -> None:
    """Add the command's options; `device` and `seconds` read a device and a time as the other commands do."""
    what = parser.add_argument_group("what is measured")
    what.add_argument(
        "--model",
        nargs="+",
        default=[default_model],
        dest="models",
        metavar="NAME",
        help=f"models by name or path, or networks of `bisenet models`, e.g. enet/paper, untrained ({default_model})",
    )
    what.add_argument("--engine", nargs="+", default=[], dest="engines", metavar="NAME", help="engines (auto)")
    what.add_argument(
        "--precision", nargs="+", default=[], dest="precisions", metavar="NAME", help="of the network (auto)"
    )
    what.add_argument(
        "--size",
        nargs="+",
        type=_sizes,
        default=[],
        dest="sizes",
        metavar="WxH[@WxH]",
        help="of the picture, and after @ of the network's input where it is another, e.g. 1280x720@640x360",
    )
    what.add_argument("--all", action="store_true", help="every engine, precision and size of the papers")
    what.add_argument("--quick", action="store_true", help="one size, few repeats")
    what.add_argument("--baseline", action="store_true", help="also the plain PyTorch chain of public demos")
    what.add_argument("--table", choices=("5",), help="the V1 paper's table 5 with this machine beside it")
    what.add_argument(
        "--clip",
        nargs="?",
        type=seconds,
        const=CLIP_S,
        dest="clip_s",
        metavar="SECONDS",
        help=f"also the wall time of `segment` on so much of the source ({CLIP_S:g})",
    )
    how = parser.add_argument_group("how")
    how.add_argument("--source", default="demo://", metavar="FILE", help="where the pictures come from (%(default)s)")
    how.add_argument(
        "--device", type=device, default="auto", metavar="auto|cpu|cuda[:N]", help="where it runs (%(default)s)"
    )
    how.add_argument("--threads", type=_count, metavar="N", help="for the network, at most (the engine's own choice)")
    how.add_argument("--repeats", type=_count, metavar="N", help="frames per configuration; with --clip, runs")
    how.add_argument("--seconds", type=seconds, metavar="S", help="per configuration, at most")
    result = parser.add_argument_group("where the results go, beside the terminal")
    result.add_argument("--json", type=Path, metavar="FILE", help="for programs, and for --compare")
    result.add_argument("--chart", type=Path, metavar="FILE.png", help="a picture")
    result.add_argument("--markdown", type=Path, metavar="FILE", help="a table for documents")
    result.add_argument("--compare", type=Path, metavar="FILE", help="ratios to the --json of an earlier run")
    result.add_argument("--overwrite", action="store_true", help="replace what is there")


def _sizes(text: str) -> Sizes:
    try:
        return Sizes.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)
