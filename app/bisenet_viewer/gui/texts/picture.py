"""What the picture says."""

from __future__ import annotations

VIEW_NAME = "Video"
VIEW_STORY = "The video with the classes drawn over it"

ORIGINAL = "Original"
CLASSES = "Classes"
DIVIDER = "Divider"
DIVIDER_TIP = "Drag, or move with ← and →"

UNSURE = "Unsure"
SURE = "Sure"
CONFIDENCE_COMES = "Confidence comes with the next frame"

NO_CLASS = "No class"


def mask_age(age_s: float) -> str:
    """How much older the mask is than the frame below it."""
    return f"Mask {age_s * 1000:.0f} ms older" if age_s < 1 else f"Mask {age_s:.1f} s older"


def probability(part: float) -> str:
    """0 to 1; only what is certain is called 100 %."""
    if 0.995 <= part < 1:
        return ">99 %"
    if 0 < part < 0.005:
        return "<1 %"
    return f"{part:.0%}".replace("%", " %")


def variant(model: str, engine: str, precision: str) -> str:
    """A model among others of its name."""
    return f"{model} · {engine} {precision}"


def other_model(name: str) -> str:
    """What the second model says."""
    return f"Other model: {name}"
