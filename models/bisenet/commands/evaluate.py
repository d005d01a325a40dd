"""`bisenet evaluate`: figures of a model on a labelled data set."""

from __future__ import annotations

import argparse
from pathlib import Path

from bisenet.errors import ConfigError

HELP = "mIoU and more of a model on a labelled data set"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "model",
        help="name of a bundled or published model (`bisenet models` lists them), a .safetensors or an exported file",
    )
    add(
        "--data", required=True, metavar="[LAYOUT:]PATH",
        help="layouts: camvid (unless named), cityscapes, cocostuff, ade20k, folder",
    )  # fmt: skip
    add("--split", default="val", help="train, val or test (default val)")
    add("--only", metavar="NAME,NAME", help="take means over these classes, where the data set labels no others")
    add("--boundary", action="store_true", help="also the F1 of boundaries, within 0.75 %% of the diagonal")
    add("--engine", default="auto", help="auto, torch, openvino, onnxruntime")
    add("--precision", default="auto", help="auto, f32, bf16, f16, int8; an exported model has its own")
    add("--device", default="auto", help="auto, cpu, cuda, cuda:N")

    how = parser.add_argument_group("protocol")
    add = how.add_argument
    add(
        "--protocol", choices=("whole", "v1", "v2", "sliding", "ms"), default="whole",
        help="whole: the picture at the model's own input size (default); v1, v2: at 3/4 or 1/2 of its size, as in the "
        "papers; sliding: windows over it; ms: several scales and both ways round, averaged",
    )  # fmt: skip
    add("--window", metavar="WxH", help="of sliding (1024x1024)")
    add("--stride", metavar="SHARE", help="of sliding: from one window to the next, as a share of it (5/6)")
    add("--scales", metavar="S,S", help="of ms (0.5,0.75,1,1.25,1.5,1.75)")
    add("--flip", action=argparse.BooleanOptionalAction, default=None, help="of ms: also mirrored (yes)")

    reports = parser.add_argument_group("reports")
    add = reports.add_argument
    add("--json", type=Path, metavar="FILE", help="everything, with the confusion matrix and each picture's mIoU")
    add("--markdown", type=Path, metavar="FILE", help="a table")
    add("--pictures", type=Path, metavar="DIR", help="confusion.png and worst.png there")
    add("--worst", type=int, default=None, metavar="N", help="pictures with the lowest mIoU in worst.png (8)")


def run(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from bisenet.data import open_dataset
    from bisenet.evaluate import evaluate_model
    from bisenet.evaluation.protocol import parse_protocol
    from bisenet.segmenter import open_model

    if arguments.worst is not None and (arguments.pictures is None or arguments.worst < 1):
        raise ConfigError("--worst is a number of pictures, from 1 on, and needs --pictures DIR")
    protocol = parse_protocol(
        arguments.protocol,
        window=arguments.window,
        stride=arguments.stride,
        scales=arguments.scales,
        flip=arguments.flip,
    )
    model = open_model(arguments.model)
    data = open_dataset(arguments.data, arguments.split, model.card.classes)
    report = evaluate_model(
        model,
        data,
        protocol,
        engine=arguments.engine,
        device=arguments.device,
        precision=arguments.precision,
        only=arguments.only,
        boundary=arguments.boundary,
        worst=(arguments.worst or 8) if arguments.pictures else 0,
        progress=lambda numbers: tqdm(numbers, unit="img"),
    )
    print(report.text())
    if arguments.json:
        report.write_json(arguments.json)
    if arguments.markdown:
        report.write_markdown(arguments.markdown)
    if arguments.pictures:
        report.write_pictures(arguments.pictures)
    return 0
