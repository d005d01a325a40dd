"""Makers' calls, run by Triton's interpreter, and by the card where there is one."""

from __future__ import annotations

import importlib.util
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.models.kernels.cuda.tensors import Run, moved_to
from torch import Tensor


@pytest.fixture(scope="session")
def interpreted() -> Iterator[Run]:
    """Triton's kernels in its interpreter: pictures had better be tiny."""
    if importlib.util.find_spec("triton") is None:
        pytest.skip("no Triton")
    with subprocess.Popen(
        [sys.executable, Path(__file__).with_name("interpreter.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TRITON_INTERPRET": "1"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(maker: type, options: Mapping[str, Any], method: str, *arguments: Any) -> tuple[Any, ...]:
            pickle.dump((maker, options, method, arguments), process.stdin)
            process.stdin.flush()
            answer: tuple[Any, ...] = pickle.load(process.stdout)
            return answer

        yield run
        process.stdin.close()


def run_on_card(maker: type, options: Mapping[str, Any], method: str, *arguments: Any) -> tuple[Any, ...]:
    card, host = torch.device("cuda"), torch.device("cpu")
    moved = [moved_to(card, item) if isinstance(item, Tensor) else item for item in arguments]
    getattr(maker(**options, device=card, kernels="triton"), method)(*moved)
    return tuple(moved_to(host, item) if isinstance(item, Tensor) else item for item in moved)


@pytest.fixture
def on_card() -> Run:
    """Triton's kernels on the card."""
    return run_on_card


@pytest.fixture(params=["interpreted", pytest.param("on_card", marks=pytest.mark.gpu)])
def run(request: pytest.FixtureRequest) -> Run:
    """Triton's kernels in both ways."""
    chosen: Run = request.getfixturevalue(request.param)
    return chosen
