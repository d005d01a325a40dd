"""`Published`: the BiSeNet checkpoints that others have published, read from assets/checkpoints.yaml."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bisenet.errors import CheckpointError, ConfigError
from bisenet.resources import assets_dir, read_yaml

Triple = tuple[float, float, float]

_WHOLE_FORM = {"groups", "checkpoints"}
_HASH = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Published:
    """One checkpoint, as its publishers describe it: nothing here was measured by us."""

    name: str
    """Ours: data set, network, whose it is, and what sets it apart from the plain one."""
    architecture: str
    variant: str
    classes: str
    """A class list in assets/classes."""
    dataset: str
    split: str
    """That the mIoU is of."""
    url: str
    download: Literal["direct", "browser"]
    """`browser`: the URL opens a page on which a person has to press a button."""
    mean: Triple
    std: Triple
    """Of RGB in 0 to 1."""
    color_order: Literal["RGB"]
    """Of the input; every published BiSeNet takes RGB."""
    short_side: int
    """Pixels of the input's short side in the original's own evaluation, or the nearest there is to it: see `notes`."""
    miou: float
    """Single scale, no flip; per cent."""
    reported_by: str
    licence: str
    """Of the code, and what the data it was trained on allows."""
    miou_ms_flip: float | None = None
    """Over several scales and both ways round; per cent."""
    sha256_prefix: str | None = None
    """What is known of the file's hash, 8 to 64 lower-case hex digits."""
    notes: str = ""
    """What a person who uses it should know: whole sentences."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise ConfigError(f"name must be words of a-z and 0-9 with hyphens between, got {self.name!r}")
        if not self.url.startswith("https://"):
            raise ConfigError(f"url must begin with https://, got {self.url!r}")
        if self.sha256_prefix is not None and not _HASH.fullmatch(self.sha256_prefix):
            raise ConfigError(f"sha256_prefix must be 8 to 64 hex digits in lower case, got {self.sha256_prefix!r}")
        if not 32 <= self.short_side <= 8192:
            raise ConfigError(f"short_side must be 32 to 8192, got {self.short_side}")
        if not all(0 <= value <= 1 for value in self.mean) or not all(0 < value <= 1 for value in self.std):
            raise ConfigError(f"mean and std must be of RGB in 0 to 1, got {self.mean} and {self.std}")
        for key, figure in (("miou", self.miou), ("miou_ms_flip", self.miou_ms_flip)):
            if figure is not None and not 1 < figure <= 100:
                raise ConfigError(f"{key} must be in per cent, got {figure}")

    @property
    def filename(self) -> str:
        """The publisher's name for the file; one of ours where only a person can fetch it, who may call it anything."""
        return self.url.rpartition("/")[2] if self.download == "direct" else f"{self.name}.pth"


def load_registry() -> dict[str, Published]:
    """Every published checkpoint by its name, in the order of the file. Raises ConfigError for a damaged file."""
    return dict(_entries())


@functools.cache
def _entries() -> Mapping[str, Published]:
    values, path = read_yaml(".", str(assets_dir() / "checkpoints.yaml"), "list of checkpoints")
    return registry_from(values, path.name)


def published(name: str) -> Published:
    """The checkpoint of that name. Raises CheckpointError with the names nearest to it."""
    entries = load_registry()
    if name in entries:
        return entries[name]
    near = difflib.get_close_matches(name, entries, 3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`bisenet models` lists them"
    raise CheckpointError(f"no published model {name!r}: {hint}")


def by_filename(filename: str) -> Published | None:
    """The checkpoint that is published in a file of that name; None when there is no such one."""
    return next((entry for entry in load_registry().values() if entry.filename == filename), None)


def registry_from(values: Any, origin: str) -> dict[str, Published]:
    """Checkpoints from plain values; origin names them in errors.

    Raises ConfigError naming entry and key: for an unknown key, a missing one, a value of the wrong kind, a name or
    file name that is there twice.
    """
    if not isinstance(values, dict) or set(values) != _WHOLE_FORM or not isinstance(values["checkpoints"], list):
        raise ConfigError(f"{origin}: expected `groups` and a list of `checkpoints`")
    entries: dict[str, Published] = {}
    filenames: dict[str, str] = {}
    for number, row in enumerate(values["checkpoints"], 1):
        where = f"{origin}: {row['name'] if isinstance(row, dict) and 'name' in row else f'entry {number}'}"
        entry = _entry(row, where)
        if entry.name in entries:
            raise ConfigError(f"{where}: the name is there twice")
        other = filenames.setdefault(entry.filename, entry.name)
        if other != entry.name:
            raise ConfigError(f"{where}: {entry.filename} is the file of {other} already")
        entries[entry.name] = entry
    return entries


def _entry(row: Any, where: str) -> Published:
    if not isinstance(row, dict):
        raise ConfigError(f"{where}: expected key: value lines")
    kinds = typing.get_type_hints(Published)
    checked: dict[str, Any] = {}
    for key, value in row.items():
        if key not in kinds:
            near = difflib.get_close_matches(str(key), kinds, 1)
            raise ConfigError(f"{where}: unknown key {key!r}{f'; did you mean {near[0]}?' if near else ''}")
        checked[key] = _checked(value, kinds[key], f"{where}: {key}")
    required = (field.name for field in dataclasses.fields(Published) if field.default is dataclasses.MISSING)
    missing = [key for key in required if key not in checked]
    if missing:
        raise ConfigError(f"{where}: missing {', '.join(missing)}")
    try:
        return Published(**checked)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _checked(value: Any, kind: Any, where: str) -> Any:
    """The value, a list as a tuple; of a kind that may be None, it is not: such a key is left out."""
    options = typing.get_args(kind)
    if typing.get_origin(kind) is Literal:
        if value not in options:
            raise ConfigError(f"{where} must be {' or '.join(options)}, got {value!r}")
        return value
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list) or len(value) != 3:
            raise ConfigError(f"{where} must be three numbers, got {value!r}")
        return tuple(_checked(part, float, where) for part in value)
    exact = options[0] if options else kind
    if exact is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, exact) or isinstance(value, bool):
        hint = " (put it in quotes)" if exact is str else ""
        raise ConfigError(f"{where} must be {exact.__name__}, got {value!r}{hint}")
    return value
