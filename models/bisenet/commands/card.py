"""`bisenet card`: a model's card as Markdown."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "print a model's card as Markdown"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model",
        help="name of a bundled or published model (`bisenet models` lists them), a .safetensors or an exported file",
    )


def run(arguments: argparse.Namespace) -> int:
    from bisenet.card import card_markdown
    from bisenet.checkpoint import read_card
    from bisenet.export.report import exported_markdown
    from bisenet.exported import is_exported, read_exported
    from bisenet.weights import find_model

    path = Path(arguments.model)
    if is_exported(path):
        print(exported_markdown(read_exported(path)), end="")
    else:
        print(card_markdown(read_card(find_model(arguments.model))), end="")
    return 0
