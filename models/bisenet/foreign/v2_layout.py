"""How BiSeNetV2 is divided into modules, alike in both public implementations."""

STAGES = (("stage3", 2), ("stage4", 2), ("stage5", 4))
"""Our names of the semantic stages, and their gather-and-expansion layers."""
DETAIL_DEPTHS = (2, 3, 3)
"""Convolutions in each stage of the detail branch."""
