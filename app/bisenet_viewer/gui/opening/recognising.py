"""What a typed or pasted text would open, or what is wrong with it in one line. No Qt."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bisenet_viewer.address import NETWORK_SCHEMES, scheme_of
from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.opening.kinds import Kind, file_kind, kind_of
from bisenet_viewer.gui.opening.naming import kind_name, source_name, source_title
from bisenet_viewer.gui.texts import opening as texts

_SCHEMES = (*sorted(NETWORK_SCHEMES), "demo", "camera", "screen", "file")
_NEEDS_PORT = frozenset({"udp", "tcp", "rtp"})
_LOOKS_LIKE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/.*)?|[\w-]+:\d+(/.*)?")
_SCHEME_CUT_SHORT = re.compile(r"(?P<scheme>[a-z]+):/?(?!/)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What became of a text."""

    source: str
    """What to open; empty where the text is."""
    told: str
    """One line for a person: what it is, or what is wrong with it."""
    is_fault: bool = False


def source_of(text: str) -> str:
    """A text as an address: without what surrounds it when it is copied, and a file:// address as the path it means."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    if scheme_of(text) != "file":
        return text
    parts = urlsplit(text)
    # Of file:///C:/clip.mp4 the path begins with the drive.
    return re.sub(r"^/(?=[A-Za-z]:)", "", unquote(parts.path)) if parts.netloc in ("", "localhost") else text


def recognised(text: str) -> Recognised:
    """As far as it can be told from the text alone, at once."""
    source = source_of(text)
    if not source:
        return Recognised("", "")
    scheme = scheme_of(source)
    if scheme in NETWORK_SCHEMES:
        fault = _address_fault(source, scheme)
    elif "://" in source and scheme not in _SCHEMES:
        fault = texts.unknown_scheme(scheme, _near(scheme))
    elif scheme == "camera" and not source.removeprefix("camera://").strip():
        fault = texts.NO_CAMERA_NAME
    else:
        cut = _SCHEME_CUT_SHORT.fullmatch(source)
        is_cut = cut is not None and cut["scheme"].lower() in _SCHEMES and "://" not in source
        fault = texts.write_instead(f"{cut['scheme']}://{cut['rest'].lstrip('/')}") if is_cut and cut else None
    if fault is not None:
        return Recognised(source, fault, is_fault=True)
    kind = kind_of(source)
    if kind in (Kind.CAMERA, Kind.SCREEN, Kind.DEMO):
        return Recognised(source, source_title(source))
    return Recognised(source, "" if kind is Kind.FILE else texts.is_a(kind_name(kind), source_name(source)))


def checked(text: str) -> Recognised:
    """The same, and whether it is there: looks at disk and cameras, not at the network. Not for the GUI thread."""
    result = recognised(text)
    if result.is_fault or not result.source:
        return result
    match kind_of(result.source):
        case Kind.FILE:
            return _checked_file(result.source)
        case Kind.CAMERA:
            return _checked_camera(result)
        case Kind.DEMO:
            return _checked_demo(result)
    return result


def _near(scheme: str) -> str | None:
    """The scheme that may be meant: letters that changed places first, of which `rtps` has several neighbours."""
    swapped = [known for known in _SCHEMES if sorted(known) == sorted(scheme)]
    near = swapped or difflib.get_close_matches(scheme, _SCHEMES, 1, cutoff=0.75)
    return near[0] if near else None


def _address_fault(source: str, scheme: str) -> str | None:
    if re.search(r"\s", source):
        return texts.SPACE_IN_ADDRESS
    try:
        parts = urlsplit(source)
        host = parts.hostname
    except ValueError:  # half a pair of brackets
        return texts.NO_SUCH_HOST
    try:
        port = parts.port
    except ValueError:
        # What stands for a port may be a password that a slash, question mark or hash cuts short.
        return texts.ESCAPE_PASSWORD if "@" in source.partition(parts.netloc)[2] else texts.WRONG_PORT
    listens = scheme in ("udp", "rtp") or "listen=" in parts.query
    if not host and not listens:
        return texts.no_host(scheme)
    if port is None and scheme in _NEEDS_PORT:
        return texts.no_port(scheme)
    if scheme in ("rtsp", "rtsps") and not re.search(r"(^|&)transport=(tcp|udp)(&|$)|^(?!.*transport=)", parts.query):
        return texts.WRONG_TRANSPORT
    return None


def _checked_file(source: str) -> Recognised:
    kind = file_kind(source)
    if kind is not None:
        return Recognised(source, texts.is_a(kind_name(kind), source_name(source)))
    if _LOOKS_LIKE_HOST.fullmatch(source) and not _has_known_suffix(source):
        return Recognised(source, texts.perhaps_stream(source), is_fault=True)
    return Recognised(source, texts.no_such_file(source), is_fault=True)


def _has_known_suffix(source: str) -> bool:
    from bisenet_viewer.sources.listing import PICTURES, VIDEOS

    return Path(source).suffix.lower() in PICTURES | VIDEOS | {".txt"}


def _checked_camera(result: Recognised) -> Recognised:
    from bisenet_viewer.sources.devices.finding import find_device, system

    try:
        device = find_device(result.source, system().list_devices())
    except SourceError as error:
        return Recognised(result.source, _sentence(error), is_fault=True)
    return Recognised(result.source, texts.is_a(kind_name(Kind.CAMERA), device.name))


def _checked_demo(result: Recognised) -> Recognised:
    from bisenet_viewer.sources.demo import parse_options

    try:
        parse_options(result.source)
    except SourceError as error:
        return Recognised(result.source, _sentence(error), is_fault=True)
    return result


def _sentence(error: SourceError) -> str:
    text = str(error)
    return text if text.startswith("demo://") else text[0].upper() + text[1:]
