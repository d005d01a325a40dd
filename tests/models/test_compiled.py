"""Compiled functions: their cache, wherever it may lie, and whatever has become of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bisenet.kernels.compiled import FLOAT32, compiled, read

SOURCE = """
from bisenet.kernels.compiled import FLOAT32, compiled, read

@compiled(FLOAT32, read(FLOAT32, 1))
def total(values):
    result = values[0]
    for k in range(1, values.size):
        result += values[k]
    return result
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "package" / "totals.py"
    path.parent.mkdir()
    path.write_text(SOURCE)
    return path


def import_total(source: Path) -> Callable[[object], float]:
    """As a new process would."""
    spec = importlib.util.spec_from_file_location("totals", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Callable[[object], float] = module.total
    assert function(np.array([1, 2, 4], np.float32)) == 7
    return function


def hits(function: Callable[[object], float]) -> int:
    count: int = sum(function.stats.cache_hits.values())  # type: ignore[attr-defined]
    return count


def test_the_second_import_takes_the_machine_code_from_beside_the_source(source: Path) -> None:
    assert hits(import_total(source)) == 0
    assert list((source.parent / "__pycache__").glob("totals.total-*.nbi"))
    assert hits(import_total(source)) == 1


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"\x80\x05\x95"])
def test_a_damaged_cache_is_replaced(source: Path, suffix: str, rubbish: bytes) -> None:
    import_total(source)
    for file in (source.parent / "__pycache__").glob(f"*.{suffix}"):
        file.write_bytes(rubbish)
    import_total(source)
    assert hits(import_total(source)) == 1


def test_a_folder_that_cannot_be_written_has_its_cache_with_the_user(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source.parent / "__pycache__").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    import_total(source)
    assert hits(import_total(source)) == 1


def test_without_any_folder_it_runs_all_the_same(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source.parent / "__pycache__").write_text("in the way")
    (tmp_path / "cache").write_text("in the way")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    import_total(source)
    assert hits(import_total(source)) == 0


def test_only_the_types_named_are_taken() -> None:
    @compiled(FLOAT32, read(FLOAT32, 1))
    def first(values: object) -> object:
        return values[0]  # type: ignore[index]

    with pytest.raises(TypeError, match="No matching definition"):
        first(np.zeros(3, np.float64))
