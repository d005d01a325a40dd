"""What can be decoded and encoded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bisenet_viewer.doctor.finding import Finding

_NAME = "Video"
_DECODERS = {"H.264": ("h264",), "HEVC": ("hevc",), "AV1": ("libdav1d", "av1")}
"""Any of the decoders will do."""
_ENCODER = "libx264"
_AGAIN = "pip install --force-reinstall av"


def check_codecs() -> Finding:
    import av

    from bisenet_viewer.sources.hardware import usable_devices

    return judge_codecs(av.__version__, av.codecs_available, usable_devices("h264"))


def judge_codecs(version: str, codecs: Collection[str], devices: Sequence[str]) -> Finding:
    """codecs: FFmpeg's names of those there are. devices: that decode on the graphics card."""
    missing = [name for name, decoders in _DECODERS.items() if not any(each in codecs for each in decoders)]
    if missing:
        return Finding(_NAME, "fail", f"PyAV {version} cannot decode {', '.join(missing)}", _AGAIN)
    if _ENCODER not in codecs:
        text = f"PyAV {version} has no {_ENCODER}: nothing can be recorded"
        return Finding(_NAME, "fail", text, _AGAIN)
    hardware = f"decodes on {', '.join(devices)}" if devices else "decodes on the processor"
    return Finding(_NAME, "ok", f"PyAV {version}: {', '.join(_DECODERS)}, records H.264; {hardware}")
