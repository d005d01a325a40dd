"""`bisenet train`: a network by a recipe."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

HELP = "train a network by a recipe"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("recipe", help="name under assets/recipes, or a YAML file")
    add(
        "--data", action="append", required=True, metavar="[LAYOUT:]PATH",
        help="a labelled data set; layouts: camvid (unless named), cityscapes, cocostuff, ade20k, folder; may be "
        "repeated; the first one's val split is evaluated",
    )  # fmt: skip
    add(
        "--backdrop", action="append", default=[], metavar="[LAYOUT:]PATH",
        help="streets to put people before, for a recipe with `scenes: people`; may be repeated",
    )  # fmt: skip
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="change one key of the recipe")
    # Not --run: torchrun would take it for an option of its own.
    add("-o", "--output", type=Path, metavar="DIR", help="for checkpoints and log (default runs/NAME)")
    add("--resume", action="store_true", help="go on from DIR/last.pt")
    add("--device", default="auto", help="auto, cpu, cuda, cuda:N")
    add("--tensorboard", action="store_true", help="also write TensorBoard's files into DIR/tensorboard")


def run(arguments: argparse.Namespace) -> int:
    from bisenet.recipe import load_recipe
    from bisenet.train import train

    recipe = load_recipe(arguments.recipe, arguments.set)
    folder = arguments.output or Path("runs") / recipe.name
    origin = f"`{shlex.join(['bisenet', *sys.argv[1:]])}` (commit {_commit() or 'unknown'})"
    result = train(
        recipe,
        arguments.data,
        folder,
        device=arguments.device,
        resume=arguments.resume,
        origin=origin,
        tensorboard=arguments.tensorboard,
        backdrops=arguments.backdrop,
    )
    if result.evaluation:
        print(result.evaluation.table())
    print(f"model: {result.model}")
    return 0


def _commit() -> str:
    """The checkout's commit, for the model card; empty outside a checkout."""
    try:
        command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""
