"""`bisenet card`: a model's card as Markdown."""

from __future__ import annotations

import argparse

HELP = "print a model's card as Markdown"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model", help="name of a bundled or published model (`bisenet models` lists them), or a .safetensors file"
    )


def run(arguments: argparse.Namespace) -> int:
    from bisenet.card import card_markdown
    from bisenet.checkpoint import read_card
    from bisenet.weights import find_model

    print(card_markdown(read_card(find_model(arguments.model))), end="")
    return 0
