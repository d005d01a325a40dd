"""Augmentation of one picture and its labels on the host: `draw_changes`, then `apply_on_host`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bisenet.data.augment_host import apply_on_host
from bisenet.data.augmentation import Augmentation
from bisenet.data.changes import draw_changes, label_preview

__all__ = ["Augmentation", "augment"]


def augment(
    rgb: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    options: Augmentation,
    ignore_id: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A random crop of the options' size, changed; where it reaches over the picture, labels are ignore_id.

    rgb (H, W, 3) uint8 and labels (H, W) uint8; both come back with the crop's height and width.
    """
    height, width = labels.shape
    preview = label_preview(labels) if options.max_class_share < 1 else None
    changes = draw_changes(options, width, height, rng, preview, ignore_id)
    return apply_on_host(rgb, labels, changes, (options.width, options.height), ignore_id)
