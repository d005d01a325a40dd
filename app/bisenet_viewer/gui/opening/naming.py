"""What sources, models and faults are called in the window. Pure functions; no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bisenet_viewer.address import public
from bisenet_viewer.errors import AppError

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import StreamInfo
    from bisenet_viewer.sources.live.state import StreamState

DEMO = "demo://"


def source_name(uri: str) -> str:
    """How an input is called before it is open: a file's name, a camera, an address without its secrets."""
    if uri.startswith(DEMO):
        return "the demo street"
    if uri.isdigit():
        return f"camera {uri}"
    if "://" in uri:
        return public(uri)
    return Path(uri).name or uri


def model_name(name_or_path: str) -> str:
    """A bundled model's name, or a file's without its folder."""
    return Path(name_or_path).name or name_or_path


def engine_text(info: EngineInfo) -> str:
    """Model, back end, device and precision, and how often the context is looked at where that is not always."""
    text = f"{info.model} · {info.engine} · {info.device} ({info.device_name}) · {info.precision}"
    return text if info.context_every == 1 else f"{text} · context 1/{info.context_every}"


def engine_story(info: EngineInfo) -> str:
    """The same, and why it is that back end, for a tool tip."""
    return f"{engine_text(info)}\n{info.engine}: {info.reason}" if info.reason else engine_text(info)


def stream_text(info: StreamInfo) -> str:
    """Input, size and nominal rate."""
    size = f"{info.name} · {info.width}×{info.height}"
    return size if info.rate is None else f"{size} · {float(info.rate):.4g} fps"


def interruption_text(state: StreamState | None, info: StreamInfo | None) -> str:
    """Why a live stream that ran has no pictures; empty where it has, or is not live, or failed for good."""
    if state is None or info is None or state.phase.value not in ("stalled", "reconnecting"):
        return ""
    return f"{info.name}: {state.text}"


def fault_text(error: BaseException) -> str:
    """One line for a person. What is no known fault of the outside is called what it is: unexpected."""
    from bisenet.errors import BisenetError

    text = " ".join(str(error).split())
    if isinstance(error, AppError | BisenetError) and text:
        return text[0].upper() + text[1:]
    return f"Unexpected fault: {type(error).__name__}: {text}" if text else f"Unexpected fault: {type(error).__name__}"
