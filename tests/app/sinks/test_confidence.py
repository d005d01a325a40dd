"""ConfidenceSink: eight bits a pixel, exactly."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks.confidence import ConfidenceSink


def test_every_value_comes_back(tmp_path, make_result):
    confidence = np.arange(48 * 64, dtype=np.uint32).reshape(48, 64).astype(np.uint8)
    with ConfidenceSink(tmp_path / "c") as sink:
        sink.write(replace(make_result(2), confidence=confidence))
        assert set(sink.stage_ms) == {"confidence"}
    read = cv2.imread(str(tmp_path / "c/00000003_conf.png"), cv2.IMREAD_UNCHANGED)
    assert read.dtype == np.uint8
    assert np.array_equal(read, confidence)


def test_a_result_without_confidence_is_a_bug(tmp_path, make_result):
    with ConfidenceSink(tmp_path / "c") as sink, pytest.raises(ValueError, match="with confidence"):
        sink.write(make_result(0))


def test_another_runs_pictures_stay_unless_overwrite_is_given(tmp_path):
    (tmp_path / "00000009_conf.png").write_bytes(b"old")
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(SinkError, match="not empty"):
        ConfidenceSink(tmp_path)
    ConfidenceSink(tmp_path, overwrite=True).close()
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
