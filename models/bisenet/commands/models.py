"""`bisenet models`: what there is, the papers' tables, and fetching what others have published."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

HELP = "list networks and weights; print the papers' tables; fetch published weights"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--table", metavar="NAME", help="a published table with our figures beside it: v1-1 to v1-9, v2, mmseg"
    )
    parser.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="of what is printed (text)"
    )
    pull = parser.add_subparsers(dest="action", metavar="pull").add_parser(
        "pull", help="fetch a published model, so that it can be used by its name without a network"
    )
    pull.add_argument("name", help="of a published model")
    pull.add_argument("--file", type=Path, help="the original file, where it was fetched by hand")
    pull.add_argument("--offline", action="store_true", help="use no network: only say whether it is here")


def run(arguments: argparse.Namespace) -> int:
    if arguments.action == "pull":
        return _pull(arguments)
    if arguments.table:
        from bisenet.tables import table

        print(table(arguments.table, arguments.format))
    else:
        from bisenet.listing import models

        print(models(arguments.format))
    return 0


def _pull(arguments: argparse.Namespace) -> int:
    from bisenet.registry import published
    from bisenet.weights import pull

    # What a download tells where there is no terminal for its bar.
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    entry = published(arguments.name)
    print(f"{entry.name}: {pull(entry, arguments.file, offline=arguments.offline or None)}")
    return 0
