"""What a CUDA card makes of this project, in one command: `make benchmark-gpu`, or `python -m benchmarks.gpu`.

It proves what the project promises on cards (`bars.py`) and says what it rests on: the card's measured ceilings,
agreement with float32 eager, frames host to host beside the public demos, networks alone against the roofline, what
each step of the way brings, which kernels take the time, memory over thousands of frames, the project's own kernels,
other back ends, and the tests marked `gpu`. Under nine minutes on an H200; `--quick` under three.

    make benchmark-gpu BENCHMARK_GPU="--data ../shared/data/camvid"
    python3 -m benchmarks.gpu --quick               # from a bare checkout, in its root

Each step is a process of its own: what breaks or hangs in one, or makes the card unusable for it, is told in the table,
and the rest goes on. What there is goes to benchmarks/results/CARD-gpu.json and .md every few seconds, always whole.

It ends with 0 when every step ran and every bar was met, 1 when not, and 2, with one line, where there is no card.

Needed: torch with CUDA (2.11 and 2.13 are meant), NumPy, OpenCV (headless will do), numba, PyYAML, safetensors, psutil,
platformdirs, filelock, tqdm; on Linux Triton, which comes with torch. Not needed: PyQt6, PyAV, openvino, an installed
checkout. The tests need pytest; those of `tests/app` also PyQt6, pytest-qt and PyAV, and are left out without.
"""
