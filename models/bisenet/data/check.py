"""Reading a data set whole before a training run does: what is missing, damaged or of no class, and what it holds."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet.data import LAYOUTS, parse, require_split, with_classes
from bisenet.data.decoding import decode_rgb, read_bytes
from bisenet.data.files import SegmentationFiles, expected
from bisenet.data.labelling import Labelling
from bisenet.data.labels import DecodedLabels, WrongFormError, decode_labels, unknown_text
from bisenet.data.report import Finding, Report, SplitFigures
from bisenet.errors import DataError

_Job = tuple[Path, Path | None]
Progress = Callable[[Sequence[_Job]], Iterable[_Job]]


@dataclass(frozen=True, slots=True)
class _Examined:
    """One picture and its mask, if it has one."""

    picture: Path
    digest: str
    """Of the picture's pixels; empty where it cannot be read."""
    size: str = ""
    """Of a pair that fits."""
    counts: NDArray[np.int64] | None = None
    """(256,) pixels per id that comes out, of a pair that fits."""
    unknown: tuple[tuple[str, int], ...] = ()
    faults: tuple[tuple[str, Path, str], ...] = ()
    """Kind, file, text."""


def check(spec: str, classes: ClassSet | None = None, *, progress: Progress = iter, workers: int = 0) -> Report:
    """Read every picture and mask of every split of `LAYOUT:PATH`.

    classes: the list that the labels are wanted in, as in `open_dataset`. progress: wraps the pictures of a split as
    `tqdm.tqdm` does. workers: threads; 0 is one per processor, eight at most. Raises DataError when the folder is not
    there, or has no split of that layout; all else that is wrong is in the report.
    """
    layout, root, part = parse(spec)
    if part:
        raise DataError(f"{spec}: leave the slice away, a data set is checked as a whole")
    found = _Findings(root)
    splits = []
    there = LAYOUTS[layout].splits(root)
    if not there:
        require_split(spec, "train")
    if "train" not in there:
        found.fault("split", "train", root, f"there is no train split, only {', '.join(there)}")
    target = classes
    for split in there:
        try:
            files = with_classes(LAYOUTS[layout].files(root, split), classes)
        except DataError as error:
            found.fault("split", split, root, str(error))
            continue
        target = files.labelling.target
        splits.append(_split(files, split, found, progress, workers or min(os.cpu_count() or 1, 8)))
    if target:
        found.absent(splits)
    name = target.name if target else ""
    return Report(spec, name, tuple(splits), tuple(found.faults), tuple(found.remarks))


class _Findings:
    """Collects faults and remarks over the splits, each once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Finding] = []
        self.remarks: list[Finding] = []
        self._masks_alone: set[Path] = set()
        self._by_content: dict[str, tuple[str, Path]] = {}
        self._by_name: dict[str, tuple[str, Path]] = {}

    def fault(self, kind: str, split: str, file: Path, text: str) -> None:
        self.faults.append(Finding(kind, split, self._short(file), text.replace(f"{self.root}{os.sep}", "")))

    def alone(self, files: SegmentationFiles, split: str) -> None:
        for picture, mask in files.pictures_alone:
            self.fault("mask", split, picture, expected(mask))
        # Where splits share a folder, each of them lists these.
        for mask in files.masks_alone:
            if mask not in self._masks_alone:
                self.fault("picture", split, mask, "there is no picture of this name")
        self._masks_alone.update(files.masks_alone)

    def leak(self, examined: _Examined, split: str) -> None:
        """Tell of a picture that an earlier split has too."""
        if not examined.digest:
            return
        earlier, other = self._by_content.setdefault(examined.digest, (split, examined.picture))
        if earlier != split:
            text = "is listed there too" if other == examined.picture else f"{self._short(other)} has the same pixels"
            self.fault("leak", split, examined.picture, f"also in {earlier}: {text}")
            return
        earlier, other = self._by_name.setdefault(examined.picture.name, (split, examined.picture))
        if earlier != split:
            self.remarks.append(
                Finding("name", split, self._short(examined.picture), f"{self._short(other)} is in {earlier}")
            )

    def absent(self, splits: Sequence[SplitFigures]) -> None:
        """Tell of classes without a pixel in train, where there is one, and in any split."""
        for name in splits[0].occurs if splits else ():
            without = [split.name for split in splits if not split.occurs[name]]
            if len(without) == len(splits):
                self.remarks.append(Finding("absent", "", name, "in no split"))
            elif "train" in without:
                self.remarks.append(Finding("absent", "train", name, "not in train, but in others"))

    def _short(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix() if file != self.root else "."


def _split(files: SegmentationFiles, split: str, found: _Findings, progress: Progress, workers: int) -> SplitFigures:
    jobs: list[_Job] = [*files.pairs, *((picture, None) for picture, _ in files.pictures_alone)]
    if not jobs:
        found.fault("split", split, found.root, f"there are no pictures in {split}")
    found.alone(files, split)
    sizes: Counter[str] = Counter()
    pixels, occurs = np.zeros(256, np.int64), np.zeros(256, np.int64)
    unknown: dict[str, tuple[int, int]] = {}
    for examined in _examined(progress(jobs), files.labelling, workers):
        for kind, file, text in examined.faults:
            found.fault(kind, split, file, text)
        found.leak(examined, split)
        for what, count in examined.unknown:
            earlier = unknown.get(what, (0, 0))
            unknown[what] = earlier[0] + 1, earlier[1] + count
        if examined.counts is not None:
            sizes[examined.size] += 1
            pixels += examined.counts
            occurs += examined.counts > 0
    target = files.labelling.target
    names = dict(enumerate(target.names)) if target else {int(label): str(label) for label in np.flatnonzero(pixels)}
    return SplitFigures(
        split,
        sizes.total(),
        dict(sizes.most_common()),
        {name: int(pixels[label]) for label, name in names.items()},
        {name: int(occurs[label]) for label, name in names.items()},
        int(pixels.sum() - pixels[list(names)].sum()),
        dict(sorted(unknown.items(), key=lambda item: -item[1][0])),
    )


def _examined(jobs: Iterable[_Job], labelling: Labelling, workers: int) -> Iterator[_Examined]:
    """In the order of the jobs; decoding lets go of the interpreter, so that threads are enough."""
    waiting: deque[Future[_Examined]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="data-check") as pool:
        for picture, mask in jobs:
            waiting.append(pool.submit(_examine, picture, mask, labelling))
            # So that a large data set does not wait in memory.
            if len(waiting) > 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _examine(picture: Path, mask: Path | None, labelling: Labelling) -> _Examined:
    faults: list[tuple[str, Path, str]] = []
    rgb = decoded = None
    try:
        rgb = decode_rgb(read_bytes(picture), picture)
    except DataError as error:
        faults.append(("damaged", picture, _without(picture, error)))
    if mask is not None:
        try:
            decoded = decode_labels(read_bytes(mask), mask, labelling)
        except DataError as error:
            faults.append(("form" if isinstance(error, WrongFormError) else "damaged", mask, _without(mask, error)))
    digest = hashlib.sha256(rgb.data).hexdigest() if rgb is not None else ""
    if mask is None or decoded is None:
        return _Examined(picture, digest, faults=tuple(faults))
    counts = np.bincount(decoded.labels.ravel(), minlength=256)
    faults += [(kind, mask, text) for kind, text in _label_faults(decoded, counts, labelling)]
    size = _size(decoded.labels)
    if rgb is None or _size(rgb) != size:
        if rgb is not None:
            faults.append(("size", mask, f"{size}, and its picture {_size(rgb)}"))
        return _Examined(picture, digest, unknown=tuple(decoded.unknown.items()), faults=tuple(faults))
    return _Examined(picture, digest, size, counts, tuple(decoded.unknown.items()), tuple(faults))


def _label_faults(decoded: DecodedLabels, counts: NDArray[np.int64], labelling: Labelling) -> Iterator[tuple[str, str]]:
    if decoded.unknown:
        yield "color" if decoded.by_color else "value", unknown_text(decoded)
    elif counts[labelling.ignore_id] == decoded.labels.size:
        yield "ignored", "every pixel is ignored"


def _size(image: NDArray[np.uint8]) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"


def _without(path: Path, error: DataError) -> str:
    return str(error).removeprefix(f"{path} ")
