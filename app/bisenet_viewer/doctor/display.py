"""Whether a window can be opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from bisenet_viewer.doctor.finding import Finding
from bisenet_viewer.errors import DisplayError

_NAME = "Window"
_PLUGINS = "QT_QPA_PLATFORM_PLUGIN_PATH"


def check_display(require_display: Callable[[], None], environ: Mapping[str, str]) -> Finding:
    """require_display: raises DisplayError where there is none."""
    try:
        require_display()
    except DisplayError as error:
        has_screen = any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
        # Without a screen there is nothing wrong with a server.
        fix = "install or start what is named there" if has_screen else "start it on a desktop, or with ssh -X"
        return Finding(_NAME, "fail" if has_screen else "warn", str(error), fix)
    platform = environ.get("QT_QPA_PLATFORM", "")
    if platform.split(":")[0] in ("offscreen", "minimal"):
        return Finding(_NAME, "warn", f"QT_QPA_PLATFORM={platform}: nothing is seen", "unset QT_QPA_PLATFORM")
    plugins = environ.get(_PLUGINS, "")
    if plugins and f"{os.sep}cv2{os.sep}" not in plugins:
        text = f"{_PLUGINS} points to another Qt's plugins: {plugins}"
        return Finding(_NAME, "warn", text, f"unset {_PLUGINS}")
    return Finding(_NAME, "ok", _screen_text(environ, plugins))


def _screen_text(environ: Mapping[str, str], plugins: str) -> str:
    names = [f"{name}={environ[name]}" for name in ("WAYLAND_DISPLAY", "DISPLAY") if environ.get(name)]
    text = ", ".join(names) or "the desktop's own"
    return f"{text} (the Qt plugins that OpenCV points to are left aside)" if plugins else text
