"""The picture on the clipboard."""

from __future__ import annotations

from PyQt6.QtGui import QGuiApplication, QImage


def copy_picture(image: QImage) -> bool:
    """Put a picture there as it is seen; False, and nothing changes, where there is none."""
    clipboard = QGuiApplication.clipboard()
    if clipboard is None or image.isNull():
        return False
    # A copy of the pixels: other programs ask for them later, when the window may have painted on them.
    clipboard.setImage(image.copy())
    return True
