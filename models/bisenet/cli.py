"""The library's command line: `bisenet train`, `bisenet evaluate`, `bisenet card`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bisenet.errors import BisenetError, CheckpointError, ConfigError, DataError, EngineError

_EXIT_CODES = {ConfigError: 2, DataError: 4, CheckpointError: 5, EngineError: 6}
_EPILOG = """exit codes: 0 done, 1 internal error, 2 usage or recipe, 4 data cannot be read, 5 model cannot be loaded,
6 device not available, 7 output cannot be written, 8 training diverged, 130 interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; faults from outside end in one line on stderr and the exit code of their kind."""
    # Before torch is imported: threads that spin while they wait cost several times the work when cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    arguments = _parser().parse_args(argv)
    command = {"train": _train, "evaluate": _evaluate, "card": _card}[arguments.command]
    try:
        return command(arguments)
    except BisenetError as error:
        return _fail(str(error), next(code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)))
    except FloatingPointError as error:
        return _fail(str(error), 8)
    except OSError as error:
        return _fail(f"{error.filename or 'output'}: {error.strerror or error}", 7)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)


def _fail(message: str, code: int) -> int:
    print(f"bisenet: error: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "bisenet", description="Train and evaluate BiSeNet networks.", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"bisenet-viewer {version('bisenet-viewer')}")
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a network by a recipe")
    train.add_argument("recipe", help="name under assets/recipes, or a YAML file")
    train.add_argument(
        "--data", action="append", required=True, metavar="[camvid:]PATH",
        help="a data set in the SegNet layout; may be repeated; the first one's val split is evaluated",
    )  # fmt: skip
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change one key of the recipe")
    train.add_argument("--run", type=Path, metavar="DIR", help="folder for checkpoints and log (default runs/NAME)")
    train.add_argument("--resume", action="store_true", help="go on from DIR/last.pt")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N")

    evaluate = commands.add_parser("evaluate", help="mIoU of a model on a labelled data set")
    evaluate.add_argument("model", help="name of a bundled model, or a .safetensors file")
    evaluate.add_argument("--data", required=True, metavar="[camvid:]PATH", help="a data set in the SegNet layout")
    evaluate.add_argument("--split", default="val", help="train, val or test (default val)")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write miou, iou and pixel_accuracy there")
    evaluate.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N")

    card = commands.add_parser("card", help="print a model's card as Markdown")
    card.add_argument("model", help="name of a bundled model, or a .safetensors file")
    return parser


def _train(arguments: argparse.Namespace) -> int:
    from bisenet.recipe import load_recipe
    from bisenet.train import train

    recipe = load_recipe(arguments.recipe, arguments.set)
    run = arguments.run or Path("runs") / recipe.name
    origin = f"`{shlex.join(['bisenet', *sys.argv[1:]])}` (commit {_commit() or 'unknown'})"
    result = train(recipe, arguments.data, run, device=arguments.device, resume=arguments.resume, origin=origin)
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


def _evaluate(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from bisenet.data.camvid import open_dataset
    from bisenet.engines import open_engine
    from bisenet.evaluate import evaluate

    data = open_dataset(arguments.data, arguments.split)
    with open_engine("auto", arguments.model, device=arguments.device) as engine:
        report = evaluate(engine.infer, engine.classes, data, lambda numbers: tqdm(numbers, unit="img"))
        info = engine.info
    print(f"{info.model} on {data.name}, {report.pictures} pictures, {info.device} {info.precision}")
    print(report.table())
    if arguments.json:
        arguments.json.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    return 0


def _card(arguments: argparse.Namespace) -> int:
    from bisenet.card import card_markdown
    from bisenet.segmenter import load

    print(card_markdown(load(arguments.model).card), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
