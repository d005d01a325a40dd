"""How outputs are called: `clip_overlay.mp4`, `clip_masks`, `clip_stats.jsonl`, and never two the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit


def stem_of(uri: str) -> str:
    """A name for outputs: of a file its own, of a URL the last part of its path, never its user and password."""
    if "://" in uri:
        url = urlsplit(uri)
        return PurePosixPath(url.path).stem or url.hostname or url.scheme
    if uri.isdigit():
        return f"camera{uri}"
    path = Path(uri)
    if re.search(r"[*?\[%]", path.name):  # the pictures of a folder
        return path.absolute().parent.name or "pictures"
    return path.stem or path.absolute().name or "pictures"


def distinct_stems(sources: Sequence[str]) -> list[str]:
    """A stem for each source, no two the same, also where capitals count as small letters.

    `clip`; where several are called that `clip_mov` by their extensions, `b_clip` by their folders (streams by
    their hosts), at last by numbers.
    """
    chosen = [0] * len(sources)
    while True:
        stems = [_WAYS[way](source) for way, source in zip(chosen, sources, strict=True)]
        counts = Counter(stem.casefold() for stem in stems)
        again = [i for i, stem in enumerate(stems) if counts[stem.casefold()] > 1 and chosen[i] < len(_WAYS) - 1]
        if not again:
            return _numbered(stems)
        for i in again:
            chosen[i] += 1


def possible_stems(source: str) -> frozenset[str]:
    """All that `distinct_stems` may call a source, numbers aside."""
    return frozenset(way(source) for way in _WAYS)


def _with_extension(source: str) -> str:
    suffix = Path(source).suffix.lstrip(".") if "://" not in source else ""
    return f"{stem_of(source)}_{suffix}" if suffix else stem_of(source)


def _with_folder(source: str) -> str:
    folder = "" if "://" in source else Path(source).absolute().parent.name
    return f"{folder}_{stem_of(source)}" if folder else stem_of(source)


def _with_both(source: str) -> str:
    folder = "" if "://" in source else Path(source).absolute().parent.name
    return f"{folder}_{_with_extension(source)}" if folder else _with_extension(source)


def _with_host(source: str) -> str:
    if "://" not in source:
        return _with_both(source)
    url = urlsplit(source)
    return "_".join(part for part in (url.hostname, *PurePosixPath(url.path).parts[1:]) if part) or stem_of(source)


_WAYS: tuple[Callable[[str], str], ...] = (stem_of, _with_extension, _with_folder, _with_both, _with_host)


def _numbered(stems: list[str]) -> list[str]:
    taken: set[str] = set()
    numbered = []
    for stem in stems:
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(name.casefold())
        numbered.append(name)
    return numbered
