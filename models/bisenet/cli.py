"""The library's command line: `bisenet models`, `convert`, `card`, `data`, `train`, `evaluate` and `export`.

One file under `commands` each. Only argparse is imported here; each command brings what it needs when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType

from bisenet.commands import card, convert, data, evaluate, export, models, train
from bisenet.errors import BisenetError, CheckpointError, ConfigError, DataError, EngineError

COMMANDS: dict[str, ModuleType] = {
    "models": models,
    "convert": convert,
    "card": card,
    "data": data,
    "train": train,
    "evaluate": evaluate,
    "export": export,
}
"""Name -> what has HELP, add_arguments(parser) and run(arguments) -> exit code."""

_EXIT_CODES = {ConfigError: 2, DataError: 4, CheckpointError: 5, EngineError: 6}
_EPILOG = """exit codes: 0 done, 1 internal error, 2 usage or recipe, 4 data cannot be read, 5 model cannot be loaded,
6 device not available, 7 output cannot be written, 8 training diverged, 130 interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; faults from outside end in one line on stderr and the exit code of their kind."""
    # Before torch is imported: threads that spin while they wait cost several times the work when cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    arguments = _parser().parse_args(argv)
    try:
        code: int = COMMANDS[arguments.command].run(arguments)
        return code
    except BisenetError as error:
        return _fail(str(error), next(code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)))
    except FloatingPointError as error:
        return _fail(str(error), 8)
    except OSError as error:
        return _fail(f"{error.filename or 'output'}: {error.strerror or error}", 7)
    except KeyboardInterrupt as error:
        return _fail(str(error) or "interrupted", 130)


def _fail(message: str, code: int) -> int:
    print(f"bisenet: error: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "bisenet", description="BiSeNet networks: list, fetch, convert, check data, train, evaluate, export.",
        epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"bisenet-viewer {version('bisenet-viewer')}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=command.HELP))
    return parser


if __name__ == "__main__":
    sys.exit(main())
