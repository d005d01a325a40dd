"""The command line: `bisenet-viewer [SOURCE]` and its sub-commands.

Only argparse is imported here; each command brings what it needs when it runs, so `--help` is instant.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

from bisenet.engine_names import ENGINES, PRECISIONS
from bisenet.errors import BisenetError, CheckpointError, ConfigError, DataError, EngineError
from bisenet_viewer import argument_types, log
from bisenet_viewer.errors import AppError, UsageError

PROGRAM = "bisenet-viewer"
MODEL = "street-x39"
INTERRUPTED = 130

_DEVICES = Path("/dev")

LIBRARY_EXIT_CODES: dict[type[BisenetError], int] = {CheckpointError: 5, ConfigError: 5, DataError: 5, EngineError: 6}

EXIT_CODES = """\
exit codes:
  0    all done
  1    internal error: a bug, please report it; of doctor: something does not work
  2    wrong usage
  3    finished, but some frames were lost
  4    the input cannot be opened, or broke off; of several inputs, some failed
  5    the model cannot be loaded
  6    the device, the engine or the display is not available
  7    the output cannot be written
  130  interrupted; what was written is kept as NAME.partial.mp4, and segment --resume goes on
"""


class _Parser(argparse.ArgumentParser):
    """Tells a mistake as every other fault is told: in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


@dataclass(frozen=True, slots=True)
class Command:
    """One way to call the program."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """The exit code; faults are raised."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. `--help` and `--version` end in SystemExit, as argparse does."""
    # Before torch is imported: decoding, inference and the window share the cores, and torch's threads would spin while
    # they wait (street-x39 on two cores beside a busy process: 383 ms a frame, and 91 ms when they sleep instead).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        command, parser = _choose(arguments)
        options = parser.parse_args(arguments)
        log.set_up(verbose=options.verbose)
        del options.verbose
        return command.run(options)
    except AppError as error:
        return _fail(error, error.exit_code)
    except BisenetError as error:
        codes = (code for kind, code in LIBRARY_EXIT_CODES.items() if isinstance(error, kind))
        return _fail(error, next(codes, 1))
    except KeyboardInterrupt:
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        return INTERRUPTED


def run_process() -> NoReturn:
    """`main` as a whole process, which ends even while a thread is held by foreign code.

    Python's own way out pulls such a thread out of its C++ frames, and that aborts the process.
    """
    code = main()
    if any(thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _choose(arguments: list[str]) -> tuple[Command, argparse.ArgumentParser]:
    """The command that the first argument names, which is then taken away; else the window."""
    if arguments and arguments[0] in COMMANDS:
        name = arguments.pop(0)
        command, prog, more = COMMANDS[name], f"{PROGRAM} {name}", ""
    else:
        command, prog = WINDOW, PROGRAM
        rows = "".join(f"  {name:<11}{each.help}\n" for name, each in COMMANDS.items())
        more = f"commands ({PROGRAM} COMMAND --help tells more):\n{rows}\n"
    parser = _Parser(
        prog=prog,
        description=command.help,
        epilog=more + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version)
    parser.add_argument("--verbose", action="store_true", help="log what goes well, too")
    command.add_arguments(parser)
    return command, parser


def _fail(error: Exception, exit_code: int) -> int:
    text = " ".join(str(error).split())
    print(f"{PROGRAM}: error: {text}", file=sys.stderr)
    return exit_code


class _Version(argparse.Action):
    """Reads the version only when asked: the package's metadata is a file on disk."""

    def __init__(self, option_strings: Sequence[str], **_options: object) -> None:
        nothing = argparse.SUPPRESS
        super().__init__(option_strings, dest=nothing, default=nothing, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_values: object) -> NoReturn:
        try:
            text = version("bisenet-viewer")
        except PackageNotFoundError:
            text = "(not installed)"
        print(f"{PROGRAM} {text}")
        parser.exit()


def _add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        default=MODEL,
        help="name of a bundled or published model (see `bisenet models`), or path of one (%(default)s)",
    )
    parser.add_argument(
        "--device",
        type=argument_types.device,
        default="auto",
        metavar="auto|cpu|cuda[:N]",
        help="where it runs (%(default)s)",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what runs the network (auto: what a short trial shows to be the fastest here)",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="what it computes in (auto: what the processor or the card is good at)",
    )
    parser.add_argument(
        "--imgsz",
        type=argument_types.size,
        metavar="WxH",
        help="network input size, e.g. 640x360 (the model's own choice)",
    )
    parser.add_argument(
        "--context-every",
        type=argument_types.from_one,
        default=1,
        metavar="K",
        help="run the network's context path on each K-th frame only, for speed at some accuracy (%(default)s)",
    )
    parser.add_argument(
        "--classes",
        type=argument_types.names,
        metavar="NAME,NAME",
        help="colour only these classes, e.g. road,car (all)",
    )
    parser.add_argument(
        "--opacity",
        type=argument_types.opacity,
        default=0.5,
        metavar="0..1",
        help="of the colours over the picture (0.5; the window: as it was left)",
    )


def _add_window_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="0, /dev/video0 or camera://NAME: a camera; rtsp://, rtmp://, http://, udp://, tcp://: a stream; screen; "
        "a video, picture, folder or list; demo://: a drawn street (the first camera, else demo://)",
    )
    _add_model_arguments(parser)
    # The window remembers what was chosen there.
    parser.set_defaults(opacity=None)


def _run_window(options: argparse.Namespace) -> int:
    source: str = options.source if options.source is not None else _first_source()
    from bisenet_viewer.gui import app

    return app.run(
        source=source,
        model=options.model,
        device=options.device,
        imgsz=options.imgsz,
        engine=options.engine,
        precision=options.precision,
        context_every=options.context_every,
        opacity=options.opacity,
        classes=options.classes,
    )


def _first_source() -> str:
    """The first camera where they can be seen without opening them, on Linux; else the demo."""
    cameras = sorted(_DEVICES.glob("video[0-9]*"), key=lambda path: int(path.name.removeprefix("video")))
    if cameras:
        return str(cameras[0])
    looked = "no camera found" if sys.platform.startswith("linux") else "no source given (0 is the first camera)"
    print(f"{PROGRAM}: {looked}: showing demo://, a drawn street", file=sys.stderr)
    return "demo://"


def _add_segment_arguments(parser: argparse.ArgumentParser) -> None:
    from bisenet_viewer.segment.arguments import add_arguments

    add_arguments(parser, add_model_arguments=_add_model_arguments, seconds=argument_types.seconds)


def _run_segment(options: argparse.Namespace) -> int:
    from bisenet_viewer.segment import command
    from bisenet_viewer.segment.request import Request

    return command.run(Request(**{**vars(options), "sources": tuple(options.sources)}))


def _add_benchmark_arguments(parser: argparse.ArgumentParser) -> None:
    from bisenet_viewer.benchmark.arguments import add_arguments

    add_arguments(parser, default_model=MODEL, device=argument_types.device, seconds=argument_types.seconds)


def _run_benchmark(options: argparse.Namespace) -> int:
    from bisenet_viewer.benchmark import command
    from bisenet_viewer.benchmark.options import BenchmarkOptions

    return command.run(BenchmarkOptions(**vars(options)))


def _add_camera_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def _run_cameras(_options: argparse.Namespace) -> int:
    from bisenet_viewer.commands import cameras

    return cameras.run()


def _add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def _run_doctor(options: argparse.Namespace) -> int:
    from bisenet_viewer.commands import doctor
    from bisenet_viewer.gui.display import require_display

    return doctor.run(as_json=options.json, require_display=require_display)


WINDOW = Command(
    "Real-time semantic segmentation of a camera, a video file or a demo, in a window.",
    _add_window_arguments,
    _run_window,
)

COMMANDS: dict[str, Command] = {
    "segment": Command("Segment recordings into videos, masks and data.", _add_segment_arguments, _run_segment),
    "cameras": Command("List the connected cameras and what they can send.", _add_camera_arguments, _run_cameras),
    "doctor": Command("Check what works on this machine.", _add_doctor_arguments, _run_doctor),
    "benchmark": Command("Measure what runs how fast on this machine.", _add_benchmark_arguments, _run_benchmark),
}
