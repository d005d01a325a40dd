"""`bisenet convert`: a checkpoint of another implementation, as a file of ours."""

from __future__ import annotations

import argparse
from errno import EEXIST
from pathlib import Path

from bisenet.errors import ConfigError

HELP = "turn a checkpoint of another implementation into a file of ours"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, help="a .pth or .safetensors file of TorchSeg, CoinCheung or mmsegmentation")
    add("-o", "--output", type=Path, required=True, metavar="OUT.safetensors")
    families = ("auto", "torchseg", "coincheung", "mmseg")
    add("--family", choices=families, default="auto", help="whose it is (auto: from its keys)")
    add("--name", help="of the model (that of OUT)")
    add("--classes", metavar="NAME|FILE.yaml", help="class list (that in the file, or a known one of that many)")
    add("--mean", type=_triple, metavar="R,G,B", help="of the input, in 0 to 1 (the family's)")
    add("--std", type=_triple, metavar="R,G,B", help="of the input, in 0 to 1 (the family's)")
    add("--color-order", choices=("RGB", "BGR"), default="RGB", help="it was trained on (RGB)")
    add("--short-side", type=_side, metavar="PIXELS", help="of the input when the model runs (the published)")
    add("--overwrite", action="store_true", help="replace OUT")


def run(arguments: argparse.Namespace) -> int:
    from bisenet.card import card_markdown
    from bisenet.classes import load_classes
    from bisenet.convert import Preprocessing, convert
    from bisenet.registry import by_filename

    output: Path = arguments.output
    if output.suffix != ".safetensors":
        raise ConfigError(f"--output {output}: expected a name that ends in .safetensors")
    if output.exists() and not arguments.overwrite:
        raise FileExistsError(EEXIST, "exists already: give another name, or --overwrite", str(output))
    card = convert(
        arguments.file,
        output,
        family=arguments.family,
        name=arguments.name,
        classes=load_classes(arguments.classes) if arguments.classes else None,
        preprocessing=Preprocessing(arguments.mean, arguments.std, arguments.color_order, arguments.short_side),
        published=by_filename(arguments.file.name),
    )
    print(card_markdown(card), end="")
    return 0


def _triple(text: str) -> tuple[float, float, float]:
    try:
        red, green, blue = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected three numbers such as 0.485,0.456,0.406, got {text!r}") from None
    if not all(0 <= value <= 1 for value in (red, green, blue)):
        raise argparse.ArgumentTypeError(
            f"expected numbers from 0 to 1, got {text!r} (divide those of 0 to 255 by 255)"
        )
    return red, green, blue


def _side(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 32 <= int(text) <= 8192:
        raise argparse.ArgumentTypeError(f"expected a whole number from 32 to 8192, got {text!r}")
    return int(text)
