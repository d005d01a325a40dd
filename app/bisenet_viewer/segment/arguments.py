"""The options of `bisenet-viewer segment`. Imports nothing heavy, as the command line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

_BY_NAME = ""
_UNITS = {"": 1, "k": 1_000, "M": 1_000_000}

DESCRIPTION = """\
Segment recordings: every frame, into a video, masks and data.

Without -o the outputs go to the current folder and are called after the input: clip_overlay.mp4, clip_masks,
clip_stats.jsonl. A video is written when -o is given or nothing else is asked for. Nothing is overwritten unless
--overwrite is given.
"""


def add_arguments(
    parser: argparse.ArgumentParser,
    *,
    add_model_arguments: Callable[[argparse.ArgumentParser], None],
    seconds: Callable[[str], float],
) -> None:
    """Add the command's options; `seconds` reads a time as the other commands do."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="IN",
        help="videos, pictures, folders, '*.mp4', a .txt list; a camera, a stream or demo:// (with --to)",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="a video (.mp4, .mov, .mkv), or the folder for all outputs"
    )
    _add_data_arguments(parser.add_argument_group("what is written beside or instead of the video"))
    _add_video_arguments(parser.add_argument_group("the video"))
    _add_part_arguments(parser.add_argument_group("which frames"), seconds)
    _add_run_arguments(parser.add_argument_group("the run"))
    add_model_arguments(parser)
    parser.set_defaults(opacity=None)


def _add_data_arguments(group: argparse._ArgumentGroup) -> None:
    def add(name: str, metavar: str, text: str) -> None:
        group.add_argument(name, nargs="?", const=_BY_NAME, metavar=metavar, help=text)

    add("--masks", "DIR", "a palette PNG per frame, value = class id")
    add("--cvat", "FILE.zip", "the masks for CVAT's import, `Segmentation mask 1.1`")
    add("--coco", "FILE.json", "COCO annotations, run lengths per connected region")
    add("--confidence", "DIR", "a grey PNG per frame, 255 = certain")
    add("--dataset", "DIR", "pictures and masks to train on: `bisenet train --data folder:DIR`")
    group.add_argument(
        "--certain", type=_share, metavar="0..1",
        help="in --dataset, pixels whose class is less probable have none (0.9); 0 labels all, to be corrected by hand",
    )  # fmt: skip
    add("--stats", "FILE|csv", "a line per frame: time, share of each class, milliseconds; .jsonl or .csv")
    group.add_argument("--no-video", dest="video", action="store_false", help="no video, also with -o FOLDER")


def _add_video_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--view", choices=("overlay", "mask", "side-by-side"), help="what it shows (overlay)")
    group.add_argument("--codec", choices=("h264", "hevc", "av1"), help="(h264)")
    group.add_argument(
        "--encoder", choices=("auto", "software", "nvenc"), help="auto takes NVIDIA's encoder where it works (auto)"
    )
    quality = group.add_mutually_exclusive_group()
    quality.add_argument("--crf", type=_whole, metavar="N", help="quality, lower is better (h264 20, hevc 24, av1 32)")
    quality.add_argument("--bitrate", type=_bitrate, metavar="N[k|M]", help="bits per second instead, e.g. 4M")


def _add_part_arguments(group: argparse._ArgumentGroup, seconds: Callable[[str], float]) -> None:
    group.add_argument(
        "--from",
        type=_from,
        dest="from_s",
        default=0.0,
        metavar="SECONDS",
        help="begin there; the video begins at 0 then",
    )
    group.add_argument(
        "--to", type=seconds, dest="to_s", metavar="SECONDS", help="stop there; counted from the beginning of the input"
    )
    group.add_argument("--every", type=_from_one, default=1, metavar="N", help="only the first of each N frames")


def _add_run_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--jobs", type=_from_one, default=1, metavar="N", help="so many inputs at once (%(default)s)")
    group.add_argument(
        "--resume", action="store_true", help="skip what is whole and made with these settings, make the rest anew"
    )
    group.add_argument("--overwrite", action="store_true", help="replace what is there")
    group.add_argument("--dry-run", action="store_true", help="tell what would be done")
    group.add_argument("--report", type=Path, metavar="FILE.json", help="how each input ended, for programs")


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}")
    return int(text)


def _from_one(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)


def _from(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds from 0, got {text!r}")
    return value


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a probability from 0 to 1, got {text!r}")
    return value


def _bitrate(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kM]?)", text)
    if match is None or not 1000 <= float(match[1]) * _UNITS[match[2]] <= 1e9:
        raise argparse.ArgumentTypeError(f"expected bits per second such as 4M or 800k, got {text!r}")
    return round(float(match[1]) * _UNITS[match[2]])
