"""`Upsampling`: how a map is enlarged, by name, for those who need no torch."""

from __future__ import annotations

from typing import Literal

Upsampling = Literal["nearest", "bilinear", "bilinear-corners"]
"""`bilinear-corners` is bilinear with align_corners=True."""
