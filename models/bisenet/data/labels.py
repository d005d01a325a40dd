"""Reading label files as class ids: PNGs of indices or of colours, and the `.mat` files of COCO-Stuff 10k."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.data import mat5, whole
from bisenet.data.decoding import decode, read_bytes
from bisenet.data.labelling import AS_THEY_ARE, NO_ROW, Labelling, Labels, color_tables, color_text, value_tables
from bisenet.errors import DataError

_UNKNOWN_SHOWN = 4


class WrongFormError(DataError):
    """A label file that is whole, but not of a form that labels can be read from."""


@dataclass(frozen=True, slots=True)
class DecodedLabels:
    """Class ids of one file, and what in it is unknown."""

    labels: Labels
    """(H, W), ignored where unknown."""
    unknown: Mapping[str, int]
    """Unknown values (`14`) or colours (`255,0,3`) with how many pixels they have, most first."""
    by_color: bool
    """Whether the file is an RGB mask."""


def read_labels(path: Path, labelling: Labelling = AS_THEY_ARE) -> Labels:
    """(H, W) uint8 class ids. Raises DataError naming the file and what in it is unknown (WrongFormError: its form)."""
    decoded = decode_labels(read_bytes(path), path, labelling)
    if decoded.unknown:
        raise DataError(f"{path} {unknown_text(decoded)}; `bisenet data check` lists every such file")
    return decoded.labels


def unknown_text(decoded: DecodedLabels) -> str:
    """What is unknown in a file, to follow its name."""
    shown = [f"{what} ({_share(pixels, decoded.labels.size)})" for what, pixels in decoded.unknown.items()]
    more = f" and {len(shown) - _UNKNOWN_SHOWN} more" if len(shown) > _UNKNOWN_SHOWN else ""
    kind = "colours" if decoded.by_color else "values"
    return f"has {kind} that are no class: {', '.join(shown[:_UNKNOWN_SHOWN])}{more}"


def decode_labels(data: bytes, path: Path, labelling: Labelling) -> DecodedLabels:
    """Class ids from a PNG of indices (grey or with a palette), a PNG of colours, or a `.mat` file of COCO-Stuff 10k.

    Raises DataError, WrongFormError where the form is the fault.
    """
    if path.suffix.lower() == ".mat":
        return _from_values(_mat_values(data, path), labelling)
    if not data.startswith(whole.PNG_SIGNATURE):
        decode(data, cv2.IMREAD_UNCHANGED, path)
        raise WrongFormError(f"{path} is not a PNG: labels are PNG files, which keep every id as it is")
    chunks = list(whole.png_chunks(data))
    kind, header = chunks[0]
    if kind != b"IHDR" or len(header) != 13:
        raise DataError(f"{path} is not a picture that can be read")
    depth, color_type = header[8], header[9]
    if depth == 16:
        raise WrongFormError(f"{path} has 16 bits a sample; labels are one 8-bit channel of class ids")
    if color_type in (0, 3):
        values = _indices(chunks, path)
        palette = dict(chunks).get(b"PLTE", b"") if color_type == 3 else b""
        _refuse_other_palette(values, palette, labelling, path)
        return _from_values(values, labelling)
    if not labelling.colors:
        raise WrongFormError(
            f"{path} is a picture of {'greys with alpha' if color_type == 4 else 'colours'}; "
            "labels are one 8-bit channel of class ids, or RGB colours where the data set's own class list has them"
        )
    return _from_colors(_bgra(data, path), labelling)


def _mat_values(data: bytes, path: Path) -> Labels:
    try:
        values = mat5.matrix(data, "S")
    except ValueError as error:
        raise DataError(f"{path} {error}") from error
    if values.size == 0 or values.min() < 0 or values.max() > 255:
        raise WrongFormError(f"{path} holds labels outside 0 to 255")
    return np.ascontiguousarray(values, np.uint8)


def _indices(chunks: list[tuple[bytes, bytes]], path: Path) -> Labels:
    """(H, W): the samples of a grey or palette PNG, as they are stored.

    OpenCV turns palettes into colours and stretches few bits to eight. So the file is decoded as a grey one with
    nothing but its samples, and the stretching undone.
    """
    header = bytearray(chunks[0][1])
    depth, header[9] = header[8], 0
    parts = [(b"IHDR", bytes(header)), *(chunk for chunk in chunks if chunk[0] == b"IDAT"), (b"IEND", b"")]
    grey = whole.PNG_SIGNATURE + b"".join(
        len(content).to_bytes(4, "big") + kind + content + crc32(content, crc32(kind)).to_bytes(4, "big")
        for kind, content in parts
    )
    image = decode(grey, cv2.IMREAD_UNCHANGED, path)
    return np.asarray(image // (255 // (2**depth - 1)) if depth < 8 else image, np.uint8)


def _bgra(data: bytes, path: Path) -> NDArray[np.uint8]:
    """(H, W, 4). Raises WrongFormError for greys with alpha, and for colours that are partly transparent."""
    image = decode(data, cv2.IMREAD_UNCHANGED, path)
    if image.shape[2] == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    if image.shape[2] != 4 or image[:, :, 3].min() < 255:
        raise WrongFormError(f"{path} is partly transparent; masks of colours are opaque RGB")
    return np.ascontiguousarray(image, np.uint8)


def _from_values(values: Labels, labelling: Labelling) -> DecodedLabels:
    table, unknown = value_tables(labelling)
    wrong = cv2.LUT(values, unknown)
    counts = {}
    if wrong.any():
        found, pixels = np.unique(values[wrong > 0], return_counts=True)
        counts = {str(value): int(count) for value, count in _most_first(found, pixels)}
    return DecodedLabels(np.asarray(cv2.LUT(values, table), np.uint8), counts, by_color=False)


def _from_colors(bgra: NDArray[np.uint8], labelling: Labelling) -> DecodedLabels:
    codes = bgra.view("<u4")[:, :, 0] & 0xFFFFFF  # 0xRRGGBB
    table, ids = color_tables(labelling)
    rows = table.take(codes)
    wrong = rows == NO_ROW
    counts = {}
    if wrong.any():
        found, pixels = np.unique(codes[wrong], return_counts=True)
        counts = {color_text(code): int(count) for code, count in _most_first(found, pixels)}
    return DecodedLabels(np.asarray(cv2.LUT(rows, ids), np.uint8), counts, by_color=True)


def _refuse_other_palette(values: Labels, palette: bytes, labelling: Labelling, path: Path) -> None:
    """Raise WrongFormError for a palette PNG in the class list's colours, at other places than the ids.

    Programs that reduce a picture of colours to a palette put the colours where they like.
    """
    if not palette or not labelling.colors:
        return
    meant = {bytes(color): value for color, value in labelling.colors}
    used = np.flatnonzero(np.bincount(values.ravel())).tolist()
    stored = {index: palette[3 * index : 3 * index + 3] for index in used}
    if any(color not in meant for color in stored.values()):
        return
    for index, color in stored.items():
        value = meant[color]
        if value is not None and value != index:
            raise WrongFormError(
                f"{path} gives pixels the id {index} and, by its palette, the colour of id {value}: "
                "save it in plain RGB, or with ids in the order of the class list"
            )


def _most_first(found: NDArray[np.integer], pixels: NDArray[np.integer]) -> list[tuple[int, int]]:
    return sorted(zip(found.tolist(), pixels.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))


def _share(pixels: int, total: int) -> str:
    percent = 100 * pixels / total
    # Two digits of a small share; .2g would make 1e+02 of all.
    return f"{percent:.0f} % of it" if percent >= 10 else f"{percent:.2g} % of it"
