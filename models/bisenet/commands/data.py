"""`bisenet data check`: what is wrong with a data set, before an hour is lost."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

HELP = "look through a labelled data set"
FAULTY = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    check = parser.add_subparsers(dest="action", metavar="check", required=True).add_parser(
        "check", help="report missing, damaged and mismatched files, unknown label values, class frequencies"
    )
    check.add_argument("data", metavar="[LAYOUT:]PATH", help="layouts: camvid, cityscapes, cocostuff, ade20k, folder")
    check.add_argument("--classes", metavar="NAME|FILE.yaml", help="class list that the labels are read for (its own)")
    check.add_argument("--json", type=Path, metavar="FILE", help="also write the whole report there")


def run(arguments: argparse.Namespace) -> int:
    """0 for a clean data set, FAULTY otherwise."""
    from tqdm import tqdm

    from bisenet.classes import load_classes
    from bisenet.data.check import check

    classes = load_classes(arguments.classes) if arguments.classes else None
    report = check(arguments.data, classes, progress=lambda jobs: tqdm(jobs, unit="img", leave=False))
    print(report.text())
    if arguments.json:
        arguments.json.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    return FAULTY if report.faults else 0
