"""What sources, models and faults are called in the window. Pure functions; no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bisenet_viewer.address import public
from bisenet_viewer.errors import AppError
from bisenet_viewer.gui.opening.kinds import Kind, kind_of, without_rate
from bisenet_viewer.gui.texts import opening as texts

if TYPE_CHECKING:
    from bisenet.engines import EngineInfo
    from bisenet_viewer.frame import StreamInfo
    from bisenet_viewer.sources.live.state import StreamState

DEMO = "demo://"
SCREEN = "screen"


def source_name(uri: str) -> str:
    """How an input is called before it is open: a file's name, a camera, an address without its secrets."""
    match kind_of(uri):
        case Kind.DEMO:
            return texts.DEMO_STREET
        case Kind.SCREEN:
            which = uri.partition("://")[2].partition("?")[0]
            return texts.screen(which) if which else texts.THE_SCREEN
        case Kind.CAMERA:
            name = uri.removeprefix("camera://").removeprefix("/dev/video").strip()
            return texts.camera(name) if name.isdecimal() else name or uri
        case Kind.STREAM:
            return public(uri)
    if "://" in uri:
        return public(uri)
    path = Path(without_rate(uri))
    # `.`, `..` and `~` are no names.
    return path.name if path.name not in ("", "..", "~") else path.expanduser().resolve().name or uri


def source_title(uri: str) -> str:
    """The same where it stands by itself: what is no name of a file or an address begins with a capital."""
    name = source_name(uri)
    return name[0].upper() + name[1:] if kind_of(uri) in (Kind.CAMERA, Kind.SCREEN, Kind.DEMO) else name


def source_place(uri: str) -> str:
    """Where an input is: a file's folder, with ~ for one's own; empty for what is in no folder."""
    if kind_of(uri) is not Kind.FILE or "://" in uri:
        return ""
    folder = Path(without_rate(uri)).absolute().parent
    home = Path.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def kind_name(kind: Kind) -> str:
    """What a kind of source is called, in one or two words."""
    return texts.KINDS[kind.name]


def model_name(name_or_path: str) -> str:
    """A bundled model's name, or a file's without its folder."""
    return Path(name_or_path).name or name_or_path


def engine_text(info: EngineInfo) -> str:
    """Model, back end, device and precision, and how often the context is looked at where that is not always."""
    text = f"{info.model} · {info.engine} · {info.device} ({info.device_name}) · {info.precision}"
    return text if info.context_every == 1 else f"{text} · {texts.context(info.context_every)}"


def engine_story(info: EngineInfo) -> str:
    """The same, and why it is that back end, for a tool tip."""
    return f"{engine_text(info)}\n{info.engine}: {info.reason}" if info.reason else engine_text(info)


def stream_text(info: StreamInfo) -> str:
    """Input, size and nominal rate."""
    size = f"{info.name} · {info.width}×{info.height}"
    return size if info.rate is None else f"{size} · {texts.rate(float(info.rate))}"


def interruption_text(state: StreamState | None, info: StreamInfo | None) -> str:
    """Why a live stream that ran has no pictures; empty where it has, or is not live, or failed for good."""
    if state is None or info is None or state.phase.value not in ("stalled", "reconnecting"):
        return ""
    return f"{info.name}: {state.text}"


def waiting_hint(uri: str) -> str:
    """What can be done when opening an input takes long."""
    return texts.WAITING.get(kind_of(uri).name, texts.STILL_OPENING)


def fault_text(error: BaseException) -> str:
    """One line for a person. What is no known fault of the outside is called what it is: unexpected."""
    from bisenet.errors import BisenetError

    text = " ".join(str(error).split())
    if isinstance(error, AppError | BisenetError) and text:
        return text[0].upper() + text[1:]
    return texts.unexpected(type(error).__name__, text)
