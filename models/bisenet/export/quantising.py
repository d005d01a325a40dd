"""Post-training quantisation to int8 by NNCF, of an OpenVINO or ONNX graph."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bisenet.export.graphs import INPUT
from bisenet.export.packages import required

CALIBRATION_PICTURES = 300
Graph = TypeVar("Graph")


def quantise(graph: Graph, pictures: Iterable[NDArray[np.uint8]]) -> Graph:
    """An `openvino.Model` or `onnx.ModelProto` of `export.graphs`, with convolutions in int8; the given one is kept.

    pictures: (1, H, W, 3) uint8 RGB at the size that the graph takes, such as it will see; they may be gone through
    several times, and 300 of them are used. Raises EngineError without NNCF.
    """
    with _quiet():
        nncf = required("nncf")
        from nncf.quantization.advanced_parameters import QuantizationParameters

        nncf.set_log_level(logging.ERROR)
        onnx = type(graph).__module__.startswith("onnx")
        advanced = nncf.AdvancedQuantizationParameters(
            # Weights in half the range of int8: processors without VNNI add two products of int8 in 16 bits, which
            # whole weights overflow (on CamVid that costs 1.4 points of mIoU, and halving them nothing).
            overflow_fix=nncf.OverflowFix.ENABLE,
            # onnxruntime has no convolution whose input has a scale per channel.
            activations_quantization_params=QuantizationParameters(per_channel=False) if onnx else None,
        )
        dataset = nncf.Dataset(pictures, (lambda picture: {INPUT: picture}) if onnx else None)
        quantised: Graph = nncf.quantize(
            graph,
            dataset,
            preset=nncf.QuantizationPreset.MIXED,  # activations that have negative values use the whole range
            target_device=nncf.TargetDevice.CPU,
            subset_size=CALIBRATION_PICTURES,
            advanced_parameters=advanced,
        )
    return quantised


@contextmanager
def _quiet() -> Iterator[None]:
    """NNCF without its warnings, and without reporting its use over the network, as it does unless told otherwise."""
    told = "NNCF_CI"
    before = os.environ.get(told)
    os.environ[told] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            del os.environ[told]
        else:
            os.environ[told] = before
