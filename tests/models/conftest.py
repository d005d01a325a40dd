"""Shared by the library's tests: the reference fixtures beside the project, and a tiny data set made on the spot."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Reference outputs of public implementations; tests that need them are skipped where they are absent."""
    folder = SHARED / "fixtures"
    if not folder.is_dir():
        pytest.skip("no ../shared/fixtures")
    return folder


@pytest.fixture(scope="session")
def camvid_root() -> Path:
    """CamVid in the SegNet layout; tests that need it are skipped where it is absent."""
    folder = SHARED / "data" / "camvid"
    if not folder.is_dir():
        pytest.skip("no ../shared/data/camvid")
    return folder


@pytest.fixture(scope="session")
def person_root() -> Path:
    """Pictures of people in the SegNet layout; tests that need them are skipped where they are absent."""
    folder = SHARED / "data" / "person"
    if not folder.is_dir():
        pytest.skip("no ../shared/data/person")
    return folder


@pytest.fixture
def stripes(tmp_path: Path) -> Path:
    """A data set in the SegNet layout, 96x64: dark is class 0, bright class 1, the top rows are ignored (11)."""
    rng = np.random.default_rng(5)
    for split, count in (("train", 6), ("val", 2)):
        (tmp_path / split).mkdir()
        (tmp_path / f"{split}annot").mkdir()
        for number in range(count):
            labels = np.zeros((64, 96), np.uint8)
            edge = int(rng.integers(30, 66))
            labels[:, edge:] = 1
            rgb = np.where(labels[:, :, None] == 1, 220, 40) + rng.integers(-20, 20, (64, 96, 3))
            labels[:4] = 11
            assert cv2.imwrite(str(tmp_path / split / f"{number}.png"), rgb.astype(np.uint8))
            assert cv2.imwrite(str(tmp_path / f"{split}annot" / f"{number}.png"), labels)
    return tmp_path


# Tiny tensors gain nothing from a second thread, and lose much when another process wants the core.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)
