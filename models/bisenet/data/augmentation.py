"""`Augmentation`: how samples may be changed, all of it chosen in a recipe.

The papers' augmentation is random scale, crop and flip (V1 section 4.1, V2 section 4.2). The rest is ours: a small data
set from one camera teaches that camera's colours, light and weather unless they are changed.
"""

from __future__ import annotations

from dataclasses import dataclass

EFFECTS = ("cutout", "shadow", "vignette", "haze", "glare", "rain", "night", "low_resolution", "jpeg")
"""The fields of `Augmentation` that are a share of the samples, from 0 (never) to 1 (always)."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Ranges of the random changes; by default only the papers'."""

    width: int
    """Of the crop, pixels."""
    height: int
    scale_min: float = 0.75
    scale_max: float = 2.0
    rotation_deg: float = 0.0
    photometric: float = 0.0
    """0 is none, 1 is strong: gamma, contrast, gain per channel, saturation, hue, grey, blur, noise."""
    scales: tuple[float, ...] = ()
    """One of these instead of any from scale_min to scale_max; the V1 paper has 0.75, 1, 1.5, 1.75, 2 (section 4.1)."""
    max_class_share: float = 1.0
    """A crop with more of one class than this is drawn again, up to ten times (mmseg's cat_max_ratio); 1 is never."""
    cutout: float = 0.0
    """Share of the samples with a hidden rectangle, whose labels are ignored."""
    shadow: float = 0.0
    """Share with the shadow of something outside, from a hard edge to a gradient over the picture."""
    vignette: float = 0.0
    """Share with dark corners."""
    haze: float = 0.0
    """Share with light grey haze that thickens upwards, where the road is far."""
    glare: float = 0.0
    """Share with a low sun or a lamp in the picture."""
    rain: float = 0.0
    """Share with streaks of rain."""
    night: float = 0.0
    """Share that is dark, tinted and noisy, darkest at the top."""
    low_resolution: float = 0.0
    """Share that went through a cheap camera: shrunk and enlarged again."""
    jpeg: float = 0.0
    """Share that was compressed as JPEG of quality 30 to 95."""

    def __post_init__(self) -> None:
        if self.width < 32 or self.height < 32:
            raise ValueError(f"crop must be at least 32x32, got {self.width}x{self.height}")
        if not 0 < self.scale_min <= self.scale_max:
            raise ValueError(f"expected 0 < scale_min <= scale_max, got {self.scale_min}, {self.scale_max}")
        if any(scale <= 0 for scale in self.scales):
            raise ValueError(f"scales must be above 0, got {', '.join(map(str, self.scales))}")
        if not 0 < self.max_class_share <= 1:
            raise ValueError(f"max_class_share must lie above 0 and at most at 1, got {self.max_class_share}")
        if not 0 <= self.rotation_deg <= 180:
            raise ValueError(f"rotation_deg must lie in 0 to 180, got {self.rotation_deg}")
        if not 0 <= self.photometric <= 2:
            raise ValueError(f"photometric must lie in 0 to 2, got {self.photometric}")
        for name in EFFECTS:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share of the samples, from 0 to 1, got {getattr(self, name)}")
