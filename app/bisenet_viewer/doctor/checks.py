"""All checks, quick ones first."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial

from bisenet_viewer.doctor import cameras, codecs, display, graphics, packages, processor, self_test, storage, weights
from bisenet_viewer.doctor.finding import Check


def all_checks(require_display: Callable[[], None], environ: Mapping[str, str] = os.environ) -> tuple[Check, ...]:
    """What `bisenet-viewer doctor` looks at.

    require_display: raises DisplayError where no window can be opened. environ: as it was before `import cv2`.
    """
    environ = dict(environ)
    return (
        Check("Python", packages.check_python),
        Check("Packages", packages.check_packages),
        Check("Engines", packages.check_engines),
        Check("Processor", processor.check_processor),
        Check("Graphics card", graphics.check_graphics),
        Check("Window", partial(display.check_display, require_display, environ)),
        Check("Video", codecs.check_codecs),
        Check("Cameras", cameras.check_cameras),
        Check("Memory", storage.check_memory),
        Check("Folders", storage.check_folders),
        Check("Weights", weights.check_weights),
        Check("Self-test", self_test.check_whole),
    )
