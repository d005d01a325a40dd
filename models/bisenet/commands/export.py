"""`bisenet export`: a model as a file for OpenVINO, onnxruntime or TorchScript."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

HELP = "write a model for OpenVINO, onnxruntime or TorchScript, and check it against the network"
_SIZE = re.compile(r"([0-9]{2,4})x([0-9]{2,4})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("model", help="name of a bundled or published model (`bisenet models` lists them), or a .safetensors file")
    add("--to", required=True, choices=("onnx", "openvino", "torchscript"))
    add(
        "-o", "--output", type=Path, required=True, metavar="PATH",
        help="ends in .onnx, .xml (OpenVINO; its .bin comes beside) or .torchscript; the card is put beside as PATH.md",
    )  # fmt: skip
    add(
        "--precision", choices=("f32", "bf16", "int8"), default="f32",
        help="bf16 for openvino, int8 for openvino and onnx (default f32)",
    )  # fmt: skip
    add(
        "--calibrate", metavar="DIR|LAYOUT:PATH",
        help="pictures for int8, such as the model will see: a folder, or a data set's train split; 300 are used",
    )  # fmt: skip
    size = parser.add_mutually_exclusive_group()
    add = size.add_argument
    add(
        "--imgsz", type=_size, metavar="WxH",
        help="the one size that the graph takes (default: 16:9 at the short side that the model was made for)",
    )  # fmt: skip
    add("--dynamic", action="store_true", help="a graph for all sizes, in multiples of 8; slower to start")
    add = parser.add_argument
    add(
        "--pictures", metavar="DIR|LAYOUT:PATH",
        help="20 pictures to compare with the network on (default: of --calibrate, or drawn)",
    )  # fmt: skip
    add("--overwrite", action="store_true", help="replace PATH")


def run(arguments: argparse.Namespace) -> int:
    from bisenet.export import Target, export

    target = Target(
        arguments.output, arguments.to, arguments.precision, imgsz=arguments.imgsz, dynamic=arguments.dynamic
    )
    exported = export(
        arguments.model,
        target,
        calibrate=arguments.calibrate,
        pictures=arguments.pictures,
        overwrite=arguments.overwrite,
        say=lambda line: print(line, flush=True),
    )
    print(f"model: {exported.path}")
    return 0


def _size(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 640x360, got {text!r}")
    return int(match[1]), int(match[2])
