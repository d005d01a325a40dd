"""Models for other programs: the graph of a network, quantised or not, and the files that carry it."""

from bisenet.export.exporting import Target, export
from bisenet.export.graphs import onnx_graph, openvino_graph
from bisenet.export.quantising import quantise

__all__ = ["Target", "export", "onnx_graph", "openvino_graph", "quantise"]
