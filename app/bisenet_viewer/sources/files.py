"""Files of every kind: one video, one picture, or several of them."""

from __future__ import annotations

from pathlib import Path

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources.images import PictureSource
from bisenet_viewer.sources.listing import is_picture, listed
from bisenet_viewer.sources.playlist import Playlist
from bisenet_viewer.sources.video import VideoSource


def open_files(address: str, *, on_card: int | None = None) -> VideoSource | PictureSource | Playlist:
    """Open a video, a picture, a folder, a glob, a numbered sequence or a `.txt` list.

    on_card: the CUDA card whose engine will read the frames, so that those of videos may stay there.
    Raises SourceError in one line; of several files only when none can be read.
    """
    _check_name(address)
    listing = listed(address)
    if listing is None:
        return VideoSource(Path(address).expanduser(), on_card=on_card)
    if all(is_picture(path) for path in listing.paths):
        return PictureSource(listing)
    if len(listing.paths) == 1 and not listing.missing:
        return VideoSource(listing.paths[0], on_card=on_card)
    return Playlist(listing, on_card=on_card)


def _check_name(address: str) -> None:
    shown = address if len(address) <= 80 else f"{address[:77]}..."
    if "\0" in address:
        raise SourceError("no file has a zero byte in its name; check the spelling")
    try:
        Path(address).expanduser().exists()
    except RuntimeError as error:
        raise SourceError(f"{shown}: there is no such user; write the folder in full") from error
    except OSError as error:
        raise SourceError(f"cannot look for {shown}: {error.strerror}; check the name and the folder") from error
