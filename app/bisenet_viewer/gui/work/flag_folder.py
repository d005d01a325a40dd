"""`FlagFolder`: a data set that flagged frames are added to, as `bisenet train finetune --data folder:DIR` takes it.

    images/clip-1f2e3d_000123.450.png   the frame
    masks/clip-1f2e3d_000123.450.png    its class ids, with the classes' colours as a palette: to be corrected
    classes.yaml                        what the ids mean

No Qt.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.new_files import take_name, write_part

if TYPE_CHECKING:
    from bisenet.classes import ClassSet

_IMAGES, _MASKS, _CLASSES = "images", "masks", "classes.yaml"
_SUFFIX = ".png"


class RefusedError(Exception):
    """The frame is not added; the text is one line for people."""


class FlagFolder:
    """Used on one thread, apart from its path."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, name: str, picture: bytes, mask: bytes, classes: ClassSet) -> tuple[int, Path]:
        """Add a frame; how many there are then, and the path of the picture.

        picture, mask: as PNG. Raises RefusedError for a frame that is there and for a folder of other classes, OSError
        where the disk does not take it. There is never a picture without its mask.
        """
        image, labels = self.root / _IMAGES / f"{name}{_SUFFIX}", self.root / _MASKS / f"{name}{_SUFFIX}"
        if image.exists():
            raise RefusedError(texts.ALREADY_FLAGGED)
        for folder in (image.parent, labels.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self._settle_classes(classes)
        with ExitStack() as parts:
            mask_part, image_part = (_part(parts, self.root, data) for data in (mask, picture))
            try:
                # One that is there is all that a killed process left of this frame.
                mask_part.replace(labels)
                if not take_name(image_part, image):
                    raise RefusedError(texts.ALREADY_FLAGGED)
            finally:
                if not image.exists():
                    labels.unlink(missing_ok=True)
        return self.count(), image

    def remove(self, image: Path) -> int:
        """Take a frame out again; how many are left. Raises OSError."""
        image.unlink(missing_ok=True)
        (self.root / _MASKS / image.name).unlink(missing_ok=True)
        return self.count()

    def count(self) -> int:
        """How many frames there are. Raises OSError."""
        return sum(1 for path in (self.root / _IMAGES).iterdir() if path.suffix == _SUFFIX)

    def _settle_classes(self, classes: ClassSet) -> None:
        """Write the class list, or see that it is the same. Raises RefusedError."""
        import yaml

        from bisenet.classes import load_classes
        from bisenet.errors import ConfigError

        path = self.root / _CLASSES
        # In masks of ours a value is the class id, whatever the data set that the model knows uses in its files.
        plain = replace(classes, raw_ids=())
        if not path.exists():
            text = yaml.safe_dump(plain.to_dict(), sort_keys=False, allow_unicode=True, default_flow_style=None)
            part = write_part(self.root, text.encode())
            if take_name(part, path):
                return
            part.unlink(missing_ok=True)
        try:
            there = load_classes(str(path))
        except ConfigError as error:
            raise RefusedError(str(error)) from error
        if (there.names, there.ignore_id, there.raw_ids) != (plain.names, plain.ignore_id, ()):
            raise RefusedError(texts.other_classes(str(self.root)))


def _part(parts: ExitStack, folder: Path, data: bytes) -> Path:
    """A part that is gone when the stack is left, if it did not get a name until then."""
    part = write_part(folder, data)
    parts.callback(part.unlink, missing_ok=True)
    return part
