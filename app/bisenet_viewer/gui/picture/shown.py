"""`Shown`: a result as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bisenet_viewer.gui.picture.geometry import Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo
    from bisenet.engines.scores import Scores
    from bisenet_viewer.frame import Compared, Result


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame and what is known of its pixels, with the classes that its ids stand for.

    Images are made of it at the size at which they are seen, and only those that are.
    """

    rgb: NDArray[np.uint8]
    """(H, W, 3) uint8, C-contiguous."""
    labels: NDArray[np.uint8]
    """(H, W) uint8 class ids, the frame's own size."""
    classes: ClassSet
    engine: EngineInfo
    confidence: NDArray[np.uint8] | None
    """(H, W) uint8, 0 to 255; None where nobody asked for it."""
    scores: Scores | None
    compared: Compared | None
    """What a second model makes of the frame."""

    @property
    def size(self) -> Size:
        """Width and height."""
        return self.labels.shape[1], self.labels.shape[0]


def shown_of(result: Result) -> Shown:
    """Costs nothing: images are made when they are seen. Raises ValueError for a result without its classes."""
    if result.classes is None or result.info is None:
        raise ValueError("expected a result that says what its ids stand for and what made it")
    return Shown(
        rgb=result.frame.rgb,
        labels=result.labels,
        classes=result.classes,
        engine=result.info,
        confidence=result.confidence,
        scores=result.scores,
        compared=result.compared,
    )


def shown_without_classes(rgb: NDArray[np.uint8]) -> Shown:
    """A frame, (H, W, 3) uint8 RGB, of which nothing is known yet: of a camera whose model is still being loaded."""
    import numpy as np

    from bisenet.classes import ClassSet
    from bisenet.engines import EngineInfo

    none = ClassSet("none", ("none",), ((0, 0, 0),))
    return Shown(
        rgb=rgb,
        labels=np.full(rgb.shape[:2], none.ignore_id, np.uint8),
        classes=none,
        engine=EngineInfo("", "", "", "", ""),
        confidence=None,
        scores=None,
        compared=None,
    )
