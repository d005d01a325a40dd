"""What `open_engine` can be asked for by name. Imports nothing: command lines show these before anything is loaded."""

from __future__ import annotations

ENGINES = ("auto", "openvino", "onnxruntime", "torch", "torch-compile", "tensorrt")
ON_PROCESSOR = ("openvino", "onnxruntime", "torch")
"""In the order of preference, where they are equally fast."""
ON_CARD = ("torch", "torch-compile", "onnxruntime", "tensorrt")
PRECISIONS = ("auto", "f32", "bf16", "f16", "int8")
