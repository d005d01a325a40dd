"""What it costs to run the context path on every k-th frame only: `python benchmarks/context_reuse.py MODEL --data D`.

The detail (spatial) path runs on each frame and is fused with the context of up to k - 1 frames before. The val split
of CamVid is one drive at 15 frames a second, every frame labelled: its mIoU by k is the price, the share of the time
that the context path takes is the most that can be gained.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

import bisenet
from bisenet.data import open_dataset
from bisenet.evaluation.metrics import Evaluation, confusion_of
from bisenet.inference import class_ids, normalise, preprocess
from bisenet.layers import fold_batchnorm
from bisenet.network import TwoPathNetwork
from bisenet.pictures import input_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--data", required=True, help="consecutive frames with labels; the val split is taken")
    parser.add_argument("--every", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = bisenet.load(arguments.model)
    network, classes = model.network, model.card.classes
    if not isinstance(network, TwoPathNetwork):
        parser.error(f"{arguments.model} has no two paths")
    fold_batchnorm(network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (model.card.mean, model.card.std))
    data = open_dataset(arguments.data, "val", classes)
    confusions = {every: np.zeros((len(classes), len(classes)), np.int64) for every in arguments.every}
    held: dict[int, Tensor] = {}
    context_ms, detail_ms = [], []
    with torch.inference_mode():
        for number in tqdm(range(len(data)), unit="frame"):
            rgb, truth = data.read(number)
            size: tuple[int, int] = truth.shape
            x = normalise(preprocess(rgb, input_size(size[1], size[0], model.card.short_side)), mean, std)
            begin = time.perf_counter()
            context = network.context_of(x)
            middle = time.perf_counter()
            logits = network.logits_of(x, context)
            context_ms.append((middle - begin) * 1000)
            detail_ms.append((time.perf_counter() - middle) * 1000)
            for every in arguments.every:
                if number % every == 0:
                    held[every] = context
                    mine = logits
                else:
                    mine = network.logits_of(x, held[every])
                predicted: NDArray[np.uint8] = class_ids(mine, size, network.logits_upsampling)[0].numpy()
                confusions[every] += confusion_of(truth, predicted, len(classes))
    context_share = statistics.median(context_ms) / (statistics.median(context_ms) + statistics.median(detail_ms))
    print(f"{model.card.name} on {data.name}, {len(data)} frames; context path {context_share:.0%} of the network\n")
    print("| context every | mIoU | network time |\n|---|---|---|")
    for every, confusion in confusions.items():
        saved = context_share * (1 - 1 / every)
        print(f"| {every} | {Evaluation(classes, confusion, len(data)).miou:.4f} | {1 - saved:.2f} |")


if __name__ == "__main__":
    main()
