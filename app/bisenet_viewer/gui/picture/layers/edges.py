"""Where one class ends and another begins, as lines in the classes' colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_EDGE = 255


def edge_labels(labels: NDArray[np.uint8], thickness: int) -> NDArray[np.uint8]:
    """(H, W) uint8: the class ids within `thickness` pixels of another class, NO_EDGE everywhere else.

    So each class draws its own outline inside itself, and keeps it whole where its neighbour is hidden.
    """
    import cv2
    import numpy as np

    window = np.ones((2 * thickness + 1, 2 * thickness + 1), np.uint8)
    inner = cv2.compare(cv2.dilate(labels, window), cv2.erode(labels, window), cv2.CMP_EQ)
    return np.asarray(cv2.bitwise_or(labels, inner), np.uint8)
