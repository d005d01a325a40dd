"""Which files are gone through one after the other: those of a folder, the neighbours of a file, a set. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bisenet_viewer.errors import SourceError
from bisenet_viewer.gui.opening.kinds import Kind, file_kind, kind_of
from bisenet_viewer.gui.opening.naming import source_name
from bisenet_viewer.gui.texts import opening as texts


@dataclass(frozen=True, slots=True)
class FileList:
    """At least one source, and which of them is open."""

    name: str
    """For people."""
    sources: tuple[str, ...]
    index: int = 0
    goes_on: bool = False
    """Whether the next is played where one ends: several were asked for, not one that has neighbours."""

    @property
    def current(self) -> str:
        return self.sources[self.index]

    @property
    def next(self) -> int | None:
        """The index of the one after the current; None at the end."""
        return self.index + 1 if self.index + 1 < len(self.sources) else None

    @property
    def previous(self) -> int | None:
        return self.index - 1 if self.index > 0 else None

    def at(self, index: int) -> FileList:
        """With another current one. Raises IndexError where there is none."""
        if not 0 <= index < len(self.sources):
            raise IndexError(f"expected an index below {len(self.sources)}, got {index}")
        return replace(self, index=index)

    def after_end(self, index: int) -> int | None:
        """What is played once this one has ended; None where it stops."""
        return index + 1 if self.goes_on and index + 1 < len(self.sources) else None


def alone(source: str) -> FileList:
    """One source, of whatever kind, with nothing before or after it."""
    return FileList(source_name(source), (source,))


def file_list(sources: Sequence[str]) -> FileList:
    """What opening these means; reads folders, so not for the GUI thread.

    A file comes with the videos and pictures of its folder, by number (`clip2` before `clip10`). A folder is what lies
    in it, or itself where that is nothing but pictures, which are shown as one film. Of several, folders give what lies
    in them. What cannot be read is left to whoever opens it, to say why.
    """
    if len(sources) != 1:
        return _several(sources)
    source = sources[0]
    match file_kind(source) if kind_of(source) is Kind.FILE else None:
        case Kind.FOLDER:
            return _folder(source)
        case Kind.FILE | Kind.PICTURE:
            return _with_neighbours(source)
    return alone(source)


def _folder(source: str) -> FileList:
    from bisenet_viewer.sources.listing import is_picture

    paths = _listed(Path(source).expanduser())
    if all(is_picture(path) for path in paths):
        return alone(source)
    return FileList(source_name(source), tuple(map(str, paths)), goes_on=True)


def _with_neighbours(source: str) -> FileList:
    path = Path(source).expanduser().absolute()
    paths = _listed(path.parent)
    if path not in paths:
        return alone(source)
    return FileList(path.parent.name or str(path.parent), tuple(map(str, paths)), paths.index(path))


def _several(sources: Sequence[str]) -> FileList:
    from bisenet_viewer.sources.listing import by_number

    if not sources:
        raise ValueError("expected a source, got none")
    paths: list[Path] = []
    others: list[str] = []
    for source in sources:
        kind = file_kind(source) if kind_of(source) is Kind.FILE else None
        if kind is Kind.FOLDER:
            paths += _listed(Path(source).expanduser())
        elif kind in (Kind.FILE, Kind.PICTURE):
            paths.append(Path(source).expanduser().absolute())
        else:
            others.append(source)
    found = [*map(str, sorted(dict.fromkeys(paths), key=by_number)), *dict.fromkeys(others)]
    if not found:
        return alone(sources[0])
    return FileList(texts.files(len(found)), tuple(found), goes_on=True)


def _listed(folder: Path) -> tuple[Path, ...]:
    """The videos and pictures in a folder, in order; nothing where it cannot be read or has none."""
    from bisenet_viewer.sources.listing import listed

    try:
        listing = listed(str(folder.absolute()))
    except SourceError:
        return ()
    return () if listing is None else listing.paths
